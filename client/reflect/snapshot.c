/*
 * Reading what a daemon said of itself: see snapshot.h.
 */
#include "reflect/snapshot.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "latency.h"
#include "xbuf.h"

enum { SAMPLES_BEYOND = 10 };	/* fewer beyond a percentile say nothing */

void
snapshot_clear_rows(struct snapshot *s)
{
	reflect_stats rows = { .rows = s->stats.rows };

	xbuf_free((xdrproc_t)xdr_reflect_stats, &rows, NULL, 0);
	memset(&s->stats.rows, 0, sizeof(s->stats.rows));
}

void
snapshot_clear_stats(struct snapshot *s)
{
	xbuf_free((xdrproc_t)xdr_reflect_stats, &s->stats, NULL, 0);
	memset(&s->stats, 0, sizeof(s->stats));
}

void
snapshot_release(struct snapshot *s)
{
	snapshot_clear_stats(s);
	xbuf_free((xdrproc_t)xdr_reflect_info, &s->info, NULL, 0);
	xbuf_free((xdrproc_t)xdr_reflect_list, &s->list, NULL, 0);
	memset(s, 0, sizeof(*s));
}

int
row_compare(const void *pa, const void *pb)
{
	const reflect_row *a = pa, *b = pb;

	if (a->found != b->found)
		return a->found ? -1 : 1;
	if (a->prog != b->prog)
		return a->prog < b->prog ? -1 : 1;
	if (a->vers != b->vers)
		return a->vers < b->vers ? -1 : 1;
	if (a->proc != b->proc)
		return a->proc < b->proc ? -1 : 1;
	return strcmp(a->mechanism, b->mechanism);
}

static const reflect_row *
find_row(const struct snapshot *s, const reflect_row *row)
{
	if (s->stats.rows.rows_len == 0)
		return NULL;
	return bsearch(row, s->stats.rows.rows_val, s->stats.rows.rows_len,
	    sizeof(*row), row_compare);
}

/* Counts of ours only grow; another's may do as they like. */
static void
take_off(u_quad_t *count, u_quad_t before)
{
	*count = *count > before ? *count - before : 0;
}

static void
subtract_errors(reflect_errors *e, const reflect_errors *before)
{
	take_off(&e->prog_unavail, before->prog_unavail);
	take_off(&e->prog_mismatch, before->prog_mismatch);
	take_off(&e->proc_unavail, before->proc_unavail);
	take_off(&e->garbage_args, before->garbage_args);
	take_off(&e->system_err, before->system_err);
	take_off(&e->denied, before->denied);
	take_off(&e->rpc_mismatch, before->rpc_mismatch);
	take_off(&e->no_reply, before->no_reply);
	take_off(&e->not_a_call, before->not_a_call);
}

static void
subtract_row(reflect_row *r, const reflect_row *before)
{
	take_off(&r->calls, before->calls);
	take_off(&r->bytes_in, before->bytes_in);
	take_off(&r->bytes_out, before->bytes_out);
	take_off(&r->timed_ns, before->timed_ns);
	subtract_errors(&r->errors, &before->errors);
	for (u_int i = 0; i < before->counts.counts_len; i++) {
		u_int bucket = before->first + i;

		if (bucket >= r->first &&
		    bucket - r->first < r->counts.counts_len)
			take_off(&r->counts.counts_val[bucket - r->first],
			    before->counts.counts_val[i]);
	}
}

static int
copy_row(reflect_row *to, const reflect_row *from)
{
	u_int n = from->counts.counts_len;

	*to = *from;
	to->mechanism = strdup(from->mechanism);
	to->counts.counts_val = calloc(n + 1, sizeof(u_quad_t));
	if (to->counts.counts_val != NULL && n > 0)
		memcpy(to->counts.counts_val, from->counts.counts_val,
		    n * sizeof(u_quad_t));
	return to->mechanism != NULL && to->counts.counts_val != NULL ? 0 :
	    -ENOMEM;
}

static int
copy_rows(struct snapshot *to, const struct snapshot *from)
{
	u_int n = from->stats.rows.rows_len;
	int err = 0;

	to->stats = from->stats;
	to->stats.rows.rows_len = 0;
	to->stats.rows.rows_val = calloc(n + 1, sizeof(reflect_row));
	if (to->stats.rows.rows_val == NULL)
		return -ENOMEM;
	for (u_int i = 0; i < n && err == 0; i++) {
		err = copy_row(&to->stats.rows.rows_val[i],
		    &from->stats.rows.rows_val[i]);
		to->stats.rows.rows_len++;
	}
	return err;
}

