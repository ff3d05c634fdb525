/*
 * The table of a workload: a row for each mechanism, floor and stock row.
 * Columns that no row fills are left out, so that it fits a terminal; context
 * switches are in the other reports.
 */
#include "report/text_table.h"

#include <math.h>

#include "report/figures.h"
#include "report/grid.h"
#include "report/spark.h"

/* The columns that there are. */
struct columns {
	const struct figure *figure[FIGURES];
	size_t nfigures;
	bool floor, stock;
	struct spark_scale scale;
};

static bool
any_row_has(const struct table *t, const struct figure *f)
{
	for (size_t i = 0; i < t->nrows; i++)
		if (!isnan(figure_get(f, &t->rows[i])))
			return true;
	return false;
}

static void
choose_columns(struct columns *c, const struct table *t)
{
	*c = (struct columns){ .scale = spark_scale(t) };
	for (size_t i = 0; i < FIGURES; i++)
		if (!figures[i].not_in_text && any_row_has(t, &figures[i]))
			c->figure[c->nfigures++] = &figures[i];
	for (size_t i = 0; i < t->nrows; i++) {
		c->floor |= t->rows[i].x_floor.point > 0;
		c->stock |= t->rows[i].x_stock.point > 0;
	}
}

static void
put_head(struct grid *g, const struct columns *c)
{
	char head[64];

	grid_row(g, GRID_HEAD);
	grid_cell(g, "mechanism");
	for (size_t i = 0; i < c->nfigures; i++) {
		const struct figure *f = c->figure[i];

		snprintf(head, sizeof(head), "%s%s%s", f->head,
		    f->unit[0] ? "\n" : "", f->unit);
		grid_cell(g, head);
	}
	grid_cell(g, "times\n(log)");
	if (c->floor)
		grid_cell(g, "\u00d7 floor");
	if (c->stock)
		grid_cell(g, "\u00d7 stock");
}

/* "1.04 ±.02": half of the interval's width. */
static void
put_ratio(struct grid *g, const struct interval *x)
{
	char text[2 * FIGURE_TEXT + 4];

	figure_spread(text, x->point > 0 ? x->point : NAN,
	    x->high > x->low ? (x->high - x->low) / 2 : NAN);
	grid_cell(g, text);
}

/* Green: the fastest mechanism, and what is not told apart from it. */
static enum grid_style
style_of(const struct row *row)
{
	if (!row_counts(row))
		return GRID_BAD;
	if (row->kind != ROW_MECH)
		return GRID_DIM;
	return row->x_best.point > 0 && row->x_best.high > 0 &&
	    !ratio_differs(&row->x_best) ? GRID_GOOD : GRID_PLAIN;
}

static void
put_row(struct grid *g, const struct columns *c, const struct table *t,
    const struct row *row)
{
	char text[FIGURE_TEXT], excuse[RESULT_NOTE_MAX + 32];
	char spark[SPARK_TEXT];

	grid_row(g, style_of(row));
	grid_cell(g, row->name);
	if (!row_counts(row)) {
		row_excuse(excuse, row);
		grid_span(g, excuse);
		return;
	}
	for (size_t i = 0; i < c->nfigures; i++) {
		figure_print(text, figure_get(c->figure[i], row),
		    figure_decimals(c->figure[i], t));
		grid_cell(g, text);
	}
	spark_print(spark, &c->scale, row);
	grid_cell(g, spark);
	if (c->floor)
		put_ratio(g, &row->x_floor);
	if (c->stock)
		put_ratio(g, &row->x_stock);
}

int
text_table(const struct table *t, FILE *out, unsigned width, bool color)
{
	const struct row *row;
	struct columns c;
	struct grid g;
	int err;

	choose_columns(&c, t);
	grid_init(&g, 2 + (unsigned)c.nfigures + c.floor + c.stock, 1);
	put_head(&g, &c);
	for (size_t i = 0; (row = table_shown(t, i)) != NULL; i++)
		put_row(&g, &c, t, row);
	err = grid_print(&g, out, width, color);
	grid_release(&g);
	return err;
}
