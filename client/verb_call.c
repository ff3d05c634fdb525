/*
 * rpcall call: calls any procedure of any server, with arguments in JSON.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "calling.h"
#include "conn_parts.h"
#include "idl/json.h"
#include "interrupt.h"
#include "invoke.h"
#include "output.h"
#include "verb.h"
#include "wire/pcap.h"

static struct {
	struct call_args call;
	const char *output;
	uint64_t fragment;
} opt = { .call = CALL_ARGS_DEFAULT, .fragment = CONN_FRAGMENT };

static const struct option_spec options[] = {
	CALL_ARGS(opt.call),
	{ "output", 'o', OPTION_TEXT, "FILE", "write the result there",
	    &opt.output },
	{ "fragment", 0, OPTION_SIZE, "SIZE", "largest fragment that is sent "
	    "of a record (1G); of streams", &opt.fragment },
	PCAP_ARG,
	{ .name = NULL },
};

/* A call while it is made. */
struct made {
	struct calling calling;
	struct invocation invocation;
	struct payloads payloads;
	struct buf json;
};

static int
head_of_document(struct made *m)
{
	const struct procedure *p = &m->calling.proc;
	char text[256];
	int n;

	if (!common.json)
		return 0;
	n = snprintf(text, sizeof(text), "{\"schema\": \"rpcall/call/1\", "
	    "\"program\": %u, \"version\": %u, \"procedure\": %u, "
	    "\"name\": \"%s\", \"elapsed_us\": %llu, \"target\": ",
	    p->prog, p->vers, p->number, p->name,
	    (unsigned long long)(m->invocation.ns / 1000));
	if (buf_append(&m->json, text, (size_t)n) != 0 ||
	    json_quote(&m->json, m->invocation.uri,
	    strlen(m->invocation.uri)) != 0)
		return -ENOMEM;
	return buf_append(&m->json, ", \"result\": ", 12);
}

/*
 * Stock clients stop where the type ends and do not look further; and there
 * are servers that send more: Debian's rstatd has one size for all versions.
 */
static void
tell_remarks(const struct codec_remarks *m, size_t len)
{
	if (common.quiet)
		return;
	if (m->padded)
		fprintf(stderr, "rpcall: warning: padding bytes that are not "
		    "zero were ignored\n");
	if (m->rest > 0)
		fprintf(stderr, "rpcall: warning: the result's type ends after "
		    "%zu of its %zu bytes; the rest was ignored\n",
		    len - m->rest, len);
}

/* After the result: what of the answer it does not show. */
static int
end_of_document(struct made *m, const struct codec_remarks *r)
{
	char text[64];
	int n;

	if (!common.json)
		return 0;
	n = snprintf(text, sizeof(text), ", \"ignored_bytes\": %zu}", r->rest);
	return buf_append(&m->json, text, (size_t)n);
}

static int
print_result(struct made *m, const struct reply *r, struct failure *f)
{
	struct codec_remarks remarks = { 0 };
	int err = head_of_document(m);

	if (err == 0 && calling_result(&m->calling, r, common.json, &m->json,
	    &remarks, f) != 0)
		return -f->code;
	if (err == 0)
		err = end_of_document(m, &remarks);
	if (err)
		return failure_set(f, EXIT_OS, "no memory");
	tell_remarks(&remarks, r->len);
	return output_write(opt.output, m->json.data, m->json.len, true, f);
}

/* What stands around a result in parts: m->json, err is of making it. */
static int
put_around(struct made *m, int err, struct output *out, struct failure *f)
{
	if (err)
		return failure_set(f, EXIT_OS, "no memory");
	err = m->json.len > 0 ? output_put(out, m->json.data, m->json.len, f) :
	    0;
	m->json.len = 0;
	return err;
}

/* A result that is larger than what is held of it. */
static int
print_parts(struct made *m, struct failure *f)
{
	struct output out = { .path = opt.output };
	struct flow_conn w = { .conn = m->invocation.conn, .f = f,
		.what = m->calling.proc.name, .timeout = common.timeout,
		.out = &out };
	struct codec_remarks remarks = { 0 };
	size_t len = 0;
	int err;

	flow_conn_init(&w);
	err = put_around(m, head_of_document(m), &out, f);
	if (err == 0)
		err = calling_result_flow(&m->calling, &w, common.json, &len,
		    &remarks, f);
	if (err == 0)
		err = put_around(m, end_of_document(m, &remarks), &out, f);
	flow_conn_release(&w);
	if (err == 0)
		tell_remarks(&remarks, len);
	return output_end(&out, true, f);
}

static int
call(struct made *m, struct failure *f)
{
	struct calling *c = &m->calling;
	struct call_head head = calling_head(c);
	struct message args = { c->sent.data, c->sent.len, &m->payloads };
	struct reply r;
	int err;

	m->invocation.fragment = (size_t)opt.fragment;
	m->invocation.max = opt.call.codec.max_record;
	m->invocation.in_parts = true;
	err = invocation_open(&m->invocation, &c->target, c->proc.prog,
	    c->proc.vers, f);
	if (err)
		return err;
	err = invocation_call_message(&m->invocation, &head, c->proc.name,
	    &args, &r, f);
	if (err < 0)
		return err;
	return err > 0 ? print_parts(m, f) : print_result(m, &r, f);
}

static int
run_call(int nargs, const char **args)
{
	struct made *m = calloc(1, sizeof(*m));
	struct failure f = { 0 };

	if (m == NULL)
		return failure_set(&f, EXIT_OS, "no memory"), failure_print(&f);
	if (!calling_makes_sense(&opt.call, nargs)) {
		free(m);
		return verb_usage(&verb_call);
	}
	if (opt.fragment < 1 || opt.fragment > CONN_FRAGMENT_MAX) {
		free(m);
		return failure_set(&f, EXIT_USAGE, "--fragment: 1 byte to 2 "
		    "GiB less one"), failure_print(&f);
	}
	interrupt_catch();
	m->calling.payloads = &m->payloads;
	if (calling_prepare(&m->calling, &opt.call, nargs, args, &f) == 0)
		call(m, &f);
	invocation_close(&m->invocation);
	calling_release(&m->calling);
	payloads_release(&m->payloads);
	buf_release(&m->json);
	free(m);
	return f.code ? failure_print(&f) : 0;
}

const struct verb verb_call = {
	.name = "call", .group = "Do",
	.summary = "call a procedure, with arguments in JSON",
	.usage = "[OPTIONS] TARGET PROGRAM/VERSION.PROCEDURE [JSON...]",
	.details = "Names may be shortened while they are unambiguous; numbers "
	    "always work. What no -i\nFILE describes the server is asked for "
	    "(REFLECT, cached by SHA-256); then the\ninterfaces that "
	    "rpcall and the system bring along are looked through.\n",
	.options = options,
	.run = run_call,
};
