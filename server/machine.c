/*
 * Parsers of /proc: see machine.h. Lines are cut to what is looked at, so
 * that memory is bounded whatever the length of "intr" with all its numbers.
 */
#include "server/machine.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { LINE = 512 };

/* The next line; what of it does not fit is skipped. */
static bool
next_line(FILE *in, char line[LINE])
{
	int c = 0;

	if (fgets(line, LINE, in) == NULL)
		return false;
	if (strchr(line, '\n') == NULL)
		while (c != EOF && c != '\n')
			c = getc(in);
	return true;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The number at *at, behind blanks; 0 where there is none. Like the counters
 * that it reads, it wraps. */
static uint64_t
take_number(const char **at)
{
	uint64_t n = 0;

	*at += strspn(*at, " \t");
	for (; is_digit(**at); ++*at)
		n = n * 10 + (uint64_t)(**at - '0');
	return n;
}

static void
take_numbers(const char *at, uint64_t *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = take_number(&at);
}

/*
 * Ten states in four: interrupts are system, waiting for a disk is idle; what
 * a hypervisor took was not this machine's, and guests are in user already.
 */
void
machine_parse_cpu(struct machine *m, FILE *in)
{
	enum { USER, NICE, SYSTEM, IDLE, IOWAIT, IRQ, SOFTIRQ, STATES };
	uint64_t t[STATES];
	char line[LINE];

	while (next_line(in, line)) {
		if (strncmp(line, "cpu ", 4) != 0)
			continue;
		take_numbers(line + 4, t, STATES);
		m->cpu[0] = t[USER];
		m->cpu[1] = t[NICE];
		m->cpu[2] = t[SYSTEM] + t[IRQ] + t[SOFTIRQ];
		m->cpu[3] = t[IDLE] + t[IOWAIT];
		return;
	}
}

static const struct {
	const char *name;
	size_t offset;
} counts[] = {
	{ "intr ", offsetof(struct machine, interrupts) },
	{ "ctxt ", offsetof(struct machine, switches) },
	{ "btime ", offsetof(struct machine, boot) },
	{ "pgpgin ", offsetof(struct machine, kib_in) },
	{ "pgpgout ", offsetof(struct machine, kib_out) },
	{ "pswpin ", offsetof(struct machine, pages_in) },
	{ "pswpout ", offsetof(struct machine, pages_out) },
};

void
machine_parse_counts(struct machine *m, FILE *in)
{
	char line[LINE];

	while (next_line(in, line))
		for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]);
		    i++) {
			size_t n = strlen(counts[i].name);

			if (strncmp(line, counts[i].name, n) == 0)
				take_numbers(line + n, (uint64_t *)(void *)
				    ((char *)m + counts[i].offset), 1);
		}
}

/* What is laid over disks, or is none, would count transfers twice. */
static bool
is_disk(const char *name)
{
	static const char *const others[] = { "ram", "loop", "zram", "md",
		"dm-", "sr", "fd", "nbd" };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strncmp(name, others[i], strlen(others[i])) == 0)
			return false;
	return *name != '\0';
}

/* sda1 of sda, nvme0n1p1 of nvme0n1; sdaa is a disk. */
static bool
is_partition(const char *name, const char *disk)
{
	size_t n = strlen(disk);

	if (n == 0 || strncmp(name, disk, n) != 0)
		return false;
	name += n + (name[n] == 'p');
	return is_digit(*name);
}

/* "   8   0 sda 17 0 20 5 9 ...": reads come first, writes fifth. */
void
machine_parse_disks(struct machine *m, FILE *in)
{
	char line[LINE], name[64], disk[64] = "";
	uint64_t done[5];
	int end;

	while (m->ndisks < MACHINE_DISKS && next_line(in, line)) {
		end = 0;
		sscanf(line, "%*u %*u %63s%n", name, &end);
		if (end == 0 || !is_disk(name) || is_partition(name, disk))
			continue;
		strcpy(disk, name);
		take_numbers(line + end, done, 5);
		m->transfers[m->ndisks++] = done[0] + done[4];
	}
}

/* "  eth0: 1 2 ...": eight numbers of what came, eight of what left. The two
 * lines of titles have no colon. */
void
machine_parse_net(struct machine *m, FILE *in)
{
	char line[LINE];
	uint64_t n[16];

	while (next_line(in, line)) {
		const char *colon = strchr(line, ':');

		if (colon == NULL)
			continue;
		take_numbers(colon + 1, n, 16);
		m->packets_in += n[1];
		m->errors_in += n[2];
		m->packets_out += n[9];
		m->errors_out += n[10];
		m->collisions += n[13];
	}
}

/* "0.25": by hand, for strtod() obeys the locale. */
static uint32_t
take_load(const char **at)
{
	uint64_t whole = take_number(at), part = 0, scale = 1;

	if (**at == '.')
		for (++*at; is_digit(**at); ++*at)
			if (scale < 1000000) {
				part = part * 10 + (uint64_t)(**at - '0');
				scale *= 10;
			}
	return (uint32_t)(whole * MACHINE_LOAD_SCALE +
	    part * MACHINE_LOAD_SCALE / scale);
}

void
machine_parse_load(struct machine *m, FILE *in)
{
	const char *at;
	char line[LINE];

	if (!next_line(in, line))
		return;
	at = line;
	for (int i = 0; i < MACHINE_LOADS; i++)
		m->load[i] = take_load(&at);
}

void
machine_read(struct machine *m)
{
	static const struct {
		const char *path;
		void (*parse)(struct machine *m, FILE *in);
	} files[] = {
		{ "/proc/stat", machine_parse_cpu },
		{ "/proc/stat", machine_parse_counts },
		{ "/proc/vmstat", machine_parse_counts },
		{ "/proc/diskstats", machine_parse_disks },
		{ "/proc/net/dev", machine_parse_net },
		{ "/proc/loadavg", machine_parse_load },
	};

	memset(m, 0, sizeof(*m));
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		FILE *in = fopen(files[i].path, "re");

		if (in == NULL)
			continue;
		files[i].parse(m, in);
		fclose(in);
	}
}
