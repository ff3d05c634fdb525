/*
 * XDR to JSON: numbers, enums, opaques and strings. See value.h.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "be.h"
#include "idl/bytes.h"
#include "idl/flow.h"
#include "idl/real.h"
#include "idl/schema.h"
#include "idl/utf8n.h"
#include "idl/value_in.h"

/* May n bytes be printed? */
static int
room(struct decoder *d, uint64_t n)
{
	if (d->out->len <= d->max && n <= d->max - d->out->len)
		return 0;
	decode_wrong(d, NULL, "more than %zu bytes of JSON", d->max);
	return -EMSGSIZE;
}

int
decode_put(struct decoder *d, const char *text, size_t n)
{
	int err = room(d, n);

	if (err == 0)
		err = buf_append(d->out, text, n);
	return err == 0 && d->flow != NULL && d->out->len >= FLOW_OUT ?
	    flow_out(d) : err;
}

size_t
decode_left(const struct decoder *d)
{
	return d->len - d->at + (d->flow != NULL ? d->flow->coming : 0);
}

/* Of whole bytes there are that many, and no more will come. */
static int
ends(struct decoder *d, const struct step *s, size_t there, size_t whole)
{
	if (d->flow == NULL || !d->flow->limited)
		return decode_wrong(d, s, "it ends after %zu of %zu bytes",
		    there, whole);
	if (d->error->text[0] == '\0')
		snprintf(d->error->hint, sizeof(d->error->hint),
		    FLOW_HINT);
	return decode_wrong(d, s, "of %zu bytes no more than %zu fit the "
	    "largest message", whole, there);
}

/* As decode_need(), of what is part of whole bytes, the rest before it. */
static int
need_part(struct decoder *d, const struct step *s, size_t n, size_t before,
    size_t whole)
{
	int err = 0;

	if (n > d->len - d->at && d->flow != NULL && n <= decode_left(d))
		err = flow_more(d, n);
	if (err || n <= d->len - d->at)
		return err;
	return ends(d, s, before + decode_left(d), whole);
}

int
decode_need(struct decoder *d, const struct step *s, size_t n)
{
	return need_part(d, s, n, 0, n);
}

int
decode_u32(struct decoder *d, const struct step *s, uint32_t *v)
{
	int err = decode_need(d, s, 4);

	*v = 0;
	if (err)
		return err;
	*v = be32_get(decode_here(d));
	d->at += 4;
	return 0;
}

static int
put_number(struct decoder *d, int64_t v, bool is_unsigned)
{
	char text[24];
	int n = is_unsigned ?
	    snprintf(text, sizeof(text), "%llu", (unsigned long long)v) :
	    snprintf(text, sizeof(text), "%lld", (long long)v);

	return decode_put(d, text, (size_t)n);
}

static int
put_item(struct decoder *d, const struct idl_type *real, int64_t value)
{
	const struct idl_item *item = type_item(real, value);
	int err;

	if (item == NULL)
		return put_number(d, value, false);
	err = decode_put(d, "\"", 1);
	if (err == 0)
		err = decode_put(d, item->name, strlen(item->name));
	return err ? err : decode_put(d, "\"", 1);
}

/* What the type does not hold: of char, short and bool. */
static bool
holds(const struct idl_type *t, int64_t v)
{
	int64_t half = (int64_t)1 << (t->bits - 1);

	if (t->kind == TYPE_BOOL)
		return v == 0 || v == 1;
	if (t->kind == TYPE_ENUM || t->bits == 32)
		return true;
	return t->is_unsigned ? v < 2 * half : v >= -half && v < half;
}

int
decode_number(struct decoder *d, const struct idl_type *t,
    const struct step *s, int64_t *value)
{
	const struct idl_type *real = type_real(t);
	size_t from = d->at;
	uint32_t v;
	int err = decode_u32(d, s, &v);

	*value = real->is_unsigned ? (int64_t)v : (int32_t)v;
	if (err)
		return err;
	if (!holds(real, *value)) {
		d->at -= 4;
		return decode_wrong(d, s, "%lld is no %s", (long long)*value,
		    real->spelled);
	}
	d->value = d->out->len;
	if (real->kind == TYPE_BOOL)
		err = decode_put(d, v ? "true" : "false", v ? 4 : 5);
	else
		err = real->kind == TYPE_ENUM ? put_item(d, real, *value) :
		    put_number(d, *value, real->is_unsigned);
	if (err == 0)
		decode_tell(d, s, t, from);
	return err;
}

static int
decode_hyper(struct decoder *d, const struct idl_type *real,
    const struct step *s)
{
	uint32_t high, low;
	int err = decode_need(d, s, 8);
	int64_t v;

	if (err)
		return err;
	decode_u32(d, s, &high);
	decode_u32(d, s, &low);
	v = (int64_t)((uint64_t)high << 32 | low);
	if (d->int64_number)
		return put_number(d, v, real->is_unsigned);
	err = decode_put(d, "\"", 1);
	if (err == 0)
		err = put_number(d, v, real->is_unsigned);
	return err ? err : decode_put(d, "\"", 1);
}

