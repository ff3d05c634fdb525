/*
 * What a measurement came to: see measured.h. Used by bench and compare.
 */
#include "measured.h"

#include <stdio.h>
#include <string.h>

/* Of a load not one call was answered as it should be: the commonest kind. */
static int
all_failed(const struct row *row, struct failure *f)
{
	unsigned most = 1;

	if (row->calls == 0 || failed_count(row->failed) < row->calls)
		return 0;
	for (unsigned i = 1; i < FAILED_KINDS; i++)
		if (row->failed[i] > row->failed[most])
			most = i;
	return failure_set(f, failed_exit_code(most), "all calls failed: %s",
	    failed_name(most));
}

int
measured_row(const struct row *row, struct failure *f)
{
	if (row->is_void)
		return failure_set(f, EXIT_PROTOCOL, "the result is void: %s",
		    row->note[0] ? row->note : "wrong bytes came back");
	if (row->measured)
		return all_failed(row, f);
	failure_set(f, row->code ? row->code : EXIT_OS, "%s", row->note);
	if (row->hint[0] != '\0')
		failure_hint(f, "%s", row->hint);
	return -f->code;
}

void
attempts_add(struct attempts *a, const char *name, const struct failure *f)
{
	size_t n = strlen(a->lines);
	char line[sizeof(f->text) + 64];

	snprintf(line, sizeof(line), "  %-10s %s\n", name, f->text);
	if (a->n++ == 0)
		a->first = *f;
	if (a->code == 0)
		a->code = f->code;
	else if (a->code != f->code)
		a->code = EXIT_UNREACHABLE;
	if (a->shown + 1 < a->n || n + strlen(line) >= sizeof(a->lines))
		return;
	strcpy(a->lines + n, line);
	a->shown++;
}

int
attempts_failed(const struct attempts *a, struct failure *f)
{
	int n;

	memset(f, 0, sizeof(*f));
	if (a->n < 2) {
		*f = a->first;
		return -f->code;
	}
	failure_set(f, a->code, "none of %u mechanisms could be measured",
	    a->n);
	n = snprintf(f->excerpt, sizeof(f->excerpt), "%s", a->lines);
	if (a->shown < a->n)
		snprintf(f->excerpt + n, sizeof(f->excerpt) - (size_t)n,
		    "  and %u more\n", a->n - a->shown);
	if (a->first.hint[0] != '\0')
		failure_hint(f, "%s", a->first.hint);
	return -f->code;
}

int
measured_any(const struct result *r, struct failure *f)
{
	struct attempts a = { .n = 0 };

	for (size_t i = 0; i < r->ntables; i++)
		for (size_t k = 0; k < r->tables[i].nrows; k++) {
			const struct row *row = &r->tables[i].rows[k];
			struct failure why = { 0 };

			if (row->kind != ROW_MECH)
				continue;
			if (measured_row(row, &why) == 0)
				return 0;
			/* Every table has them all. */
			if (i == 0)
				attempts_add(&a, row->name, &why);
		}
	return a.n > 0 ? attempts_failed(&a, f) : 0;
}
