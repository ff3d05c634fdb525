/*
 * The figures of a row, defined once for the text, CSV and HTML reports:
 * what they are called, how they are computed from the totals, and how they
 * are printed. A figure that is not known or not supported is NAN.
 */
#ifndef RPCALL_FIGURES_H
#define RPCALL_FIGURES_H

#include <stddef.h>

#include "measure/result.h"

struct figure {
	const char *group;	/* of columns that share a heading, or "" */
	const char *unit;	/* below the heading, or "" */
	const char *head;
	double (*get)(const struct row *row, double arg);
	double arg;		/* the percentile, where get takes one */
	bool not_in_text;	/* no room for it on a terminal */
};

enum { FIGURES = 9, FIGURE_TEXT = 32, STORE_TEXT = 160 };

extern const struct figure figures[FIGURES];

/* NAN where row does not count or the figure is unknown. */
double figure_get(const struct figure *f, const struct row *row);

/* Decimals that suit the whole column of f in t. */
int figure_decimals(const struct figure *f, const struct table *t);

/* Prints v, or "-" for NAN. */
void figure_print(char buf[FIGURE_TEXT], double v, int decimals);

/* Three significant digits and no exponent, for single values. */
void figure_short(char buf[FIGURE_TEXT], double v);

/* "41.2 ±.8" */
void figure_spread(char buf[2 * FIGURE_TEXT + 4], double v, double half);

/* "1.04 (1.02-1.06)", "1.04" without an interval, "-" without a ratio. */
void ratio_print(char buf[FIGURE_TEXT], const struct interval *x);

/* Nearer to 1 a ratio is no difference: with rounds enough an interval may be
 * narrower than what starting both ends anew changes. */
#define RATIO_LEAST 1.01

/* Is x known to differ from 1? No, if its interval is unknown, or if it is
 * nearer to 1 than the same mechanism was to itself, or than RATIO_LEAST. */
bool ratio_differs(const struct interval *x);

/* "0 B", "64 B", "8 KiB". */
void size_print(char buf[FIGURE_TEXT], double bytes);

/* The single figures that charts and verdicts need; NAN if unknown. */
double row_percentile_ns(const struct row *row, double p);
double row_calls_per_s(const struct row *row);
double row_mb_per_s(const struct row *row);	/* 10^6 bytes, both ways */
double cost_cpu_us(const struct row *row, const struct cost *cost);

/* The same of a row and its load, for lists in which some figures need both. */
double load_p50_ns(const struct table *t, const struct row *row);
double load_p99_ns(const struct table *t, const struct row *row);
double load_mb_per_s(const struct table *t, const struct row *row);

/* Is t of the workload that comes first, which charts and verdicts are of? */
bool table_leads(const struct result *r, const struct table *t);

/* "store: LMDB on ext4, sync", or "" where nothing stands behind t. */
void store_print(char buf[STORE_TEXT], const struct table *t);

/* The i-th row of t as shown: mechanisms, then floors, then stock;
 * the mechanism that is there again follows the mechanisms. */
const struct row *table_shown(const struct table *t, size_t i);

/* "mechanism", "floor", "stock" or "again". */
const char *row_kind_name(enum row_kind kind);
bool row_kind_find(const char *name, enum row_kind *kind);

/* What stands in place of figures when row does not count. */
void row_excuse(char buf[RESULT_NOTE_MAX + 32], const struct row *row);

#endif
