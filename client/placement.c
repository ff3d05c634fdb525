/*
 * --pin: see placement.h. Called by verb_bench.c and verb_compare.c.
 */
#include "placement.h"

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "measure/child.h"
#include "measure/pace.h"
#include "measure/peer.h"

static bool
may_use(int cpu)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 && cpu >= 0 &&
	    cpu < CPU_SETSIZE && CPU_ISSET(cpu, &set);
}

static int
read_cpu(const char *text, int *cpu, struct failure *f)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0' || n >= CPU_SETSIZE ||
	    !may_use((int)n))
		return failure_set(f, EXIT_USAGE, "--pin: %s is not the number "
		    "of a CPU that may be used", text);
	*cpu = (int)n;
	return 0;
}

/* "client=0" or "server=same". */
static int
read_end(struct placement *p, const char *word, bool *same, struct failure *f)
{
	const char *eq = strchr(word, '=');

	if (strcmp(word, "server=same") == 0) {
		*same = true;
		return 0;
	}
	if (eq != NULL && strncmp(word, "client=", 7) == 0)
		return read_cpu(eq + 1, &p->client, f);
	if (eq != NULL && strncmp(word, "server=", 7) == 0)
		return read_cpu(eq + 1, &p->server, f);
	return failure_set(f, EXIT_USAGE, "--pin %s: not auto, off, or like "
	    "client=0,server=1", word);
}

static int
read_ends(struct placement *p, const char *text, struct failure *f)
{
	char copy[64], *rest = copy, *word;
	bool same = false;
	int err = 0;

	snprintf(copy, sizeof(copy), "%s", text);
	while (err == 0 && (word = strsep(&rest, ",")) != NULL)
		err = read_end(p, word, &same, f);
	if (err == 0 && same && p->client < 0)
		return failure_set(f, EXIT_USAGE, "--pin server=same: as "
		    "which client? client=0,server=same");
	if (same)
		p->server = p->client;
	return err;
}

static void
describe(const struct placement *p, struct env *e)
{
	char client[32] = "client left to the kernel", server[48] = "";

	if (p->client >= 0)
		snprintf(client, sizeof(client), "client on CPU %d",
		    p->client);
	if (p->server >= 0)
		snprintf(server, sizeof(server), ", servers on CPU %d",
		    p->server);
	snprintf(e->placement, sizeof(e->placement), "%s%s", client, server);
	if (p->client < 0 && p->server < 0)
		snprintf(e->placement, sizeof(e->placement),
		    "left to the kernel");
	if (p->client >= 0 && p->client == p->server)
		e->together = true;
}

int
placement_choose(struct placement *p, const char *pin, const char *spin,
    struct env *e, struct failure *f)
{
	int cpus[2], err = 0;

	*p = (struct placement){ .client = -1, .server = -1 };
	snprintf(e->spin, sizeof(e->spin), "%s", spin);
	if (strcmp(spin, "off") != 0 && strcmp(spin, "auto") != 0)
		return failure_set(f, EXIT_USAGE, "--spin %s: not off or auto",
		    spin);
	if (strcmp(pin, "auto") == 0) {
		if (env_cpus(cpus) == 2) {
			p->client = cpus[0];
			p->server = cpus[1];
		}
	} else if (strcmp(pin, "off") != 0) {
		err = read_ends(p, pin, f);
	}
	if (err)
		return err;
	describe(p, e);
	return child_pin(0, p->client) == 0 ? 0 : failure_set(f, EXIT_OS,
	    "cannot run on CPU %d (%s)", p->client, strerror(errno));
}

static int
find_and_pin(struct placement *p, struct subject *s)
{
	struct work nothing = work_nothing;
	struct failure ignored = { 0 };
	struct ledger l;
	pid_t pid;

	if (s->ops->open(s, &nothing, false, &ignored) != 0)
		return -ENOTCONN;
	/* Once it has answered it has accepted us. */
	s->ops->ledger(s, &nothing, &l);
	pid = peer_find(&s->conn.link);
	s->ops->close(s);
	return pid < 0 ? (int)pid : pinned_set(&p->pinned, pid, p->server);
}

int
placement_server(struct placement *p, struct subject *s, struct env *e)
{
	size_t n = strlen(e->placement);
	int err;

	if (p->server < 0)
		return 0;
	/* It is started for each connection, and moved then. */
	err = s->target.mech == MECH_ID_pipe ? 0 : find_and_pin(p, s);
	if (err == 0)
		s->server_cpu = p->server;
	else
		snprintf(e->placement + n, sizeof(e->placement) - n,
		    " (not: %s)", err == -ESRCH ? "not found here" :
		    strerror(-err));
	return err;
}

void
placement_end(struct placement *p)
{
	pinned_restore(&p->pinned);
}

uint64_t
placement_spin_ns(const struct placement *p)
{
	return p->client >= 0 && p->client == p->server ? 0 :
	    PACE_SPIN_US * NS_PER_US;
}
