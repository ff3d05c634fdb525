/*
 * Between the files that read saved results: what is read, and how it is told
 * that it is none. All return 0 or f's code negated, but where it says so.
 */
#ifndef RPCALL_REPORT_SAVED_IN_H
#define RPCALL_REPORT_SAVED_IN_H

#include "failure.h"
#include "idl/json.h"
#include "measure/result.h"
#include "report/fields.h"

/* What is read, and the path by which errors call it. */
struct reader {
	struct json j;
	const char *path;
	struct failure *f;
	size_t *hists;		/* there are in all files so far */
};

int reader_bad(const struct reader *s, const char *what);
int reader_no_memory(const struct reader *s);

/* Token i, an object, into base. */
int reader_fields(const struct reader *s, uint32_t i, const struct field *list,
    void *base);

/* The array of that name in object: its count, and its first element. */
uint32_t reader_elements(const struct reader *s, uint32_t object,
    const char *name, uint32_t *first);

/*
 * Counts the histograms that n rows from token at on will have, before any of
 * them is made: each is larger than 100 KiB.
 */
int reader_count_hists(const struct reader *s, uint32_t at, uint32_t n);

/* Token i into row, which is zeroed. */
int reader_row(const struct reader *s, uint32_t i, struct row *row);

#endif
