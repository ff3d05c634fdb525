/*
 * The complete result as JSON, schema "rpcall/compare/1": everything that
 * is in struct result, histograms included, so that any figure of the other
 * reports can be computed again. What is unknown or not supported by enough
 * samples is null. verb_compare calls report_json(); saved.c reads it back.
 */
#include <errno.h>
#include <math.h>

#include "report/crossover.h"
#include "report/fields.h"
#include "report/figures.h"
#include "report/honesty.h"
#include "report/jsonw.h"
#include "report/part_names.h"
#include "report/remarks.h"
#include "report/report.h"
#include "report/setup_parts.h"
#include "report/stream.h"
#include "report/verdict.h"

static void
put_latency(struct jsonw *w, const char *name, const struct hist *h)
{
	static const struct {
		const char *name;
		double p;
	} list[] = {
		{ "p50", 50 }, { "p90", 90 }, { "p99", 99 },
		{ "p99.9", 99.9 }, { "p99.99", 99.99 },
	};
	bool any = h && h->count > 0;
	size_t i;

	jsonw_open(w, name, '{');
	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		jsonw_real(w, list[i].name,
		    any && hist_supports(h, list[i].p) ?
		    (double)hist_percentile(h, list[i].p) : NAN);
	jsonw_real(w, "max", any ? (double)h->max : NAN);
	jsonw_real(w, "min", any ? (double)h->min : NAN);
	jsonw_real(w, "mean", any ? h->sum / (double)h->count : NAN);
	jsonw_close(w, '}');
}

/* A cost per call, null throughout if it is not known. */
static void
put_cost(struct jsonw *w, const char *name, const struct row *row,
    const struct cost *cost)
{
	double per = cost->known && row->calls > 0 ?
	    1 / (double)row->calls : NAN;

	jsonw_open(w, name, '{');
	jsonw_bool(w, "known", cost->known);
	jsonw_real(w, "user_ns", cost->user_ns * per);
	jsonw_real(w, "system_ns", cost->system_ns * per);
	jsonw_real(w, "voluntary_switches", cost->voluntary * per);
	jsonw_real(w, "involuntary_switches", cost->involuntary * per);
	jsonw_real(w, "message_calls", cost->kernel_calls /
	    cost->counted_calls);
	jsonw_real(w, "message_bytes", cost->kernel_bytes /
	    cost->counted_calls);
	jsonw_close(w, '}');
}

static void
put_ratio(struct jsonw *w, const char *name, const struct interval *x)
{
	bool known = x->point > 0, bounded = known && x->high > 0;

	jsonw_open(w, name, '{');
	jsonw_real(w, "point", known ? x->point : NAN);
	jsonw_real(w, "low", bounded ? x->low : NAN);
	jsonw_real(w, "high", bounded ? x->high : NAN);
	jsonw_close(w, '}');
}

static void
put_rounds(struct jsonw *w, const struct row *row)
{
	unsigned i;

	jsonw_open(w, "rounds", '[');
	for (i = 0; i < row->nrounds; i++) {
		jsonw_open(w, NULL, '{');
		w->flat = true;
		fields_put(w, round_fields, &row->rounds[i]);
		jsonw_close(w, '}');
		w->flat = false;
	}
	jsonw_close(w, ']');
}

static void
put_histogram(struct jsonw *w, const char *name, const struct hist *h)
{
	unsigned i;

	jsonw_open(w, name, '[');
	w->flat = true;
	for (i = 0; h && i < HIST_BUCKETS; i++) {
		if (h->buckets[i] == 0)
			continue;
		jsonw_open(w, NULL, '[');
		jsonw_uint(w, NULL, hist_bucket_value(i));
		jsonw_uint(w, NULL, h->buckets[i]);
		jsonw_close(w, ']');
	}
	jsonw_close(w, ']');
	w->flat = false;
}

