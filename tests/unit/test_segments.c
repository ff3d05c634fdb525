/*
 * A file in segments, as get and put see it. Run by main.c.
 */
#include <errno.h>

#include "file/segments.h"
#include "suites.h"

enum { BLOCK = 1 << 20 };

static void
covers(uint64_t size, uint64_t each)
{
	struct segments s;
	uint64_t at = 0;

	ck_assert_int_eq(segments_init(&s, size, each), 0);
	for (size_t i = 0; i < s.n; i++) {
		ck_assert_uint_eq(s.list[i].offset, at);
		ck_assert_uint_gt(s.list[i].length, 0);
		ck_assert_uint_le(s.list[i].length, s.each);
		at += s.list[i].length;
		ck_assert_ptr_eq(segments_at(&s, at - 1), &s.list[i]);
	}
	ck_assert_uint_eq(at, size);
	segments_release(&s);
}

START_TEST(segments_cover_a_file_of_any_size)
{
	static const uint64_t sizes[] = { 0, 1, BLOCK - 1, BLOCK, BLOCK + 1,
		UINT64_C(1) << 33, UINT64_C(1) << 50, INT64_MAX };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		covers(sizes[i], 0);
	covers(5 * BLOCK + 7, BLOCK);
}
END_TEST

START_TEST(a_size_that_a_server_claims_takes_no_memory_without_bound)
{
	struct segments s;

	ck_assert_int_eq(segments_init(&s, UINT64_C(1) << 44, BLOCK), -EFBIG);
	ck_assert_int_eq(segments_init(&s, UINT64_C(1) << 40, BLOCK), -EFBIG);
	ck_assert_int_eq(segments_init(&s, UINT64_MAX, BLOCK), -EFBIG);
	ck_assert_int_eq(segments_init(&s, INT64_MAX, 0), 0);
	ck_assert_uint_le(s.n, 1 << 16);
	segments_release(&s);
}
END_TEST

Suite *
segments_suite(void)
{
	Suite *s = suite_create("segments");
	TCase *t = tcase_create("segments");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, segments_cover_a_file_of_any_size);
	tcase_add_test(t,
	    a_size_that_a_server_claims_takes_no_memory_without_bound);
	suite_add_tcase(s, t);
	return s;
}
