/*
 * Values: JSON to XDR (RFC 4506) and XDR to JSON, by a type of a schema.
 *
 *	int, unsigned	number			also "0x1f"; 1.0 and 1e3 not
 *	hyper		string			also a number
 *	float, double	number, "NaN", "Infinity", "-Infinity"; other NaNs
 *	quadruple	with their bits, "NaN(0x7fc00001)"
 *	enum		name, or number where it has none
 *	opaque		"hex:..."; see idl/bytes.h
 *	string		string, or {"$bytes": "hex:..."} where not UTF-8, or
 *			longer than VALUE_XDR
 *	array		array
 *	struct		object
 *	union		{"DISC": value, "ARM": value}, without ARM where void
 *	T *p		value or null; {"$value": value} where T is one, too
 *	a list		array of objects without the last member: T *p where
 *			T's last member is such a pointer to T
 *	void		null
 *
 * What is decoded without error encodes to the same bytes again, but for
 * padding that should have been zero. Lists take no recursion, other types
 * VALUE_DEPTH levels of it; lengths are checked against their bound and
 * against what is there before anything is made of them.
 */
#ifndef RPCALL_IDL_VALUE_H
#define RPCALL_IDL_VALUE_H

#include "idl/json.h"
#include "idl/type.h"

enum {
	VALUE_DEPTH = 200,
	VALUE_EMPTY = 1 << 16,	/* elements of no bytes in a value */
	VALUE_XDR = (4 << 20) + (4 << 10),	/* bytes, as a record's */
	VALUE_JSON = 256 << 20,	/* bytes of JSON made from that */
};

/* What is wrong, for the user. */
struct value_error {
	char text[320];		/* "argument .buffer: expected opaque<1024>" */
	char label[64];		/* "an object", or "" */
	char hint[320];		/* or "" */
	size_t at;		/* byte of the JSON text, or of the XDR */
};

/* Where a value is within the whole: .a[3].b */
struct step {
	const struct step *up;	/* NULL: the value itself */
	const char *name;	/* of a member, or NULL: */
	size_t index;		/* of an element */
	unsigned depth;
};

/* Into out, cut; returns out. */
char *step_format(const struct step *s, char *out, size_t size);

struct encoder;

/* What writes the values of strings with "{{" in them, or says what is wrong
 * with them, in place of the encoder. */
struct value_fill {
	int (*put)(struct encoder *e, const struct idl_type *t,
	    uint32_t token, const struct step *s);
	void *context;
};

struct encoder {
	const struct json *json;
	bool zero_fill;		/* what is missing is zero, empty, null */
	bool files;		/* "@file" is allowed for opaques */
	size_t max;		/* bytes of XDR in all */
	struct payloads *payloads;	/* large files, not read: payload.h;
				 * NULL: they are, into out */
	const struct value_fill *fill;	/* NULL: they are plain strings */
	struct buf *out;
	const char *what;	/* "argument" */
	const char *form;	/* the command that prints one, or NULL */
	struct value_error *error;
};

/*
 * Appends the XDR of the value at a token: 0, -EBADMSG or -EMSGSIZE with
 * error, -ENOMEM. VALUE_NONE is a value that is missing.
 */
#define VALUE_NONE UINT32_MAX
int value_encode(struct encoder *e, const struct idl_type *t, uint32_t token);

struct value_flow;		/* of what comes in parts: idl/flow.h */

struct decoder {
	const uint8_t *data;	/* the message from base on, up to len */
	size_t base, len, at;	/* at moves on */
	struct value_flow *flow;	/* NULL: that is all of it */
	bool int64_number, base64, flat;
	bool padded;		/* set: padding was not zero */
	uint64_t empty;		/* elements of no bytes, so far */
	size_t max;		/* bytes of out in all; 0: VALUE_JSON */
	struct buf *out;
	unsigned indent;
	const char *what;	/* "result" */
	struct value_error *error;
	/*
	 * Told, if not NULL, of each scalar, and of the counts and flags of
	 * arrays and optional data (t is theirs): bytes [from, at) of data. A
	 * scalar's JSON is what out has from value on; it may be taken away.
	 */
	void (*leaf)(void *context, const struct step *where,
	    const struct idl_type *t, size_t from);
	void *context;
	size_t value;
};

/* Appends the JSON of the value at data + at: as value_encode(). */
int value_decode(struct decoder *d, const struct idl_type *t);

#endif