/* null in a closed loop. */
static void
put_paced(struct jsonw *w, const struct row *row)
{
	const struct paced *p = row->paced;

	if (p == NULL) {
		jsonw_real(w, "open_loop", NAN);
		return;
	}
	jsonw_open(w, "open_loop", '{');
	fields_put(w, paced_fields, p);
	jsonw_real(w, "achieved_per_s", row_achieved(row));
	put_latency(w, "service_ns", &p->service);
	put_latency(w, "pacing_ns", &p->pacing);
	put_histogram(w, "service_histogram", &p->service);
	put_histogram(w, "pacing_histogram", &p->pacing);
	jsonw_close(w, '}');
}

static void
put_shares(struct jsonw *w, const struct row *row)
{
	struct shares s = row->shares;

	if (!row->server.known)
		s.server_ns = NAN;
	if (!s.machine_known)
		s.other_ns = s.steal_ns = NAN;
	jsonw_open(w, "cpu", '{');
	fields_put(w, shares_fields, &s);
	jsonw_real(w, "client_share", s.window_ns > 0 ?
	    s.client_ns / s.window_ns : NAN);
	jsonw_close(w, '}');
}

/* null for a row that has none; each part, or its bounds, may be unknown. */
static void
put_parts(struct jsonw *w, const struct row *row)
{
	if (isnan(row->parts[PART_ENCODE].point)) {
		jsonw_real(w, "parts_ns", NAN);
		return;
	}
	jsonw_open(w, "parts_ns", '{');
	for (int i = 0; i < PARTS; i++) {
		jsonw_open(w, part_names[i].name, '{');
		jsonw_real(w, "point", row->parts[i].point);
		jsonw_real(w, "low", row->parts[i].low);
		jsonw_real(w, "high", row->parts[i].high);
		jsonw_close(w, '}');
	}
	jsonw_close(w, '}');
}

static void
put_row(struct jsonw *w, const struct row *row)
{
	jsonw_open(w, NULL, '{');
	jsonw_string(w, "kind", row_kind_name(row->kind));
	fields_put(w, row_fields, row);
	jsonw_real(w, "calls_per_s", row_calls_per_s(row));
	jsonw_real(w, "mb_per_s", row_mb_per_s(row));
	jsonw_open(w, "failed", '{');
	fields_put(w, failed_fields, row);
	jsonw_close(w, '}');
	put_latency(w, "latency_ns", row->hist);
	put_cost(w, "client_per_call", row, &row->client);
	put_cost(w, "server_per_call", row, &row->server);
	put_ratio(w, "x_floor", &row->x_floor);
	put_ratio(w, "x_stock", &row->x_stock);
	put_ratio(w, "x_best", &row->x_best);
	put_ratio(w, "x_again", &row->x_twin);
	put_parts(w, row);
	jsonw_uint(w, "rounds_thrown_out", 0);
	put_rounds(w, row);
	put_shares(w, row);
	put_paced(w, row);
	put_histogram(w, "histogram", row->hist);
	jsonw_close(w, '}');
}

static void
put_table(struct jsonw *w, const struct table *t)
{
	size_t i;

	jsonw_open(w, NULL, '{');
	fields_put(w, table_fields, t);
	jsonw_real(w, "noise", t->noise > 0 ? t->noise : NAN);
	jsonw_open(w, "rows", '[');
	for (i = 0; i < t->nrows; i++)
		put_row(w, &t->rows[i]);
	jsonw_close(w, ']');
	jsonw_close(w, '}');
}

