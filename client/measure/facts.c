/*
 * Live facts about mechanisms: see facts.h. Called by verb_compare.c before
 * anything is measured.
 */
#include "measure/facts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "measure/probe.h"

static void
probe_one(struct mech_facts *m, struct subject *s)
{
	struct work nothing = { .proc = ECHO_NULL };
	struct failure f = { 0 };
	struct ledger l;

	snprintf(m->name, sizeof(m->name), "%s",
	    mech_info[s->target.mech].name);
	target_format(&s->target, m->target, sizeof(m->target));
	if (s->ops->open(s, &nothing, false, &f) != 0)
		return;
	probe_descriptors(m, s->conn.link.rfd, s->conn.link.wfd,
	    s->conn.link.datagram);
	if (s->ops->ledger(s, &l) == 0)
		snprintf(m->peer_known, sizeof(m->peer_known), "%s", l.who);
	s->ops->close(s);
}

int
facts_probe(struct result *r, struct subject *subjects, size_t n)
{
	r->mechs = calloc(n, sizeof(*r->mechs));
	if (r->mechs == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		if (subjects[i].kind == ROW_MECH)
			probe_one(&r->mechs[r->nmechs++], &subjects[i]);
	return 0;
}

/* Where a daemon's endpoint of that mechanism has its name, or "". */
static const char *
name_of(const struct daemon *d, enum mech_id mech)
{
	return mech == MECH_ID_pipe ? "" : d->targets[mech].path;
}

void
facts_outlives(struct result *r)
{
	struct daemon_request req = { .cpu = -1, .spin = "off" };
	struct failure f = { 0 };
	struct daemon d;

	if (daemon_start(&d, &req, &f) != 0)
		return;
	daemon_kill(&d);
	for (size_t i = 0; i < r->nmechs; i++) {
		int mech = mech_by_name(r->mechs[i].name);

		if (mech >= 0)
			probe_outlives(&r->mechs[i], name_of(&d,
			    (enum mech_id)mech));
	}
	daemon_stop(&d);
}
