/*
 * A latency distribution in a few characters: which times occur, from the
 * shortest to the longest of the whole table, and how often.
 */
#ifndef RPCALL_SPARK_H
#define RPCALL_SPARK_H

#include "measure/result.h"

enum { SPARK_CELLS = 8, SPARK_TEXT = 3 * SPARK_CELLS + 1 };

/* The times that the cells of a table share, on a log scale. */
struct spark_scale {
	double low_ns, high_ns;
};

/* From the least latency in t to the largest 99.9th percentile. */
struct spark_scale spark_scale(const struct table *t);

/*
 * "▂█▃▁  ▁▁": a cell's height is the logarithm of its count, blank is none;
 * what is longer than the scale is in the last one. "" if row does not count.
 */
void spark_print(char text[SPARK_TEXT], const struct spark_scale *s,
    const struct row *row);

#endif