static int
decode_real(struct decoder *d, const struct idl_type *real,
    const struct step *s)
{
	size_t size = (size_t)real->min_size;
	char text[REAL_TEXT];
	bool number;
	int err = decode_need(d, s, size);

	if (err)
		return err;
	real_format(decode_here(d), size, text, &number);
	d->at += size;
	if (number)
		return decode_put(d, text, strlen(text));
	err = decode_put(d, "\"", 1);
	if (err == 0)
		err = decode_put(d, text, strlen(text));
	return err ? err : decode_put(d, "\"", 1);
}

/* The length of an opaque or string, all of which is there, or may come. */
static int
decode_length(struct decoder *d, const struct idl_type *t,
    const struct step *s, uint32_t *n)
{
	const struct idl_type *real = type_real(t);
	char type[80];
	int err = 0;

	*n = real->max;
	if (!real->fixed)
		err = decode_u32(d, s, n);
	if (err == 0 && *n > real->max) {
		d->at -= 4;
		return decode_wrong(d, s, "%s of %u bytes",
		    type_describe(t, type, sizeof(type)), *n);
	}
	if (err == 0 && xdr_padded(*n) > decode_left(d))
		return ends(d, s, decode_left(d), (size_t)xdr_padded(*n));
	return err;
}

/* The padding behind n bytes, the last of which have been taken. */
static int
take_padding(struct decoder *d, const struct step *s, uint32_t n)
{
	static const uint8_t zeros[4];
	size_t whole = (size_t)xdr_padded(n), pad = whole - n;
	int err = need_part(d, s, pad, n, whole);

	if (err)
		return err;
	if (pad > 0)
		d->padded |= memcmp(decode_here(d), zeros, pad) != 0;
	d->at += pad;
	return 0;
}

/* The n bytes at d->at, part by part. */
static int
put_bytes(struct decoder *d, const struct step *s, uint32_t n)
{
	int err = decode_put(d, d->base64 ? "\"base64:" : "\"hex:",
	    d->base64 ? 8 : 5);
	uint32_t part;

	for (uint32_t at = 0; at < n && err == 0; at += part) {
		part = n - at < FLOW_PART ? n - at : FLOW_PART;
		err = need_part(d, s, part, at, (size_t)xdr_padded(n));
		if (err == 0)
			err = room(d, 2 * (uint64_t)part + 4);
		if (err == 0)
			err = bytes_digits(decode_here(d), part, d->base64,
			    d->out);
		d->at += err ? 0 : part;
		if (err == 0)
			err = decode_put(d, "", 0);
	}
	if (err == 0)
		err = take_padding(d, s, n);
	return err ? err : decode_put(d, "\"", 1);
}

static int
put_coded(struct decoder *d, const struct step *s, uint32_t n)
{
	int err = decode_put(d, "{\"$bytes\": ", 11);

	if (err == 0)
		err = put_bytes(d, s, n);
	return err ? err : decode_put(d, "}", 1);
}

static int
put_string(struct decoder *d, const struct step *s, uint32_t n)
{
	int err = n > VALUE_XDR ? 0 : decode_need(d, s, (size_t)xdr_padded(n));

	if (err)
		return err;
	if (n > VALUE_XDR || !utf8n_valid((const char *)decode_here(d), n))
		return put_coded(d, s, n);
	/* At worst each byte becomes an escape of six. */
	err = room(d, 6 * (uint64_t)n + 2);
	if (err == 0)
		err = json_quote(d->out, (const char *)decode_here(d), n);
	d->at += n;
	if (err == 0)
		err = take_padding(d, s, n);
	return err ? err : decode_put(d, "", 0);
}

static int
decode_bytes(struct decoder *d, const struct idl_type *t,
    const struct step *s)
{
	uint32_t n;
	int err = decode_length(d, t, s, &n);

	if (err)
		return err;
	return type_real(t)->kind == TYPE_STRING ? put_string(d, s, n) :
	    put_bytes(d, s, n);
}

int
decode_scalar(struct decoder *d, const struct idl_type *t,
    const struct step *s)
{
	const struct idl_type *real = type_real(t);
	size_t from = d->at;
	int64_t number;
	int err;

	d->value = d->out->len;
	switch (real->kind) {
	case TYPE_VOID:
		return decode_put(d, "null", 4);
	case TYPE_INT:
	case TYPE_BOOL:
	case TYPE_ENUM:
		return decode_number(d, t, s, &number);
	case TYPE_HYPER:
		err = decode_hyper(d, real, s);
		break;
	case TYPE_FLOAT:
	case TYPE_DOUBLE:
	case TYPE_QUAD:
		err = decode_real(d, real, s);
		break;
	case TYPE_OPAQUE:
	case TYPE_STRING:
		err = decode_bytes(d, t, s);
		break;
	default:
		value_hint_include(d->error);
		return decode_wrong(d, s, "the type %s is not defined",
		    real->name ? real->name : "?");
	}
	if (err == 0)
		decode_tell(d, s, t, from);
	return err;
}
