/*
 * Which source is asked for the word at the cursor: see complete.h.
 */
#include "complete/complete.h"

#include <stdlib.h>
#include <string.h>

#include "complete/slots.h"
#include "complete/sources.h"

static void
add_options(struct candidates *c, const struct option_spec *s)
{
	for (; s->name != NULL; s++)
		candidates_addf(c, false, "--%s", s->name);
}

struct slot_context {
	struct candidates *c;
	const struct context *in;
};

static void
add_slot(void *context, const struct slot *s, int which)
{
	struct slot_context *x = context;

	(void)which;
	complete_values(x->c, x->in, s->text);
}

static void
complete_argument(struct candidates *c, const struct context *p)
{
	struct slot_context x = { c, p };
	const struct line *l = p->line;

	if (c->word[0] == '-' && !l->only_arguments) {
		add_options(c, l->verb->options);
		add_options(c, common_specs);
		return;
	}
	slots_next(l->verb->usage, l->args, l->nargs, add_slot, &x);
}

void
complete_line(struct candidates *c, const char *const *words, int n,
    struct known *k)
{
	struct line l;
	struct context p = { &l, k };

	line_read(&l, words, n);
	if (n <= 1)
		complete_values(c, &p, "VERB");
	else if (l.verb == NULL)
		return;
	else if (l.option != NULL) {
		candidates_skip(c, l.skip);
		/* Tables say FILE and DIR of what is no path as well. */
		complete_values(c, &p, l.option->kind == OPTION_LIST &&
		    strcmp(l.option->name, "idl") == 0 ? "FILE.x" :
		    l.option->arg);
	} else
		complete_argument(c, &p);
	candidates_sort(c);
}

void
known_release(struct known *k)
{
	library_close(&k->library);
	free((void *)k->registered);
	memset(k, 0, sizeof(*k));
}
