/*
 * rpcall call: calls any procedure of any server, with arguments in JSON.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codec_args.h"
#include "idl/bytes.h"
#include "idl/fields.h"
#include "idl/input.h"
#include "idl/names.h"
#include "interrupt.h"
#include "invoke.h"
#include "reflection.h"
#include "verb.h"
#include "xdr_dump.h"

static struct {
	struct schema_args schema;
	struct codec_args codec;
	struct option_list fields;
	const char *data, *output, *raw;
	bool no_reflection;
} opt = { .codec = CODEC_ARGS_DEFAULT };

static const struct option_spec options[] = {
	SCHEMA_ARGS(opt.schema),
	{ "no-reflection", 0, OPTION_FLAG, NULL, "do not ask the server for "
	    "its interface", &opt.no_reflection },
	{ "data", 'd', OPTION_TEXT, "JSON|@FILE|@-", "the arguments",
	    &opt.data },
	{ "field", 'f', OPTION_LIST, "a.b=V", "one member of the argument",
	    &opt.fields },
	INPUT_ARGS(opt.codec),
	OUTPUT_ARGS(opt.codec),
	{ "raw", 0, OPTION_TEXT, "hex:...|@FILE", "XDR, and print XDR",
	    &opt.raw },
	{ "output", 'o', OPTION_TEXT, "FILE", "write the result there",
	    &opt.output },
	{ .name = NULL },
};

/* A call while it is made. */
struct calling {
	struct library library;
	struct target target;
	struct procedure proc;
	struct codec args, result;
	const struct idl_type *result_type;
	struct codec_options values;
	struct invocation invocation;
	struct buf sent, json;
};

/* What goes in and comes out; without a schema only procedure 0 is known. */
static int
find_types(struct calling *c, struct failure *f)
{
	const struct idl_proc *p = c->proc.proc;

	c->args.what = "argument";
	c->result.what = "the answer does not fit its type: result";
	if (p != NULL) {
		c->args.types = (const struct idl_type *const *)p->args;
		c->args.n = p->nargs;
		c->result_type = p->result;
		c->result.types = &c->result_type;
		c->result.n = type_real(p->result)->kind != TYPE_VOID;
		return 0;
	}
	if (c->proc.number == 0 || opt.raw != NULL)
		return 0;
	failure_set(f, EXIT_USAGE, "no interface here describes %s",
	    c->proc.name);
	failure_hint(f, "name its .x file: -i FILE, or give the arguments as "
	    "XDR: --raw hex:...");
	return -EXIT_USAGE;
}

static int
raw_arguments(struct buf *out, struct failure *f)
{
	int err = bytes_parse(opt.raw, strlen(opt.raw), true, VALUE_XDR, out);

	if (err == 0 && out->len % 4 != 0)
		return failure_set(f, EXIT_DATA, "--raw: %zu bytes: XDR is in "
		    "units of 4", out->len);
	if (err == -EINVAL)
		return failure_set(f, EXIT_USAGE, "--raw %.40s: not hex:..., "
		    "base64:..., text:... or @FILE", opt.raw);
	if (err == -EBADMSG || err == -EMSGSIZE)
		return failure_set(f, EXIT_DATA, "--raw: %s", err == -EBADMSG ?
		    "wrong digits" : "larger than a message may be");
	return err ? failure_set(f, EXIT_NOFILE, "cannot read %s (%s)",
	    opt.raw + 1, strerror(-err)) : 0;
}

/* The only argument, with members from -f. */
static int
field_arguments(struct calling *c, const struct buf *base, struct failure *f)
{
	struct buf merged = { 0 };
	const char *text;
	size_t len;
	int err;

	if (c->args.n != 1)
		return failure_set(f, EXIT_USAGE, "-f: %s has %zu arguments, "
		    "not one", c->proc.name, c->args.n);
	err = fields_merge(c->args.types[0], (const char *)base->data,
	    base->len, &opt.fields, &merged, f);
	text = (const char *)merged.data;
	len = merged.len;
	if (err == 0)
		err = codec_encode(&c->args, &text, &len, 1, &c->values,
		    &c->sent, f);
	buf_release(&merged);
	return err;
}

static int
json_arguments(struct calling *c, int n, const char **args, struct failure *f)
{
	struct buf texts[ARGUMENTS_MAX] = { { 0 } };
	const char *parts[ARGUMENTS_MAX];
	size_t lengths[ARGUMENTS_MAX];
	int err = 0;

	for (int i = 0; i < n && err == 0; i++) {
		err = input_text(args[i], &texts[i], f);
		parts[i] = (const char *)texts[i].data;
		lengths[i] = texts[i].len;
	}
	if (err == 0 && opt.fields.n > 0)
		err = n > 1 ? failure_set(f, EXIT_USAGE, "-f goes with one "
		    "argument") : field_arguments(c, &texts[0], f);
	else if (err == 0)
		err = codec_encode(&c->args, parts, lengths, (size_t)n,
		    &c->values, &c->sent, f);
	for (int i = 0; i < n; i++)
		buf_release(&texts[i]);
	return err;
}

static int
arguments(struct calling *c, int n, const char **args, struct failure *f)
{
	if (opt.raw != NULL)
		return raw_arguments(&c->sent, f);
	return json_arguments(c, n, args, f);
}

