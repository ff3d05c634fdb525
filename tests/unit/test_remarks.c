/*
 * Remarks on results that were made up: what is said, and when it is not. Run
 * by main.c.
 */
#include <string.h>

#include "report/remarks.h"
#include "sample.h"
#include "suites.h"

static struct result r;

static void
set_up(void)
{
	sample_result(&r, 2000);
}

static void
tear_down(void)
{
	result_release(&r);
}

struct wanted {
	const char *text;
	bool warning;
	unsigned n;
};

static void
look(void *arg, bool warning, const char *text)
{
	struct wanted *w = arg;

	w->n += warning == w->warning && strstr(text, w->text) != NULL;
}

/* In how many warnings is that said? */
static unsigned
warnings(const char *text)
{
	struct wanted w = { text, true, 0 };

	remarks(&r, look, &w);
	return w.n;
}

static void
use_machine(struct table *t, double other_ns)
{
	for (size_t i = 0; i < t->nrows; i++)
		t->rows[i].shares = (struct shares){ .window_ns = 1e9,
			.client_ns = 5e8, .server_ns = 4e8,
			.other_ns = other_ns, .machine_known = true };
}

START_TEST(what_others_took_of_the_machine_is_said_where_it_is_much)
{
	use_machine(&r.tables[1], 9e7);
	ck_assert_uint_eq(warnings("Other work"), 0);
	use_machine(&r.tables[1], 37e7);
	use_machine(&r.tables[2], 12e7);
	ck_assert_uint_eq(warnings("Other work"), 1);
	ck_assert_uint_eq(warnings("Other work took up to 37 % of one CPU, of "
	    "2 (during ECHO 64 B, closed loop, 1 outstanding)"), 1);
}
END_TEST

/* Where a server's own time is not known, it is among the rest. */
START_TEST(a_server_that_cannot_be_told_apart_is_not_taken_for_others)
{
	struct table *t = &r.tables[1];

	use_machine(t, 37e7);
	for (size_t i = 0; i < t->nrows; i++)
		t->rows[i].server.known = false;
	ck_assert_uint_eq(warnings("Other work"), 0);
	t->rows[2].server.known = true;
	ck_assert_uint_eq(warnings("Other work"), 1);
}
END_TEST

Suite *
remarks_suite(void)
{
	Suite *s = suite_create("remarks");
	TCase *t = tcase_create("remarks");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t,
	    what_others_took_of_the_machine_is_said_where_it_is_much);
	tcase_add_test(t,
	    a_server_that_cannot_be_told_apart_is_not_taken_for_others);
	suite_add_tcase(s, t);
	return s;
}
