/*
 * The line of running.h. verb_bench.c and verb_compare.c hand it to
 * comparison_run().
 */
#include "running.h"

#include <math.h>
#include <stdio.h>

#include "clock.h"
#include "measure/plan.h"
#include "progress.h"
#include "report/figures.h"

enum { LINE = 320, FIGURES_SO_FAR = 80 };

/* "  p50 21.9 µs, 45320 calls/s", once there are any. */
static void
figures_so_far(char *out, size_t size, const struct row *row)
{
	double p50 = row_percentile_ns(row, 50), rate = row_calls_per_s(row);
	char us[FIGURE_TEXT];

	out[0] = '\0';
	if (row->nrounds == 0 || isnan(p50) || isnan(rate))
		return;
	figure_short(us, p50 / 1e3);
	snprintf(out, size, "  p50 %s µs, %.0f calls/s", us, rate);
}

void
running_show(const struct comparison *c, size_t done, size_t all,
    const struct table *table, const struct row *row)
{
	char line[LINE], so_far[FIGURES_SO_FAR];

	figures_so_far(so_far, sizeof(so_far), row);
	snprintf(line, sizeof(line), "%s, %s  round %u/%u%s", table->title,
	    row->name, row->nrounds + 1, c->rounds, so_far);
	progress_show(done, all, line);
}

double
running_plan(const struct comparison *c)
{
	double seconds = (double)plan_all_ns(c) / NS_PER_S;

	if (progress_is_shown())
		fprintf(stderr, "%zu rows in %zu tables, up to %u rounds of "
		    "%.0f ms: about %.0f s%s\n", plan_rows_in_all(c),
		    c->ntables, c->rounds, (double)c->round_ns / NS_PER_MS,
		    seconds, c->tight > 0 ? ", or less" : "");
	return seconds;
}
