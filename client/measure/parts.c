/*
 * The parts of a call: see parts.h. Called by result.c for each row.
 */
#include "measure/parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "measure/result.h"
#include "measure/stats.h"

/* The rows that one is held against; NULL where there is none. */
struct beside {
	const struct row *row, *floor, *polled, *lean;
};

void
parts_polled_name(char name[32], const char *floor_name)
{
	snprintf(name, 32, "%.20s polled", floor_name);
}

/* The lean mechanism on the descriptor of an ONC RPC one. */
static const struct row *
find_lean(const struct table *t, const struct row *row)
{
	const char *blank = strchr(row->floor_name, ' ');
	const struct row *lean = blank ? table_row(t, blank + 1) : NULL;

	return lean != row && row_counts(lean) ? lean : NULL;
}

static const struct row *
find_row(const struct table *t, const char *name)
{
	const struct row *row = table_row(t, name);

	return row_counts(row) ? row : NULL;
}

static struct beside
look_beside(const struct table *t, const struct row *row)
{
	char polled[32];

	parts_polled_name(polled, row->floor_name);
	return (struct beside){ row, find_row(t, row->floor_name),
		find_row(t, polled), find_lean(t, row) };
}

/* Of a round that both have; NAN, which all that is made of it is, too. */
static double
p50(const struct row *row, unsigned i)
{
	return row != NULL && i < row->nrounds ? row->rounds[i].p50_ns : NAN;
}

/* What earlier releases did not save is 0. */
static double
known(double ns)
{
	return ns > 0 ? ns : NAN;
}

static double
part_of_round(const struct beside *b, enum part part, unsigned i)
{
	double call = p50(b->row, i), floor = p50(b->floor, i);
	double encode = known(b->row->rounds[i].encode_ns);
	double dispatch = known(b->row->rounds[i].dispatch_ns);

	switch (part) {
	case PART_ENCODE:
		return encode;
	case PART_TRANSPORT:
		return p50(b->polled, i);
	case PART_DISPATCH:
		return dispatch;
	case PART_WAKE_UP:
		return floor - p50(b->polled, i);
	case PART_REST:
		return call - floor - encode - dispatch;
	case PART_OVER_RAW:
		return call - floor;
	case PART_OVER_LEAN:
		return call - p50(b->lean, i);
	case PARTS:
		break;
	}
	return NAN;
}

static struct interval
find_part(const struct beside *b, enum part part, uint64_t seed)
{
	struct interval x = { NAN, NAN, NAN, 0 };
	double v[RESULT_ROUNDS_MAX];
	unsigned n = 0;

	for (unsigned i = 0; i < b->row->nrounds; i++) {
		v[n] = part_of_round(b, part, i);
		n += !isnan(v[n]);
	}
	if (n == 0)
		return x;
	stats_median_interval(v, n, seed, &x.low, &x.high);
	x.point = stats_median(v, n);
	return x;
}

void
parts_find(const struct table *t, struct row *row, uint64_t seed)
{
	struct beside b = look_beside(t, row);
	bool has = row->kind == ROW_MECH && row_counts(row) && t->rate == 0 &&
	    t->outstanding == 1 && t->connections == 1;

	for (int i = 0; i < PARTS; i++)
		row->parts[i] = has ? find_part(&b, (enum part)i, seed) :
		    (struct interval){ NAN, NAN, NAN, 0 };
}
