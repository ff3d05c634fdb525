/*
 * Metrics and thresholds: see threshold.h.
 */
#include "report/threshold.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "options.h"
#include "report/figures.h"
#include "report/html_out.h"

static double
row_p50(const struct row *row)
{
	return row_percentile_ns(row, 50);
}

static double
row_p90(const struct row *row)
{
	return row_percentile_ns(row, 90);
}

static double
row_p99(const struct row *row)
{
	return row_percentile_ns(row, 99);
}

static double
row_p999(const struct row *row)
{
	return row_percentile_ns(row, 99.9);
}

static double
row_max(const struct row *row)
{
	return row_counts(row) ? (double)row->hist->max : NAN;
}

static double
row_mean(const struct row *row)
{
	return row_counts(row) ? row->hist->sum / (double)row->hist->count :
	    NAN;
}

static double
row_cpu(const struct row *row)
{
	return 1e3 * (cost_cpu_us(row, &row->client) +
	    cost_cpu_us(row, &row->server));
}

static double
row_errors(const struct row *row)
{
	return (double)row->errors;
}

static double
round_p50(const struct round *r)
{
	return r->p50_ns;
}

static double
round_p90(const struct round *r)
{
	return r->p90_ns;
}

static double
round_p99(const struct round *r)
{
	return r->p99_ns;
}

static double
round_mean(const struct round *r)
{
	return r->mean_ns;
}

/* Of calls that were answered, as of a row. An older result has no wall time:
 * the mean is of a closed loop. */
static double
round_rate(const struct round *r)
{
	uint64_t answered = r->calls > r->lost ? r->calls - r->lost : 0;

	if (r->wall_ns > 0)
		return (double)answered / r->wall_ns * NS_PER_S;
	return r->mean_ns > 0 ? NS_PER_S / r->mean_ns : NAN;
}

const struct metric metrics[] = {
	{ "p50", METRIC_NS, row_p50, round_p50, 50 },
	{ "p90", METRIC_NS, row_p90, round_p90, 90 },
	{ "p99", METRIC_NS, row_p99, round_p99, 99 },
	{ "p99.9", METRIC_NS, row_p999, NULL, 99.9 },
	{ "max", METRIC_NS, row_max, NULL, 0 },
	{ "mean", METRIC_NS, row_mean, round_mean, 0 },
	{ "cpu", METRIC_NS, row_cpu, NULL, 0 },
	{ "calls/s", METRIC_COUNT, row_calls_per_s, round_rate, 0 },
	{ "errors", METRIC_COUNT, row_errors, NULL, 0 },
	{ .name = NULL },
};

const struct metric *
metric_find(const char *name, size_t n)
{
	for (const struct metric *m = metrics; m->name != NULL; m++)
		if (strlen(m->name) == n && strncmp(m->name, name, n) == 0)
			return m;
	return NULL;
}

/* "+10%", "-5 %": a ratio to the old. */
static bool
parse_percent(const char *text, double *ratio)
{
	char *end;
	double v = strtod(text, &end);

	end += strspn(end, " ");
	if (end == text || end[0] != '%' || end[1] != '\0' || !isfinite(v))
		return false;
	*ratio = 1 + v / 100;
	return *ratio > 0;
}

static bool
parse_limit(struct threshold *t, const char *text)
{
	uint64_t ns;
	char *end;

	if (strchr(text, '%') != NULL) {
		t->relative = true;
		return (*text == '+' || *text == '-') &&
		    parse_percent(text, &t->limit);
	}
	if (t->metric->unit == METRIC_NS) {
		if (option_duration(text, &ns) != 0)
			return false;
		t->limit = (double)ns;
		return true;
	}
	t->limit = strtod(text, &end);
	return end != text && *end == '\0' && isfinite(t->limit);
}

int
threshold_parse(struct threshold *t, const char *option, const char *text,
    struct failure *f)
{
	const char *name = text + strspn(text, " ");
	size_t n = strcspn(name, " <>");
	const char *op = name + n + strspn(name + n, " ");

	memset(t, 0, sizeof(*t));
	t->metric = metric_find(name, n);
	if (t->metric == NULL || (*op != '<' && *op != '>') ||
	    strlen(text) >= sizeof(t->text)) {
		failure_set(f, EXIT_USAGE, "%s '%s': not METRIC > LIMIT or "
		    "METRIC < LIMIT", option, text);
		failure_hint(f, "metrics are p50, p90, p99, p99.9, max, mean, "
		    "cpu, calls/s and errors");
		return -EXIT_USAGE;
	}
	snprintf(t->text, sizeof(t->text), "%s", text);
	t->below = *op == '<';
	op += 1 + strspn(op + 1, " ");
	if (parse_limit(t, op))
		return 0;
	return failure_set(f, EXIT_USAGE, "%s '%s': the limit is %s, or "
	    "+10%% against an older result", option, text,
	    t->metric->unit == METRIC_NS ? "a time like 500us" : "a number");
}

bool
threshold_broken(const struct threshold *t, double v)
{
	return t->below ? v < t->limit : v > t->limit;
}

void
metric_print(char buf[32], const struct metric *m, double v)
{
	if (m->unit == METRIC_NS)
		time_print(buf, v);
	else
		figure_print(buf, v, 0);
}
