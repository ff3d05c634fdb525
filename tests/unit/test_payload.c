/*
 * Messages of which parts are in files: their bytes, in order, and what is no
 * such file. Run by main.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "idl/payload.h"
#include "suites.h"

enum { SIZE = PAYLOAD_MIN + 5 };

static char path[] = "/tmp/rpcall-payload-XXXXXX", name[sizeof(path)];
static uint8_t bytes[SIZE];
static struct payloads files;

static void
setup(void)
{
	int fd;

	memcpy(name, path, sizeof(path));
	fd = mkstemp(name);
	for (size_t i = 0; i < SIZE; i++)
		bytes[i] = (uint8_t)(i * 13);
	ck_assert_int_eq(write(fd, bytes, SIZE), SIZE);
	close(fd);
}

static void
teardown(void)
{
	payloads_release(&files);
	unlink(name);
}

static int
add(size_t at, uint64_t max)
{
	uint64_t len = 0;
	int n = payloads_add(&files, name, strlen(name), at, max, &len);

	ck_assert_uint_eq(len, n == 1 ? SIZE : 0);
	return n;
}

/* All of the message, at out: bytes, or -errno. */
static ssize_t
read_all(const struct message *m, uint8_t *out)
{
	struct message_reader r = { .message = m };
	const uint8_t *data;
	ssize_t n, all = 0;

	while ((n = message_next(&r, &data)) > 0) {
		memcpy(out + all, data, (size_t)n);
		all += n;
	}
	ck_assert_int_eq(r.err, n);
	message_reader_release(&r);
	return n < 0 ? n : all;
}

START_TEST(files_stand_between_the_bytes_in_memory)
{
	static uint8_t out[3 * SIZE + 8];
	struct message m = { (const uint8_t *)"abcd", 4, &files };

	ck_assert_int_eq(add(0, SIZE), 1);
	ck_assert_int_eq(add(3, SIZE), 1);
	ck_assert_int_eq(add(3, SIZE), 1);
	ck_assert_uint_eq(message_size(&m), 3 * SIZE + 4);
	/* As often as one likes. */
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(read_all(&m, out), 3 * SIZE + 4);
		ck_assert_mem_eq(out, bytes, SIZE);
		ck_assert_mem_eq(out + SIZE, "abc", 3);
		ck_assert_mem_eq(out + SIZE + 3, bytes, SIZE);
		ck_assert_mem_eq(out + 2 * SIZE + 3, bytes, SIZE);
		ck_assert_uint_eq(out[3 * SIZE + 3], 'd');
	}
}
END_TEST

START_TEST(a_file_that_becomes_shorter_is_no_end)
{
	static uint8_t out[SIZE];
	struct message m = { NULL, 0, &files };

	ck_assert_int_eq(add(0, SIZE), 1);
	ck_assert_int_eq(truncate(name, SIZE - 1), 0);
	ck_assert_int_eq(read_all(&m, out), -ENODATA);
}
END_TEST

START_TEST(what_is_too_large_small_or_no_file_is_not_added)
{
	uint64_t len;

	ck_assert_int_eq(add(0, SIZE - 1), -EMSGSIZE);
	ck_assert_int_eq(truncate(name, PAYLOAD_MIN - 1), 0);
	ck_assert_int_eq(add(0, SIZE), 0);
	ck_assert_int_eq(payloads_add(&files, "-", 1, 0, SIZE, &len), 0);
	ck_assert_int_eq(payloads_add(&files, "/dev/zero", 9, 0, SIZE, &len),
	    0);
	ck_assert_int_eq(payloads_add(&files, "/nonexistent", 12, 0, SIZE,
	    &len), -ENOENT);
	ck_assert_int_eq(payloads_add(&files, "/a\0b", 4, 0, SIZE, &len),
	    -ENAMETOOLONG);
	ck_assert_uint_eq(files.n, 0);
}
END_TEST

Suite *
payload_suite(void)
{
	Suite *s = suite_create("payload");
	TCase *t = tcase_create("payload");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, files_stand_between_the_bytes_in_memory);
	tcase_add_test(t, a_file_that_becomes_shorter_is_no_end);
	tcase_add_test(t, what_is_too_large_small_or_no_file_is_not_added);
	suite_add_tcase(s, t);
	return s;
}
