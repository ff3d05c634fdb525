/*
 * What happens to peers, counted by reason. Seldom enough to be shared by all
 * workers; calls are counted in counters.h.
 */
#ifndef RPCALLD_EVENTS_H
#define RPCALLD_EVENTS_H

#include <stdatomic.h>
#include <stdint.h>

/*
 * X(symbol, name of its figure, why: what the log says where a peer is closed
 * for it, or NULL)
 */
#define EVENTS_EACH(X)							\
	X(ACCEPTED, "peers_accepted_total", NULL)			\
	X(REFUSED_LIMIT, "peers_refused_limit_total", NULL)		\
	X(REFUSED_MEMORY, "peers_refused_memory_total", NULL)		\
	X(ACCEPT_PAUSED, "accept_pauses_total", NULL)			\
	X(FIFO_REFUSED, "fifo_refused_total", NULL)			\
	X(FIFO_NOT_OPENED, "fifo_not_opened_total", NULL)		\
	X(CLOSED_LEFT, "peers_closed_left_total", "")			\
	X(CLOSED_IDLE, "peers_closed_idle_total", "idle")		\
	X(CLOSED_SLOW_RECORD, "peers_closed_slow_record_total",		\
	    "record not completed in time")				\
	X(CLOSED_UNREAD, "peers_closed_unread_total",			\
	    "does not read its replies")				\
	X(CLOSED_RECORD_LIMIT, "peers_closed_record_limit_total",	\
	    "record over the limit")					\
	X(CLOSED_GARBLED, "peers_closed_garbled_total",			\
	    "not a call, or too many fragments")			\
	X(CLOSED_BUFFERS, "peers_closed_buffers_total",			\
	    "buffers of the server are used up")			\
	X(CLOSED_HELD_MOST, "peers_closed_held_most_total",		\
	    "held the most when buffers were used up")			\
	X(CLOSED_EVICTED, "peers_closed_evicted_total",			\
	    "longest idle when peers ran out")				\
	X(CLOSED_OTHER, "peers_closed_other_total", NULL)

enum event {
#define X(symbol, name, why) EVENT_##symbol,
	EVENTS_EACH(X)
#undef X
	EVENTS
};

struct events {
	atomic_ullong count[EVENTS];
};

static inline void
events_add(struct events *e, enum event which)
{
	atomic_fetch_add_explicit(&e->count[which], 1, memory_order_relaxed);
}

/* A peer was closed; why is what the log says, NULL when it has left. */
void events_closed(struct events *e, const char *why);

/* Calls show(name, count, arg) for each. */
void events_each(struct events *e, void (*show)(const char *name,
    uint64_t value, void *arg), void *arg);

#endif
