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
#include "report/saved_in.h"
#include "report/setup_parts.h"

int
reader_bad(const struct reader *s, const char *what)
{
	failure_set(s->f, EXIT_DATA, "%s: not a result of rpcall: %s",
	    s->path, what);
	failure_hint(s->f, "rpcall bench --json >FILE and rpcall compare "
	    "--out DIR write results");
	return -EXIT_DATA;
}

int
reader_no_memory(const struct reader *s)
{
	return failure_set(s->f, EXIT_OS, "no memory");
}

int
reader_fields(const struct reader *s, uint32_t i, const struct field *list,
    void *base)
{
	const char *wrong = NULL;
	char what[96];
	int err = fields_get(&s->j, i, list, base, &wrong);

	if (err == -ENOMEM)
		return reader_no_memory(s);
	snprintf(what, sizeof(what), "member \"%s\" is of another kind",
	    wrong ? wrong : "");
	return err ? reader_bad(s, what) : 0;
}

uint32_t
reader_elements(const struct reader *s, uint32_t object, const char *name,
    uint32_t *first)
{
	uint32_t i = json_member(&s->j, object, name);

	if (i == 0 || s->j.tokens[i].kind != JSON_ARRAY)
		return 0;
	*first = i + 1;
	return s->j.tokens[i].count;
}

static int
get_table(const struct reader *s, uint32_t i, struct table *t)
{
	uint32_t at = 0, n = reader_elements(s, i, "rows", &at);
	int err = reader_fields(s, i, table_fields, t);

	if (err)
		return err;
	if (n > SAVED_ROWS_MAX)
		return reader_bad(s, "too many rows");
	err = reader_count_hists(s, at, n);
	if (err)
		return err;
	t->rows = calloc(n ? n : 1, sizeof(*t->rows));
	if (t->rows == NULL)
		return reader_no_memory(s);
	for (; err == 0 && t->nrows < n; at = s->j.tokens[at].next)
		err = reader_row(s, at, &t->rows[t->nrows++]);
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
	uint32_t at = 0, n = reader_elements(s, 0, "tables", &at);
	struct table *grown;
	int err = 0;

	if (n == 0 || r->ntables + n > SAVED_TABLES_MAX)
		return reader_bad(s, n == 0 ? "it has no tables" : "too many tables");
	grown = realloc(r->tables, (r->ntables + n) * sizeof(*grown));
	if (grown == NULL)
		return reader_no_memory(s);
	r->tables = grown;
	for (; err == 0 && n > 0; n--, at = s->j.tokens[at].next) {
		memset(&grown[r->ntables], 0, sizeof(*grown));
		err = get_table(s, at, &grown[r->ntables++]);
		if (err == 0 && count_rows(r) > SAVED_ROWS_MAX)
			err = reader_bad(s, "too many rows");
	}
	return err;
}

/* *list, of *n, each size bytes long: with room for more. */
static int
make_room(const struct reader *s, void *list, size_t n, uint32_t more,
    size_t size)
{
	void **at = list;
	void *grown;

	if (n + more > SAVED_MECHS_MAX)
		return reader_bad(s, "too many mechanisms");
	grown = realloc(*at, (n + more + 1) * size);
	if (grown == NULL)
		return reader_no_memory(s);
	memset((char *)grown + n * size, 0, (more + 1) * size);
	*at = grown;
	return 0;
}

static bool
has_mech(const struct result *r, const char *name)
{
	for (size_t i = 0; i < r->nmechs; i++)
		if (strcmp(r->mechs[i].name, name) == 0)
			return true;
	return false;
}

static int
get_mechs(const struct reader *s, struct result *r)
{
	uint32_t at = 0, n = reader_elements(s, 0, "mechs", &at);
	int err = make_room(s, &r->mechs, r->nmechs, n, sizeof(*r->mechs));

	for (; err == 0 && n > 0; n--, at = s->j.tokens[at].next) {
		struct mech_facts m = { 0 };

		err = reader_fields(s, at, mech_fields, &m);
		if (err == 0 && !has_mech(r, m.name))
			r->mechs[r->nmechs++] = m;
	}
	return err;
}

static int
get_setup(const struct reader *s, uint32_t i, struct setup *setup)
{
	int err = reader_fields(s, i, setup_fields, setup);

	for (int k = 0; err == 0 && k < SETUP_PARTS; k++) {
		uint32_t part = json_member(&s->j, i, setup_parts[k].name);

		if (part != 0 && s->j.tokens[part].kind == JSON_OBJECT)
			err = reader_fields(s, part, spread_fields,
			    &setup->part[k]);
	}
	return err;
}

