/*
 * What /proc says of the machine: sound texts, cut ones, and nonsense. Run by
 * main.c.
 */
#include <stdlib.h>
#include <string.h>

#include "server/machine.h"
#include "suites.h"

typedef void (*parser)(struct machine *m, FILE *in);

static const parser parsers[] = {
	machine_parse_cpu, machine_parse_counts, machine_parse_disks,
	machine_parse_net, machine_parse_load,
};

enum { PARSERS = sizeof(parsers) / sizeof(parsers[0]) };

static void
parse(parser p, struct machine *m, const char *text, size_t n)
{
	/* A copy of its size, so that ASan sees what reads past it. */
	char *copy = malloc(n + 1);
	FILE *in;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, text, n);
	copy[n] = '\n';
	in = fmemopen(copy, n + 1, "r");
	ck_assert_ptr_nonnull(in);
	p(m, in);
	fclose(in);
	free(copy);
}

static struct machine
parsed(parser p, const char *text)
{
	struct machine m = { 0 };

	parse(p, &m, text, strlen(text));
	return m;
}

static const char stat_text[] =
    "cpu  100 20 30 4000 500 6 7 8 9 1\n"
    "cpu0 99 99 99 99 99 99 99 99 99 99\n"
    "intr 123456 1 2 3\n"
    "ctxt 987654321\n"
    "btime 1700000000\n"
    "processes 5\n";

START_TEST(ten_states_of_a_cpu_become_four)
{
	struct machine m = parsed(machine_parse_cpu, stat_text);

	ck_assert_uint_eq(m.cpu[0], 100);
	ck_assert_uint_eq(m.cpu[1], 20);
	ck_assert_uint_eq(m.cpu[2], 30 + 6 + 7);
	ck_assert_uint_eq(m.cpu[3], 4000 + 500);
}
END_TEST

START_TEST(counts_are_found_by_their_names)
{
	struct machine m = parsed(machine_parse_counts, stat_text);

	ck_assert_uint_eq(m.interrupts, 123456);
	ck_assert_uint_eq(m.switches, 987654321);
	ck_assert_uint_eq(m.boot, 1700000000);
	m = parsed(machine_parse_counts, "nr_free 9\npgpgin 1000\n"
	    "pgpgout 2000\npswpin 3\npswpout 4\npgpgin_x 7\n");
	ck_assert_uint_eq(m.kib_in, 1000);
	ck_assert_uint_eq(m.kib_out, 2000);
	ck_assert_uint_eq(m.pages_in, 3);
	ck_assert_uint_eq(m.pages_out, 4);
}
END_TEST

/* The line of interrupts is longer than what is looked at of a line. */
START_TEST(what_follows_a_very_long_line_is_found)
{
	enum { NUMBERS = 20000 };
	char *text = malloc(2 * NUMBERS + 100);
	struct machine m;
	size_t n = (size_t)sprintf(text, "intr 42");

	for (int i = 0; i < NUMBERS; i++)
		n += (size_t)sprintf(text + n, " %d", i % 10);
	sprintf(text + n, "\nctxt 77\n");
	m = parsed(machine_parse_counts, text);
	ck_assert_uint_eq(m.interrupts, 42);
	ck_assert_uint_eq(m.switches, 77);
	free(text);
}
END_TEST

START_TEST(disks_are_counted_without_partitions_and_what_lies_on_them)
{
	struct machine m = parsed(machine_parse_disks,
	    "   7       0 loop0 1 0 0 0 1 0 0\n"
	    "   8       0 sda 100 1 2 3 10 5 6 7 0 8 9\n"
	    "   8       1 sda1 90 1 2 3 9 5 6 7 0 8 9\n"
	    "  65     160 sdaa 5 0 0 0 6 0 0\n"
	    " 259       0 nvme0n1 20 0 0 0 30 0 0\n"
	    " 259       1 nvme0n1p1 19 0 0 0 29 0 0\n"
	    " 253       0 dm-0 1 0 0 0 1 0 0\n"
	    "   9     127 md127 1 0 0 0 1 0 0\n");

	ck_assert_uint_eq(m.ndisks, 3);
	ck_assert_uint_eq(m.transfers[0], 110);
	ck_assert_uint_eq(m.transfers[1], 11);
	ck_assert_uint_eq(m.transfers[2], 50);
	ck_assert_uint_eq(m.transfers[3], 0);
}
END_TEST

