/*
 * Telling those who listen: see trace.h. Told by conn.c, open.c, the
 * mechanisms and reflection.c.
 */
#include "trace.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "be.h"
#include "conn_body.h"

static struct tracer *tracers;
static bool is_aside;

void
trace_add(struct tracer *t)
{
	t->next = tracers;
	tracers = t;
}

void
trace_clear(void)
{
	tracers = NULL;
	is_aside = false;
}

bool
trace_is_on(void)
{
	return tracers != NULL;
}

void
trace_stage(const char *fmt, ...)
{
	char text[1400];
	va_list ap;

	if (tracers == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (struct tracer *t = tracers; t != NULL; t = t->next)
		if (t->stage != NULL)
			t->stage(t, text);
}

static void
message(struct trace_message *m)
{
	m->aside = is_aside;
	for (struct tracer *t = tracers; t != NULL; t = t->next)
		if (t->message != NULL)
			t->message(t, m);
}

/* On a stream each message is one fragment. */
void
trace_sent(const struct conn *c)
{
	size_t mark = c->link.datagram ? 0 : RECORD_MARK, len = c->out.len;

	for (size_t at = 0; at < c->out.len; at += len) {
		struct trace_message m = { .conn = c, .sent = true };

		at += mark;
		if (mark > 0)
			len = be32_get(c->out.data + at - mark) & INT32_MAX;
		m.data = c->out.data + at;
		m.len = m.whole = len;
		message(&m);
	}
}

void
trace_received(const struct conn *c, const uint8_t *msg, size_t len,
    const char *flaw)
{
	message(&(struct trace_message){ .conn = c, .data = msg, .len = len,
	    .whole = len, .flaw = flaw });
}

void
trace_begun(const struct conn *c, bool sent, const uint8_t *msg, size_t len,
    size_t whole)
{
	message(&(struct trace_message){ .conn = c, .sent = sent, .data = msg,
	    .len = len, .whole = whole });
}

static const char *
flaw_of(int err)
{
	switch (err) {
	case -ETIMEDOUT:
		return "the time is over";
	case -EINTR:
		return "it is interrupted";
	case -EBADMSG:
		return "it breaks the protocol";
	case -ECONNRESET:
	case -EPIPE:
		return "the server has closed the connection";
	default:
		return strerror(-err);
	}
}

void
trace_failed(const struct conn *c, int err)
{
	struct trace_message m = { .conn = c, .flaw = flaw_of(err) };
	size_t missing = 0;

	if (!c->link.datagram)
		m.len = conn_body_stray(c, &m.data);
	if (!c->link.datagram && m.len == 0)
		m.len = record_reader_partial(&c->chan.in, &m.data, &missing);
	m.whole = m.len + missing;
	m.stray = m.len > 0 && missing == 0;
	/* What breaks the protocol has been told of, unless it is a part. */
	if (err != -EBADMSG || m.whole > 0)
		message(&m);
}

void
trace_aside(bool aside)
{
	is_aside = aside;
}
