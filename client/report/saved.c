/*
 * Reading a saved result: see saved.h.
 */
#include "report/saved.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "idl/bytes.h"
#include "idl/input.h"
#include "report/fields.h"
#include "report/figures.h"
#include "report/setup_parts.h"

/* What is read, and the path by which errors call it. */
struct reader {
	struct json j;
	const char *path;
	struct failure *f;
};

static int
bad(const struct reader *s, const char *what)
{
	return failure_set(s->f, EXIT_DATA, "%s: not a result of rpcall: %s",
	    s->path, what);
}

static int
no_memory(const struct reader *s)
{
	return failure_set(s->f, EXIT_OS, "no memory");
}

static int
get_fields(const struct reader *s, uint32_t i, const struct field *list,
    void *base)
{
	const char *wrong = NULL;
	char what[96];
	int err = fields_get(&s->j, i, list, base, &wrong);

	if (err == -ENOMEM)
		return no_memory(s);
	snprintf(what, sizeof(what), "member \"%s\" is of another kind",
	    wrong ? wrong : "");
	return err ? bad(s, what) : 0;
}

/* The array of that name in object: its count, and its first element. */
static uint32_t
elements(const struct reader *s, uint32_t object, const char *name,
    uint32_t *first)
{
	uint32_t i = json_member(&s->j, object, name);

	if (i == 0 || s->j.tokens[i].kind != JSON_ARRAY)
		return 0;
	*first = i + 1;
	return s->j.tokens[i].count;
}

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
	uint32_t at = 0, n = elements(s, row, "rounds", &at);

	if (n > RESULT_ROUNDS_MAX)
		return bad(s, "too many rounds");
	for (; out->nrounds < n; at = s->j.tokens[at].next) {
		int err = get_fields(s, at, round_fields,
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
	uint32_t at = 0, n = elements(s, row, name, &at);
	uint32_t exact = json_member(&s->j, row, latency);

	hist_init(h);
	for (; n > 0; n--, at = s->j.tokens[at].next)
		if (!get_bucket(s, at, h))
			return bad(s, "a bucket is not [ns, count]");
	if (h->count == 0 || exact == 0)
		return 0;
	h->min = json_u64(&s->j, json_member(&s->j, exact, "min"));
	h->max = json_u64(&s->j, json_member(&s->j, exact, "max"));
	h->sum = member_real(s, exact, "mean") * (double)h->count;
	return 0;
}

static int
get_paced(const struct reader *s, uint32_t row, struct row *out)
{
	uint32_t i = json_member(&s->j, row, "open_loop");
	int err;

	if (i == 0 || s->j.tokens[i].kind != JSON_OBJECT)
		return 0;
	out->paced = malloc(sizeof(*out->paced));
	if (out->paced == NULL)
		return no_memory(s);
	paced_init(out->paced);
	err = get_fields(s, i, paced_fields, out->paced);
	if (err == 0)
		err = get_histogram(s, i, "service_histogram", "service_ns",
		    &out->paced->service);
	return err ? err : get_histogram(s, i, "pacing_histogram",
	    "pacing_ns", &out->paced->pacing);
}

static int
get_loads(const struct reader *s, uint32_t row, struct row *out)
{
	uint32_t i = json_member(&s->j, row, "cpu");
	int err = i ? get_fields(s, i, shares_fields, &out->shares) : 0;

	if (err == 0)
		err = get_paced(s, row, out);
	if (err)
		return err;
	out->hist = malloc(sizeof(*out->hist));
	return out->hist == NULL ? no_memory(s) :
	    get_histogram(s, row, "histogram", "latency_ns", out->hist);
}

static int
get_row(const struct reader *s, uint32_t i, struct row *row)
{
	char kind[16] = "";
	const struct field kinds[] = {
		{ "kind", FIELD_TEXT, 0, sizeof(kind) }, { .name = NULL },
	};
	uint32_t failed = json_member(&s->j, i, "failed");
	int err = get_fields(s, i, row_fields, row);

	/* Results of older releases do not have it. */
	if (err == 0 && failed != 0)
		err = get_fields(s, failed, failed_fields, row);
	if (err == 0)
		err = get_fields(s, i, kinds, kind);
	if (err == 0 && !row_kind_find(kind, &row->kind))
		err = bad(s, "a row of no kind that is known");
	if (err == 0)
		err = get_rounds(s, i, row);
	if (err == 0)
		err = get_loads(s, i, row);
	get_cost(s, i, "client_per_call", (double)row->calls, &row->client);
	get_cost(s, i, "server_per_call", (double)row->calls, &row->server);
	return err;
}

static int
get_table(const struct reader *s, uint32_t i, struct table *t)
{
	uint32_t at = 0, n = elements(s, i, "rows", &at);
	int err = get_fields(s, i, table_fields, t);

	if (err)
		return err;
	if (n > SAVED_ROWS_MAX)
		return bad(s, "too many rows");
	t->rows = calloc(n ? n : 1, sizeof(*t->rows));
	if (t->rows == NULL)
		return no_memory(s);
	for (; err == 0 && t->nrows < n; at = s->j.tokens[at].next)
		err = get_row(s, at, &t->rows[t->nrows++]);
	return err;
}

static size_t
count_rows(const struct result *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->ntables; i++)
		n += r->tables[i].nrows;
	return n;
}

