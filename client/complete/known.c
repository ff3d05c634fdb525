/*
 * The interfaces that a line is about: see complete.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "binder.h"
#include "clock.h"
#include "complete/slots.h"
#include "complete/sources.h"
#include "open.h"
#include "reflection.h"

/* What the arguments say: of whom, and files. */
struct filled {
	const struct line *line;
	struct schema_args schema;
	struct target target;
	bool named, right;	/* a target is named, and is one */
};

static void
note(void *context, const struct slot *s, int which)
{
	struct filled *x = context;
	const char *arg = x->line->args[which];
	struct option_list *files = &x->schema.files;
	struct failure quiet = { 0 };
	size_t n = strlen(arg);

	if (strstr(s->text, "TARGET") == NULL)
		return;
	if (slots_is_target(arg)) {
		x->named = true;
		x->right = target_parse_arg(&x->target, arg, &quiet) == 0;
	} else if (n > 2 && strcmp(arg + n - 2, ".x") == 0) {
		if (files->n < OPTION_LIST_MAX)
			files->items[files->n++] = arg;
	} else if (strstr(s->text, "HOST") != NULL) {
		x->named = true;
		x->right = target_parse_arg(&x->target, arg, &quiet) == 0;
	}
}

/* Only these of the installed interfaces are there. */
static void
ask_rpcbind(struct known *k, const struct target *t)
{
	const char *host = t->mech == MECH_ID_rpc_local ? NULL : t->host;
	struct binder b = { .fd = -1 };
	struct binder_entry *all;
	uint32_t *progs;
	size_t n = 0;

	if (binder_open(&b, host,
	    (uint32_t)(common.connect_timeout / NS_PER_MS)) != 0)
		return;
	all = binder_dump(&b, &n);
	progs = all ? malloc((n + 1) * sizeof(*progs)) : NULL;
	for (size_t i = 0; progs != NULL && i < n; i++)
		progs[i] = all[i].prog;
	k->registered = progs;
	k->nregistered = progs ? n : 0;
	free(all);
	binder_close(&b);
}

/* It is there, and has no REFLECT, as most servers. */
static bool
is_foreign(const struct failure *f)
{
	return f->code >= EXIT_PROG_UNAVAIL && f->code <= EXIT_RPC_MISMATCH;
}

/* A server that tells nothing may have any of the installed interfaces; of
 * those that its rpcbind has registered, where there is one. */
void
known_ask(struct known *k, const struct target *t)
{
	struct failure f = { 0 };

	k->loaded = true;
	reflection_add_all(&k->library, t, &f);
	k->own = k->library.n;
	if (target_asks_rpcbind(t))
		ask_rpcbind(k, t);
	if (k->registered != NULL || is_foreign(&f))
		library_add_standard(&k->library);
}

void
known_load(const struct context *p)
{
	struct filled x = { .line = p->line, .schema = p->line->schema };
	struct known *k = p->known;
	struct failure f = { 0 };

	if (k->loaded)
		return;
	k->loaded = true;
	slots_filled(p->line->verb->usage, p->line->args, p->line->nargs,
	    note, &x);
	library_open(&k->library, &x.schema, &f);
	k->own = k->library.n;
	/* Tab starts no command. */
	if (x.named && x.right && x.target.mech != MECH_ID_pipe)
		known_ask(k, &x.target);
	else if (x.named)
		return;
	else if (k->own == 0)
		library_add_standard(&k->library);
}
