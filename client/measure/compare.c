/*
 * Running a comparison: see compare.h. Called by verb_compare.c and
 * verb_bench.c.
 */
#include "measure/compare.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "measure/load.h"
#include "measure/plan.h"
#include "measure/stats.h"

enum { TIGHT_FIRST = 10, TIGHT_EVERY = 5 };	/* rounds */

static bool
name_taken(const struct comparison *c, const struct subject *s)
{
	for (size_t i = 0; i < s->number; i++)
		if (strcmp(c->subjects[i].name, s->name) == 0)
			return true;
	return false;
}

/* "unix", then "unix 2": rows are found by their names. */
static void
name_subject(const struct comparison *c, struct subject *s, const char *name)
{
	snprintf(s->name, sizeof(s->name), "%s", name);
	for (unsigned n = 2; name_taken(c, s); n++)
		snprintf(s->name, sizeof(s->name), "%.24s %u", name, n);
}

struct subject *
comparison_add(struct comparison *c, const struct subject_ops *ops,
    enum row_kind kind, const char *name)
{
	struct subject *s;

	if (c->nsubjects == COMPARE_ROWS_MAX)
		return NULL;
	s = &c->subjects[c->nsubjects++];
	memset(s, 0, sizeof(*s));
	s->ops = ops;
	s->number = (unsigned)(c->nsubjects - 1);
	s->kind = kind;
	s->server_cpu = -1;
	s->timeout_ms = 5000;
	name_subject(c, s, name);
	return s;
}

static void
size_words(char *out, size_t size, uint32_t bytes)
{
	if (bytes >= 1 << 20 && bytes % (1 << 20) == 0)
		snprintf(out, size, "%u MiB", bytes >> 20);
	else if (bytes >= 1 << 10 && bytes % (1 << 10) == 0)
		snprintf(out, size, "%u KiB", bytes >> 10);
	else
		snprintf(out, size, "%u B", bytes);
}

/* ", 4 connections, 8 outstanding, 20000/s Poisson" */
static void
load_words(char *out, size_t size, const struct table *t)
{
	size_t n = 0;

	out[0] = '\0';
	if (t->connections > 1)
		n += (size_t)snprintf(out, size, ", %u connections",
		    t->connections);
	if (t->outstanding > 1)
		n += (size_t)snprintf(out + n, size - n, ", %u outstanding",
		    t->outstanding);
	if (t->rate > 0)
		snprintf(out + n, size - n, ", %llu/s%s",
		    (unsigned long long)t->rate,
		    strcmp(t->arrivals, "even") == 0 ? "" : " Poisson");
}

static void
title(struct table *t, const struct work *w)
{
	char size[24] = "", store[28] = "", load[88];

	if (w->size > 0) {
		size[0] = ' ';
		size_words(size + 1, sizeof(size) - 1, w->size);
	}
	if (w->durability[0] != '\0')
		snprintf(store, sizeof(store), ", store %s", w->durability);
	load_words(load, sizeof(load), t);
	snprintf(t->title, sizeof(t->title), "%s%s%s%s", w->label, size,
	    store, load);
}

/* What stands behind the service is known once it was prepared. */
static void
describe(struct table *t, const struct work *w)
{
	t->size = w->size;
	snprintf(t->workload, sizeof(t->workload), "%s", w->ops->name);
	snprintf(t->procedure, sizeof(t->procedure), "%s", w->name);
	snprintf(t->store, sizeof(t->store), "%s", w->store);
	snprintf(t->durability, sizeof(t->durability), "%s", w->durability);
	t->in_memory = w->in_memory;
	snprintf(t->verified, sizeof(t->verified), "%s", w->verified ?
	    w->verified : "");
	title(t, w);
}

/*
 * What a row is held against: the floor of its descriptor, and of the stock
 * rows the one that would be used in its place. Pipes have none of their own:
 * on one machine stock's local socket is what they stand beside.
 */
