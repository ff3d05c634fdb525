/*
 * Live facts about mechanisms: see facts.h. Called by verb_compare.c before
 * anything is measured.
 */
#include "measure/facts.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measure/probe.h"

static void
probe_one(struct mech_facts *m, struct subject *s)
{
	struct work nothing = work_nothing;
	struct failure f = { 0 };
	struct ledger l;
	int err;

	snprintf(m->name, sizeof(m->name), "%s", s->name);
	target_format(&s->target, m->target, sizeof(m->target));
	if (s->ops->open(s, &nothing, false, &f) != 0)
		return;
	/* Only who has answered has set up its end: a FIFO's server makes the
	 * pipe to us larger when it takes the session on. */
	err = s->ops->ledger(s, &nothing, &l);
	probe_descriptors(m, s->conn.link.rfd, s->conn.link.wfd,
	    s->conn.link.datagram);
	/* The name that was opened, not what it led to. */
	if (s->conn.link.path[0] != '\0')
		snprintf(m->endpoint, sizeof(m->endpoint), "name %.80s",
		    s->conn.link.path);
	if (err == 0)
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

/* A connection that is there before the server dies, and asked after. */
struct witness {
	struct subject subject;
	bool open;
};

static void
open_witness(struct witness *w, const struct daemon *d, enum mech_id mech)
{
	struct failure f = { 0 };

	w->subject = (struct subject){ .ops = &subject_conn_ops,
		.kind = ROW_MECH, .target = d->targets[mech],
		.server_cpu = -1, .timeout_ms = 1000 };
	w->open = w->subject.ops->open(&w->subject, &work_nothing, false,
	    &f) == 0;
}

/* Without a name nothing is left, if the connection is dead as well. */
static void
ask_witness(struct witness *w, struct mech_facts *m)
{
	struct work nothing = work_nothing;
	struct ledger l;

	if (!w->open)
		return;
	if (w->subject.conn.link.child > 0)
		kill(w->subject.conn.link.child, SIGKILL);
	if (w->subject.ops->ledger(&w->subject, &nothing, &l) != 0)
		snprintf(m->outlives, sizeof(m->outlives), "no");
	w->subject.ops->close(&w->subject);
}

/* The mechanism of a row like "unix 2". */
static int
mech_of_row(const char *row)
{
	char name[32];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(row, " "), row);
	return mech_by_name(name);
}

void
facts_outlives(struct result *r)
{
	struct daemon_request req = { .cpu = -1, .spin = "off" };
	struct witness witnesses[MECH_COUNT] = { 0 };
	struct failure f = { 0 };
	struct daemon d;

	if (daemon_start(&d, &req, &f) != 0)
		return;
	for (int i = 0; i < MECH_COUNT; i++)
		if (name_of(&d, (enum mech_id)i)[0] == '\0')
			open_witness(&witnesses[i], &d, (enum mech_id)i);
	daemon_kill(&d);
	for (size_t i = 0; i < r->nmechs; i++) {
		int mech = mech_of_row(r->mechs[i].name);

		if (mech < 0)
			continue;
		probe_outlives(&r->mechs[i], name_of(&d, (enum mech_id)mech));
		ask_witness(&witnesses[mech], &r->mechs[i]);
		witnesses[mech].open = false;
	}
	for (int i = 0; i < MECH_COUNT; i++)
		if (witnesses[i].open)
			witnesses[i].subject.ops->close(&witnesses[i].subject);
	daemon_stop(&d);
}
