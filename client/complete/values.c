/*
 * From the words of the usages and tables to candidates: see sources.h.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "complete/slots.h"
#include "complete/sources.h"
#include "measure/work.h"

static void
add_procedures(struct candidates *c, const struct context *p)
{
	complete_procedure(c, p, PROCEDURES);
}

static void
add_programs(struct candidates *c, const struct context *p)
{
	complete_procedure(c, p, PROGRAMS);
}

static void
add_either(struct candidates *c, const struct context *p)
{
	complete_procedure(c, p, PROGRAMS | PROCEDURES);
}

static void
add_target(struct candidates *c, const struct context *p)
{
	(void)p;
	complete_target(c);
}

/* Of a list with commas the last is being written. */
static void
skip_list(struct candidates *c)
{
	const char *comma = strrchr(c->word, ',');

	if (comma != NULL)
		candidates_skip(c, (size_t)(comma + 1 - c->word));
}

static void
add_targets(struct candidates *c, const struct context *p)
{
	(void)p;
	skip_list(c);
	complete_target(c);
}

static void
add_mechanisms(struct candidates *c, const struct context *p)
{
	(void)p;
	skip_list(c);
	for (int i = 0; i < MECH_COUNT; i++)
		candidates_add(c, mech_info[i].name, true);
	complete_target(c);
}

static void
add_workloads(struct candidates *c, const struct context *p)
{
	const struct work_ops *ops;

	(void)p;
	for (size_t i = 0; (ops = work_ops_at(i)) != NULL; i++)
		candidates_add(c, ops->name, false);
}

static void
add_verbs(struct candidates *c, const struct context *p)
{
	(void)p;
	for (int i = 0; verbs[i] != NULL; i++)
		if (verbs[i]->group != NULL)
			candidates_add(c, verbs[i]->name, false);
}

static void
add_files(struct candidates *c, const struct context *p)
{
	(void)p;
	complete_path(c, PATH_FILE);
}

static void
add_idl(struct candidates *c, const struct context *p)
{
	(void)p;
	complete_path(c, PATH_IDL);
}

static void
add_dirs(struct candidates *c, const struct context *p)
{
	(void)p;
	complete_path(c, PATH_DIR);
}

/* "@FILE" where the word begins so, or may. */
static void
add_at_files(struct candidates *c, const struct context *p)
{
	(void)p;
	if (c->word[0] != '@')
		return;
	candidates_skip(c, 1);
	complete_path(c, PATH_FILE);
}

static void
add_fields(struct candidates *c, const struct context *p)
{
	int which;
	const struct idl_proc *proc = line_procedure(p, &which);

	if (proc != NULL && proc->nargs == 1)
		complete_field(c, proc->args[0]);
}

/* Arguments follow the procedure; the only one is that of -d. */
static void
add_json(struct candidates *c, const struct context *p)
{
	int which, i;
	const struct idl_proc *proc;

	if (!c->json || (proc = line_procedure(p, &which)) == NULL)
		return;
	i = p->line->option != NULL ? 0 : p->line->nargs - which - 1;
	if (i >= 0 && (size_t)i < proc->nargs)
		complete_json(c, proc->args[i]);
}

static const struct word_source {
	const char *word;
	void (*add)(struct candidates *c, const struct context *p);
} sources[] = {
	{ "TARGET", add_target }, { "TARGET[,TARGET...]", add_targets },
	{ "PROGRAM/VERSION.PROCEDURE", add_procedures },
	{ "PROCEDURE", add_procedures },
	{ "PROGRAM[/VERSION][.PROCEDURE]", add_either },
	{ "PROGRAM[/VERSION]", add_programs }, { "TYPE", complete_type },
	{ "MECH,", add_mechanisms }, { "WORKLOAD", add_workloads },
	{ "VERB", add_verbs }, { "a.b=V", add_fields },
	{ "JSON", add_json },
	{ "FILE", add_files }, { "LOCAL", add_files }, { "DIR", add_dirs },
	{ "@FILE", add_at_files },
};

/* A value that stands for itself: "auto"; or the beginning of one: "hex:". */
static void
add_literal(struct candidates *c, const char *word)
{
	size_t n = strlen(word);
	bool open = n > 3 && strcmp(word + n - 3, "...") == 0;

	if (islower((unsigned char)word[0]))
		candidates_addf(c, open, "%.*s", (int)(open ? n - 3 : n),
		    word);
}

/* One of the alternatives; what it puts into the lead is its own affair. */
static void
add_value(struct candidates *c, const struct context *p, const char *word)
{
	size_t lead = strlen(c->lead), n = strlen(word);
	const char *at = c->word;
	bool cut = c->cut;
	void (*add)(struct candidates *, const struct context *) =
	    n > 2 && strcmp(word + n - 2, ".x") == 0 ? add_idl :
	    n > 5 && strcmp(word + n - 5, ".json") == 0 ? add_files : NULL;

	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		if (strcmp(sources[i].word, word) == 0)
			add = sources[i].add;
	if (add != NULL)
		add(c, p);
	else
		add_literal(c, word);
	c->lead[lead] = '\0';
	c->word = at;
	c->cut = cut;
}

void
complete_values(struct candidates *c, const struct context *p,
    const char *values)
{
	char text[SLOT_SIZE], *rest = text, *word;

	if (strlen(values) >= sizeof(text))
		return;
	strcpy(text, values);
	while ((word = strsep(&rest, "|")) != NULL) {
		size_t n = strlen(word);

		/* "MECH,..." and "SECTION..." may be repeated. */
		if (n > 3 && isupper((unsigned char)word[0]) &&
		    strcmp(word + n - 3, "...") == 0)
			word[n - 3] = '\0';
		add_value(c, p, word);
	}
}