START_TEST(no_more_than_the_first_disks_are_counted)
{
	struct machine m = parsed(machine_parse_disks,
	    "8 0 sda 1 0 0 0 0\n8 1 sdb 2 0 0 0 0\n8 2 sdc 3 0 0 0 0\n"
	    "8 3 sdd 4 0 0 0 0\n8 4 sde 5 0 0 0 0\n");

	ck_assert_uint_eq(m.ndisks, MACHINE_DISKS);
	ck_assert_uint_eq(m.transfers[3], 4);
}
END_TEST

START_TEST(interfaces_are_added_up)
{
	struct machine m = parsed(machine_parse_net,
	    "Inter-|   Receive                    |  Transmit\n"
	    " face |bytes    packets errs drop fifo frame compressed "
	    "multicast|bytes    packets errs drop fifo colls carrier\n"
	    "    lo: 1000 10 1 0 0 0 0 0 1000 20 2 0 0 3 0 0\n"
	    "  eth0:5000 100 0 0 0 0 0 0 6000 200 0 0 0 4 0 0\n");

	ck_assert_uint_eq(m.packets_in, 110);
	ck_assert_uint_eq(m.errors_in, 1);
	ck_assert_uint_eq(m.packets_out, 220);
	ck_assert_uint_eq(m.errors_out, 2);
	ck_assert_uint_eq(m.collisions, 7);
}
END_TEST

START_TEST(loads_are_scaled_by_256)
{
	struct machine m = parsed(machine_parse_load,
	    "0.50 1.25 12.00 1/234 5678\n");

	ck_assert_uint_eq(m.load[0], 128);
	ck_assert_uint_eq(m.load[1], 320);
	ck_assert_uint_eq(m.load[2], 3072);
	m = parsed(machine_parse_load, "7 .5 0.9999999999999999999999");
	ck_assert_uint_eq(m.load[0], 1792);
	ck_assert_uint_eq(m.load[1], 128);
	ck_assert_uint_eq(m.load[2], 255);
}
END_TEST

static const char *const nonsense[] = {
	"", "\n\n\n", "cpu ", "cpu -1 x", "cpu  99999999999999999999999999",
	"intr", "intr ", "ctxt \t", "btime -5", "btime 0x10", ":::::", ":",
	"8 0", "8 0 ", "x y z", "-1 -1 sda", "8 0 sda", "8 0 sda -1 -1 -1 -1",
	("8 0 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaa 1 2"), "lo: 1", "lo:-1", ".", "..", "1.1.1.1",
	"99999999999999999999.99999999999999999", "\xff\xfe cpu \x80",
};

START_TEST(nonsense_is_read_without_harm)
{
	for (size_t k = 0; k < sizeof(nonsense) / sizeof(nonsense[0]); k++)
		for (int i = 0; i < PARSERS; i++)
			parsed(parsers[i], nonsense[k]);
}
END_TEST

/* Also with a NUL in the place of each byte, and with it cut there. */
START_TEST(a_text_cut_anywhere_is_read_without_harm)
{
	char text[sizeof(stat_text)];

	for (size_t n = 0; n < sizeof(stat_text); n++)
		for (int i = 0; i < PARSERS; i++) {
			struct machine m = { 0 };

			parse(parsers[i], &m, stat_text, n);
			memcpy(text, stat_text, sizeof(text));
			text[n] = '\0';
			parse(parsers[i], &m, text, sizeof(text) - 1);
		}
}
END_TEST

Suite *
machine_suite(void)
{
	Suite *s = suite_create("machine");
	TCase *tc = tcase_create("machine");

	tcase_add_test(tc, ten_states_of_a_cpu_become_four);
	tcase_add_test(tc, counts_are_found_by_their_names);
	tcase_add_test(tc, what_follows_a_very_long_line_is_found);
	tcase_add_test(tc,
	    disks_are_counted_without_partitions_and_what_lies_on_them);
	tcase_add_test(tc, no_more_than_the_first_disks_are_counted);
	tcase_add_test(tc, interfaces_are_added_up);
	tcase_add_test(tc, loads_are_scaled_by_256);
	tcase_add_test(tc, nonsense_is_read_without_harm);
	tcase_add_test(tc, a_text_cut_anywhere_is_read_without_harm);
	suite_add_tcase(s, tc);
	return s;
}
