/*
 * The keyed hash of names: SipHash-1-3 as Python has it, whose bytes hash so
 * with a key of zeros under PYTHONHASHSEED=0.
 */
#include <check.h>
#include <string.h>

#include "idl/keyed.h"
#include "suites.h"

static const struct {
	const char *text;
	uint64_t hash;
} known[] = {
	{ "a", 0x407448d2b89b1813 },
	{ "seven b", 0xab2262fcb5199654 },
	{ "eight by", 0xd54cf3f0e0ee2aad },
	{ "nine byte", 0xbf1900b61a2cf12c },
	{ "a name of nineteen.", 0x303715bcf28ea9f8 },
};

START_TEST(a_key_of_zeros_has_known_answers)
{
	static const struct keyed zeros;
	const char *text = known[_i].text;

	ck_assert_uint_eq(keyed_hash(&zeros, text, strlen(text)),
	    known[_i].hash);
}
END_TEST

START_TEST(each_key_is_another_hash)
{
	struct keyed a, b;

	ck_assert_int_eq(keyed_init(&a), 0);
	ck_assert_int_eq(keyed_init(&b), 0);
	ck_assert_uint_ne(keyed_hash(&a, "name", 4), keyed_hash(&b, "name", 4));
	ck_assert_uint_eq(keyed_hash(&a, "names", 4), keyed_hash(&a, "name", 4));
	ck_assert_uint_ne(keyed_hash(&a, "name", 4), keyed_hash(&a, "name", 5));
}
END_TEST

Suite *
keyed_suite(void)
{
	Suite *s = suite_create("keyed");
	TCase *t = tcase_create("keyed");

	tcase_add_loop_test(t, a_key_of_zeros_has_known_answers, 0,
	    (int)(sizeof(known) / sizeof(known[0])));
	tcase_add_test(t, each_key_is_another_hash);
	suite_add_tcase(s, t);
	return s;
}
