/*
 * The CPUs of a comparison: see placement.h. Called by verb_compare.c.
 */
#include "measure/placement.h"

#include <stdio.h>
#include <string.h>

#include "measure/child.h"

int
placement_choose(struct placement *p, const char *pin, const char *spin,
    struct env *e, struct failure *f)
{
	int cpus[2];

	p->client = p->server = -1;
	snprintf(e->placement, sizeof(e->placement), "left to the kernel");
	snprintf(e->spin, sizeof(e->spin), "%s", spin);
	if (strcmp(spin, "off") != 0 && strcmp(spin, "auto") != 0)
		return failure_set(f, EXIT_USAGE, "--spin %s: not off or auto",
		    spin);
	if (strcmp(pin, "off") == 0)
		return 0;
	if (strcmp(pin, "auto") != 0)
		return failure_set(f, EXIT_USAGE, "--pin %s: not auto or off",
		    pin);
	if (env_cpus(cpus) < 2)
		return 0;
	p->client = cpus[0];
	p->server = cpus[1];
	child_pin(0, p->client);
	snprintf(e->placement, sizeof(e->placement), "client on CPU %d, "
	    "servers of our own on CPU %d", p->client, p->server);
	return 0;
}
