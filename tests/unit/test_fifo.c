/*
 * What named pipes and the measuring service check bytes with: the hello of
 * a session, CRC32C and the seeded pattern. Run by main.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "be.h"
#include "crc32c.h"
#include "fifo.h"
#include "frame.h"
#include "pattern.h"
#include "suites.h"

static const uint8_t nonce[FIFO_NONCE_SIZE] = "0123456789abcde";

START_TEST(a_hello_gives_back_its_nonce)
{
	uint8_t hello[FIFO_HELLO_SIZE], got[FIFO_NONCE_SIZE] = { 0 };

	fifo_hello_write(hello, nonce);
	ck_assert_int_eq(fifo_hello_read(hello, got), 0);
	ck_assert_mem_eq(got, nonce, sizeof(got));
}
END_TEST

START_TEST(a_hello_with_any_bit_flipped_is_refused)
{
	uint8_t hello[FIFO_HELLO_SIZE], got[FIFO_NONCE_SIZE];

	fifo_hello_write(hello, nonce);
	for (int bit = 0; bit < 8 * FIFO_HELLO_SIZE; bit++) {
		hello[bit / 8] ^= (uint8_t)(1 << bit % 8);
		ck_assert_int_eq(fifo_hello_read(hello, got), -EBADMSG);
		hello[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	ck_assert_int_eq(fifo_hello_read(hello, got), 0);
}
END_TEST

/* The word at changed, with a checksum that fits. */
static int
read_changed(size_t at, uint32_t word)
{
	uint8_t hello[FIFO_HELLO_SIZE], got[FIFO_NONCE_SIZE];

	fifo_hello_write(hello, nonce);
	be32_put(hello + at, word);
	be32_put(hello + FIFO_HELLO_SIZE - 4,
	    crc32c(0, hello, FIFO_HELLO_SIZE - 4));
	return fifo_hello_read(hello, got);
}

START_TEST(a_hello_of_another_kind_or_revision_is_refused)
{
	ck_assert_int_eq(read_changed(0, FRAME_HELLO_MAGIC), 0);
	ck_assert_int_eq(read_changed(0, FRAME_HELLO_MAGIC + 1), -EBADMSG);
	ck_assert_int_eq(read_changed(4, FRAME_HELLO_VERSION + 1), -EBADMSG);
}
END_TEST

START_TEST(a_hello_has_zeroes_between_its_nonce_and_its_checksum)
{
	for (size_t at = 24; at <= FIFO_HELLO_SIZE - 8; at += 4) {
		ck_assert_int_eq(read_changed(at, 1), -EBADMSG);
		ck_assert_int_eq(read_changed(at, 1u << 31), -EBADMSG);
	}
}
END_TEST

START_TEST(a_hello_is_as_rpcgen_makes_it)
{
	frame_hello h = { FRAME_HELLO_MAGIC, FRAME_HELLO_VERSION, "" };
	uint8_t ours[FIFO_HELLO_SIZE], theirs[FIFO_HELLO_SIZE] = { 0 };
	XDR x;

	memcpy(h.nonce, nonce, sizeof(nonce));
	fifo_hello_write(ours, nonce);
	xdrmem_create(&x, (char *)theirs, sizeof(theirs), XDR_ENCODE);
	ck_assert(xdr_frame_hello(&x, &h));
	ck_assert_mem_eq(ours, theirs, sizeof(theirs) - 4);
}
END_TEST

START_TEST(a_session_is_named_by_its_nonce_in_hexadecimal)
{
	char path[64];

	ck_assert_int_eq(fifo_session_path(path, sizeof(path), "/d", nonce,
	    "/in"), 0);
	ck_assert_str_eq(path, "/d/s-30313233343536373839616263646500/in");
	ck_assert_int_eq(fifo_session_path(path, 40, "/d", nonce, "/in"),
	    -ENAMETOOLONG);
	ck_assert_int_eq(fifo_session_path(path, 41, "/d", nonce, "/in"), 0);
}
END_TEST

