/*
 * Workloads: what is sent in which turn, which answers are right, and what is
 * counted. Run by main.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "be.h"
#include "echo.h"
#include "measure/work.h"
#include "suites.h"

static struct work w;

static void
set_up(const char *workload, const char *procedure, uint32_t size)
{
	struct work_spec spec = { .workload = workload,
		.procedure = procedure, .size = size, .seed = 7, .puts = 5 };

	ck_assert_int_eq(work_init(&w, &spec), 0);
}

static void
tear_down(void)
{
	work_release(&w);
}

/* Is this what rq may be answered with? */
static bool
accepts(const struct request *rq, const void *body, size_t len)
{
	struct reply r = { .body = body, .len = len };

	return w.wrong(&w, rq, &r) == NULL;
}

START_TEST(what_does_not_exist_or_is_too_large_is_refused)
{
	struct work_spec spec = { .workload = "echo", .size = 4194304 };
	struct work none;

	ck_assert_int_eq(work_init(&none, &spec), 0);
	work_release(&none);
	spec.size++;
	ck_assert_int_eq(work_init(&none, &spec), -EMSGSIZE);
	spec = (struct work_spec){ .workload = "echo",
		.procedure = "ECHO.DELAY" };
	ck_assert_int_eq(work_init(&none, &spec), -ENOENT);
	spec = (struct work_spec){ .workload = "ech" };
	ck_assert_int_eq(work_init(&none, &spec), -ENOENT);
}
END_TEST

START_TEST(every_workload_is_found_by_its_name)
{
	const struct work_ops *ops;
	size_t n = 0;

	while ((ops = work_ops_at(n)) != NULL) {
		ck_assert_ptr_eq(work_ops_find(ops->name), ops);
		n++;
	}
	ck_assert_uint_gt(n, 0);
	ck_assert_ptr_null(work_ops_find("nope"));
}
END_TEST

START_TEST(an_echo_is_right_only_with_the_bytes_that_were_sent)
{
	struct request *rq;
	uint8_t copy[72];

	set_up("echo", NULL, 66);
	rq = work_next(&w);
	ck_assert_uint_eq(rq->args_len, sizeof(copy));
	memcpy(copy, rq->args, sizeof(copy));
	ck_assert(accepts(rq, copy, sizeof(copy)));
	ck_assert(!accepts(rq, copy, sizeof(copy) - 4));
	copy[69] ^= 1;
	ck_assert(!accepts(rq, copy, sizeof(copy)));
	copy[69] ^= 1;
	copy[3]--;
	ck_assert(!accepts(rq, copy, sizeof(copy)));
}
END_TEST

START_TEST(a_sink_is_right_only_with_length_and_checksum)
{
	struct request *rq;
	uint8_t body[8];

	set_up("echo", "sink", 5);
	rq = work_next(&w);
	be32_put(body, 5);
	be32_put(body + 4, rq->crc);
	ck_assert(accepts(rq, body, 8));
	ck_assert(!accepts(rq, body, 4));
	body[7] ^= 1;
	ck_assert(!accepts(rq, body, 8));
	work_release(&w);
	set_up("echo", "ECHO/1.NULL", 5);
	rq = work_next(&w);
	ck_assert_uint_eq(w.size, 0);
	ck_assert(accepts(rq, body, 0));
	ck_assert(!accepts(rq, body, 4));
}
END_TEST

START_TEST(what_was_sent_is_counted_once)
{
	struct work_done d = { 0 };

	set_up("echo", NULL, 10);
	for (int i = 0; i < 3; i++)
		work_next(&w);
	work_did(&w, &d);
	work_did(&w, &d);
	ck_assert_uint_eq(d.calls, 3);
	ck_assert_uint_eq(d.changes, 0);
	ck_assert_uint_eq(d.carried, 30);
	ck_assert_uint_eq(d.brought, 30);
}
END_TEST

/* Draws an order of n requests by seed; the caller frees it. */
static uint32_t *
draw(uint64_t seed, uint32_t n)
{
	struct work drawn = { .spec = { .seed = seed } };

	ck_assert_int_eq(work_draw(&drawn, n), 0);
	ck_assert_uint_eq(drawn.order_mask, WORK_TURNS - 1);
	return drawn.drawn;
}

START_TEST(an_order_depends_on_the_seed_alone_and_is_uniform)
{
	enum { N = 16, MEAN = WORK_TURNS / N };
	uint32_t *a = draw(1, N), *b = draw(1, N), *c = draw(2, N);
	unsigned count[N] = { 0 };

	ck_assert_mem_eq(a, b, WORK_TURNS * sizeof(*a));
	ck_assert_int_ne(memcmp(a, c, WORK_TURNS * sizeof(*a)), 0);
	for (int i = 0; i < WORK_TURNS; i++) {
		ck_assert_uint_lt(a[i], N);
		count[a[i]]++;
	}
	/* Six standard deviations; and the seed is fixed. */
	for (int i = 0; i < N; i++)
		ck_assert(count[i] > MEAN - 96 && count[i] < MEAN + 96);
	free(a);
	free(b);
	free(c);
}
END_TEST

START_TEST(requests_are_sent_in_the_order_that_was_drawn)
{
	struct request requests[3] = { 0 };
	struct work drawn = { .ops = &work_echo, .spec = { .seed = 5 },
		.requests = requests, .nrequests = 3 };

	ck_assert_int_eq(work_draw(&drawn, 3), 0);
	for (int i = 0; i < 2 * WORK_TURNS; i++)
		ck_assert_ptr_eq(work_next(&drawn),
		    &requests[drawn.order[i % WORK_TURNS]]);
	free(drawn.drawn);
}
END_TEST

Suite *
work_suite(void)
{
	Suite *s = suite_create("work");
	TCase *t = tcase_create("work");

	tcase_set_timeout(t, 30);

	tcase_add_checked_fixture(t, NULL, tear_down);
	tcase_add_test(t, what_does_not_exist_or_is_too_large_is_refused);
	tcase_add_test(t, every_workload_is_found_by_its_name);
	tcase_add_test(t, an_echo_is_right_only_with_the_bytes_that_were_sent);
	tcase_add_test(t, a_sink_is_right_only_with_length_and_checksum);
	tcase_add_test(t, what_was_sent_is_counted_once);
	tcase_add_test(t, an_order_depends_on_the_seed_alone_and_is_uniform);
	tcase_add_test(t, requests_are_sent_in_the_order_that_was_drawn);
	suite_add_tcase(s, t);
	return s;
}
