/*
 * The table of limits: names, places and defaults.
 */
#include "limits.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LIMITS(X)							\
	X(record, "record", (4 << 20) + (4 << 10))			\
	X(fragments, "fragments", 1024)					\
	X(empty_fragments, "empty-fragments", 16)			\
	X(header_ms, "header-ms", 10000)				\
	X(record_ms, "record-ms", 30000)				\
	X(record_rate, "record-rate", 1024)				\
	X(stall_ms, "stall-ms", 30000)					\
	X(idle_ms, "idle-ms", 300000)					\
	X(pause, "pause", 256 << 10)					\
	X(queue, "queue", 2 << 20)					\
	X(deferred, "deferred", 1024)					\
	X(buffers, "buffers", 64 << 20)					\
	X(peers, "peers", 12000)					\
	X(reserve, "reserve", 64)					\
	X(fifo_sessions, "fifo-sessions", 256)				\
	X(turn_records, "turn-records", 16)				\
	X(turn_bytes, "turn-bytes", 64 << 10)				\
	X(drain_ms, "drain-ms", 10000)

const struct limits limits_default = {
#define X(member, name, value) .member = value,
	LIMITS(X)
#undef X
};

static const struct {
	const char *name;
	size_t offset;
} names[] = {
#define X(member, name, value) { name, offsetof(struct limits, member) },
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

	if (*text < '0' || *text > '9' || end[unit != NULL] != '\0' ||
	    n > (UINT64_MAX >> 1) >> shift)
		return -EINVAL;
	*value = n << shift;
	return 0;
}

int
limits_set(struct limits *l, const char *assignment)
{
	const char *eq = strchr(assignment, '=');

	if (eq == NULL)
		return -EINVAL;
	for (int i = 0; i < NAMES; i++)
		if (strlen(names[i].name) == (size_t)(eq - assignment) &&
		    strncmp(names[i].name, assignment,
		    (size_t)(eq - assignment)) == 0)
			return parse_value(eq + 1,
			    (uint64_t *)((char *)l + names[i].offset));
	return -EINVAL;
}

void
limits_each(const struct limits *l,
    void (*show)(const char *name, uint64_t value))
{
	for (int i = 0; i < NAMES; i++)
		show(names[i].name,
		    *(const uint64_t *)((const char *)l + names[i].offset));
}
