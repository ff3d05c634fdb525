/*
 * Names of the parts of setting up: see setup_parts.h.
 */
#include "report/setup_parts.h"

#include <string.h>

const struct setup_part_name setup_parts[SETUP_PARTS] = {
	[SETUP_LOOKUP] = { "lookup", "rpcbind\nlook-up" },
	[SETUP_CONNECT] = { "connect", "connect" },
	[SETUP_RENDEZVOUS] = { "rendezvous", "FIFO\nrendezvous" },
	[SETUP_START] = { "start", "process\nstart" },
	[SETUP_FIRST] = { "first_call", "first\ncall" },
	[SETUP_READY] = { "ready", "all, until\nits answer" },
	[SETUP_CLOSE] = { "close", "close" },
};

const struct setup *
setup_of(const struct result *r, const char *name)
{
	for (size_t i = 0; i < r->nsetups; i++)
		if (strcmp(r->setups[i].name, name) == 0)
			return &r->setups[i];
	return NULL;
}
