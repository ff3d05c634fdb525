/*
 * Where the time of a call goes, and what a call costs each end, as sheets: of
 * each table whose parts are known.
 */
#include "report/sheet.h"

#include <math.h>
#include <stdio.h>

#include "report/figures.h"
#include "report/part_names.h"

const struct part_name part_names[PARTS] = {
	[PART_ENCODE] = { "encode", "encode\nns", 1 },
	[PART_TRANSPORT] = { "transport", "transport\n\u00b5s", 1000 },
	[PART_DISPATCH] = { "dispatch", "dispatch\nns", 1 },
	[PART_WAKE_UP] = { "wake_up", "wake-up\n\u00b5s", 1000 },
	[PART_REST] = { "rest", "rest\n\u00b5s", 1000 },
	[PART_OVER_RAW] = { "over_raw", "less raw\n\u00b5s", 1000 },
	[PART_OVER_LEAN] = { "over_lean", "less lean\n\u00b5s", 1000 },
};

static bool
has_parts(const struct row *row)
{
	return !isnan(row->parts[PART_OVER_RAW].point) &&
	    !isnan(row->parts[PART_DISPATCH].point);
}

static bool
has_counts(const struct row *row)
{
	return row->kind == ROW_MECH && row_counts(row) && row->calls > 0 &&
	    (row->client.counted_calls > 0 || row->client.known);
}

static void
put_part(struct sheet *s, const struct interval *x, double unit_ns)
{
	char text[2 * FIGURE_TEXT + 4];

	figure_spread(text, x->point / unit_ns,
	    (x->high - x->low) / 2 / unit_ns);
	sheet_cell(s, text);
}

static void
put_us(struct sheet *s, double ns)
{
	char text[FIGURE_TEXT];

	figure_short(text, ns / 1000);
	sheet_cell(s, text);
}

static void
put_parts_row(struct sheet *s, const struct row *row)
{
	sheet_cell(s, row->name);
	put_us(s, row_percentile_ns(row, 50));
	for (int i = 0; i < PARTS; i++)
		put_part(s, &row->parts[i], part_names[i].unit_ns);
}

static void
begin_parts(struct sheet *s)
{
	sheet_cell(s, "time of");
	sheet_cell(s, "call p50\n\u00b5s");
	for (int i = 0; i < PARTS; i++)
		sheet_cell(s, part_names[i].head);
}

/* An end's figures per call; NAN for one that is not known. */
static void
put_cost(struct sheet *s, const struct row *row, const struct cost *c)
{
	double n = (double)row->calls;
	const double figure[] = {
		c->kernel_calls / c->counted_calls,
		c->known ? (c->voluntary + c->involuntary) / n : NAN,
		c->known ? c->user_ns / n / 1000 : NAN,
		c->known ? c->system_ns / n / 1000 : NAN,
	};
	char text[FIGURE_TEXT];

	for (size_t i = 0; i < sizeof(figure) / sizeof(figure[0]); i++) {
		figure_short(text, figure[i]);
		sheet_cell(s, text);
	}
	figure_print(text, c->kernel_bytes / c->counted_calls, 0);
	sheet_cell(s, text);
}

static void
put_counts_row(struct sheet *s, const struct row *row)
{
	sheet_cell(s, row->name);
	put_cost(s, row, &row->client);
	put_cost(s, row, &row->server);
}

static void
begin_counts(struct sheet *s)
{
	static const char *const heads[] = {
		"system\ncalls", "context\nswitches", "user\n\u00b5s",
		"system\n\u00b5s", "bytes\ncopied",
	};
	char text[64];

	sheet_cell(s, "of a call");
	for (int end = 0; end < 2; end++)
		for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
			snprintf(text, sizeof(text), "%s\n%s", end == 0 ?
			    "client" : "server", heads[i]);
			sheet_cell(s, text);
		}
}

/* One of the two kinds of sheet. */
struct kind {
	const char *title;
	unsigned columns;
	bool (*has)(const struct row *row);
	void (*begin)(struct sheet *s);
	void (*put)(struct sheet *s, const struct row *row);
	const char *about;
};

static const struct kind kinds[] = {
	{ "Where the time goes", 2 + PARTS, has_parts, begin_parts,
	    put_parts_row,
	    "Within each round call = encode + transport + dispatch + wake-up "
	    "+ rest; these are medians over rounds, \u00b1 is half of the interval "
	    "at 95 %. encode: the client's making of a call's message and "
	    "taking apart of an answer's head, in a tight loop. transport: the "
	    "raw floor with both ends polling. wake-up: the floor less that. "
	    "dispatch: by the server's own count, the mean from a call's head "
	    "read until its answer is ready: decoding, handler, encoding. rest: "
	    "what these do not explain. less raw: the call less the floor; less "
	    "lean: less the mechanism without ONC RPC on that descriptor." },
	{ "What a call costs each end", 11, has_counts, begin_counts,
	    put_counts_row,
	    "System calls and bytes are those that move messages or wait for "
	    "them, counted by each end itself where it makes them; - is not "
	    "countable." },
};

static int
put_sheet(const struct kind *kind, const struct table *t, bool explain,
    sheet_fn *lay_out, void *arg)
{
	char title[SHEET_TITLE];
	const struct row *row;
	struct sheet s;
	int err = 0;

	snprintf(title, sizeof(title), "%s: %s", kind->title, t->title);
	sheet_init(&s, title, kind->columns);
	kind->begin(&s);
	for (size_t i = 0; (row = table_shown(t, i)) != NULL; i++)
		if (kind->has(row))
			kind->put(&s, row);
	if (explain)
		sheet_say(&s, "%s", kind->about);
	if (s.err != 0 || sheet_rows(&s) > 1)
		err = s.err ? s.err : lay_out(arg, &s);
	sheet_release(&s);
	return err;
}

enum { TABLES_SHOWN = 2 };

/* Without a CPU for each end nothing was polled: then the first tables'. */
static bool
table_has_parts(const struct table *t, size_t number)
{
	for (size_t i = 0; i < t->nrows; i++)
		if (has_parts(&t->rows[i]) && (number < TABLES_SHOWN ||
		    !isnan(t->rows[i].parts[PART_TRANSPORT].point)))
			return true;
	return false;
}

int
parts_sheets(const struct result *r, sheet_fn *lay_out, void *arg)
{
	bool first = true;
	int err = 0;

	for (size_t i = 0; i < r->ntables; i++) {
		const struct table *t = &r->tables[i];

		if (!table_has_parts(t, i))
			continue;
		for (int k = 0; k < 2 && err == 0; k++)
			err = put_sheet(&kinds[k], t, first, lay_out, arg);
		first = false;
	}
	return err;
}