/* Only where there are several. */
static void
put_sources(struct jsonw *w, const struct result *r)
{
	if (r->nfiles < 2)
		return;
	jsonw_open(w, "files", '[');
	for (size_t i = 0; i < r->nfiles; i++) {
		jsonw_open(w, NULL, '{');
		fields_put(w, file_fields, &r->files[i]);
		jsonw_open(w, "env", '{');
		fields_put(w, env_fields, &r->files[i].env);
		jsonw_close(w, '}');
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
}

/* null without a search. */
static void
put_found(struct jsonw *w, const struct found *found)
{
	if (found->promise[0] == '\0') {
		jsonw_real(w, "search", NAN);
		return;
	}
	jsonw_open(w, "search", '{');
	fields_put(w, found_fields, found);
	jsonw_close(w, '}');
}

/* null for a part that does not apply. */
static void
put_setup(struct jsonw *w, const struct setup *s)
{
	jsonw_open(w, NULL, '{');
	fields_put(w, setup_fields, s);
	for (int i = 0; i < SETUP_PARTS; i++) {
		if (s->part[i].n == 0) {
			jsonw_real(w, setup_parts[i].name, NAN);
			continue;
		}
		jsonw_open(w, setup_parts[i].name, '{');
		fields_put(w, spread_fields, &s->part[i]);
		jsonw_close(w, '}');
	}
	jsonw_close(w, '}');
}

static void
put_setups(struct jsonw *w, const struct result *r)
{
	jsonw_open(w, "setup", '[');
	for (size_t i = 0; i < r->nsetups; i++)
		put_setup(w, &r->setups[i]);
	jsonw_close(w, ']');
}

static void
put_remark(void *arg, bool warning, const char *text)
{
	struct jsonw *w = arg;

	jsonw_open(w, NULL, '{');
	jsonw_bool(w, "warning", warning);
	jsonw_string(w, "text", text);
	jsonw_close(w, '}');
}

static void
put_winners(struct jsonw *w, const struct verdict *v)
{
	size_t i;

	jsonw_open(w, "winners", '[');
	for (i = 0; i < v->nwinners; i++)
		jsonw_string(w, NULL, v->winner[i]);
	jsonw_close(w, ']');
}

static void
put_verdicts(struct jsonw *w, const struct result *r)
{
	struct verdict v[VERDICTS_MAX];
	size_t i, n = verdicts(r, v);

	jsonw_open(w, "verdicts", '[');
	for (i = 0; i < n; i++) {
		jsonw_open(w, NULL, '{');
		jsonw_string(w, "topic", v[i].topic);
		put_winners(w, &v[i]);
		jsonw_string(w, "text", v[i].text);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
}

static void
put_crossovers(struct jsonw *w, const struct result *r)
{
	struct crossover c[CROSSOVERS_MAX];
	size_t n = crossovers(r, c);

	jsonw_open(w, "crossovers", '[');
	for (size_t i = 0; i < n; i++) {
		jsonw_open(w, NULL, '{');
		jsonw_string(w, "faster_below", c[i].small);
		jsonw_string(w, "faster_above", c[i].large);
		jsonw_uint(w, "from_size", c[i].from);
		jsonw_uint(w, "to_size", c[i].to);
		jsonw_real(w, "size", c[i].bytes);
		jsonw_string(w, "text", c[i].text);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
}

int
report_json(const struct result *r, FILE *out)
{
	char schema[48];
	struct jsonw w;
	size_t i;

	errno = 0;
	jsonw_init(&w, out);
	jsonw_open(&w, NULL, '{');
	snprintf(schema, sizeof(schema), "rpcall/%s/1", r->env.verb);
	jsonw_string(&w, "schema", schema);
	jsonw_open(&w, "env", '{');
	fields_put(&w, env_fields, &r->env);
	jsonw_close(&w, '}');
	put_sources(&w, r);
	put_found(&w, &r->found);
	jsonw_open(&w, "mechs", '[');
	for (i = 0; i < r->nmechs; i++) {
		jsonw_open(&w, NULL, '{');
		fields_put(&w, mech_fields, &r->mechs[i]);
		jsonw_close(&w, '}');
	}
	jsonw_close(&w, ']');
	put_setups(&w, r);
	jsonw_open(&w, "tables", '[');
	for (i = 0; i < r->ntables; i++)
		put_table(&w, &r->tables[i]);
	jsonw_close(&w, ']');
	jsonw_open(&w, "remarks", '[');
	remarks(r, put_remark, &w);
	jsonw_close(&w, ']');
	put_verdicts(&w, r);
	put_crossovers(&w, r);
	jsonw_close(&w, '}');
	fputc('\n', out);
	return stream_flush(out);
}
