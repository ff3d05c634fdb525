/*
 * The percentile distribution of rows in the text format of HdrHistogram
 * (.hgrm), which its plotter and others read: value in microseconds,
 * percentile, count up to there, 1/(1-percentile).
 */
#include <errno.h>
#include <math.h>

#include "report/report.h"
#include "report/stream.h"

enum { TICKS_PER_HALF = 5 };

/* The lines of one row; they thin out as HdrHistogram's do. */
struct distribution {
	const struct hist *h;
	FILE *out;
	double level;		/* the percentile of the next line, 0 to 100 */
	uint64_t seen;
};

static void
put_line(struct distribution *d, double ns, double percentile)
{
	fprintf(d->out, "%12.3f %14.12f %10llu", ns / 1e3, percentile / 100,
	    (unsigned long long)d->seen);
	if (percentile < 100)
		fprintf(d->out, " %14.2f", 1 / (1 - percentile / 100));
	fputc('\n', d->out);
}

/* Half of what is left to 100 % has TICKS_PER_HALF lines, and so on. */
static void
next_level(struct distribution *d)
{
	double halves = floor(log2(100 / (100 - d->level))) + 1;

	d->level += 100 / (exp2(halves) * TICKS_PER_HALF);
}

static void
put_lines(struct distribution *d)
{
	for (unsigned i = 0; i < HIST_BUCKETS && d->seen < d->h->count; i++) {
		double here;

		if (d->h->buckets[i] == 0)
			continue;
		d->seen += d->h->buckets[i];
		if (d->seen == d->h->count)
			break;
		here = 100 * (double)d->seen / (double)d->h->count;
		for (; d->level <= here; next_level(d))
			put_line(d, (double)hist_bucket_value(i), d->level);
	}
	d->seen = d->h->count;
	put_line(d, (double)d->h->max, 100);
}

static double
deviation(const struct hist *h)
{
	double mean = h->sum / (double)h->count, sum = 0;

	for (unsigned i = 0; i < HIST_BUCKETS; i++) {
		double off = (double)hist_bucket_value(i) - mean;

		sum += off * off * h->buckets[i];
	}
	return sqrt(sum / (double)h->count);
}

static void
put_row(const struct row *row, FILE *out)
{
	const struct hist *h = row->hist;
	struct distribution d = { .h = h, .out = out };

	fputs("       Value     Percentile TotalCount 1/(1-Percentile)\n\n",
	    out);
	put_lines(&d);
	fprintf(out, "#[Mean    = %12.3f, StdDeviation   = %12.3f]\n",
	    h->sum / (double)h->count / 1e3, deviation(h) / 1e3);
	fprintf(out, "#[Max     = %12.3f, Total count    = %12llu]\n",
	    (double)h->max / 1e3, (unsigned long long)h->count);
	fprintf(out, "#[Buckets = %12d, SubBuckets     = %12d]\n",
	    HIST_MAX_BITS - HIST_SUB_BITS + 1, 1 << HIST_SUB_BITS);
}

int
report_hgrm(const struct result *r, FILE *out)
{
	errno = 0;
	for (size_t i = 0; i < r->ntables; i++)
		for (size_t k = 0; k < r->tables[i].nrows; k++)
			if (row_counts(&r->tables[i].rows[k]))
				put_row(&r->tables[i].rows[k], out);
	return stream_flush(out);
}
