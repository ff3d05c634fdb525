/*
 * utmp(5): logins, what is left out, and files that are none. Run by main.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utmp.h>

#include "server/logins.h"
#include "suites.h"

static char path[] = "/tmp/rpcall-utmp-XXXXXX";

static void
begin(void)
{
	int fd = mkstemp(strcpy(path, "/tmp/rpcall-utmp-XXXXXX"));

	ck_assert_int_ge(fd, 0);
	close(fd);
}

static void
end(void)
{
	unlink(path);
}

static void
append(short type, const char *user, const char *line, const char *host)
{
	struct utmp u = { .ut_type = type, .ut_tv.tv_sec = 1234567 };
	FILE *out = fopen(path, "a");

	ck_assert_ptr_nonnull(out);
	/* Texts of full length have no NUL. */
	memcpy(u.ut_user, user, strnlen(user, UT_NAMESIZE));
	memcpy(u.ut_line, line, strnlen(line, UT_LINESIZE));
	memcpy(u.ut_host, host, strnlen(host, UT_HOSTSIZE));
	ck_assert_uint_eq(fwrite(&u, sizeof(u), 1, out), 1);
	fclose(out);
}

static struct login list[LOGINS_MAX];

START_TEST(users_are_listed_and_all_entries_where_asked_for)
{
	append(BOOT_TIME, "reboot", "~", "6.1.0");
	append(USER_PROCESS, "alice", "pts/0", "example.org");
	append(DEAD_PROCESS, "", "pts/1", "");
	append(EMPTY, "", "", "");
	append(USER_PROCESS, "", "pts/2", "");
	append(USER_PROCESS, "bob", "tty1", "");
	ck_assert_uint_eq(logins_read(path, false, list, LOGINS_MAX), 2);
	ck_assert_str_eq(list[0].user, "alice");
	ck_assert_str_eq(list[0].line, "pts/0");
	ck_assert_str_eq(list[0].host, "example.org");
	ck_assert_int_eq(list[0].type, USER_PROCESS);
	ck_assert_uint_eq(list[0].time, 1234567);
	ck_assert_str_eq(list[1].user, "bob");
	ck_assert_uint_eq(logins_read(path, true, list, LOGINS_MAX), 5);
}
END_TEST

START_TEST(texts_of_full_length_are_kept_whole)
{
	char longest[UT_HOSTSIZE + 1];

	memset(longest, 'x', UT_HOSTSIZE);
	longest[UT_HOSTSIZE] = '\0';
	append(USER_PROCESS, longest, longest, longest);
	ck_assert_uint_eq(logins_read(path, false, list, 1), 1);
	ck_assert_uint_eq(strlen(list[0].user), UT_NAMESIZE);
	ck_assert_uint_eq(strlen(list[0].line), UT_LINESIZE);
	ck_assert_uint_eq(strlen(list[0].host), UT_HOSTSIZE);
}
END_TEST

START_TEST(no_more_than_there_is_room_for_are_filled_in_but_all_are_counted)
{
	for (int i = 0; i < 5; i++)
		append(USER_PROCESS, "u", "pts/0", "");
	memset(list, 0, sizeof(list));
	ck_assert_uint_eq(logins_read(path, false, list, 2), 5);
	ck_assert_str_eq(list[1].user, "u");
	ck_assert_str_eq(list[2].user, "");
	ck_assert_uint_eq(logins_read(path, false, NULL, 0), 5);
}
END_TEST

START_TEST(a_file_without_end_is_read_to_a_bound)
{
	FILE *out = fopen(path, "a");
	struct utmp u = { .ut_type = USER_PROCESS, .ut_user = "u" };

	for (int i = 0; i < LOGINS_RECORDS + 10; i++)
		ck_assert_uint_eq(fwrite(&u, sizeof(u), 1, out), 1);
	fclose(out);
	ck_assert_uint_eq(logins_read(path, false, list, LOGINS_MAX),
	    LOGINS_RECORDS);
}
END_TEST

START_TEST(half_a_record_at_the_end_is_left_out)
{
	append(USER_PROCESS, "alice", "pts/0", "");
	append(USER_PROCESS, "bob", "pts/1", "");
	ck_assert_int_eq(truncate(path, 2 * sizeof(struct utmp) - 1), 0);
	ck_assert_uint_eq(logins_read(path, false, list, LOGINS_MAX), 1);
}
END_TEST

START_TEST(what_is_no_file_holds_nobody)
{
	ck_assert_uint_eq(logins_read(path, true, list, LOGINS_MAX), 0);
	unlink(path);
	ck_assert_uint_eq(logins_read(path, true, list, LOGINS_MAX), 0);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_uint_eq(logins_read(path, true, list, LOGINS_MAX), 0);
	ck_assert_uint_eq(logins_read("/dev", true, list, LOGINS_MAX), 0);
}
END_TEST

static const char *const lines_of_nothing[] = {
	"", "/dev/null", "../proc/self", "a/../../etc", "no-such-tty", "..",
};

START_TEST(what_is_no_terminal_has_no_idle_time)
{
	for (size_t i = 0; i < sizeof(lines_of_nothing) /
	    sizeof(lines_of_nothing[0]); i++) {
		struct login l = { 0 };

		strcpy(l.line, lines_of_nothing[i]);
		ck_assert_uint_eq(login_idle(&l), 0);
	}
}
END_TEST

Suite *
logins_suite(void)
{
	Suite *s = suite_create("logins");
	TCase *tc = tcase_create("logins");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, users_are_listed_and_all_entries_where_asked_for);
	tcase_add_test(tc, texts_of_full_length_are_kept_whole);
	tcase_add_test(tc,
	    no_more_than_there_is_room_for_are_filled_in_but_all_are_counted);
	tcase_add_test(tc, a_file_without_end_is_read_to_a_bound);
	tcase_add_test(tc, half_a_record_at_the_end_is_left_out);
	tcase_add_test(tc, what_is_no_file_holds_nobody);
	tcase_add_test(tc, what_is_no_terminal_has_no_idle_time);
	suite_add_tcase(s, tc);
	return s;
}