/* RFC 3720 appendix B.4, and the check value of the polynomial. */
START_TEST(crc32c_gives_the_vectors_of_rfc_3720)
{
	static const uint8_t read_pdu[48] = {
		0x01, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0x14, 0, 0, 0, 0, 0, 0x04, 0, 0, 0, 0, 0x14, 0, 0, 0, 0x18,
		0x28, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0,
	};
	uint8_t zeroes[32] = { 0 }, ones[32], up[32], down[32];

	memset(ones, 0xff, sizeof(ones));
	for (uint8_t i = 0; i < 32; i++) {
		up[i] = i;
		down[i] = (uint8_t)(31 - i);
	}
	ck_assert_uint_eq(crc32c(0, zeroes, 32), 0x8a9136aa);
	ck_assert_uint_eq(crc32c(0, ones, 32), 0x62a8ab43);
	ck_assert_uint_eq(crc32c(0, up, 32), 0x46dd794e);
	ck_assert_uint_eq(crc32c(0, down, 32), 0x113fdb5c);
	ck_assert_uint_eq(crc32c(0, read_pdu, 48), 0xd9963a56);
	ck_assert_uint_eq(crc32c(0, "123456789", 9), 0xe3069283);
	ck_assert_uint_eq(crc32c_table(0, "123456789", 9), 0xe3069283);
	ck_assert_uint_eq(crc32c(0, "", 0), 0);
}
END_TEST

START_TEST(both_ways_of_crc32c_agree_at_every_length_and_alignment)
{
	uint8_t data[8 + 3000];

	pattern_fill(data, sizeof(data), 5);
	for (size_t at = 0; at < 8; at++)
		for (size_t n = 0; n <= 3000; n += n < 300 ? 1 : 37)
			ck_assert_uint_eq(crc32c((uint32_t)n, data + at, n),
			    crc32c_table((uint32_t)n, data + at, n));
}
END_TEST

START_TEST(crc32c_of_pieces_is_that_of_the_whole)
{
	uint8_t data[100];
	uint32_t whole;

	pattern_fill(data, sizeof(data), 6);
	whole = crc32c(0, data, sizeof(data));
	for (size_t cut = 0; cut <= sizeof(data); cut++)
		ck_assert_uint_eq(crc32c(crc32c(0, data, cut), data + cut,
		    sizeof(data) - cut), whole);
}
END_TEST

/* The first outputs of SplitMix64 from state 0 (Vigna, splitmix64.c). */
START_TEST(the_pattern_begins_as_splitmix64_does)
{
	uint8_t first[8];

	ck_assert_uint_eq(le64toh(pattern_word(0, 0)),
	    UINT64_C(0xe220a8397b1dcdaf));
	pattern_fill(first, sizeof(first), 0);
	ck_assert_mem_eq(first, "\xaf\xcd\x1d\x7b\x39\xa8\x20\xe2", 8);
}
END_TEST

START_TEST(each_word_of_a_long_pattern_can_be_computed_alone)
{
	uint8_t whole[1 + 8 * 1001];

	/* Where no word is aligned. */
	pattern_fill(whole + 1, sizeof(whole) - 1, 11);
	for (size_t i = 0; i < sizeof(whole) / 8; i++) {
		uint64_t word = pattern_word(11, i);

		ck_assert_mem_eq(whole + 1 + 8 * i, &word, 8);
	}
}
END_TEST

START_TEST(a_shorter_pattern_is_the_beginning_of_a_longer_one)
{
	uint8_t whole[64], part[64];

	pattern_fill(whole, sizeof(whole), 9);
	for (size_t n = 0; n < sizeof(whole); n++) {
		memset(part, 0xee, sizeof(part));
		pattern_fill(part, n, 9);
		ck_assert_mem_eq(part, whole, n);
		ck_assert_uint_eq(part[n], 0xee);
	}
	pattern_fill(part, sizeof(part), 10);
	ck_assert_mem_ne(part, whole, sizeof(part));
}
END_TEST

Suite *
fifo_suite(void)
{
	Suite *s = suite_create("fifo");
	TCase *t = tcase_create("hello"), *c = tcase_create("bytes");

	tcase_add_test(t, a_hello_gives_back_its_nonce);
	tcase_add_test(t, a_hello_with_any_bit_flipped_is_refused);
	tcase_add_test(t, a_hello_of_another_kind_or_revision_is_refused);
	tcase_add_test(t,
	    a_hello_has_zeroes_between_its_nonce_and_its_checksum);
	tcase_add_test(t, a_hello_is_as_rpcgen_makes_it);
	tcase_add_test(t, a_session_is_named_by_its_nonce_in_hexadecimal);
	suite_add_tcase(s, t);
	tcase_add_test(c, crc32c_gives_the_vectors_of_rfc_3720);
	tcase_add_test(c,
	    both_ways_of_crc32c_agree_at_every_length_and_alignment);
	tcase_add_test(c, crc32c_of_pieces_is_that_of_the_whole);
	tcase_add_test(c, each_word_of_a_long_pattern_can_be_computed_alone);
	tcase_add_test(c, the_pattern_begins_as_splitmix64_does);
	tcase_add_test(c, a_shorter_pattern_is_the_beginning_of_a_longer_one);
	suite_add_tcase(s, c);
	return s;
}
