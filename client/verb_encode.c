/*
 * rpcall encode and rpcall decode: JSON to XDR and back, offline.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codec_args.h"
#include "flow_file.h"
#include "idl/bytes.h"
#include "idl/names_unknown.h"
#include "idl/payload.h"
#include "output.h"
#include "verb.h"

static struct {
	struct schema_args schema;
	struct codec_args codec;
	const char *data, *output;
	bool result, arguments, binary;
} opt = { .codec = CODEC_ARGS_DEFAULT };

static const struct option_spec encode_options[] = {
	SCHEMA_ARGS(opt.schema),
	{ "data", 'd', OPTION_TEXT, "JSON|@FILE|@-", "the value", &opt.data },
	INPUT_ARGS(opt.codec),
	RECORD_ARGS(opt.codec),
	{ "result", 0, OPTION_FLAG, NULL, "of a procedure: its result",
	    &opt.result },
	{ "binary", 0, OPTION_FLAG, NULL, "print bytes, not \"hex:...\"",
	    &opt.binary },
	{ "output", 'o', OPTION_TEXT, "FILE", "write bytes there",
	    &opt.output },
	{ .name = NULL },
};

static const struct option_spec decode_options[] = {
	SCHEMA_ARGS(opt.schema),
	{ "data", 'd', OPTION_TEXT, "hex:...|@FILE|@-", "the XDR", &opt.data },
	OUTPUT_ARGS(opt.codec),
	RECORD_ARGS(opt.codec),
	{ "arguments", 0, OPTION_FLAG, NULL, "of a procedure: its arguments",
	    &opt.arguments },
	{ "output", 'o', OPTION_TEXT, "FILE", "write the JSON there",
	    &opt.output },
	{ .name = NULL },
};

/* The type or procedure of that name; one holds the single type. */
static int
find(struct library *l, const char *name, bool result, struct codec *c,
    const struct idl_type **one, struct failure *f)
{
	const char *path;
	const struct idl_def *d = type_find(l, name, &path);
	struct procedure p;

	*c = (struct codec){ .types = one, .n = 1, .what = "value" };
	if (d != NULL) {
		*one = d->type;
		return 0;
	}
	if (procedure_find(l, name, &p, f) != 0)
		return names_unknown_word(l, name, false, f);
	if (p.proc == NULL)
		return failure_set(f, EXIT_USAGE, "no interface here has %s",
		    name);
	*one = p.proc->result;
	c->what = result ? "result" : "argument";
	if (result)
		c->n = type_real(*one)->kind != TYPE_VOID;
	else {
		c->types = (const struct idl_type *const *)p.proc->args;
		c->n = p.proc->nargs;
	}
	return 0;
}

/* As bytes, or in hexadecimal. */
static int
put_part(struct output *out, bool binary, const uint8_t *data, size_t n,
    struct buf *text, struct failure *f)
{
	if (binary)
		return output_put(out, data, n, f);
	text->len = 0;
	if (bytes_digits(data, n, false, text) != 0)
		return failure_set(f, EXIT_OS, "no memory");
	return output_put(out, text->data, text->len, f);
}

static int
print_xdr(const struct message *m, struct failure *f)
{
	bool binary = opt.binary || opt.output != NULL;
	bool document = common.json && !binary;
	const char *head = document ? "{\"schema\": \"rpcall/encode/1\", "
	    "\"xdr\": \"hex:" : "hex:";
	struct output out = { .path = opt.output };
	struct message_reader r = { .message = m };
	struct buf text = { 0 };
	const uint8_t *data;
	ssize_t n = 0;
	int err = output_put(&out, head, binary ? 0 : strlen(head), f);

	while (err == 0 && (n = message_next(&r, &data)) > 0)
		err = put_part(&out, binary, data, (size_t)n, &text, f);
	if (document && err == 0 && n == 0)
		output_put(&out, "\"}", 2, f);
	if (n < 0)
		failure_set(f, EXIT_NOFILE, "cannot read a file of the value "
		    "to its end (%s)", strerror((int)-n));
	message_reader_release(&r);
	buf_release(&text);
	return output_end(&out, !binary, f);
}

static int
encode(struct library *l, int nargs, const char **args, struct failure *f)
{
	struct buf xdr = { 0 };
	struct codec_options o;
	const struct idl_type *one;
	struct codec c;
	struct payloads files = { .n = 0 };
	int err = codec_args_parse(&opt.codec, &o, f);

	o.payloads = &files;
	if (err == 0)
		err = find(l, args[0], opt.result, &c, &one, f);
	if (opt.data != NULL)
		args[nargs++] = opt.data;
	if (err == 0)
		err = codec_args_encode(&opt.codec, &c, args[0], nargs - 1,
		    args + 1, &o, &xdr, f);
	if (err == 0)
		err = print_xdr(&(struct message){ xdr.data, xdr.len,
		    &files }, f);
	payloads_release(&files);
	buf_release(&xdr);
	return err;
}

