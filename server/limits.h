/*
 * The daemon's limits: data, each with a name under which --limit sets it,
 * so that every one can be tested at a small value.
 */
#ifndef RPCALLD_LIMITS_H
#define RPCALLD_LIMITS_H

#include <stddef.h>
#include <stdint.h>

struct limits {
	uint64_t record;	/* bytes of a reassembled record */
	uint64_t fragments;	/* in one record */
	uint64_t empty_fragments;	/* in one record */
	uint64_t header_ms;	/* for the 4 bytes of a mark */
	uint64_t record_ms;	/* for a record, longer at record_rate */
	uint64_t record_rate;	/* bytes/s at which a record may take longer,
				 * and at which replies are read at least */
	uint64_t stall_ms;	/* a peer that does not read its replies */
	uint64_t idle_ms;	/* a peer that sends nothing */
	uint64_t pause;		/* bytes unread at which it is not read from */
	uint64_t queue;		/* bytes unread at which it is closed */
	uint64_t deferred;	/* calls of a peer that wait for an answer */
	uint64_t buffers;	/* bytes of buffers in all */
	uint64_t peers;		/* in all */
	uint64_t reserve;	/* descriptors that peers never take */
	uint64_t fifo_sessions;	/* in all */
	uint64_t turn_records;	/* of one peer before the others' turn */
	uint64_t turn_bytes;
	uint64_t turn_us;	/* a turn that was shorter goes on */
	uint64_t direct_ms;	/* a thread waits for one peer; 0: never */
	uint64_t drain_ms;	/* to finish accepted calls on SIGTERM */
	uint64_t kv_map;	/* bytes that the store of KV may have */
	uint64_t kv_watches;	/* calls of WATCH that wait */
	uint64_t kv_changes;	/* kept of the log of changes */
	uint64_t kv_clients;	/* of whose calls the answers are kept */
	uint64_t file_threads;	/* that wait for disks, of FILE */
	uint64_t digest_threads;	/* of FILE.DIGEST */
};

extern const struct limits limits_default;

/*
 * Sets "NAME=VALUE" (K, M and G are powers of 1,024): 0; -ENOENT when no
 * limit has that name, -EINVAL when the value is no number, -ERANGE when it
 * is one with which no server works.
 */
int limits_set(struct limits *l, const char *assignment);

/* What limits_set() takes for the name in assignment, which exists. */
void limits_range(const char *assignment, uint64_t *least, uint64_t *most);

/* Calls show(name, value, arg) for each limit. */
void limits_each(const struct limits *l,
    void (*show)(const char *name, uint64_t value, void *arg), void *arg);

#endif
