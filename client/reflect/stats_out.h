/*
 * A snapshot for people (a table), for programs (JSON) and for Prometheus.
 * Called by verb_stats.c.
 */
#ifndef RPCALL_STATS_OUT_H
#define RPCALL_STATS_OUT_H

#include <stdbool.h>
#include <stdio.h>

#include "reflect/snapshot.h"

struct stats_view {
	const struct snapshot *s;
	const char *uri;	/* whom it is of */
	double seconds;		/* of an interval that the rows are of; 0: they
				 * are of the time since the daemon started */
	bool color;
};

/* Each 0, or -errno when memory is short or out cannot be written. */
int stats_text(FILE *out, const struct stats_view *v);
int stats_json(FILE *out, const struct stats_view *v);
int stats_prometheus(FILE *out, const struct stats_view *v);

#endif
