/*
 * Members of a type that a path or a JSON text has come to, and values that
 * are few enough to offer.
 */
#ifndef RPCALL_COMPLETE_MEMBERS_H
#define RPCALL_COMPLETE_MEMBERS_H

#include <stdint.h>

#include "complete/candidates.h"
#include "idl/schema.h"

/* Where a path has come to. */
struct spot {
	const struct idl_type *type;
	bool element;		/* of a list: the link at its end is no
				 * member of what a user writes */
};

/* The members that may be named there: how many, and the i-th. */
size_t spot_count(const struct spot *s);
struct idl_field spot_member(const struct spot *s, size_t i);

/* Goes down into a member by its name, or into an element: false where there
 * is none. */
bool spot_enter(struct spot *s, const char *name, size_t n);
bool spot_enter_element(struct spot *s);

bool spot_is_union(const struct spot *s);

/* Of a union: the arm that this name of the discriminant's enum (or true,
 * false) selects, without a key where it is void; NULL: not known. */
const struct idl_field *spot_arm(const struct spot *s, const char *name,
    size_t n);

/* Values of t: names of an enum, true and false, forms of opaques. */
void members_values(struct candidates *c, const struct idl_type *t);

/* The same in JSON, with quotes, and how other values begin. */
void members_json(struct candidates *c, const struct idl_type *t);

#endif
