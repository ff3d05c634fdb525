/*
 * The rows of a comparison: see compare_rows.h.
 */
#include "measure/compare_rows.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"
#include "measure/settle.h"
#include "open.h"
#include "options.h"

static struct subject *
add_target(struct rows *r, const struct target *t, enum row_kind kind,
    const char *name)
{
	struct subject *s = comparison_add(r->comparison,
	    &subject_conn_ops, kind, name);

	if (s == NULL)
		return NULL;
	subject_set_target(s, t);
	s->target.auth_sys |= strcmp(common.auth, "sys") == 0;
	s->server_cpu = r->server_cpu;
	s->timeout_ms = (uint32_t)(common.connect_timeout / NS_PER_MS);
	return s;
}

static int
add_mech(struct rows *r, enum mech_id mech, struct failure *f)
{
	struct target t = r->daemon->targets[mech];

	if (!r->daemon->has[mech])
		return failure_set(f, EXIT_INTERNAL, "the daemon does not "
		    "serve %s", mech_info[mech].name);
	/* Registered: the port and the path are for rpcbind to tell. */
	if (r->reg && mech <= MECH_ID_rpc_local) {
		t.port = -1;
		t.path[0] = '\0';
	}
	add_target(r, &t, ROW_MECH, mech_info[mech].name);
	return 0;
}

/* A word of --over: a mechanism of the private daemon, or a target. */
static int
add_word(struct rows *r, const char *word, struct failure *f)
{
	struct subject *s;
	struct target t;
	char why[512];
	int mech = mech_by_name(word);

	if (mech >= 0)
		return add_mech(r, (enum mech_id)mech, f);
	if (word[0] != '@' && target_parse(&t, word, why, sizeof(why)) != 0)
		return failure_set(f, EXIT_USAGE, "--over %s: not a mechanism "
		    "or target", word);
	if (target_parse_arg(&t, word, f) != 0)
		return -f->code;
	s = add_target(r, &t, ROW_MECH, mech_info[t.mech == MECH_ID_ANY_RPC ?
	    MECH_ID_rpc_tcp : t.mech].name);
	if (s == NULL)
		return failure_set(f, EXIT_USAGE, "--over: too many");
	s->foreign = true;
	/* It stays where it is, but for one that we start. */
	if (t.mech != MECH_ID_pipe)
		s->server_cpu = -1;
	return 0;
}

int
rows_add_mechanisms(struct rows *r, const char *over, struct failure *f)
{
	char text[2048], *rest = text, *word;
	int err = 0;

	for (int i = 0; over == NULL && i < MECH_COUNT && err == 0; i++)
		err = add_mech(r, (enum mech_id)i, f);
	snprintf(text, sizeof(text), "%s", over ? over : "");
	while (over != NULL && err == 0 &&
	    (word = strsep(&rest, ",")) != NULL)
		err = add_word(r, word, f);
	return err;
}

void
rows_add_again(struct rows *r)
{
	const struct subject *first = &r->comparison->subjects[0];
	char name[32];
	struct subject *s;

	snprintf(name, sizeof(name), "%.24s again", first->name);
	s = add_target(r, &first->target, ROW_AGAIN, name);
	if (s == NULL)
		return;
	s->foreign = first->foreign;
	s->server_cpu = first->server_cpu;
	s->twin = first;
}

/* Is there a CPU for each end, and does not everything poll already? */
static bool
may_poll(const struct rows *r)
{
	cpu_set_t mine;

	if (r->comparison->spin ||
	    sched_getaffinity(0, sizeof(mine), &mine) < 0)
		return false;
	if (r->server_cpu < 0 || CPU_ISSET(r->server_cpu, &mine))
		return CPU_COUNT(&mine) > 1;
	return true;
}

static void
add_floor(struct rows *r, const char *kind, bool polls)
{
	char name[32], polled[32];
	struct subject *s;

	snprintf(name, sizeof(name), "floor %s", kind);
	parts_polled_name(polled, name);
	s = comparison_add(r->comparison, &subject_floor_ops, ROW_FLOOR,
	    polls ? polled : name);
	if (s == NULL)
		return;
	s->descriptor = kind;
	s->server_cpu = r->server_cpu;
	s->polls = polls;
}

void
rows_add_floors(struct rows *r)
{
	struct comparison *c = r->comparison;
	size_t n = c->nsubjects;

	for (int polls = 0; polls <= may_poll(r); polls++)
		for (size_t i = 0; i < n; i++) {
			const char *kind = c->subjects[i].descriptor;
			size_t k = 0;

			while (k < i && strcmp(c->subjects[k].descriptor,
			    kind) != 0)
				k++;
			if (k == i)
				add_floor(r, kind, polls != 0);
		}
}

/* Stock's server under our client, for the pipelined table: its own client
 * has one call under way at most. */
static void
add_stock_pipelined(struct rows *r)
{
	struct target t = { .mech = MECH_ID_rpc_tcp, .family = AF_INET,
		.port = r->stock->tcp_port };

	strcpy(t.host, "127.0.0.1");
	add_target(r, &t, ROW_STOCK, "stock server rpc/tcp");
	t = (struct target){ .mech = MECH_ID_rpc_local, .port = -1 };
	snprintf(t.path, sizeof(t.path), "%s", r->stock->path);
	add_target(r, &t, ROW_STOCK, "stock server rpc/local");
}

void
rows_add_stock(struct rows *r)
{
	for (int i = 0; i <= MECH_ID_rpc_local; i++) {
		char name[32];
		struct subject *s;

		snprintf(name, sizeof(name), "stock %s", mech_info[i].name);
		s = comparison_add(r->comparison, &subject_stock_ops,
		    ROW_STOCK, name);
		if (s == NULL)
			return;
		s->stock = r->stock;
		s->mech = mech_info[i].name;
		s->descriptor = mech_info[i].kind;
	}
	add_stock_pipelined(r);
}

