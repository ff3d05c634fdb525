/*
 * Statistics as JSON, "rpcall/stats/1": see stats_out.h.
 */
#include <math.h>

#include "clock.h"
#include "latency.h"
#include "reflect/stats_out.h"
#include "report/jsonw.h"
#include "report/stream.h"

static void
put_values(struct jsonw *w, const char *name, const reflect_value *list,
    u_int n)
{
	jsonw_open(w, name, '{');
	for (u_int i = 0; i < n; i++)
		jsonw_uint(w, list[i].name, list[i].value);
	jsonw_close(w, '}');
}

static void
put_server(struct jsonw *w, const struct snapshot *s)
{
	const reflect_info *i = &s->info;

	jsonw_open(w, "server", '{');
	jsonw_string(w, "product", i->product);
	jsonw_string(w, "release", i->release);
	jsonw_string(w, "host", i->host);
	jsonw_uint(w, "pid", i->pid);
	jsonw_uint(w, "started", i->started);
	jsonw_real(w, "uptime_seconds", (double)s->stats.uptime_ns / NS_PER_S);
	jsonw_uint(w, "workers", i->workers);
	jsonw_uint(w, "cpus", i->cpus);
	jsonw_real(w, "spin_us", i->spin_us);
	put_values(w, "limits", i->limits.limits_val, i->limits.limits_len);
	jsonw_close(w, '}');
}

static void
put_errors(struct jsonw *w, const reflect_row *r)
{
	struct row_error errors[ROW_ERRORS];

	row_errors(r, errors);
	jsonw_open(w, "errors", '{');
	for (int i = 0; i < ROW_ERRORS; i++)
		jsonw_uint(w, errors[i].name, errors[i].count);
	jsonw_close(w, '}');
}

/* Each bucket that holds something, by where it ends; null: nowhere. */
static void
put_histogram(struct jsonw *w, const reflect_row *r)
{
	jsonw_open(w, "histogram", '[');
	for (u_int i = 0; i < r->counts.counts_len; i++) {
		unsigned bucket = r->first + i;

		if (r->counts.counts_val[i] == 0)
			continue;
		jsonw_open(w, NULL, '{');
		if (bucket < LATENCY_BUCKETS - 1)
			jsonw_uint(w, "below_ns", latency_end(bucket));
		else
			jsonw_real(w, "below_ns", NAN);
		jsonw_uint(w, "calls", r->counts.counts_val[i]);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
}

static void
put_percentile(struct jsonw *w, const char *name, double ns)
{
	jsonw_real(w, name, ns < 0 ? NAN : ns / NS_PER_US);
}

static void
put_row(struct jsonw *w, const struct snapshot *s, const reflect_row *r)
{
	char name[REFLECT_NAME_MAX + 1];

	jsonw_open(w, NULL, '{');
	jsonw_bool(w, "found", r->found);
	jsonw_string(w, "program", row_program(s, r, name, sizeof(name)));
	jsonw_uint(w, "number", r->prog);
	jsonw_uint(w, "version", r->vers);
	jsonw_string(w, "procedure", row_procedure(s, r, name, sizeof(name)));
	jsonw_uint(w, "procedure_number", r->proc);
	jsonw_string(w, "mechanism", r->mechanism);
	jsonw_uint(w, "calls", r->calls);
	jsonw_uint(w, "bytes_in", r->bytes_in);
	jsonw_uint(w, "bytes_out", r->bytes_out);
	put_errors(w, r);
	jsonw_uint(w, "timed", row_timed(r));
	jsonw_uint(w, "timed_ns", r->timed_ns);
	put_percentile(w, "p50_us", row_percentile(r, 50));
	put_percentile(w, "p99_us", row_percentile(r, 99));
	put_histogram(w, r);
	jsonw_close(w, '}');
}

int
stats_json(FILE *out, const struct stats_view *v)
{
	const reflect_stats *stats = &v->s->stats;
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_open(&w, NULL, '{');
	jsonw_string(&w, "schema", "rpcall/stats/1");
	jsonw_string(&w, "target", v->uri);
	put_server(&w, v->s);
	jsonw_open(&w, "procedures", '[');
	for (u_int i = 0; i < stats->rows.rows_len; i++)
		put_row(&w, v->s, &stats->rows.rows_val[i]);
	jsonw_close(&w, ']');
	put_values(&w, "figures", stats->figures.figures_val,
	    stats->figures.figures_len);
	jsonw_close(&w, '}');
	fputc('\n', out);
	return stream_flush(out);
}