static void
anchors(struct row *row, const struct subject *s)
{
	bool inet;

	/* A daemon that runs elsewhere has its own CPU and its own polling. */
	if (s->foreign)
		return;
	inet = strcmp(s->descriptor, "tcp") == 0 ||
	    strcmp(s->descriptor, "udp") == 0;

	if (s->kind == ROW_MECH || s->kind == ROW_STOCK)
		snprintf(row->floor_name, sizeof(row->floor_name), "floor %s",
		    s->descriptor);
	if (s->kind == ROW_MECH)
		snprintf(row->stock_name, sizeof(row->stock_name),
		    "stock rpc/%s", inet ? s->descriptor : "local");
}

static int
init_row(struct row *row, const struct subject *s, bool open_loop)
{
	row->kind = s->kind;
	snprintf(row->name, sizeof(row->name), "%s", s->name);
	if (s->twin != NULL)
		snprintf(row->twin_name, sizeof(row->twin_name), "%s",
		    s->twin->name);
	row->unplaced = s->foreign && s->server_cpu < 0;
	anchors(row, s);
	row->hist = malloc(sizeof(*row->hist));
	if (row->hist == NULL)
		return -ENOMEM;
	hist_init(row->hist);
	if (!open_loop)
		return 0;
	row->paced = malloc(sizeof(*row->paced));
	if (row->paced == NULL)
		return -ENOMEM;
	paced_init(row->paced);
	return 0;
}

static int
init_table(struct comparison *c, struct table *t,
    const struct compare_table *ct, const struct work *w)
{
	t->outstanding = ct->outstanding;
	t->connections = ct->connections > 0 ? ct->connections : 1;
	t->rate = ct->rate;
	snprintf(t->arrivals, sizeof(t->arrivals), "%s", ct->rate == 0 ?
	    "closed" : ct->poisson ? "poisson" : "even");
	describe(t, w);
	t->rows = calloc(c->nsubjects, sizeof(*t->rows));
	if (t->rows == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < c->nsubjects; i++) {
		const struct subject *s = &c->subjects[i];

		if (plan_has_row(c, (size_t)(ct - c->tables), s) &&
		    init_row(&t->rows[t->nrows++], s, t->rate > 0) != 0)
			return -ENOMEM;
	}
	return 0;
}

static struct subject *
subject_of(struct comparison *c, const struct row *row)
{
	for (size_t i = 0; i < c->nsubjects; i++)
		if (strcmp(c->subjects[i].name, row->name) == 0)
			return &c->subjects[i];
	return NULL;
}

struct progress {
	size_t done, all;
};

static int
run_row(struct comparison *c, struct table *t, struct row *row,
    struct work *w, struct progress *p)
{
	struct subject *s = subject_of(c, row);
	struct load load = {
		.duration_ns = plan_row_ns(c, s),
		.warmup_ns = c->warmup_ns,
		.outstanding = t->outstanding,
		.connections = t->connections,
		.rate = t->rate,
		.poisson = strcmp(t->arrivals, "poisson") == 0,
		/* Each round has its own draw, the same for all its rows. */
		.seed = c->seed + row->nrounds,
		.timeout_ns = c->timeout_ns,
		.spin_ns = c->spin_ns,
		.spin = c->spin,
	};
	struct failure f = { 0 };
	int err;

	p->done++;
	if (row->note[0] != '\0' && !row->is_void)
		return 0;	/* it could not be measured in an earlier round */
	if (c->progress != NULL)
		c->progress(c, p->done, p->all, t, row);
	err = load_run(&load, s, w, row, &f);
	describe(t, w);
	if (err == 0 && c->round != NULL)
		c->round(c->round_arg, t, row);
	if (err == -EINTR || f.code == 0)
		return err;
	row->measured = row->nrounds > 0;
	row->is_void = row->measured;
	row->code = f.code;
	snprintf(row->note, sizeof(row->note), "%.*s",
	    (int)sizeof(row->note) - 1, f.text);
	snprintf(row->hint, sizeof(row->hint), "%s", f.hint);
	return 0;
}

/* When the rounds of a table end. */
struct limit {
	uint64_t start, end;	/* ns of clock_ns() */
	unsigned done;		/* rounds so far, at least 1 */
};

