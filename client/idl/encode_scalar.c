/*
 * JSON to XDR: numbers and enums. See value.h; encode_text.c has opaques and
 * strings.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "be.h"
#include "idl/flow.h"
#include "idl/payload.h"
#include "idl/real.h"
#include "idl/schema.h"
#include "idl/value_in.h"

size_t
encode_left(const struct encoder *e)
{
	uint64_t used = e->out->len + (e->payloads ? e->payloads->bytes : 0);

	return used < e->max ? (size_t)(e->max - used) : 0;
}

int
encode_room(struct encoder *e, const struct step *s, size_t n)
{
	if (n > encode_left(e)) {
		if (e->error->text[0] == '\0')
			snprintf(e->error->hint, sizeof(e->error->hint),
			    FLOW_HINT);
		encode_wrong(e, s, VALUE_NONE, "larger than %zu bytes in all",
		    e->max);
		return -EMSGSIZE;
	}
	return buf_reserve(e->out, n);
}

int
encode_u32(struct encoder *e, const struct step *s, uint32_t v)
{
	int err = encode_room(e, s, 4);

	if (err)
		return err;
	be32_put(e->out->data + e->out->len, v);
	e->out->len += 4;
	return 0;
}

int
encode_bytes(struct encoder *e, const struct step *s, const void *data,
    size_t n, bool counted)
{
	size_t padded = (size_t)xdr_padded(n);
	int err = counted ? encode_u32(e, s, (uint32_t)n) : 0;

	if (err == 0)
		err = encode_room(e, s, padded);
	if (err)
		return err;
	if (n > 0)
		memcpy(e->out->data + e->out->len, data, n);
	memset(e->out->data + e->out->len + n, 0, padded - n);
	e->out->len += padded;
	return 0;
}

static const struct json_token *
at(const struct encoder *e, uint32_t token)
{
	return &e->json->tokens[token];
}

static int
digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ?
	    c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

/* A whole number, as a number or a string with it: 0 or -EINVAL. */
static int
whole(const struct encoder *e, uint32_t token, wide *value)
{
	const struct json_token *t = at(e, token);
	const char *p = e->json->text + t->at, *end = p + t->len;
	bool minus = p < end && *p == '-';
	int base = 10;

	if (t->kind != JSON_NUMBER && t->kind != JSON_STRING)
		return -EINVAL;
	p += minus;
	if (t->kind == JSON_STRING && end - p > 2 && p[0] == '0' &&
	    p[1] == 'x') {
		base = 16;
		p += 2;
	}
	if (p == end)
		return -EINVAL;
	for (*value = 0; p < end; p++) {
		if (digit(*p) >= base)
			return -EINVAL;
		*value = *value * base + digit(*p);
		if (*value > UINT64_MAX)
			*value = (wide)UINT64_MAX + 1;	/* out of any range */
	}
	if (minus)
		*value = -*value;
	return 0;
}

void
value_range(const struct idl_type *real, wide *low, wide *high)
{
	unsigned bits = real->kind == TYPE_HYPER ? 64 :
	    real->kind == TYPE_INT ? real->bits : 32;
	bool positive = real->is_unsigned || real->kind == TYPE_BOOL;

	*low = positive ? 0 : -((wide)1 << (bits - 1));
	*high = real->kind == TYPE_BOOL ? 1 :
	    ((wide)1 << (positive ? bits : bits - 1)) - 1;
}

static int
encode_whole(struct encoder *e, const struct idl_type *t, uint32_t token,
    const struct step *s, wide *value)
{
	wide low, high;

	*value = 0;
	if (token == VALUE_NONE)
		return 0;
	if (whole(e, token, value) != 0)
		return encode_not(e, s, token, t);
	value_range(type_real(t), &low, &high);
	if (*value >= low && *value <= high)
		return 0;
	if (high > INT64_MAX)
		return encode_wrong(e, s, token,
		    "out of range: 0 to 18446744073709551615");
	return encode_wrong(e, s, token, "out of range: %lld to %lld",
	    (long long)low, (long long)high);
}

static void
hint_names(struct encoder *e, const struct idl_type *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->nitems && i < 8 &&
	    n < sizeof(e->error->hint); i++)
		n += (size_t)snprintf(e->error->hint + n,
		    sizeof(e->error->hint) - n, "%s%s", i ? ", " : "one of ",
		    t->items[i].name);
	if (t->nitems > 8 && n < sizeof(e->error->hint))
		snprintf(e->error->hint + n, sizeof(e->error->hint) - n,
		    ", ...");
}

