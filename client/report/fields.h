/*
 * Members of a result that stand in its JSON as they are in memory: one list,
 * by which json.c writes and saved.c reads them back, so that neither can
 * forget one. What is computed (percentiles, costs per call) is not here.
 */
#ifndef RPCALL_REPORT_FIELDS_H
#define RPCALL_REPORT_FIELDS_H

#include <stddef.h>
#include <stdint.h>

#include "idl/json.h"
#include "report/jsonw.h"

enum field_kind {
	FIELD_TEXT,		/* char[size], ended by 0 */
	FIELD_BOOL,
	FIELD_UNSIGNED,		/* unsigned, uint32_t */
	FIELD_U64,
	FIELD_U64_TEXT,		/* a string: readers with doubles would round */
	FIELD_REAL,		/* double */
};

struct field {
	const char *name;	/* NULL ends a list */
	enum field_kind kind;
	size_t at, size;	/* in its struct */
};

extern const struct field env_fields[];		/* of struct env */
extern const struct field file_fields[];	/* of struct result_file, but for env */
extern const struct field mech_fields[];	/* of struct mech_facts */
extern const struct field table_fields[];	/* of struct table */
extern const struct field row_fields[];		/* of struct row */
extern const struct field round_fields[];	/* of struct round */
extern const struct field shares_fields[];	/* of struct shares */
extern const struct field paced_fields[];	/* of struct paced */
extern const struct field found_fields[];	/* of struct found */
extern const struct field setup_fields[];	/* of struct setup */
extern const struct field spread_fields[];	/* of struct spread */
extern const struct field failed_fields[];	/* of struct row, by kind */

/* Writes the members of base, into the object that is open. */
void fields_put(struct jsonw *w, const struct field *list, const void *base);

/*
 * Reads them from the object that token i is. Members that are missing or
 * unknown change nothing, so that results of other versions can be read; text
 * that is too long is cut. 0, -ENOMEM, or -EBADMSG with *wrong the name of a
 * member that is of another kind.
 */
int fields_get(const struct json *j, uint32_t i, const struct field *list,
    void *base, const char **wrong);

/* The token of a member's value, or 0 (which is never one). */
uint32_t json_member(const struct json *j, uint32_t object, const char *name);

/* The value of a number; 0 if it is another kind. NAN for null. */
double json_real(const struct json *j, uint32_t i);
uint64_t json_u64(const struct json *j, uint32_t i);

#endif
