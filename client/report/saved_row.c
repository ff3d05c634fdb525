/*
 * Reading a row of a saved result: see saved.h. Called by saved.c.
 */
#include <math.h>
#include <stdlib.h>

#include "report/fields.h"
#include "report/figures.h"
#include "report/saved.h"
#include "report/saved_in.h"

static double
member_real(const struct reader *s, uint32_t object, const char *name)
{
	uint32_t i = json_member(&s->j, object, name);
	double v = i ? json_real(&s->j, i) : 0;

	return isnan(v) ? 0 : v;
}

/* Costs are saved per call, and kept as totals. */
static void
get_cost(const struct reader *s, uint32_t row, const char *name,
    double calls, struct cost *c)
{
	uint32_t i = json_member(&s->j, row, name);
	uint32_t known = i ? json_member(&s->j, i, "known") : 0;

	if (known == 0)
		return;
	c->known = s->j.tokens[known].kind == JSON_TRUE;
	c->user_ns = member_real(s, i, "user_ns") * calls;
	c->system_ns = member_real(s, i, "system_ns") * calls;
	c->voluntary = member_real(s, i, "voluntary_switches") * calls;
	c->involuntary = member_real(s, i, "involuntary_switches") * calls;
	c->kernel_calls = member_real(s, i, "message_calls") * calls;
	c->kernel_bytes = member_real(s, i, "message_bytes") * calls;
	c->counted_calls = c->kernel_calls > 0 ? calls : 0;
}

static int
get_rounds(const struct reader *s, uint32_t row, struct row *out)
{
	uint32_t at = 0, n = reader_elements(s, row, "rounds", &at);

	if (n > RESULT_ROUNDS_MAX)
		return reader_bad(s, "too many rounds");
	for (; out->nrounds < n; at = s->j.tokens[at].next) {
		int err = reader_fields(s, at, round_fields,
		    &out->rounds[out->nrounds++]);

		if (err)
			return err;
	}
	return 0;
}

/* One [value, count]. */
static bool
get_bucket(const struct reader *s, uint32_t at, struct hist *h)
{
	const struct json_token *t = &s->j.tokens[at];

	if (t->kind != JSON_ARRAY || t->count != 2 ||
	    t[1].kind != JSON_NUMBER || t[2].kind != JSON_NUMBER)
		return false;
	hist_add(h, json_u64(&s->j, at + 1), json_u64(&s->j, at + 2));
	return true;
}

/* Least, largest and mean are exact in the result, but not in the buckets. */
static int
get_histogram(const struct reader *s, uint32_t row, const char *name,
    const char *latency, struct hist *h)
{
	uint32_t at = 0, n = reader_elements(s, row, name, &at);
	uint32_t exact = json_member(&s->j, row, latency);

	for (; n > 0; n--, at = s->j.tokens[at].next)
		if (!get_bucket(s, at, h))
			return reader_bad(s, "a bucket is not [ns, count]");
	if (h->count == 0 || exact == 0)
		return 0;
	h->min = json_u64(&s->j, json_member(&s->j, exact, "min"));
	h->max = json_u64(&s->j, json_member(&s->j, exact, "max"));
	h->sum = member_real(s, exact, "mean") * (double)h->count;
	return 0;
}

/* Its open loop, or 0. */
static uint32_t
find_paced(const struct reader *s, uint32_t row)
{
	uint32_t i = json_member(&s->j, row, "open_loop");

	return i != 0 && s->j.tokens[i].kind == JSON_OBJECT ? i : 0;
}

int
reader_count_hists(const struct reader *s, uint32_t at, uint32_t n)
{
	uint32_t buckets;

	for (; n > 0; n--, at = s->j.tokens[at].next) {
		*s->hists += reader_elements(s, at, "histogram", &buckets) != 0;
		*s->hists += find_paced(s, at) != 0 ? 2 : 0;
	}
	return *s->hists <= SAVED_HISTS_MAX ? 0 :
	    reader_bad(s, "too many histograms");
}

static int
get_paced(const struct reader *s, uint32_t row, struct row *out)
{
	uint32_t i = find_paced(s, row);
	int err;

	if (i == 0)
		return 0;
	out->paced = malloc(sizeof(*out->paced));
	if (out->paced == NULL)
		return reader_no_memory(s);
	paced_init(out->paced);
	err = reader_fields(s, i, paced_fields, out->paced);
	if (err == 0)
		err = get_histogram(s, i, "service_histogram", "service_ns",
		    &out->paced->service);
	return err ? err : get_histogram(s, i, "pacing_histogram",
	    "pacing_ns", &out->paced->pacing);
}

/* None for a row that has no samples: there may be many such. */
static int
get_latencies(const struct reader *s, uint32_t row, struct row *out)
{
	uint32_t at;

	if (reader_elements(s, row, "histogram", &at) == 0)
		return 0;
	out->hist = malloc(sizeof(*out->hist));
	if (out->hist == NULL)
		return reader_no_memory(s);
	hist_init(out->hist);
	return get_histogram(s, row, "histogram", "latency_ns", out->hist);
}

static int
get_loads(const struct reader *s, uint32_t row, struct row *out)
{
	uint32_t i = json_member(&s->j, row, "cpu");
	int err = i ? reader_fields(s, i, shares_fields, &out->shares) : 0;

	if (err == 0)
		err = get_paced(s, row, out);
	return err ? err : get_latencies(s, row, out);
}

int
reader_row(const struct reader *s, uint32_t i, struct row *row)
{
	char kind[16] = "";
	const struct field kinds[] = {
		{ "kind", FIELD_TEXT, 0, sizeof(kind) }, { .name = NULL },
	};
	uint32_t failed = json_member(&s->j, i, "failed");
	int err = reader_fields(s, i, row_fields, row);

	/* Results of older releases do not have it. */
	if (err == 0 && failed != 0)
		err = reader_fields(s, failed, failed_fields, row);
	if (err == 0)
		err = reader_fields(s, i, kinds, kind);
	if (err == 0 && !row_kind_find(kind, &row->kind))
		err = reader_bad(s, "a row of no kind that is known");
	if (err == 0)
		err = get_rounds(s, i, row);
	if (err == 0)
		err = get_loads(s, i, row);
	get_cost(s, i, "client_per_call", (double)row->calls, &row->client);
	get_cost(s, i, "server_per_call", (double)row->calls, &row->server);
	return err;
}