static int
parse_xdr(const char *text, struct buf *xdr, struct failure *f)
{
	int err = bytes_parse(text, strlen(text), true, VALUE_XDR, xdr);

	switch (err) {
	case 0:
		return 0;
	case -EINVAL:
		return failure_set(f, EXIT_USAGE, "\"%.40s\": not hex:..., "
		    "base64:..., text:... or @FILE", text);
	case -EBADMSG:
		return failure_set(f, EXIT_DATA, "\"%.40s\": wrong digits",
		    text);
	case -EMSGSIZE:
		return failure_set(f, EXIT_DATA, "more than %d bytes of XDR",
		    VALUE_XDR);
	default:
		return failure_set(f, EXIT_NOFILE, "cannot read %s (%s)",
		    text + 1, strerror(-err));
	}
}

/* A file, part by part. */
static int
decode_file(const char *path, const struct codec *c,
    const struct codec_options *o, struct codec_remarks *r, struct failure *f)
{
	struct flow_file w = { .path = path, .limit = o->max, .f = f,
		.out = { .path = opt.output } };
	size_t len;

	if (flow_file_open(&w) == 0)
		codec_decode_flow(c, &w.flow, o, EXIT_DATA, &len, r, f);
	return flow_file_close(&w);
}

static int
decode_text(const char *text, const struct codec *c,
    const struct codec_options *o, struct codec_remarks *r, struct failure *f)
{
	struct buf xdr = { 0 }, json = { 0 };
	int err = parse_xdr(text, &xdr, f);

	if (err == 0)
		err = codec_decode(c, xdr.data, xdr.len, o, EXIT_DATA, &json,
		    r, f);
	if (err == 0)
		err = output_write(opt.output, json.data, json.len, true, f);
	buf_release(&xdr);
	buf_release(&json);
	return err;
}

static int
decode(struct library *l, int nargs, const char **args, struct failure *f)
{
	const char *text = nargs > 1 ? args[1] : opt.data;
	struct codec_options o;
	const struct idl_type *one;
	struct codec c;
	struct codec_remarks remarks = { 0 };
	int err = codec_args_parse(&opt.codec, &o, f);

	if (err == 0)
		err = find(l, args[0], !opt.arguments, &c, &one, f);
	if (err == 0)
		err = text[0] == '@' ?
		    decode_file(text + 1, &c, &o, &remarks, f) :
		    decode_text(text, &c, &o, &remarks, f);
	if (remarks.padded && !common.quiet)
		fprintf(stderr, "rpcall: warning: padding bytes that are not "
		    "zero were ignored\n");
	return err;
}

static int
run(int nargs, const char **args, int (*verb)(struct library *, int,
    const char **, struct failure *))
{
	struct library *l = calloc(1, sizeof(*l));
	struct failure f = { 0 };

	if (l == NULL)
		failure_set(&f, EXIT_OS, "no memory");
	else if (library_open(l, &opt.schema, &f) == 0)
		verb(l, nargs, args, &f);
	if (l != NULL)
		library_close(l);
	free(l);
	return f.code ? failure_print(&f) : 0;
}

static int
run_encode(int nargs, const char **args)
{
	if (nargs < 1 || nargs + (opt.data != NULL) >= ARGUMENTS_MAX ||
	    (nargs > 1 && opt.data != NULL))
		return verb_usage(&verb_encode);
	return run(nargs, args, encode);
}

static int
run_decode(int nargs, const char **args)
{
	if (nargs < 1 || nargs > 2 || (nargs == 2) == (opt.data != NULL))
		return verb_usage(&verb_decode);
	return run(nargs, args, decode);
}

const struct verb verb_encode = {
	.name = "encode", .group = "IDL",
	.summary = "JSON to XDR, offline",
	.usage = "[OPTIONS] -i FILE TYPE|PROCEDURE [JSON...]",
	.details = "Prints the XDR of a value, or of a procedure's arguments, "
	    "as \"hex:...\". Without -i,\nthe interfaces that rpcall and the "
	    "system bring along are looked through.\n",
	.options = encode_options,
	.run = run_encode,
};

const struct verb verb_decode = {
	.name = "decode", .group = "IDL",
	.summary = "XDR to JSON, offline",
	.usage = "[OPTIONS] -i FILE TYPE|PROCEDURE hex:...|base64:...|@FILE",
	.details = "Prints a value, or a procedure's result, as JSON.\n",
	.options = decode_options,
	.run = run_decode,
};