static int
enum_number(struct encoder *e, const struct idl_type *t, uint32_t token,
    const struct step *s, int64_t *value)
{
	const struct idl_type *real = type_real(t);
	wide n;

	if (token == VALUE_NONE) {
		*value = real->nitems == 0 || type_item(real, 0) ? 0 :
		    (int32_t)real->items[0].number->value;
		return 0;
	}
	for (size_t i = 0; i < real->nitems; i++)
		if (json_is(e->json, at(e, token), real->items[i].name)) {
			*value = (int32_t)real->items[i].number->value;
			return 0;
		}
	if (at(e, token)->kind == JSON_STRING && whole(e, token, &n) != 0) {
		if (e->error->text[0] == '\0')
			hint_names(e, real);
		return encode_wrong(e, s, token, "the enum has no such name");
	}
	if (encode_whole(e, t, token, s, &n) != 0)
		return -EBADMSG;
	*value = (int64_t)n;
	return 0;
}

static int
bool_number(struct encoder *e, const struct idl_type *t, uint32_t token,
    const struct step *s, int64_t *value)
{
	*value = 0;
	if (token == VALUE_NONE)
		return 0;
	if (at(e, token)->kind != JSON_TRUE && at(e, token)->kind != JSON_FALSE)
		return encode_not(e, s, token, t);
	*value = at(e, token)->kind == JSON_TRUE;
	return 0;
}

int
encode_number(struct encoder *e, const struct idl_type *t, uint32_t token,
    const struct step *s, int64_t *value)
{
	const struct idl_type *real = type_real(t);
	wide n;
	int err;

	if (real->kind == TYPE_ENUM)
		return enum_number(e, t, token, s, value);
	if (real->kind == TYPE_BOOL)
		return bool_number(e, t, token, s, value);
	err = encode_whole(e, t, token, s, &n);
	*value = (int64_t)n;
	return err;
}

static int
encode_int(struct encoder *e, const struct idl_type *t, uint32_t token,
    const struct step *s)
{
	int64_t value = 0;
	int err = encode_number(e, t, token, s, &value);

	return err ? err : encode_u32(e, s, (uint32_t)value);
}

static int
encode_hyper(struct encoder *e, const struct idl_type *t, uint32_t token,
    const struct step *s)
{
	wide value;
	int err = encode_whole(e, t, token, s, &value);

	if (err == 0)
		err = encode_u32(e, s, (uint32_t)((uint64_t)value >> 32));
	return err ? err : encode_u32(e, s, (uint32_t)value);
}

static int
encode_real(struct encoder *e, const struct idl_type *t, uint32_t token,
    const struct step *s)
{
	const struct idl_type *real = type_real(t);
	size_t size = (size_t)real->min_size;
	uint8_t bytes[16] = { 0 };
	const struct json_token *j;
	int err = 0;

	if (token != VALUE_NONE) {
		j = at(e, token);
		if (j->kind != JSON_NUMBER && j->kind != JSON_STRING)
			return encode_not(e, s, token, t);
		err = real_parse(e->json->text + j->at, j->len,
		    j->kind == JSON_NUMBER, bytes, size);
	}
	if (err == -ERANGE)
		return encode_wrong(e, s, token, "too large for %s",
		    real->spelled);
	return err ? encode_not(e, s, token, t) :
	    encode_bytes(e, s, bytes, size, false);
}

int
encode_scalar(struct encoder *e, const struct idl_type *t, uint32_t token,
    const struct step *s)
{
	const struct idl_type *real = type_real(t);

	if (encode_is_template(e, token))
		return e->fill->put(e, t, token, s);
	switch (real->kind) {
	case TYPE_VOID:
		return token == VALUE_NONE || at(e, token)->kind == JSON_NULL ?
		    0 : encode_not(e, s, token, t);
	case TYPE_INT:
	case TYPE_BOOL:
	case TYPE_ENUM:
		return encode_int(e, t, token, s);
	case TYPE_HYPER:
		return encode_hyper(e, t, token, s);
	case TYPE_FLOAT:
	case TYPE_DOUBLE:
	case TYPE_QUAD:
		return encode_real(e, t, token, s);
	case TYPE_OPAQUE:
	case TYPE_STRING:
		return encode_text(e, t, token, s);
	default:
		value_hint_include(e->error);
		return encode_wrong(e, s, token, "the type %s is not defined",
		    real->name ? real->name : "?");
	}
}
