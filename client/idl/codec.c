/*
 * Arguments and results: see codec.h. Used by call, encode and decode.
 */
#include "idl/codec.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "idl/flow.h"
#include "idl/input.h"

/* "argument", or "argument 2" of several. */
static const char *
name_of(const struct codec *c, size_t i, char *out, size_t size)
{
	if (c->n == 1)
		snprintf(out, size, "%s", c->what);
	else
		snprintf(out, size, "%s %zu", c->what, i + 1);
	return out;
}

/* The value of type i at a token of j. */
static int
encode_one(const struct codec *c, size_t i, const struct json *j,
    uint32_t token, const struct codec_options *o, struct buf *out,
    struct failure *f)
{
	struct value_error x;
	char what[80];
	struct encoder e = { .json = j, .zero_fill = o->zero_fill,
		.files = true, .max = o->max ? o->max : VALUE_XDR,
		.fill = o->fill, .payloads = o->payloads, .out = out,
		.error = &x, .form = c->form,
		.what = name_of(c, i, what, sizeof(what)) };

	return value_encode(&e, c->types[i], token) == 0 ? 0 :
	    input_failure(&x, j, EXIT_DATA, f);
}

/* Several types, and one text with an array of their values. */
static int
encode_array(const struct codec *c, const struct json *j,
    const struct codec_options *o, struct buf *out, struct failure *f)
{
	uint32_t token = 1;
	int err = 0;

	if (j->tokens[0].kind != JSON_ARRAY || j->tokens[0].count != c->n)
		return failure_set(f, EXIT_DATA, "%zu %ss are wanted: give "
		    "each, or an array of them", c->n, c->what);
	for (size_t i = 0; i < c->n && err == 0; i++) {
		err = encode_one(c, i, j, token, o, out, f);
		token = j->tokens[token].next;
	}
	return err;
}

static int
encode_one_text(const struct codec *c, size_t i, bool all, const char *text,
    size_t len, const struct codec_options *o, struct buf *out,
    struct failure *f)
{
	struct json j;
	char what[80];
	int err = input_json(&j, all ? c->what : name_of(c, i, what,
	    sizeof(what)), text, len, f);

	if (err)
		return err;
	err = all ? encode_array(c, &j, o, out, f) :
	    encode_one(c, i, &j, 0, o, out, f);
	json_release(&j);
	return err;
}

/* Nothing was given: fine for void, or where zeros are wanted. */
static int
encode_nothing(const struct codec *c, const struct codec_options *o,
    struct buf *out, struct failure *f)
{
	struct json none = { 0 };
	int err = 0;

	if (c->n > 0 && !o->zero_fill) {
		failure_set(f, EXIT_USAGE, "the %s is missing", c->what);
		failure_hint(f, "give it as JSON; %s prints a form", c->form ?
		    c->form : "rpcall describe --template NAME");
		return -EXIT_USAGE;
	}
	for (size_t i = 0; i < c->n && err == 0; i++)
		err = encode_one(c, i, &none, VALUE_NONE, o, out, f);
	return err;
}

/* Arguments of void: "null", by courtesy. */
static int
encode_void(const char *text, size_t len, struct failure *f)
{
	struct json j;
	int err = input_json(&j, "argument", text, len, f);

	if (err)
		return err;
	if (j.tokens[0].kind != JSON_NULL)
		err = failure_set(f, EXIT_DATA, "there is no argument: void");
	json_release(&j);
	return err;
}

int
codec_encode(const struct codec *c, const char *const *texts,
    const size_t *lengths, size_t n, const struct codec_options *o,
    struct buf *out, struct failure *f)
{
	int err = 0;

	if (n == 0)
		return encode_nothing(c, o, out, f);
	if (c->n == 0 && n == 1)
		return encode_void(texts[0], lengths[0], f);
	if (n == 1)
		return encode_one_text(c, 0, c->n > 1, texts[0], lengths[0], o,
		    out, f);
	if (n != c->n)
		return failure_set(f, EXIT_USAGE, "%zu %ss, not %zu", n,
		    c->what, c->n);
	for (size_t i = 0; i < n && err == 0; i++)
		err = encode_one_text(c, i, false, texts[i], lengths[i], o,
		    out, f);
	return err;
}

static int
decode_all(const struct codec *c, struct decoder *d, struct codec_remarks *r)
{
	char what[80];
	int err = c->n > 1 ? buf_append(d->out, "[", 1) : 0;

	for (size_t i = 0; i < c->n && err == 0; i++) {
		d->what = name_of(c, i, what, sizeof(what));
		if (i > 0)
			err = buf_append(d->out, ", ", 2);
		if (err == 0)
			err = value_decode(d, c->types[i]);
		r->padded |= d->padded;
	}
	if (err || c->n == 1)
		return err;
	return c->n > 1 ? buf_append(d->out, "]", 1) :
	    buf_append(d->out, "null", 4);
}

/* What there is after the values is counted, and not kept. */
static int
count_rest(struct decoder *d, struct codec_remarks *r)
{
	size_t end = d->at;
	int err = 0;

	do
		d->at = d->len;
	while (d->flow != NULL && (err = flow_more(d, 1)) == 0 &&
	    d->len > d->at);
	r->rest = d->len - end;
	d->at = end;
	return err;
}

static int
decode_values(const struct codec *c, struct decoder *d,
    const struct codec_options *o, int code, struct codec_remarks *r,
    struct failure *f)
{
	int err;

	d->int64_number = o->int64_number;
	d->base64 = o->base64;
	d->flat = o->flat;
	memset(r, 0, sizeof(*r));
	err = decode_all(c, d, r);
	if (err == 0)
		err = count_rest(d, r);
	if (err == 0 && r->rest > 0 && !o->rest)
		return failure_set(f, code, "%s: %zu bytes are left over "
		    "(byte %zu)", c->what, r->rest, d->at);
	if (err == 0 && d->flow != NULL)
		err = flow_out(d);
	return err ? input_failure(d->error, NULL, code, f) : 0;
}

int
codec_decode(const struct codec *c, const uint8_t *data, size_t len,
    const struct codec_options *o, int code, struct buf *out,
    struct codec_remarks *r, struct failure *f)
{
	struct value_error x = { .text = "" };
	struct decoder d = { .data = data, .len = len, .out = out,
		.error = &x };

	return decode_values(c, &d, o, code, r, f);
}

int
codec_decode_flow(const struct codec *c, struct value_flow *w,
    const struct codec_options *o, int code, size_t *len,
    struct codec_remarks *r, struct failure *f)
{
	struct value_error x = { .text = "" };
	struct decoder d = { .flow = w, .out = &w->out, .error = &x };
	int err = decode_values(c, &d, o, code, r, f);

	*len = d.at + r->rest;
	return err;
}
