/*
 * Distributions as a word: see spark.h. text_table.c prints them.
 */
#include "report/spark.h"

#include <math.h>
#include <string.h>

enum { LEVELS = 8 };

struct spark_scale
spark_scale(const struct table *t)
{
	struct spark_scale s = { INFINITY, 0 };

	for (size_t i = 0; i < t->nrows; i++) {
		const struct row *row = &t->rows[i];

		if (!row_counts(row))
			continue;
		s.low_ns = fmin(s.low_ns, (double)row->hist->min);
		s.high_ns = fmax(s.high_ns,
		    (double)hist_percentile(row->hist, 99.9));
	}
	s.low_ns = fmax(s.low_ns, 1);
	s.high_ns = fmax(s.high_ns, s.low_ns * 1.01);
	return s;
}

static unsigned
cell_of(const struct spark_scale *s, double ns)
{
	double at = log(fmax(ns, s->low_ns) / s->low_ns) /
	    log(s->high_ns / s->low_ns) * SPARK_CELLS;

	return at < SPARK_CELLS ? (unsigned)at : SPARK_CELLS - 1;
}

/* Appends a block of that height, 1 to 8, or a blank. */
static char *
put_block(char *at, unsigned level)
{
	if (level == 0) {
		*at++ = ' ';
		return at;
	}
	/* U+2581 to U+2588 */
	memcpy(at, "\xe2\x96\x80", 3);
	at[2] = (char)(0x80 + level);
	return at + 3;
}

void
spark_print(char text[SPARK_TEXT], const struct spark_scale *s,
    const struct row *row)
{
	double count[SPARK_CELLS] = { 0 }, most = 0;
	char *at = text;

	for (unsigned i = 0; row_counts(row) && i < HIST_BUCKETS; i++)
		if (row->hist->buckets[i] > 0)
			count[cell_of(s, (double)hist_bucket_value(i))] +=
			    row->hist->buckets[i];
	for (unsigned i = 0; i < SPARK_CELLS; i++)
		most = fmax(most, count[i]);
	for (unsigned i = 0; most > 0 && i < SPARK_CELLS; i++)
		at = put_block(at, (unsigned)ceil(LEVELS * log1p(count[i]) /
		    log1p(most)));
	*at = '\0';
}