/* Would another round end nearer to the end than this one did? */
static bool
time_is_up(const struct limit *l)
{
	uint64_t now = clock_ns(), each = (now - l->start) / l->done;

	return l->end != UINT64_MAX && now + each / 2 >= l->end;
}

/* Looked at now and then only: of many looks one may find by chance what is
 * not so. */
static bool
is_tight(const struct comparison *c, const struct table *t, unsigned done)
{
	return c->tight > 0 && done >= TIGHT_FIRST &&
	    done % TIGHT_EVERY == 0 && table_is_tight(t, c->tight, c->seed);
}

/* Why no further round of t is needed, or "". */
static const char *
why_over(const struct comparison *c, const struct table *t,
    const struct limit *l)
{
	if (l->done == c->rounds)
		return "rounds";
	return time_is_up(l) ? "time" : is_tight(c, t, l->done) ? "tight" :
	    "";
}

static int
run_round(struct comparison *c, struct table *t, struct work *w,
    uint64_t *random, struct progress *p)
{
	size_t order[COMPARE_ROWS_MAX];
	int err = 0;

	stats_shuffle(order, t->nrows, random);
	for (size_t i = 0; err == 0 && i < t->nrows; i++)
		err = run_row(c, t, &t->rows[order[i]], w, p);
	return err;
}

static int
run_table(struct comparison *c, struct table *t, struct work *w,
    uint64_t end, uint64_t *random, struct progress *p)
{
	struct limit l = { .start = clock_ns(), .end = end };
	size_t last = p->done + t->nrows * c->rounds;
	int err;

	do {
		err = run_round(c, t, w, random, p);
		l.done++;
		if (err == 0)
			snprintf(t->ended_by, sizeof(t->ended_by), "%s",
			    why_over(c, t, &l));
	} while (err == 0 && t->ended_by[0] == '\0');
	if (err == 0)
		p->done = last;
	return err;
}

/* Another's daemon is left as it was found; ours is gone soon. */
static void
clean_up(struct comparison *c, const struct table *t, struct work *w)
{
	for (size_t i = 0; i < t->nrows && w->ops->clean != NULL; i++) {
		struct subject *s = subject_of(c, &t->rows[i]);
		struct failure f = { 0 };

		if (!s->foreign || !t->rows[i].measured ||
		    s->ops->open(s, w, false, &f) != 0)
			continue;
		w->ops->clean(w, &s->conn);
		s->ops->close(s);
	}
}

static int
run_one(struct comparison *c, struct result *r,
    const struct compare_table *ct, uint64_t *random, struct progress *p)
{
	struct table *t = &r->tables[r->ntables];
	struct work_spec spec = ct->spec;
	struct work w;
	int err;

	spec.outstanding = ct->outstanding *
	    (ct->connections > 0 ? ct->connections : 1);
	err = work_init(&w, &spec);
	if (err)
		return err;
	err = init_table(c, t, ct, &w);
	r->ntables++;
	if (err == 0)
		err = run_table(c, t, &w, plan_table_end(c,
		    (size_t)(ct - c->tables)), random, p);
	if (err == 0)
		clean_up(c, t, &w);
	work_release(&w);
	return err;
}

int
comparison_run(struct comparison *c, struct result *r, struct failure *f)
{
	struct progress p = { .all = plan_rows_in_all(c) * c->rounds };
	uint64_t random = c->seed;
	int err = 0;

	r->tables = calloc(c->ntables, sizeof(*r->tables));
	if (r->tables == NULL)
		return failure_set(f, EXIT_OS, "no memory");
	for (size_t i = 0; i < c->ntables && err == 0; i++)
		err = run_one(c, r, &c->tables[i], &random, &p);
	if (err == 0 || err == -EINTR)
		return err;
	return failure_set(f, err == -ENOENT || err == -EMSGSIZE ? EXIT_USAGE :
	    EXIT_OS, "cannot measure: %s", err == -ENOENT ?
	    "no such procedure; there are ECHO.NULL, ECHO.ECHO, ECHO.SINK" :
	    err == -EMSGSIZE ? "a payload is at most 4 MiB" : strerror(-err));
}
