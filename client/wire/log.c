/*
 * -v and -vv: see log.h. A listener of trace.h.
 */
#include "wire/log.h"

#include <stdlib.h>
#include <string.h>

#include "be.h"
#include "clock.h"
#include "conn.h"
#include "idl/names.h"
#include "trace.h"
#include "wire/annotate.h"
#include "wire/heads.h"

enum {
	OUTSTANDING = 64,	/* calls whose replies can be told of */
	STRAY_TEXT = 64,	/* bytes of what is no record, as text */
};

/* A call that was sent. */
struct sent {
	uint32_t xid;
	unsigned conn;			/* its id; 0: none */
	struct procedure proc;
	uint64_t ns;
};

static struct {
	struct tracer tracer;
	FILE *out;
	unsigned level;
	const struct library *library;
	struct library *standard;
	struct sent calls[OUTSTANDING];
	unsigned next;
} wire;

void
wire_log_library(const struct library *l)
{
	wire.library = l;
	/* What was found there may go. */
	memset(wire.calls, 0, sizeof(wire.calls));
}

static void
stage(struct tracer *t, const char *text)
{
	(void)t;
	fputs("* ", wire.out);
	annotate_text(wire.out, text, strlen(text));
	putc('\n', wire.out);
}

/* By its numbers, in what the verb has read and in what is installed. */
static void
find_procedure(struct procedure *p, const struct call_head *h)
{
	if (wire.library != NULL &&
	    procedure_of(wire.library, h->prog, h->vers, h->proc, p))
		return;
	if (wire.standard == NULL) {
		wire.standard = calloc(1, sizeof(*wire.standard));
		if (wire.standard != NULL)
			library_add_standard(wire.standard);
	}
	if (wire.standard != NULL)
		procedure_of(wire.standard, h->prog, h->vers, h->proc, p);
}

static struct sent *
remember(const struct trace_message *m, const struct call_head *h)
{
	struct sent *s = &wire.calls[wire.next++ % OUTSTANDING];

	*s = (struct sent){ .xid = h->xid, .conn = m->conn->id,
		.ns = clock_ns() };
	find_procedure(&s->proc, h);
	return s;
}

static struct sent *
recall(const struct trace_message *m, uint32_t xid)
{
	for (unsigned i = 0; i < OUTSTANDING; i++)
		if (wire.calls[i].conn == m->conn->id &&
		    wire.calls[i].xid == xid)
			return &wire.calls[i];
	return NULL;
}

static void
annotate_head(struct annotation *a, const struct envelope *e, bool call)
{
	const struct idl_type *t = head_type(e, call);

	if (t == NULL || annotate_value(a, call ? "call" : "reply", t) != 0)
		a->at = a->len;
}

static void
annotate_call(const struct trace_message *m, const struct procedure *p)
{
	struct annotation a = { wire.out, '>', m->data, m->len, 0 };
	const struct idl_proc *proc = p->proc;
	char what[32] = "argument";

	annotate_head(&a, m->conn->envelope, true);
	if (m->len < m->whole) {
		annotate_rest(&a, "the first of the arguments");
		return;
	}
	for (size_t i = 0; proc != NULL && i < proc->nargs; i++) {
		if (proc->nargs > 1)
			snprintf(what, sizeof(what), "argument%zu", i + 1);
		if (annotate_value(&a, what, proc->args[i]) != 0)
			return;
	}
	annotate_rest(&a, proc ? "more than the arguments" :
	    "arguments that no interface here describes");
}

static void
annotate_reply(const struct trace_message *m, const struct sent *s,
    bool results)
{
	struct annotation a = { wire.out, '<', m->data, m->len, 0 };
	const struct idl_proc *proc = s ? s->proc.proc : NULL;

	annotate_head(&a, m->conn->envelope, false);
	if (m->len < m->whole && m->flaw == NULL) {
		annotate_rest(&a, "the first of the results");
		return;
	}
	if (results && proc != NULL && type_real(proc->result)->kind !=
	    TYPE_VOID && annotate_value(&a, "result", proc->result) != 0)
		return;
	annotate_rest(&a, results && proc == NULL ?
	    "results that no interface here describes" :
	    "more than the results");
}

static void
tell_call(const struct trace_message *m)
{
	struct reply_status st;
	struct call_head h = { 0 };
	struct sent *s;

	if (m->conn->envelope->parse_call(m->data, m->len, &h, &st) != 0)
		return;
	s = remember(m, &h);
	fprintf(wire.out, "> xid %08x  %s%s%u/%u.%u  %zu bytes of arguments, "
	    "%zu in all%s\n", h.xid, s->proc.name, s->proc.name[0] ? "  " : "",
	    h.prog, h.vers, h.proc, m->whole - h.size, m->whole,
	    m->aside ? ", about the interface" : "");
	if (wire.level > 1 && !m->aside)
		annotate_call(m, &s->proc);
}

/* Bytes that make no record: somebody else's protocol, most likely. */
static void
tell_stray(const struct trace_message *m)
{
	struct annotation a = { wire.out, '<', m->data, m->len, 0 };

	fputs("< as text: ", wire.out);
	annotate_text(wire.out, (const char *)m->data,
	    m->len < STRAY_TEXT ? m->len : STRAY_TEXT);
	putc('\n', wire.out);
	annotate_rest(&a, "a record's mark, and what is after it");
}

/* What there is of a message that is no reply, or not a whole one. */
static void
tell_flawed(const struct trace_message *m)
{
	struct sent *s = m->len >= 4 ? recall(m, be32_get(m->data)) : NULL;

	if (m->whole == 0)
		fprintf(wire.out, "< nothing: ");
	else if (m->len < m->whole)
		fprintf(wire.out, "< %zu of %zu bytes: ", m->len, m->whole);
	else
		fprintf(wire.out, "< %zu bytes: ", m->len);
	fprintf(wire.out, "%s\n", m->flaw);
	if (wire.level < 2 || m->aside || m->len == 0)
		return;
	if (m->stray)
		tell_stray(m);
	else
		annotate_reply(m, s, true);
}

static void
tell_reply(const struct trace_message *m)
{
	struct reply_head h = { 0 };
	struct sent *s;
	char status[64];

	if (m->flaw != NULL ||
	    m->conn->envelope->parse_reply(m->data, m->len, &h) != 0) {
		tell_flawed(m);
		return;
	}
	s = recall(m, h.xid);
	fprintf(wire.out, "< xid %08x  %s  %zu bytes of results, %zu in all",
	    h.xid, head_status(&h.status, status, sizeof(status)),
	    m->whole - h.size, m->whole);
	if (s != NULL)
		fprintf(wire.out, ", after %llu us\n",
		    (unsigned long long)((clock_ns() - s->ns) / NS_PER_US));
	else
		fprintf(wire.out, ", to no call that is known\n");
	if (wire.level > 1 && !m->aside)
		annotate_reply(m, s, h.status.kind == REPLY_SUCCESS);
}

static void
message(struct tracer *t, const struct trace_message *m)
{
	(void)t;
	if (m->sent)
		tell_call(m);
	else
		tell_reply(m);
}

void
wire_log_start(FILE *out, unsigned level, bool messages)
{
	wire.out = out;
	wire.level = level;
	wire.tracer.stage = stage;
	wire.tracer.message = messages ? message : NULL;
	trace_add(&wire.tracer);
}