static bool
has_setup(const struct result *r, const char *name)
{
	for (size_t i = 0; i < r->nsetups; i++)
		if (strcmp(r->setups[i].name, name) == 0)
			return true;
	return false;
}

/* Results of older releases do not have them. */
static int
get_setups(const struct reader *s, struct result *r)
{
	uint32_t at = 0, n = reader_elements(s, 0, "setup", &at);
	int err = make_room(s, &r->setups, r->nsetups, n, sizeof(*r->setups));

	for (; err == 0 && n > 0; n--, at = s->j.tokens[at].next) {
		struct setup setup = { 0 };

		err = get_setup(s, at, &setup);
		if (err == 0 && !has_setup(r, setup.name))
			r->setups[r->nsetups++] = setup;
	}
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

	if (reader_fields(s, 0, names, schema) != 0 ||
	    sscanf(schema, "rpcall/%15[a-z]/1%n", verb, &end) != 1 ||
	    schema[end] != '\0' || end == 0)
		return reader_bad(s, "its \"schema\" is not rpcall/compare/1 or "
		    "rpcall/bench/1");
	return 0;
}

/* Appends one; path is of this file, unless it was put together of others. */
static int
get_source(const struct reader *s, uint32_t i, struct result *r)
{
	struct result_file source = { 0 };
	uint32_t env = json_member(&s->j, i, "env");
	struct result_file *grown;
	int err = 0;

	snprintf(source.path, sizeof(source.path), "%s", s->path);
	if (i != 0)
		err = reader_fields(s, i, file_fields, &source);
	if (err == 0)
		err = env == 0 ? reader_bad(s, "it has no \"env\"") :
		    reader_fields(s, env, env_fields, &source.env);
	if (err == 0 && r->nfiles == SAVED_SOURCES_MAX)
		err = reader_bad(s, "too many files");
	if (err)
		return err;
	grown = realloc(r->files, (r->nfiles + 1) * sizeof(*grown));
	if (grown == NULL)
		return reader_no_memory(s);
	r->files = grown;
	r->files[r->nfiles++] = source;
	return 0;
}

static int
get_sources(const struct reader *s, struct result *r)
{
	uint32_t at = 0, n = reader_elements(s, 0, "files", &at);
	int err = 0;

	if (n == 0)
		return get_source(s, 0, r);
	for (; err == 0 && n > 0; n--, at = s->j.tokens[at].next)
		err = get_source(s, at, r);
	return err;
}

/* Of the first file alone. */
static int
get_first(const struct reader *s, struct result *r)
{
	uint32_t env = json_member(&s->j, 0, "env");
	uint32_t search = json_member(&s->j, 0, "search");
	int err = get_verb(s, r->env.verb);

	if (err == 0)
		err = reader_fields(s, env, env_fields, &r->env);
	if (err == 0 && search != 0 && s->j.tokens[search].kind == JSON_OBJECT)
		err = reader_fields(s, search, found_fields, &r->found);
	return err;
}

static int
get_result(const struct reader *s, struct result *r)
{
	char verb[16] = "";
	int err = get_verb(s, verb);

	if (err == 0)
		err = get_sources(s, r);
	if (err == 0 && r->ntables == 0)
		err = get_first(s, r);
	if (err == 0)
		err = get_mechs(s, r);
	if (err == 0)
		err = get_setups(s, r);
	return err ? err : get_tables(s, r);
}

static size_t
count_hists(const struct result *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->ntables; i++)
		for (size_t k = 0; k < r->tables[i].nrows; k++) {
			const struct row *row = &r->tables[i].rows[k];

			n += row->hist != NULL;
			n += row->paced != NULL ? 2 : 0;
		}
	return n;
}

/* Of what does not even begin as a result its first word says nothing. */
static int
get_json(struct reader *s, const char *text, size_t n)
{
	size_t at = 0;

	while (at < n && memchr(" \t\r\n", text[at], 4) != NULL)
		at++;
	if (at == n)
		return reader_bad(s, "it is empty");
	if (text[at] != '{')
		return reader_bad(s, "it is no JSON object");
	return input_json(&s->j, s->path, text, n, s->f);
}

int
saved_parse(struct result *r, const char *path, const char *text, size_t n,
    struct failure *f)
{
	size_t hists = count_hists(r);
	struct reader s = { .path = path, .f = f, .hists = &hists };
	int err = get_json(&s, text, n);

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
