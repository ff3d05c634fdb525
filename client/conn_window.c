/*
 * A window that connections share: see conn_window.h. Called for the load of
 * many connections.
 */
#include "conn_window.h"

#include <stdlib.h>

void
conn_share_window(struct conn *c, uint8_t *window)
{
	if (!c->shared)
		free(c->window);
	c->window = window;
	c->shared = true;
}

int
conn_leave_window(struct conn *c)
{
	if (!c->shared)
		return 0;
	c->in.pos = c->in.end;
	return chan_park(&c->chan);
}
