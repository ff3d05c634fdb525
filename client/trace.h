/*
 * What goes on between rpcall and a server, told to whoever listens: -v and
 * --pcap do (client/wire/). Without a listener it costs a comparison.
 *
 * Stages are sentences: a name looked up, rpcbind asked, a connection made.
 * Messages are whole ones, as a connection sends and takes them, without
 * record marks; what there was of an answer that did not become whole; and of
 * one that is taken or sent in parts its beginning.
 */
#ifndef RPCALL_TRACE_H
#define RPCALL_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conn;

struct trace_message {
	const struct conn *conn;
	bool sent;
	bool aside;		/* about the interface, not the call itself */
	const uint8_t *data;
	size_t len;		/* bytes at data */
	size_t whole;		/* bytes that it has, or announces */
	bool stray;		/* with a record mark, and no record at all */
	const char *flaw;	/* why the rest is missing, or NULL: of a
				 * large message it is not kept */
};

struct tracer {
	struct tracer *next;
	/* Either may be NULL. text is a line and may hold any byte. */
	void (*stage)(struct tracer *t, const char *text);
	void (*message)(struct tracer *t, const struct trace_message *m);
};

/* Adds a listener; trace_clear() takes all of them away. */
void trace_add(struct tracer *t);
void trace_clear(void);

bool trace_is_on(void);

__attribute__((format(printf, 1, 2))) void
trace_stage(const char *fmt, ...);

/* conn.c: what c has queued is sent; a message came, or c's call failed. */
void trace_sent(const struct conn *c);
void trace_received(const struct conn *c, const uint8_t *msg, size_t len,
    const char *flaw);
/* A large one has begun: of whole bytes there are len, the rest is not kept. */
void trace_begun(const struct conn *c, bool sent, const uint8_t *msg,
    size_t len, size_t whole);
void trace_failed(const struct conn *c, int err);

/* Until aside is false again, messages are about interfaces. */
void trace_aside(bool aside);

#endif
