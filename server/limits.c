/*
 * The table of limits: names, places and defaults.
 */
#include "limits.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DAYS_MS (30 * 86400000LL)

/* X(member, name, default, least, most): outside them a server makes no sense. */
#define LIMITS(X)							\
	X(record, "record", (4 << 20) + (4 << 10), 64, 1 << 30)		\
	X(fragments, "fragments", 1024, 1, 1 << 30)			\
	X(empty_fragments, "empty-fragments", 16, 0, 1 << 30)		\
	X(header_ms, "header-ms", 10000, 1, DAYS_MS)			\
	X(record_ms, "record-ms", 30000, 1, DAYS_MS)			\
	X(record_rate, "record-rate", 1024, 0, 1 << 30)			\
	X(stall_ms, "stall-ms", 30000, 1, DAYS_MS)			\
	X(idle_ms, "idle-ms", 300000, 1, DAYS_MS)			\
	X(pause, "pause", 256 << 10, 1, 1 << 30)			\
	X(queue, "queue", 2 << 20, 1, 1 << 30)				\
	X(deferred, "deferred", 1024, 1, 1 << 20)			\
	X(buffers, "buffers", 64 << 20, 1, 1LL << 40)			\
	X(peers, "peers", 12000, 1, 1 << 20)				\
	X(reserve, "reserve", 64, 0, 1 << 20)				\
	X(fifo_sessions, "fifo-sessions", 256, 0, 1 << 20)		\
	X(turn_records, "turn-records", 16, 1, 1 << 20)			\
	X(turn_bytes, "turn-bytes", 64 << 10, 1, 1 << 30)		\
	X(turn_us, "turn-us", 25, 0, 60000000)				\
	X(direct_ms, "direct-ms", 100, 0, DAYS_MS)			\
	X(drain_ms, "drain-ms", 10000, 0, DAYS_MS)			\
	X(kv_map, "kv-map", 64LL << 30, 4 << 20, 1LL << 46)		\
	X(kv_watches, "kv-watches", 10000, 0, 1 << 20)			\
	X(kv_changes, "kv-changes", 100000, 0, 1 << 30)			\
	X(kv_clients, "kv-clients", 4096, 1, 1 << 20)		\
	X(file_threads, "file-threads", 4, 1, 64)			\
	X(digest_threads, "digest-threads", 2, 1, 64)

const struct limits limits_default = {
#define X(member, name, value, least, most) .member = value,
	LIMITS(X)
#undef X
};

static const struct {
	const char *name;
	size_t offset;
	uint64_t least, most;
} names[] = {
#define X(member, name, value, least, most) \
	{ name, offsetof(struct limits, member), least, most },
	LIMITS(X)
#undef X
};

enum { NAMES = sizeof(names) / sizeof(names[0]) };

static int
parse_value(const char *text, uint64_t *value)
{
	char *end;
	unsigned long long n = strtoull(text, &end, 10);
	static const char units[] = "KMG";
	const char *unit = *end != '\0' ? strchr(units, *end) : NULL;
	unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;

	if (*text < '0' || *text > '9' || end[unit != NULL] != '\0')
		return -EINVAL;
	if (n > (UINT64_MAX >> 1) >> shift)
		return -ERANGE;
	*value = n << shift;
	return 0;
}

/* The limit that is named before "=" or the end. */
static int
find_name(const char *assignment)
{
	size_t len = strcspn(assignment, "=");

	for (int i = 0; i < NAMES; i++)
		if (strlen(names[i].name) == len &&
		    strncmp(names[i].name, assignment, len) == 0)
			return i;
	return -ENOENT;
}

int
limits_set(struct limits *l, const char *assignment)
{
	const char *eq = strchr(assignment, '=');
	int i = find_name(assignment), err;
	uint64_t value;

	if (i < 0)
		return i;
	err = eq != NULL ? parse_value(eq + 1, &value) : -EINVAL;
	if (err)
		return err;
	if (value < names[i].least || value > names[i].most)
		return -ERANGE;
	*(uint64_t *)((char *)l + names[i].offset) = value;
	return 0;
}

void
limits_range(const char *assignment, uint64_t *least, uint64_t *most)
{
	int i = find_name(assignment);

	assert(i >= 0);
	*least = names[i].least;
	*most = names[i].most;
}

void
limits_each(const struct limits *l,
    void (*show)(const char *name, uint64_t value, void *arg), void *arg)
{
	for (int i = 0; i < NAMES; i++)
		show(names[i].name,
		    *(const uint64_t *)((const char *)l + names[i].offset),
		    arg);
}
