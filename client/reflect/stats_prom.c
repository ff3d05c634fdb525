/*
 * Statistics in Prometheus' text format 0.0.4: see stats_out.h. The duration
 * is OpenTelemetry's rpc.server.call.duration (which took the place of
 * rpc.server.duration), labels are its onc_rpc.* attributes with an
 * underscore for each dot; what it has no name for begins with rpcall_.
 *
 * A series' buckets are the octaves: all of the daemon's would be four times
 * as many lines.
 */
#include <string.h>

#include "clock.h"
#include "latency.h"
#include "reflect/stats_out.h"
#include "report/stream.h"

/* A label's value: the format escapes three characters; bytes that no name of
 * ours has, and that may not be UTF-8, are shown as '?'. */
static void
put_value(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '\\' || c == '"')
			fprintf(out, "\\%c", c);
		else if (c == '\n')
			fputs("\\n", out);
		else
			fputc(c < 0x20 || c >= 0x7f ? '?' : c, out);
	}
}

static void
put_label(FILE *out, const char *name, const char *value)
{
	fprintf(out, "%s=\"", name);
	put_value(out, value);
	fputc('"', out);
}

static void
put_head(FILE *out, const char *name, const char *type, const char *help)
{
	fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* name{labels of the row, one more where there is one} */
static void
put_series(FILE *out, const struct stats_view *v, const char *name,
    const reflect_row *r, const char *extra, const char *value)
{
	char text[REFLECT_NAME_MAX + 1];

	fprintf(out, "%s{rpc_system_name=\"onc_rpc\",", name);
	put_label(out, "onc_rpc_program_name", row_program(v->s, r, text,
	    sizeof(text)));
	fprintf(out, ",rpcall_program_number=\"%u\",onc_rpc_version=\"%u\",",
	    r->prog, r->vers);
	put_label(out, "onc_rpc_procedure_name", row_procedure(v->s, r, text,
	    sizeof(text)));
	fprintf(out, ",onc_rpc_procedure_number=\"%u\",", r->proc);
	put_label(out, "rpcall_mechanism", r->mechanism);
	if (extra != NULL) {
		fputc(',', out);
		put_label(out, extra, value);
	}
	fputs("} ", out);
}

static void
put_uint(FILE *out, uint64_t n)
{
	fprintf(out, "%llu\n", (unsigned long long)n);
}

static void
put_buckets(FILE *out, const struct stats_view *v, const reflect_row *r)
{
	static const char name[] = "rpc_server_call_duration_seconds_bucket";
	uint64_t below = 0;
	char le[32];

	for (unsigned i = 0; i < LATENCY_BUCKETS - 1; i++) {
		if (i >= r->first && i - r->first < r->counts.counts_len)
			below += r->counts.counts_val[i - r->first];
		/* Octaves end where a bucket 0, 4, 8, ... ends. */
		if (i % 4 != 0)
			continue;
		snprintf(le, sizeof(le), "%.12g", (double)latency_end(i) / 1e9);
		put_series(out, v, name, r, "le", le);
		put_uint(out, below);
	}
	put_series(out, v, name, r, "le", "+Inf");
	put_uint(out, row_timed(r));
}

static void
put_durations(FILE *out, const struct stats_view *v)
{
	const reflect_stats *s = &v->s->stats;

	put_head(out, "rpc_server_call_duration_seconds", "histogram",
	    "Time from a call's header to its answer; later ones are sampled, "
	    "one for 127.");
	for (u_int i = 0; i < s->rows.rows_len; i++) {
		const reflect_row *r = &s->rows.rows_val[i];

		if (!r->found)
			continue;
		put_buckets(out, v, r);
		put_series(out, v, "rpc_server_call_duration_seconds_sum", r,
		    NULL, NULL);
		fprintf(out, "%.12g\n", (double)r->timed_ns / 1e9);
		put_series(out, v, "rpc_server_call_duration_seconds_count", r,
		    NULL, NULL);
		put_uint(out, row_timed(r));
	}
}

static void
put_counts(FILE *out, const struct stats_view *v, const char *name,
    const char *help, size_t offset)
{
	const reflect_stats *s = &v->s->stats;

	put_head(out, name, "counter", help);
	for (u_int i = 0; i < s->rows.rows_len; i++) {
		const reflect_row *r = &s->rows.rows_val[i];

		put_series(out, v, name, r, NULL, NULL);
		put_uint(out, *(const u_quad_t *)((const char *)r + offset));
	}
}

static void
put_errors(FILE *out, const struct stats_view *v)
{
	static const char name[] = "rpcall_server_errors_total";
	const reflect_stats *s = &v->s->stats;
	struct row_error errors[ROW_ERRORS];

	put_head(out, name, "counter", "Calls that did not end in results.");
	for (u_int i = 0; i < s->rows.rows_len; i++) {
		row_errors(&s->rows.rows_val[i], errors);
		for (int k = 0; k < ROW_ERRORS; k++) {
			if (errors[k].count == 0)
				continue;
			put_series(out, v, name, &s->rows.rows_val[i],
			    "error_type", errors[k].name);
			put_uint(out, errors[k].count);
		}
	}
}

enum { METRIC_MAX = REFLECT_NAME_MAX + 32 };

/* Prometheus has seconds only: "cpu_user_ns_total" becomes them. */
static bool
metric_of(char out[METRIC_MAX], const char *figure)
{
	static const char ns[] = "_ns_total";
	size_t n = strlen(figure), tail = sizeof(ns) - 1;
	bool is_ns = n > tail && strcmp(figure + n - tail, ns) == 0;

	if (is_ns)
		snprintf(out, METRIC_MAX, "rpcall_%.*s_seconds_total",
		    (int)(n - tail), figure);
	else
		snprintf(out, METRIC_MAX, "rpcall_%s", figure);
	return is_ns;
}

/* Can figure i be a metric, and is it the first of its name? */
static bool
is_usable(const reflect_value *list, u_int i)
{
	const char *name = list[i].name;
	char metric[METRIC_MAX], other[METRIC_MAX];

	if (name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")] !=
	    '\0' || strncmp(name, "server_", 7) == 0 ||
	    strcmp(name, "build_info") == 0 ||
	    strcmp(name, "uptime_seconds") == 0)
		return false;
	metric_of(metric, name);
	for (u_int k = 0; k < i; k++) {
		metric_of(other, list[k].name);
		if (strcmp(metric, other) == 0)
			return false;
	}
	return true;
}

static void
put_figure(FILE *out, const reflect_value *f)
{
	char metric[METRIC_MAX];
	bool ns = metric_of(metric, f->name);
	size_t n = strlen(metric);
	bool total = n > 6 && strcmp(metric + n - 6, "_total") == 0;

	put_head(out, metric, total ? "counter" : "gauge",
	    "A figure of the daemon.");
	fprintf(out, "%s ", metric);
	if (ns)
		fprintf(out, "%.12g\n", (double)f->value / 1e9);
	else
		put_uint(out, f->value);
}

static void
put_info(FILE *out, const struct stats_view *v)
{
	const reflect_info *info = &v->s->info;

	put_head(out, "rpcall_build_info", "gauge", "The daemon, always 1.");
	fputs("rpcall_build_info{", out);
	put_label(out, "product", info->product);
	fputc(',', out);
	put_label(out, "release", info->release);
	fputs("} 1\n", out);
	put_head(out, "rpcall_uptime_seconds", "gauge",
	    "Time since the daemon started.");
	fprintf(out, "rpcall_uptime_seconds %.12g\n",
	    (double)v->s->stats.uptime_ns / 1e9);
}

int
stats_prometheus(FILE *out, const struct stats_view *v)
{
	const reflect_stats *s = &v->s->stats;

	put_durations(out, v);
	put_counts(out, v, "rpcall_server_calls_total", "Calls received.",
	    offsetof(reflect_row, calls));
	put_errors(out, v);
	put_counts(out, v, "rpcall_server_received_bytes_total",
	    "Bytes of the messages of calls.", offsetof(reflect_row, bytes_in));
	put_counts(out, v, "rpcall_server_sent_bytes_total",
	    "Bytes of the messages of replies.",
	    offsetof(reflect_row, bytes_out));
	put_info(out, v);
	for (u_int i = 0; i < s->figures.figures_len; i++)
		if (is_usable(s->figures.figures_val, i))
			put_figure(out, &s->figures.figures_val[i]);
	return stream_flush(out);
}
