/*
 * Asking a server for its interfaces: see reflection.h. Used before the
 * installed ones are looked through: the server knows best.
 */
#include "reflection.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "clock.h"
#include "open.h"
#include "options.h"
#include "reflect/served.h"
#include "reflect/snapshot.h"
#include "trace.h"

enum {
	SERVICES_MAX = 64,	/* programs and versions */
	ASK_MS = 2000,		/* a call; who has no REFLECT may not answer */
};

struct told {
	uint32_t prog, vers;
	char service[REFLECT_NAME_MAX + 1];
};

struct asking {
	CLIENT *clnt;
	struct told services[SERVICES_MAX];
	size_t n;
	uint8_t loaded[SERVICES_MAX][SHA256_SIZE];	/* keys of served */
	size_t nloaded;
};

static void
note(struct asking *a, const reflect_procedure *p)
{
	struct told *t = &a->services[a->n];

	for (size_t i = 0; i < a->n; i++)
		if (a->services[i].prog == p->prog &&
		    a->services[i].vers == p->vers)
			return;
	if (a->n == SERVICES_MAX)
		return;
	t->prog = p->prog;
	t->vers = p->vers;
	snprintf(t->service, sizeof(t->service), "%s", p->service);
	a->n++;
}

/* What is served: 0, or f's code negated. */
static int
list(struct asking *a, struct failure *f)
{
	struct snapshot s = { 0 };
	int err = snapshot_list(&s, a->clnt, f);

	for (u_int i = 0; err == 0 && i < s.list.procedures.procedures_len;
	    i++)
		note(a, &s.list.procedures.procedures_val[i]);
	snapshot_release(&s);
	return err;
}

/* Are these files there already, for another version? Notes them. */
static bool
is_loaded(struct asking *a, const uint8_t *key)
{
	for (size_t i = 0; i < a->nloaded; i++)
		if (memcmp(a->loaded[i], key, SHA256_SIZE) == 0)
			return true;
	memcpy(a->loaded[a->nloaded++], key, SHA256_SIZE);
	return false;
}

static int
add_one(struct asking *a, const struct told *t, struct library *l,
    struct failure *f)
{
	struct served *s = calloc(1, sizeof(*s));
	int err;

	if (s == NULL)
		return failure_set(f, EXIT_OS, "no memory");
	s->prog = t->prog;
	s->vers = t->vers;
	err = served_announced(s, a->clnt, f);
	if (err == 0 && s->n > 0 && !is_loaded(a, s->key)) {
		err = served_fetch(s, a->clnt, f);
		if (err == 0)
			err = served_add(s, l, f);
	}
	served_free(s);
	return err;
}

/* Is it the program that name begins with? */
static bool
is_named(const struct told *t, const char *name)
{
	size_t n = strcspn(name, "/.");
	char number[16];

	if (strlen(t->service) == n && strncasecmp(t->service, name, n) == 0)
		return true;
	snprintf(number, sizeof(number), "%u", t->prog);
	if (strlen(number) == n && strncmp(number, name, n) == 0)
		return true;
	snprintf(number, sizeof(number), "0x%x", t->prog);
	return strlen(number) == n && strncasecmp(number, name, n) == 0;
}

/* Those that name is about; all, where it is NULL or none is named so. */
static int
add_named(struct asking *a, const char *name, struct library *l,
    struct failure *f)
{
	bool named = false;
	int err = 0;

	for (size_t i = 0; name != NULL && i < a->n; i++)
		named |= is_named(&a->services[i], name);
	for (size_t i = 0; i < a->n && err == 0; i++)
		if (!named || is_named(&a->services[i], name))
			err = add_one(a, &a->services[i], l, f);
	return err ? -f->code : 0;
}

/* A server that is not there, or tells nothing, is told of in absent. */
static int
ask(struct library *l, const struct target *t, const char *name, uint64_t ns,
    struct failure *absent, struct failure *f)
{
	struct asking *a = calloc(1, sizeof(*a));
	struct target copy = *t;
	int err = 0;

	if (a == NULL)
		return failure_set(f, EXIT_OS, "no memory");
	trace_aside(true);
	a->clnt = reflect_open(&copy, ns, ns, absent);
	if (a->clnt != NULL) {
		if (list(a, absent) == 0)
			err = add_named(a, name, l, f);
		clnt_destroy(a->clnt);
	}
	trace_aside(false);
	free(a);
	/* It is not the server that lacks something. */
	if (err == 0 && absent->code == EXIT_OS && absent != f) {
		*f = *absent;
		err = -f->code;
	}
	return err;
}

/* The repl's: one server's, asked when it was connected to. */
static struct {
	struct target target;
	const struct library *library;
	size_t n;
} kept;

void
reflection_keep(const struct target *t, const struct library *l, size_t n)
{
	kept.library = t ? l : NULL;
	kept.n = n;
	if (t != NULL)
		kept.target = *t;
}

/* Are they there already? Then they are added: 1, or f's code negated. */
static int
add_kept(struct library *l, const struct target *t, struct failure *f)
{
	int err;

	if (kept.library == NULL || !target_is_same(t, &kept.target))
		return 0;
	err = library_borrow(l, kept.library, kept.n);
	return err == 0 ? 1 : failure_set(f, EXIT_OS, err == -ENOMEM ?
	    "no memory" : "too many interfaces");
}

int
reflection_try(struct library *l, const struct target *t, const char *name,
    struct failure *absent, struct failure *f)
{
	uint64_t ns = ASK_MS * NS_PER_MS;
	int there = add_kept(l, t, f);

	if (ns > common.connect_timeout)
		ns = common.connect_timeout;
	return there > 0 ? 0 : there < 0 ? there :
	    ask(l, t, name, ns, absent, f);
}

int
reflection_add(struct library *l, const struct target *t, const char *name,
    struct failure *f)
{
	struct failure quiet = { 0 };

	return reflection_try(l, t, name, &quiet, f);
}

int
reflection_add_all(struct library *l, const struct target *t,
    struct failure *f)
{
	/* Where nothing was told before, the reason is wanted. */
	if (kept.n == 0 || add_kept(l, t, f) == 0)
		ask(l, t, NULL, common.connect_timeout, f, f);
	return -f->code;
}
