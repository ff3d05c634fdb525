/*
 * Encoding and decoding, inside: what encode.c, encode_scalar.c, decode.c and
 * decode_scalar.c share.
 */
#ifndef RPCALL_IDL_VALUE_IN_H
#define RPCALL_IDL_VALUE_IN_H

#include "idl/value.h"

/* "WHAT.path: " and the rest into error, where it holds none: -EBADMSG. */
__attribute__((format(printf, 4, 5))) int
encode_wrong(struct encoder *e, const struct step *s, uint32_t token,
    const char *fmt, ...);
/* The value at token is not of type t. */
int encode_not(struct encoder *e, const struct step *s, uint32_t token,
    const struct idl_type *t);
/* For a member that is missing: what to do. */
void value_hint_missing(const struct encoder *e);
/* For a member that there is not: those of the first n fields. */
void value_hint_members(const struct encoder *e, const struct idl_type *t,
    size_t n);
/* For a value whose type no file has defined: what to do. */
void value_hint_include(struct value_error *x);
int encode_u32(struct encoder *e, const struct step *s, uint32_t v);
int encode_bytes(struct encoder *e, const struct step *s, const void *data,
    size_t n, bool counted);
/* Bytes that the message may still get. */
size_t encode_left(const struct encoder *e);
/* Room for n bytes more, within the limit. */
int encode_room(struct encoder *e, const struct step *s, size_t n);

/* Any kind but arrays, structs, unions, optional data. */
int encode_scalar(struct encoder *e, const struct idl_type *t,
    uint32_t token, const struct step *s);
/* An opaque or a string. */
int encode_text(struct encoder *e, const struct idl_type *t, uint32_t token,
    const struct step *s);
/* The least and the greatest number of an int, hyper, enum or bool. */
void value_range(const struct idl_type *real, wide *low, wide *high);
/* Is it a string that is to be filled? */
bool encode_is_template(const struct encoder *e, uint32_t token);
/* The number of a discriminant or enum. */
int encode_number(struct encoder *e, const struct idl_type *t,
    uint32_t token, const struct step *s, int64_t *value);

__attribute__((format(printf, 3, 4))) int
decode_wrong(struct decoder *d, const struct step *s, const char *fmt, ...);
/* Bytes from d->at on, those that may still come among them. */
size_t decode_left(const struct decoder *d);
/* Are n bytes there? 0, or it says what is missing; of a message that comes
 * in parts, they may have to be waited for: also -errno. */
int decode_need(struct decoder *d, const struct step *s, size_t n);
/* The bytes at d->at; until the next decode_need(). */
static inline const uint8_t *
decode_here(const struct decoder *d)
{
	return d->data + (d->at - d->base);
}
int decode_u32(struct decoder *d, const struct step *s, uint32_t *v);
/* Tells d->leaf of what began at from. */
static inline void
decode_tell(struct decoder *d, const struct step *s,
    const struct idl_type *t, size_t from)
{
	if (d->leaf != NULL)
		d->leaf(d->context, s, t, from);
}
int decode_put(struct decoder *d, const char *text, size_t n);
int decode_scalar(struct decoder *d, const struct idl_type *t,
    const struct step *s);
/* As decode_scalar() of int, bool or enum, and its number. */
int decode_number(struct decoder *d, const struct idl_type *t,
    const struct step *s, int64_t *value);

#endif
