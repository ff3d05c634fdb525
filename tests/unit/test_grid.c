/*
 * Tables for the terminal: none is wider than it may be, whatever is in it,
 * and a text that takes the place of cells stands behind those that are there.
 */
#include <stdlib.h>
#include <string.h>

#include "report/grid.h"
#include "report/utf8.h"
#include "suites.h"

/* Printed in at most width columns; the caller frees it. */
static char *
print(struct grid *g, unsigned width)
{
	char *text = NULL, *s, *end;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(grid_print(g, out, width, false), 0);
	fclose(out);
	for (s = text; (end = strchr(s, '\n')); s = end + 1)
		ck_assert_uint_le(utf8_width(s, (size_t)(end - s)), width);
	grid_release(g);
	return text;
}

static void
put_head(struct grid *g)
{
	grid_init(g, 4, 1);
	grid_row(g, GRID_HEAD);
	grid_cell(g, "load");
	grid_cell(g, "row");
	grid_cell(g, "a");
	grid_cell(g, "b");
}

START_TEST(a_text_that_spans_stands_behind_the_cells_before_it)
{
	struct grid g;
	char *text;

	put_head(&g);
	grid_row(&g, GRID_BAD);
	grid_cell(&g, "64 B");
	grid_cell(&g, "pipe");
	grid_span(&g, "not measured: no server there");
	text = print(&g, 60);
	ck_assert_ptr_nonnull(strstr(text, "\n64 B  pipe  not measured: no "
	    "server there\n"));
	free(text);
}
END_TEST

START_TEST(what_spans_is_wrapped_at_blanks_and_cells_go_on_beside_it)
{
	struct grid g;
	char *text;

	put_head(&g);
	grid_row(&g, GRID_BAD);
	grid_cell(&g, "a load with a very long name that takes two lines");
	grid_cell(&g, "pipe");
	grid_span(&g, "not measured: no server at 127.0.0.1 port 1");
	text = print(&g, 60);
	ck_assert_msg(strstr(text, "not measured: ") != NULL &&
	    strstr(text, " 127.0.0.1 ") != NULL, "%s", text);
	free(text);
}
END_TEST

START_TEST(a_table_of_nothing_but_spans_has_room_for_words)
{
	struct grid g;
	char *text;

	grid_init(&g, 2, 1);
	grid_row(&g, GRID_BAD);
	grid_cell(&g, "x");
	grid_span(&g, "connection refused");
	text = print(&g, 30);
	ck_assert_str_eq(text, "x  connection refused\n");
	free(text);
}
END_TEST

START_TEST(words_that_cannot_be_parted_are_cut_rather_than_too_wide)
{
	char name[200];
	struct grid g;

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	put_head(&g);
	grid_row(&g, GRID_PLAIN);
	for (int i = 0; i < 4; i++)
		grid_cell(&g, name);
	for (int i = 0; i < 3; i++) {
		grid_row(&g, GRID_BAD);
		for (int k = 0; k <= i; k++)
			grid_cell(&g, name);
		grid_span(&g, name);
	}
	free(print(&g, 60));
}
END_TEST

Suite *
grid_suite(void)
{
	Suite *s = suite_create("grid");
	TCase *t = tcase_create("grid");

	tcase_add_test(t, a_text_that_spans_stands_behind_the_cells_before_it);
	tcase_add_test(t,
	    what_spans_is_wrapped_at_blanks_and_cells_go_on_beside_it);
	tcase_add_test(t, a_table_of_nothing_but_spans_has_room_for_words);
	tcase_add_test(t,
	    words_that_cannot_be_parted_are_cut_rather_than_too_wide);
	suite_add_tcase(s, t);
	return s;
}
