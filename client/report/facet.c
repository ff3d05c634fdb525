/*
 * The facets of facet.h.
 */
#include "report/facet.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "report/figures.h"
#include "report/html_out.h"

static const struct row *
first_mech(const struct table *t)
{
	for (size_t i = 0; i < t->nrows; i++)
		if (t->rows[i].kind == ROW_MECH)
			return &t->rows[i];
	return NULL;
}

static unsigned
count_mechs(const struct table *t)
{
	unsigned n = 0;

	for (size_t i = 0; i < t->nrows; i++)
		n += t->rows[i].kind == ROW_MECH;
	return n;
}

bool
facets_of_loads(const struct result *r)
{
	for (size_t i = 0; i < r->ntables; i++)
		if (r->tables[i].nrows != 1 || count_mechs(&r->tables[i]) != 1)
			return false;
	return r->ntables > 1;
}

/* Is the k-th table the first of its mechanism? */
static bool
is_new(const struct result *r, size_t k)
{
	const struct row *row = first_mech(&r->tables[k]);

	for (size_t i = 0; row != NULL && i < k; i++) {
		const struct row *old = first_mech(&r->tables[i]);

		if (old != NULL && strcmp(old->name, row->name) == 0)
			return false;
	}
	return row != NULL;
}

/* The table at which the i-th mechanism appears; ntables: there is none. */
static size_t
nth_new(const struct result *r, size_t i)
{
	size_t k;

	for (k = 0; k < r->ntables; k++)
		if (is_new(r, k) && i-- == 0)
			break;
	return k;
}

/* How many mechanisms appear before that of this name. */
static unsigned
new_before(const struct result *r, const char *name)
{
	unsigned n = 0;

	for (size_t k = 0; k < r->ntables; k++) {
		if (!is_new(r, k))
			continue;
		if (name != NULL &&
		    strcmp(first_mech(&r->tables[k])->name, name) == 0)
			break;
		n++;
	}
	return n;
}

size_t
facets_count(const struct result *r)
{
	return facets_of_loads(r) ? new_before(r, NULL) : r->ntables;
}

/* Place of name among the mechanisms of the first table. */
static unsigned
nth_row(const struct table *t, const char *name)
{
	unsigned n = 0;

	for (size_t i = 0; i < t->nrows; i++) {
		if (t->rows[i].kind != ROW_MECH)
			continue;
		if (strcmp(t->rows[i].name, name) == 0)
			break;
		n++;
	}
	return n;
}

unsigned
facet_place(const struct result *r, const char *name)
{
	unsigned i;

	for (i = 0; i < r->nmechs; i++)
		if (strcmp(r->mechs[i].name, name) == 0)
			return i;
	if (r->ntables > 0 && !facets_of_loads(r))
		return i + nth_row(&r->tables[0], name);
	return i + new_before(r, name);
}

bool
facet_of_many(const struct result *r, const char *name)
{
	const char *source = NULL;

	for (size_t i = 0; i < r->ntables; i++) {
		if (table_row(&r->tables[i], name) == NULL)
			continue;
		if (source != NULL && strcmp(source, r->tables[i].source) != 0)
			return true;
		source = r->tables[i].source;
	}
	return false;
}

__attribute__((format(printf, 2, 3)))
static void
add_part(char name[FACET_NAME], const char *format, ...)
{
	size_t n = strlen(name);
	va_list ap;

	if (n > 0 && n + 2 < FACET_NAME)
		n += (size_t)snprintf(name + n, FACET_NAME - n, ", ");
	va_start(ap, format);
	vsnprintf(name + n, FACET_NAME - n, format, ap);
	va_end(ap);
}

/* In what the loads of r differ. */
struct variety {
	bool procedure, size, outstanding, connections, rate;
};

static struct variety
variety(const struct result *r)
{
	const struct table *a = &r->tables[0];
	struct variety v = { 0 };

	for (size_t i = 1; i < r->ntables; i++) {
		const struct table *t = &r->tables[i];

		v.procedure |= strcmp(a->procedure, t->procedure) != 0;
		v.size |= a->size != t->size;
		v.outstanding |= a->outstanding != t->outstanding;
		v.connections |= a->connections != t->connections;
		v.rate |= a->rate != t->rate;
	}
	return v;
}

/* "NULL" of "ECHO.NULL" and "ECHO/1.NULL". */
static const char *
short_name(const char *procedure)
{
	const char *dot = strrchr(procedure, '.');

	return dot != NULL && dot[1] != '\0' ? dot + 1 : procedure;
}

/* What tells the load of t from the others: "ECHO, 4 KiB, 16 calls"; one call
 * at once is not worth a word where there is another. */
static void
name_load(char name[FACET_NAME], const struct result *r, const struct table *t)
{
	struct variety v = variety(r);
	bool other = v.procedure || v.size || v.rate;
	char size[FIGURE_TEXT];

	name[0] = '\0';
	size_print(size, t->size);
	if (v.procedure)
		add_part(name, "%s", short_name(t->procedure));
	if (v.rate)
		add_part(name, "%llu/s", (unsigned long long)t->rate);
	if (v.size && (t->size > 0 || !v.procedure))
		add_part(name, "%s", size);
	if (v.outstanding && (t->outstanding > 1 || !other))
		add_part(name, "%u call%s", t->outstanding,
		    t->outstanding == 1 ? "" : "s");
	if (v.connections && (t->connections > 1 || !other))
		add_part(name, "%u conn%s", t->connections,
		    t->connections == 1 ? "" : "s");
	if (facet_of_many(r, first_mech(t)->name))
		add_part(name, "%s", t->source);
	if (name[0] == '\0')
		add_part(name, "%s", t->title);
}

/* The next row, or NULL where it is full. */
static struct facet_row *
add_row(struct facet *f, const struct table *t, const struct row *row)
{
	if (f->nrows == FACET_ROWS_MAX) {
		f->left_out++;
		return NULL;
	}
	f->rows[f->nrows].t = t;
	f->rows[f->nrows].row = row;
	return &f->rows[f->nrows++];
}

static void
fill_loads(struct facet *f, const struct result *r, size_t i)
{
	f->title = first_mech(&r->tables[nth_new(r, i)])->name;
	for (i = 0; i < r->ntables; i++) {
		const struct row *row = first_mech(&r->tables[i]);
		struct facet_row *at;

		if (strcmp(row->name, f->title) != 0)
			continue;
		at = add_row(f, &r->tables[i], row);
		if (at == NULL)
			continue;
		name_load(at->name, r, &r->tables[i]);
		at->colour = html_colour(r, f->title);
	}
}

static void
fill_mechs(struct facet *f, const struct result *r, const struct table *t)
{
	f->title = t->title;
	for (size_t i = 0; i < t->nrows; i++) {
		struct facet_row *at;

		if (t->rows[i].kind != ROW_MECH)
			continue;
		at = add_row(f, t, &t->rows[i]);
		if (at == NULL)
			continue;
		snprintf(at->name, sizeof(at->name), "%s", t->rows[i].name);
		at->colour = html_colour(r, t->rows[i].name);
	}
}

void
facet_fill(struct facet *f, const struct result *r, size_t i)
{
	f->of_loads = facets_of_loads(r);
	f->nrows = f->left_out = 0;
	if (f->of_loads)
		fill_loads(f, r, i);
	else
		fill_mechs(f, r, &r->tables[i]);
}
