/*
 * The result of a comparison, as the measuring code leaves it and the reports
 * read it. Plain data; result_release() frees all.
 *
 *   result ── env            where and how it was measured
 *          ── mechs[]        what each mechanism is, from live probes
 *          ── setups[]      what each costs until its first answer
 *          ── tables[]       one per workload (NULL, ECHO 64 B, ...)
 *                 └ rows[]   one per mechanism, floor or stock row
 *                       └ rounds[]  p50 and mean of each round, for intervals
 */
#ifndef RPCALL_RESULT_H
#define RPCALL_RESULT_H

#include <stddef.h>

#include "measure/env.h"
#include "measure/mech_facts.h"
#include "measure/row.h"
#include "measure/setup.h"

struct table {
	char title[144];	/* "ECHO 64 B" */
	char procedure[96];	/* "ECHO.NULL", "KV/1.GET" */
	char workload[32];	/* "echo", "kv-get" */
	char store[96];		/* what stands behind it: "LMDB on ext4"; or "" */
	char durability[16];	/* of that: "sync", "async"; or "" */
	bool in_memory;		/* a sync costs that nothing */
	char verified[96];	/* what was looked at in answers; or "" */
	char source[64];	/* the file it was read from, of several; "" */
	uint32_t size;		/* payload bytes of one call, one way */
	unsigned outstanding;	/* calls in flight, on each connection */
	unsigned connections;
	char arrivals[8];	/* "closed" loop; open: "even", "poisson" */
	uint64_t rate;		/* calls per second of an open loop, else 0 */
	char ended_by[8];	/* "rounds", "tight" or "time"; see compare.h */
	char promise[8];	/* of a search: at that it "holds", "breaks" */
	char broken_by[32];	/* then: "limit", "rate", "errors", or several */
	/* How far a mechanism was from itself, as a ratio of at least 1; a
	 * smaller difference is none. 0: there is no ROW_AGAIN. */
	double noise;
	double mean_noise;	/* the same of mean times */
	struct row *rows;
	size_t nrows;
};

/* What a search for a rate found; its trials are the tables. */
struct found {
	char promise[48];	/* "p99 < 500us"; "": there was no search */
	char outcome[24];	/* "found", "the highest holds", ... */
	uint64_t rate;		/* at which it still holds; 0: none */
	uint64_t breaks;	/* the lowest tried at which it does not */
	unsigned trials;
	char text[512];		/* all that in a sentence */
};

/* A file that a result was read from. */
struct result_file {
	char path[256];
	struct env env;
};

struct result {
	struct env env;		/* of several files that of the first */
	struct result_file *files;	/* none, where it was not read */
	size_t nfiles;
	struct found found;
	struct mech_facts *mechs;
	size_t nmechs;
	struct setup *setups;	/* what each costs to set up */
	size_t nsetups;
	struct table *tables;
	size_t ntables;
};

/* What of two rows a ratio compares. */
enum ratio_of {
	RATIO_P50,
	RATIO_MEAN,		/* mean time of a call; inverse of throughput */
};

/*
 * Fills the ratios of every row from its rounds, and noise. A ratio is taken
 * within each round, whose two rows met the same machine: the point is the
 * median over rounds, the interval a bootstrap of it (10,000 resamples, from
 * env.seed). Below 5 paired rounds the point is the ratio of the merged p50s,
 * without an interval. Marks rounds that were slow on every row of their table
 * (mean over 1.25 times the row's median round).
 */
void result_finish(struct result *r);

/* Row of that name in t, or NULL. */
struct row *table_row(const struct table *t, const char *name);

/* The mechanism of lowest p50 in t, which x_best is held against, or NULL. */
const struct row *table_best(const struct table *t);

/* a / b with its interval; all 0 if either is NULL or does not count. */
struct interval row_ratio(const struct row *a, const struct row *b,
    enum ratio_of what, uint64_t seed);

/* The same of two rows of t, which knows its noise. */
struct interval table_ratio(const struct table *t, const struct row *a,
    const struct row *b, enum ratio_of what, uint64_t seed);

/* Is each mechanism's ratio to the fastest, or of one alone that to its floor,
 * known to within that share of it on either side? */
bool table_is_tight(const struct table *t, double share, uint64_t seed);

/*
 * Leaves of r only the tables with this in their title and of those the rows
 * of this name; NULL leaves all. Tables without rows go.
 */
void result_select(struct result *r, const char *title, const char *row);

/* Frees what r holds. */
void result_release(struct result *r);

#endif
