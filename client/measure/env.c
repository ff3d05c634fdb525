/*
 * The surroundings of a measurement: see env.h. Called by compare and bench.
 */
#include "measure/env.h"

#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "fd.h"

enum { CLOCK_READS = 100000 };

static void
read_line(const char *path, char *out, size_t size)
{
	char text[4096];

	out[0] = '\0';
	if (fd_slurp(path, text, sizeof(text)) > 0) {
		text[strcspn(text, "\n")] = '\0';
		snprintf(out, size, "%.*s", (int)size - 1, text);
	}
}

/* The first line of /proc/cpuinfo that starts with key. */
static void
cpuinfo(const char *key, char *out, size_t size)
{
	static char text[65536];
	const char *p;

	out[0] = '\0';
	if (fd_slurp("/proc/cpuinfo", text, sizeof(text)) <= 0)
		return;
	p = strstr(text, key);
	if (p == NULL || (p = strchr(p, ':')) == NULL)
		return;
	p += 1 + (p[1] == ' ');
	snprintf(out, size, "%.*s", (int)strcspn(p, "\n"), p);
}

static double
clock_cost(void)
{
	uint64_t start = clock_ns();

	for (int i = 0; i < CLOCK_READS; i++)
		(void)clock_ns();
	return (double)(clock_ns() - start) / CLOCK_READS;
}

/*
 * All of it, so that a run can be repeated from its report; words that a
 * shell would take apart are quoted.
 */
static void
command_line(char *out, size_t size)
{
	FILE *f = fopen("/proc/self/cmdline", "re");
	FILE *to = fmemopen(out, size, "w");
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+,.:/@%";
	char *word = NULL;
	size_t room = 0;

	for (int i = 0; f != NULL && to != NULL &&
	    getdelim(&word, &room, '\0', f) > 0; i++) {
		const char *leaf = i == 0 ? strrchr(word, '/') : NULL;
		const char *text = leaf != NULL ? leaf + 1 : word;
		bool bare = *text != '\0' && text[strspn(text, plain)] == '\0';

		fprintf(to, "%s%s%s%s", i > 0 ? " " : "", bare ? "" : "'",
		    text, bare ? "" : "'");
	}
	free(word);
	if (f != NULL)
		fclose(f);
	if (to != NULL)
		fclose(to);
	out[size - 1] = '\0';
}

void
env_fill(struct env *e, const char *verb)
{
	char flags[4096];
	struct utsname u;
	int cpus[2];
	time_t now = time(NULL);
	struct tm tm;

	snprintf(e->verb, sizeof(e->verb), "%s", verb);
	snprintf(e->version, sizeof(e->version), "%s", RPCALL_VERSION);
	command_line(e->command, sizeof(e->command));
	gmtime_r(&now, &tm);
	strftime(e->date, sizeof(e->date), "%Y-%m-%dT%H:%M:%SZ", &tm);
	gethostname(e->host, sizeof(e->host) - 1);
	if (uname(&u) == 0)
		snprintf(e->kernel, sizeof(e->kernel), "%.40s %.60s %.20s",
		    u.sysname, u.release, u.machine);
	cpuinfo("model name", e->cpu, sizeof(e->cpu));
	cpuinfo("flags", flags, sizeof(flags));
	e->virtual_machine = strstr(flags, "hypervisor") != NULL;
	e->one_cpu = env_cpus(cpus) < 2;
	e->cores = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
	read_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
	    e->governor, sizeof(e->governor));
	read_line("/sys/devices/system/clocksource/clocksource0/"
	    "current_clocksource", e->clocksource, sizeof(e->clocksource));
	e->clock_cost_ns = clock_cost();
}

int
env_cpus(int cpus[2])
{
	cpu_set_t set;
	int n = 0;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 0;
	for (int i = 0; i < CPU_SETSIZE && n < 2; i++)
		if (CPU_ISSET(i, &set))
			cpus[n++] = i;
	return n;
}

const char *
env_fs(const char *path)
{
	static const struct {
		uint32_t magic;
		const char *name;
	} types[] = {
		{ EXT4_SUPER_MAGIC, "ext4" }, { XFS_SUPER_MAGIC, "xfs" },
		{ BTRFS_SUPER_MAGIC, "btrfs" }, { TMPFS_MAGIC, "tmpfs" },
		{ RAMFS_MAGIC, "ramfs" }, { OVERLAYFS_SUPER_MAGIC, "overlayfs" },
		{ F2FS_SUPER_MAGIC, "f2fs" }, { NFS_SUPER_MAGIC, "nfs" },
		{ 0x2fc12fc1, "zfs" },
	};
	struct statfs fs;

	if (statfs(path, &fs) == 0)
		for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
			if ((uint32_t)fs.f_type == types[i].magic)
				return types[i].name;
	return "";
}
