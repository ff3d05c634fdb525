/*
 * Types of the RPC language, as idl/parse.c makes and idl/resolve.c completes
 * them; see idl/schema.h, which is to be included.
 */
#ifndef RPCALL_IDL_TYPE_H
#define RPCALL_IDL_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 64-bit numbers of both signs, and sums of them. */
__extension__ typedef __int128 wide;

struct source {
	char *name, *text;
	size_t len;
};

struct place {
	const struct source *source;
	size_t offset;
};

/* A number as it was written: by a name, perhaps one that comes later. */
struct idl_number {
	int64_t value;
	const char *name;	/* or NULL */
	bool known;
	bool large;		/* value is the bits of one over INT64_MAX */
	struct place place;
};

enum type_kind {
	TYPE_VOID, TYPE_INT, TYPE_HYPER, TYPE_FLOAT, TYPE_DOUBLE, TYPE_QUAD,
	TYPE_BOOL, TYPE_ENUM, TYPE_OPAQUE, TYPE_STRING, TYPE_ARRAY,
	TYPE_OPTIONAL, TYPE_STRUCT, TYPE_UNION, TYPE_NAME,
	TYPE_UNKNOWN,		/* a name that nothing defines */
};

struct idl_field {
	const char *name;	/* NULL: a void arm */
	const char *key;	/* in JSON: the name, where it is not taken */
	struct idl_type *type;
	struct place place;
};

struct idl_item {		/* of an enum */
	const char *name;
	struct idl_number *number;
};

struct idl_case {		/* of a union */
	struct idl_number *number;
	uint32_t arm;		/* index of fields[] */
};

struct idl_type {
	enum type_kind kind;
	bool is_unsigned;	/* INT, HYPER */
	bool fixed;		/* OPAQUE, ARRAY: [N], not <N> */
	bool list;		/* OPTIONAL: of a list, see idl/value.h */
	uint8_t bits;		/* INT: 8, 16 or 32 */
	uint8_t mark, depth;	/* resolve.c */
	const char *name;	/* ENUM, STRUCT, UNION (NULL: inline), NAME */
	const char *spelled;	/* INT: "char", ...; NAME: "struct" or NULL */
	struct idl_number *bound;	/* N of <N>, [N]; NULL: <> */
	uint32_t max;			/* it, or 2^32 - 1 */
	struct idl_type *of;	/* element; what NAME stands for */
	struct idl_field *fields;	/* members, arms */
	size_t nfields;
	struct idl_field disc;	/* UNION */
	struct idl_case *cases;	/* by value, once resolved */
	size_t ncases;
	int32_t default_arm;	/* or -1 */
	struct idl_item *items;	/* ENUM: as written, and by value: */
	const struct idl_item **by_value;
	size_t nitems;
	uint64_t min_size;	/* bytes that any value has at least */
	struct place place;
};

/* What t stands for: never a TYPE_NAME. */
const struct idl_type *type_real(const struct idl_type *t);

/* "opaque<1024>", "nfs_fh3", "a struct": into out, cut; returns out. */
char *type_describe(const struct idl_type *t, char *out, size_t size);

/* "it has a, b, ...", of the discriminant and the first n fields of a struct or
 * union, as many as fit; "" where it has none. Returns out. */
char *type_members(const struct idl_type *t, size_t n, char *out, size_t size);

/* The item of that number, or NULL. */
const struct idl_item *type_item(const struct idl_type *t, int64_t value);

/* The case of that discriminant, or NULL: it has none of its own. */
const struct idl_case *type_case(const struct idl_type *t, int64_t value);

/* The arm of that discriminant, or NULL: there is none. */
const struct idl_field *type_arm(const struct idl_type *t, int64_t value);

/* By name, or -1. */
int type_field(const struct idl_type *t, const char *name, size_t len);

#endif