static void
tell_sent(const struct calling *c)
{
	if (common.verbose == 0)
		return;
	fprintf(stderr, "* %s, %s%s\n", mech_info[c->target.mech].name,
	    c->invocation.uri, c->proc.path ? "" : ", no interface");
	if (c->proc.path != NULL)
		fprintf(stderr, "* interface %s\n", c->proc.path);
	fprintf(stderr, "> %s (%u/%u.%u), %zu bytes of arguments\n",
	    c->proc.name, c->proc.prog, c->proc.vers, c->proc.number,
	    c->sent.len);
	if (common.verbose > 1)
		xdr_dump(stderr, '>', &c->args, c->sent.data, c->sent.len);
}

static void
tell_received(const struct calling *c, const struct reply *r)
{
	if (common.verbose == 0)
		return;
	fprintf(stderr, "< %zu bytes of results after %llu us\n", r->len,
	    (unsigned long long)(c->invocation.ns / 1000));
	if (common.verbose > 1)
		xdr_dump(stderr, '<', &c->result, r->body, r->len);
}

static int
head_of_document(struct calling *c)
{
	char text[256];
	int n;

	if (!common.json)
		return 0;
	n = snprintf(text, sizeof(text), "{\"schema\": \"rpcall/call/1\", "
	    "\"program\": %u, \"version\": %u, \"procedure\": %u, "
	    "\"name\": \"%s\", \"elapsed_us\": %llu, \"target\": ",
	    c->proc.prog, c->proc.vers, c->proc.number, c->proc.name,
	    (unsigned long long)(c->invocation.ns / 1000));
	if (buf_append(&c->json, text, (size_t)n) != 0 ||
	    json_quote(&c->json, c->invocation.uri,
	    strlen(c->invocation.uri)) != 0)
		return -ENOMEM;
	return buf_append(&c->json, ", \"result\": ", 12);
}

static int
raw_result(struct calling *c, const struct reply *r)
{
	int err = buf_append(&c->json, "\"", common.json);

	if (err == 0)
		err = bytes_format(r->body, r->len, c->values.base64,
		    &c->json);
	return err ? err : buf_append(&c->json, "\"", common.json);
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
end_of_document(struct calling *c, const struct codec_remarks *m)
{
	char text[64];
	int n;

	if (!common.json)
		return 0;
	n = snprintf(text, sizeof(text), ", \"ignored_bytes\": %zu}", m->rest);
	return buf_append(&c->json, text, (size_t)n);
}

static int
print_result(struct calling *c, const struct reply *r, struct failure *f)
{
	struct codec_remarks remarks = { 0 };
	int err = head_of_document(c);

	if (err == 0 && opt.raw != NULL)
		err = raw_result(c, r);
	else if (err == 0 && codec_decode(&c->result, r->body, r->len,
	    &c->values, EXIT_PROTOCOL, &c->json, &remarks, f) != 0) {
		failure_hint(f, "see the bytes: --raw hex:..., or -vv");
		return -f->code;
	}
	if (err == 0)
		err = end_of_document(c, &remarks);
	if (err)
		return failure_set(f, EXIT_OS, "no memory");
	tell_remarks(&remarks, r->len);
	return output_write(opt.output, c->json.data, c->json.len, true, f);
}

static int
call(struct calling *c, struct failure *f)
{
	struct call_head head = { .prog = c->proc.prog, .vers = c->proc.vers,
		.proc = c->proc.number };
	struct reply r;
	int err = invocation_open(&c->invocation, &c->target, c->proc.prog,
	    c->proc.vers, f);

	if (err)
		return err;
	tell_sent(c);
	err = invocation_call(&c->invocation, &head, c->proc.name,
	    c->sent.data, c->sent.len, &r, f);
	if (err)
		return err;
	tell_received(c, &r);
	return print_result(c, &r, f);
}

static int
prepare(struct calling *c, int nargs, const char **args, struct failure *f)
{
	int err = codec_args_parse(&opt.codec, &c->values, f);

	c->values.rest = true;
	if (err == 0)
		err = target_parse_arg(&c->target, args[0], f);
	if (err == 0)
		err = library_open(&c->library, &opt.schema, f);
	if (err == 0 && !opt.no_reflection && opt.raw == NULL &&
	    !procedure_known(&c->library, args[1]))
		err = reflection_add(&c->library, &c->target, args[1], f);
	if (err == 0)
		err = procedure_find(&c->library, args[1], &c->proc, f);
	if (err == 0)
		err = find_types(c, f);
	return err ? err : arguments(c, nargs - 2, args + 2, f);
}

static int
run_call(int nargs, const char **args)
{
	struct calling *c = calloc(1, sizeof(*c));
	struct failure f = { 0 };

	if (nargs < 2 || nargs >= ARGUMENTS_MAX || (opt.data != NULL &&
	    nargs > 2) || (opt.raw != NULL && (nargs > 2 || opt.data != NULL ||
	    opt.fields.n > 0))) {
		free(c);
		return verb_usage(&verb_call);
	}
	if (c == NULL)
		return failure_set(&f, EXIT_OS, "no memory"), failure_print(&f);
	if (opt.data != NULL)
		args[nargs++] = opt.data;
	interrupt_catch();
	if (prepare(c, nargs, args, &f) == 0)
		call(c, &f);
	invocation_close(&c->invocation);
	library_close(&c->library);
	buf_release(&c->sent);
	buf_release(&c->json);
	free(c);
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