static int
get_tables(const struct reader *s, struct result *r)
{
	uint32_t at = 0, n = elements(s, 0, "tables", &at);
	struct table *grown;
	int err = 0;

	if (n == 0 || r->ntables + n > SAVED_TABLES_MAX)
		return bad(s, n == 0 ? "it has no tables" : "too many tables");
	grown = realloc(r->tables, (r->ntables + n) * sizeof(*grown));
	if (grown == NULL)
		return no_memory(s);
	r->tables = grown;
	for (; err == 0 && n > 0; n--, at = s->j.tokens[at].next) {
		memset(&grown[r->ntables], 0, sizeof(*grown));
		err = get_table(s, at, &grown[r->ntables++]);
		if (err == 0 && count_rows(r) > SAVED_ROWS_MAX)
			err = bad(s, "too many rows");
	}
	return err;
}

static int
get_mechs(const struct reader *s, struct result *r)
{
	uint32_t at = 0, n = elements(s, 0, "mechs", &at);
	int err = 0;

	if (n > SAVED_MECHS_MAX)
		return bad(s, "too many mechanisms");
	r->mechs = calloc(n ? n : 1, sizeof(*r->mechs));
	if (r->mechs == NULL)
		return no_memory(s);
	for (; err == 0 && r->nmechs < n; at = s->j.tokens[at].next)
		err = get_fields(s, at, mech_fields, &r->mechs[r->nmechs++]);
	return err;
}

static int
get_setup(const struct reader *s, uint32_t i, struct setup *setup)
{
	int err = get_fields(s, i, setup_fields, setup);

	for (int k = 0; err == 0 && k < SETUP_PARTS; k++) {
		uint32_t part = json_member(&s->j, i, setup_parts[k].name);

		if (part != 0 && s->j.tokens[part].kind == JSON_OBJECT)
			err = get_fields(s, part, spread_fields,
			    &setup->part[k]);
	}
	return err;
}

/* Results of older releases do not have them. */
static int
get_setups(const struct reader *s, struct result *r)
{
	uint32_t at = 0, n = elements(s, 0, "setup", &at);
	int err = 0;

	if (n > SAVED_MECHS_MAX)
		return bad(s, "too many mechanisms");
	r->setups = calloc(n ? n : 1, sizeof(*r->setups));
	if (r->setups == NULL)
		return no_memory(s);
	for (; err == 0 && r->nsetups < n; at = s->j.tokens[at].next)
		err = get_setup(s, at, &r->setups[r->nsetups++]);
	return err;
}

/* "rpcall/compare/1": the verb is in the schema's name. */
static int
get_verb(const struct reader *s, char verb[16])
{
	char schema[32] = "";
	const struct field names[] = {
		{ "schema", FIELD_TEXT, 0, sizeof(schema) }, { .name = NULL },
	};
	int end = 0;

	if (get_fields(s, 0, names, schema) != 0 ||
	    sscanf(schema, "rpcall/%15[a-z]/1%n", verb, &end) != 1 ||
	    schema[end] != '\0' || end == 0)
		return bad(s, "its \"schema\" is not rpcall/compare/1 or "
		    "rpcall/bench/1");
	return 0;
}

static int
get_result(const struct reader *s, struct result *r)
{
	uint32_t env = json_member(&s->j, 0, "env");
	uint32_t search = json_member(&s->j, 0, "search");
	char verb[16] = "";
	int err = get_verb(s, verb);

	if (err == 0 && env == 0)
		err = bad(s, "it has no \"env\"");
	if (err == 0 && r->ntables == 0) {
		snprintf(r->env.verb, sizeof(r->env.verb), "%s", verb);
		err = get_fields(s, env, env_fields, &r->env);
		if (err == 0 && search != 0 &&
		    s->j.tokens[search].kind == JSON_OBJECT)
			err = get_fields(s, search, found_fields, &r->found);
		if (err == 0)
			err = get_mechs(s, r);
		if (err == 0)
			err = get_setups(s, r);
	}
	return err ? err : get_tables(s, r);
}

int
saved_parse(struct result *r, const char *path, const char *text, size_t n,
    struct failure *f)
{
	struct reader s = { .path = path, .f = f };
	int err = input_json(&s.j, path, text, n, f);

	if (err == 0)
		err = get_result(&s, r);
	json_release(&s.j);
	return err;
}

int
saved_read(struct result *r, const char *path, struct failure *f)
{
	struct buf text = { 0 };
	char arg[4096];
	int err;

	snprintf(arg, sizeof(arg), "@%s", path);
	err = input_text(arg, &text, f);
	if (err == 0)
		err = saved_parse(r, path, (const char *)text.data, text.len,
		    f);
	buf_release(&text);
	return err;
}
