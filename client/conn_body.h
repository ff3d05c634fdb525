/*
 * Replies that are larger than what a connection keeps of one: their records
 * are taken in parts, which are forgotten when they have been handed out. For
 * streams; a datagram is as large as it is.
 *
 *	c->body = &body;		// with max set
 *	err = conn_call(c, ...);	// 0: a reply as any other; or -EFBIG
 *	while (err == -EFBIG && (n = conn_body_read(c, ...)) > 0) ...
 *
 * Without a body, a larger reply breaks the protocol.
 */
#ifndef RPCALL_CONN_BODY_H
#define RPCALL_CONN_BODY_H

#include "conn.h"

enum { CONN_BODY_HEAD = 512 };	/* bytes, more than a reply's head has */

struct conn_body {
	uint64_t max;		/* bytes of the record that are taken */
	bool over;		/* it has more: nothing is to be read */
	bool end;		/* the record's end has come */
	uint64_t whole;		/* bytes that it is known to have */
	bool limited;		/* it may have more, to max */
	bool stray;		/* it begins no reply */
	/* What has come and is not handed out: that with the reply's head
	 * first, behind a mark, then what the connection has. */
	uint8_t head[4 + CONN_BODY_HEAD];
	size_t at, end_of_head;
	const uint8_t *part;
	size_t n;
};

/* Replies are kept whole up to so many bytes, not CONN_RECORD_MAX. */
void conn_set_largest(struct conn *c, size_t bytes);

/*
 * Called by conn.c where a reply is too large: waits for its head, fills r
 * in, with the first of the body's bytes, and returns -EFBIG; or takes one
 * that nobody waits for out of the way, and returns 0; or as conn_recv().
 * Until all of a reply is read, c is broken.
 */
int conn_body_begin(struct conn *c, struct reply *r, uint64_t deadline_ns);

/* What has come in place of a reply, a mark first: bytes at *data, or 0. */
size_t conn_body_stray(const struct conn *c, const uint8_t **data);

/*
 * The next bytes of the body, those of r->body first: how many, at most room;
 * 0 at its end; -EMSGSIZE when it turns out to be over max; or as
 * conn_recv(). What there is of it is given without waiting.
 */
ssize_t conn_body_read(struct conn *c, uint8_t *to, size_t room,
    uint64_t deadline_ns);

/* Bytes of the body that may still be read, at most. */
uint64_t conn_body_left(const struct conn *c);

#endif
