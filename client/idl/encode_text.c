/*
 * JSON to XDR: opaques and strings. See value.h.
 */
#include <errno.h>
#include <string.h>

#include "be.h"
#include "idl/bytes.h"
#include "idl/payload.h"
#include "idl/schema.h"
#include "idl/value_in.h"

static const struct json_token *
at(const struct encoder *e, uint32_t token)
{
	return &e->json->tokens[token];
}

/* Why text is no opaque, or not this one. */
static int
opaque_wrong(struct encoder *e, const struct idl_type *t, uint32_t token,
    const struct step *s, int err)
{
	const struct idl_type *real = type_real(t);

	switch (err) {
	case -EINVAL:
		return encode_not(e, s, token, t);
	case -EBADMSG:
		return encode_wrong(e, s, token, "wrong digits");
	case -EMSGSIZE:
		if (encode_left(e) < real->max)
			return encode_room(e, s, encode_left(e) + 1);
		return encode_wrong(e, s, token, "more than %u bytes",
		    real->max);
	case -EACCES:
		return encode_wrong(e, s, token, "cannot read the file");
	case -ENOMEM:
		return err;
	default:
		return encode_wrong(e, s, token, "cannot read the file (%s)",
		    strerror(-err));
	}
}

/*
 * A large file is not read, only its length and padding are written: 1; 0
 * where text is something else; or an error.
 */
static int
encode_file(struct encoder *e, const struct idl_type *t, uint32_t token,
    const struct step *s, const char *text, size_t n)
{
	const struct idl_type *real = type_real(t);
	size_t counted = real->fixed ? 0 : 4, left = encode_left(e), pad;
	uint64_t max = left > counted ? left - counted : 0, len;
	int err;

	if (e->payloads == NULL || !e->files || n == 0 || text[0] != '@')
		return 0;
	err = payloads_add(e->payloads, text + 1, n - 1,
	    e->out->len + counted, max < real->max ? max : real->max, &len);
	if (err < 0)
		return opaque_wrong(e, t, token, s, err);
	if (err > 0 && real->fixed && len != real->max)
		return encode_wrong(e, s, token, "%llu bytes, not %u",
		    (unsigned long long)len, real->max);
	if (err == 0)
		return 0;
	err = counted > 0 ? encode_u32(e, s, (uint32_t)len) : 0;
	if (err == 0)
		err = encode_room(e, s, pad = (size_t)(xdr_padded(len) - len));
	if (err == 0)
		err = buf_append(e->out, "\0\0\0", pad);
	return err ? err : 1;
}

/* Bytes in their textual form, at the end of out, then counted and padded. */
static int
encode_opaque_text(struct encoder *e, const struct idl_type *t,
    uint32_t token, const struct step *s, const char *text, size_t n)
{
	const struct idl_type *real = type_real(t);
	size_t room = encode_left(e);
	struct buf data = { 0 };
	int err = encode_file(e, t, token, s, text, n);

	if (err != 0)
		return err > 0 ? 0 : err;
	err = bytes_parse(text, n, e->files,
	    real->max < room ? real->max : room, &data);
	if (err)
		err = opaque_wrong(e, t, token, s, err);
	else if (real->fixed && data.len != real->max)
		err = encode_wrong(e, s, token, "%zu bytes, not %u", data.len,
		    real->max);
	else
		err = encode_bytes(e, s, data.data, data.len, !real->fixed);
	buf_release(&data);
	return err;
}

static int
encode_zeros(struct encoder *e, const struct idl_type *real,
    const struct step *s)
{
	size_t n = real->fixed ? (size_t)xdr_padded(real->max) : 4;
	int err = encode_room(e, s, n);

	if (err)
		return err;
	memset(e->out->data + e->out->len, 0, n);
	e->out->len += n;
	return 0;
}

/* text: of an opaque or, within {"$bytes": text}, of a string. */
static int
encode_opaque(struct encoder *e, const struct idl_type *t, uint32_t token,
    const struct step *s)
{
	const struct json_token *j = at(e, token);
	struct buf plain = { 0 };
	int err;

	if (j->kind != JSON_STRING)
		return encode_not(e, s, token, t);
	if (!j->escaped)
		return encode_opaque_text(e, t, token, s,
		    e->json->text + j->at, j->len);
	err = json_string(e->json, j, &plain);
	if (err == 0)
		err = encode_opaque_text(e, t, token, s,
		    (const char *)plain.data, plain.len);
	buf_release(&plain);
	return err;
}

static int
encode_string(struct encoder *e, const struct idl_type *t, uint32_t token,
    const struct step *s)
{
	const struct json_token *j = at(e, token);
	const struct idl_type *real = type_real(t);
	struct buf plain = { 0 };
	int err;

	if (j->kind == JSON_OBJECT && j->count == 1 &&
	    json_is(e->json, j + 1, "$bytes"))
		return encode_opaque(e, t, token + 2, s);
	if (j->kind != JSON_STRING)
		return encode_not(e, s, token, t);
	err = json_string(e->json, j, &plain);
	if (err == 0 && plain.len > real->max)
		err = encode_wrong(e, s, token, "%zu bytes, more than %u",
		    plain.len, real->max);
	if (err == 0)
		err = encode_bytes(e, s, plain.data, plain.len, true);
	buf_release(&plain);
	return err;
}

int
encode_text(struct encoder *e, const struct idl_type *t, uint32_t token,
    const struct step *s)
{
	const struct idl_type *real = type_real(t);

	if (token == VALUE_NONE)
		return encode_zeros(e, real, s);
	return real->kind == TYPE_OPAQUE ? encode_opaque(e, t, token, s) :
	    encode_string(e, t, token, s);
}
