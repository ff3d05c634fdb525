/*
 * Calling procedure 0: see knock.h. Used by host.c and endpoint.c.
 */
#include "doctor/knock.h"

#include <stdio.h>
#include <string.h>

#include "invoke.h"
#include "measure/peer.h"
#include "programs.h"

bool
knock_who(struct knock *k, const struct target *t, uint32_t prog,
    uint32_t vers, pid_t *server)
{
	struct call_head null = { .prog = prog, .vers = vers };
	struct target copy = *t;
	struct invocation v = { 0 };
	struct reply r;
	char program[64], name[96];

	memset(k, 0, sizeof(*k));
	snprintf(name, sizeof(name), "%s/%u.NULL", program_name(prog, program,
	    sizeof(program)), vers);
	if (invocation_open(&v, &copy, prog, vers, &k->why) != 0)
		return false;
	k->opened = true;
	/* The first one pays for caches, and of a pipe for the start. */
	for (int i = 0; i < 2 && k->why.code == 0; i++) {
		struct call_head h = null;

		invocation_call(&v, &h, name, NULL, 0, &r, &k->why);
		if (i == 0 || v.ns < k->ns)
			k->ns = v.ns;
	}
	/* What was not answered nobody may have accepted yet. */
	if (server != NULL && knock_heard(k))
		*server = peer_find(&v.conn->link);
	invocation_close(&v);
	return k->why.code == 0;
}

bool
knock(struct knock *k, const struct target *t, uint32_t prog, uint32_t vers)
{
	return knock_who(k, t, prog, vers, NULL);
}

bool
knock_heard(const struct knock *k)
{
	return k->why.code == 0 || k->why.code == EXIT_DENIED ||
	    (k->why.code >= EXIT_PROG_UNAVAIL &&
	    k->why.code <= EXIT_RPC_MISMATCH);
}
