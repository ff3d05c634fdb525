/*
 * From rpc://HOST to a mechanism: see settle.h. Used by bench and compare.
 */
#include "measure/settle.h"

#include <stdio.h>
#include <string.h>

#include "open.h"

void
subject_set_target(struct subject *s, const struct target *t)
{
	s->target = *t;
	s->any_rpc = t->mech == MECH_ID_ANY_RPC;
	if (s->any_rpc)
		s->target.mech = MECH_ID_rpc_tcp;
	s->descriptor = mech_info[s->target.mech].kind;
}

int
subject_settle(struct subject *s, uint32_t prog, uint32_t vers,
    struct failure *f)
{
	struct open_request req = { .prog = prog, .vers = vers,
		.timeout_ms = s->timeout_ms };
	struct target t = s->target;

	if (!s->any_rpc)
		return 0;
	t.mech = MECH_ID_ANY_RPC;
	if (target_look_up(&t, &req, f) != 0)
		return -f->code;
	s->target.mech = t.mech;
	s->descriptor = mech_info[t.mech].kind;
	snprintf(s->name, sizeof(s->name), "%s", mech_info[t.mech].name);
	return 0;
}

void
settle_all(struct comparison *c, const struct procedure *p)
{
	for (size_t i = 0; i < c->nsubjects; i++) {
		struct failure shown_later = { 0 };

		subject_settle(&c->subjects[i], p->prog, p->vers,
		    &shown_later);
	}
}

int
settle_misplaced(int nargs, const char **args, struct failure *f)
{
	const char *name = nargs > 1 ? args[1] : "ECHO.ECHO";
	const char *arg = nargs > 0 ? args[0] : "";
	const char *host = strncmp(arg, "rpc://", 6) == 0 ? arg + 6 : NULL;

	if (arg[0] != '@' && strchr(arg, ':') == NULL)
		return 0;
	failure_set(f, EXIT_USAGE, "%s: compare takes mechanisms of a private "
	    "daemon, or targets, two or more, from --over", arg);
	if (host != NULL)
		failure_hint(f, "rpcall compare --over rpc+tcp://%s,"
		    "rpc+udp://%s %s", host, host, name);
	else
		failure_hint(f, "rpcall compare --over '%s,OTHER' %s", arg,
		    name);
	failure_hint(f, "one target alone: rpcall bench '%s' %s", arg, name);
	return -EXIT_USAGE;
}
