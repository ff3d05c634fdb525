/*
 * What changed from one JSON value to another, member by member. The two are
 * of one writer: values that are written alike are the same, others are not.
 */
#ifndef RPCALL_IDL_JSON_DIFF_H
#define RPCALL_IDL_JSON_DIFF_H

#include "idl/json.h"

/*
 * A difference: path is ".a.b[3]" ("" for the value itself); before or after
 * is NULL where there was, or is, nothing. Texts are not ended by a 0; names
 * that are no plain words stand in the path as they do in JSON, [".."].
 */
struct json_change {
	const char *path;
	const char *before, *after;
	size_t before_len, after_len;
};

/*
 * Tells of each difference from a to b, in the order of b: 0, -ENOMEM, or
 * what tell returned that was not 0. Of an array the elements that are the
 * same at its front and its end are left out; those between them are compared
 * in order where there are as many, else they were removed and added.
 */
int json_diff(const struct json *a, const struct json *b,
    int (*tell)(void *arg, const struct json_change *c), void *arg);

#endif
