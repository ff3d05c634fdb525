/*
 * Digests against what their standards and tools say. Run by main.c.
 */
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "sha256.h"
#include "suites.h"

START_TEST(sha256_is_that_of_its_standard)
{
	static const uint8_t abc[4] = { 0xba, 0x78, 0x16, 0xbf };
	static const uint8_t million[4] = { 0xcd, 0xc7, 0x6e, 0x5c };
	uint8_t digest[SHA256_SIZE];
	char *many = malloc(1000000);

	sha256("abc", 3, digest);
	ck_assert_mem_eq(digest, abc, 4);
	memset(many, 'a', 1000000);
	sha256(many, 1000000, digest);
	ck_assert_mem_eq(digest, million, 4);
	free(many);
}
END_TEST

START_TEST(digests_in_parts_are_those_of_their_tools)
{
	/* printf abc | sha256sum, and | xxh128sum; printf '' | the same. */
	static const struct {
		enum digest_kind kind;
		uint8_t abc[4], none[4];
	} kinds[] = {
		{ DIGEST_SHA256, { 0xba, 0x78, 0x16, 0xbf },
		    { 0xe3, 0xb0, 0xc4, 0x42 } },
		{ DIGEST_XXH128, { 0x06, 0xb0, 0x5a, 0xb6 },
		    { 0x99, 0xaa, 0x06, 0xd3 } },
	};
	uint8_t out[DIGEST_MAX];

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct digest *d = digest_new(kinds[i].kind);

		ck_assert_int_eq(digest_add(d, "a", 1), 0);
		ck_assert_int_eq(digest_add(d, "bc", 2), 0);
		ck_assert_int_eq(digest_end(d, out), 0);
		ck_assert_mem_eq(out, kinds[i].abc, 4);
		ck_assert_int_eq(digest_begin(d), 0);
		ck_assert_int_eq(digest_end(d, out), 0);
		ck_assert_mem_eq(out, kinds[i].none, 4);
		for (size_t n = digest_size(kinds[i].kind); n < DIGEST_MAX; n++)
			ck_assert_uint_eq(out[n], 0);
		digest_free(d);
	}
}
END_TEST

Suite *
digest_suite(void)
{
	Suite *s = suite_create("digest");
	TCase *t = tcase_create("digest");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, sha256_is_that_of_its_standard);
	tcase_add_test(t, digests_in_parts_are_those_of_their_tools);
	suite_add_tcase(s, t);
	return s;
}
