/*
 * Counts of what happens to peers: see events.h.
 */
#include "server/events.h"

#include <string.h>

static const struct {
	const char *name, *why;
} table[EVENTS] = {
#define X(symbol, name_, why_) { name_, why_ },
	EVENTS_EACH(X)
#undef X
};

void
events_closed(struct events *e, const char *why)
{
	enum event which = EVENT_CLOSED_OTHER;

	for (int i = 0; i < EVENTS; i++)
		if (table[i].why != NULL &&
		    strcmp(table[i].why, why ? why : "") == 0)
			which = (enum event)i;
	events_add(e, which);
}

void
events_each(struct events *e, void (*show)(const char *name, uint64_t value,
    void *arg), void *arg)
{
	for (int i = 0; i < EVENTS; i++)
		show(table[i].name, atomic_load_explicit(&e->count[i],
		    memory_order_relaxed), arg);
}