int
snapshot_since(struct snapshot *delta, const struct snapshot *now,
    const struct snapshot *before)
{
	int err = copy_rows(delta, now);

	if (err || now->stats.uptime_ns < before->stats.uptime_ns)
		return err;
	for (u_int i = 0; i < delta->stats.rows.rows_len; i++) {
		reflect_row *r = &delta->stats.rows.rows_val[i];
		const reflect_row *was = find_row(before, r);

		if (was != NULL)
			subtract_row(r, was);
	}
	return 0;
}

static const reflect_procedure *
find_procedure(const struct snapshot *s, const reflect_row *r)
{
	for (u_int i = 0; i < s->list.procedures.procedures_len; i++) {
		const reflect_procedure *p =
		    &s->list.procedures.procedures_val[i];

		if (p->prog == r->prog && p->vers == r->vers &&
		    p->proc == r->proc)
			return p;
	}
	return NULL;
}

const char *
procedure_short(const reflect_procedure *p)
{
	size_t n = strlen(p->service);
	const char *rest = p->name;

	if (strncasecmp(rest, p->service, n) != 0)
		return p->name;
	/* ECHO_NULL, RSTATPROC_STATS, RUSERS2_NUM */
	rest += n;
	if (strncasecmp(rest, "PROC", 4) == 0)
		rest += 4;
	while (isdigit((unsigned char)*rest))
		rest++;
	return rest[0] == '_' && rest[1] != '\0' ? rest + 1 : p->name;
}

const char *
row_program(const struct snapshot *s, const reflect_row *r, char *out,
    size_t size)
{
	const reflect_procedure *p = r->found ? find_procedure(s, r) : NULL;

	if (!r->found)
		out[0] = '\0';
	else if (p == NULL)
		snprintf(out, size, "0x%x", r->prog);
	else
		snprintf(out, size, "%s", p->service);
	for (char *c = out; p != NULL && *c != '\0'; c++)
		*c = (char)toupper((unsigned char)*c);
	return out;
}

const char *
row_procedure(const struct snapshot *s, const reflect_row *r, char *out,
    size_t size)
{
	const reflect_procedure *p = r->found ? find_procedure(s, r) : NULL;

	if (!r->found)
		out[0] = '\0';
	else if (p == NULL)
		snprintf(out, size, "%u", r->proc);
	else
		snprintf(out, size, "%s", procedure_short(p));
	return out;
}

void
row_errors(const reflect_row *r, struct row_error errors[ROW_ERRORS])
{
	const reflect_errors *e = &r->errors;
	const struct row_error all[ROW_ERRORS] = {
		{ "prog_unavail", e->prog_unavail },
		{ "prog_mismatch", e->prog_mismatch },
		{ "proc_unavail", e->proc_unavail },
		{ "garbage_args", e->garbage_args },
		{ "system_err", e->system_err },
		{ "denied", e->denied },
		{ "rpc_mismatch", e->rpc_mismatch },
		{ "no_reply", e->no_reply },
		{ "not_a_call", e->not_a_call },
	};

	memcpy(errors, all, sizeof(all));
}

uint64_t
row_errors_sum(const reflect_row *r)
{
	struct row_error errors[ROW_ERRORS];
	uint64_t sum = 0;

	row_errors(r, errors);
	for (int i = 0; i < ROW_ERRORS; i++)
		sum += errors[i].count;
	return sum;
}

uint64_t
row_timed(const reflect_row *r)
{
	uint64_t n = 0;

	for (u_int i = 0; i < r->counts.counts_len; i++)
		n += r->counts.counts_val[i];
	return n;
}

/* Within bucket i, a share (0 to 1) of the way; what is open is its start. */
static double
within(unsigned i, double share)
{
	double low = i > 0 ? (double)latency_end(i - 1) : 0;

	if (i >= LATENCY_BUCKETS - 1)
		return low;
	return low + share * ((double)latency_end(i) - low);
}

/* How many were measured at least, where n are counted: one may stand for
 * REFLECT_EVERY. */
static double
samples(double n)
{
	return floor(n / REFLECT_EVERY) + fmod(n, REFLECT_EVERY);
}

static double
samples_beyond(const reflect_row *r, u_int i, double share)
{
	double n = samples((double)r->counts.counts_val[i]) * (1 - share);

	while (++i < r->counts.counts_len)
		n += samples((double)r->counts.counts_val[i]);
	return n;
}

double
row_percentile(const reflect_row *r, double p)
{
	double left = p / 100 * (double)row_timed(r);

	for (u_int i = 0; i < r->counts.counts_len; i++) {
		double n = (double)r->counts.counts_val[i];

		if (n > 0 && n >= left)
			return samples_beyond(r, i, left / n) <
			    SAMPLES_BEYOND ? -1 :
			    within(r->first + i, left / n);
		left -= n;
	}
	return -1;
}
