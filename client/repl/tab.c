/*
 * Completion in the repl: see tab.h. Called by verb_repl.c.
 */
#include "repl/tab.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "complete/sources.h"
#include "repl/commands.h"

/* The word that is a command: the repl's own, a verb, a procedure. */
static void
first_word(struct candidates *c, const struct context *x)
{
	for (const struct repl_command *k = repl_commands; k->name; k++)
		candidates_add(c, k->name, false);
	for (int i = 0; verbs[i] != NULL; i++)
		if (verbs[i]->group != NULL && verbs[i] != &verb_repl)
			candidates_add(c, verbs[i]->name, false);
	complete_procedure(c, x, PROCEDURES);
	candidates_sort(c);
}

static void
option_names(struct candidates *c)
{
	for (int i = 0; verbs[i] != NULL; i++)
		for (const struct option_spec *o = verbs[i]->options;
		    verbs[i]->group != NULL && o->name != NULL; o++)
			candidates_add(c, o->name, false);
	for (const struct option_spec *o = common_specs; o->name; o++)
		candidates_add(c, o->name, false);
}

static void
option_values(struct candidates *c, const struct context *x,
    const char *name)
{
	const struct option_spec *o = NULL;

	for (int i = 0; verbs[i] != NULL && o == NULL; i++)
		o = option_find(verbs[i]->options, name, strlen(name), 0);
	if (o != NULL && o->arg != NULL)
		complete_values(c, x, o->arg);
}

/* An argument of one of the repl's own commands. */
static void
command_argument(struct candidates *c, const struct context *x,
    const struct repl_command *k, char *const *words, int n)
{
	if (strstr(k->usage, "OPTION") == NULL && n == 2)
		complete_values(c, x, k->usage);
	else if (strstr(k->usage, "OPTION") != NULL && n == 2)
		option_names(c);
	else if (n == 3 && k->max == 2)
		option_values(c, x, words[1]);
	candidates_sort(c);
}

static void
verb_argument(struct candidates *c, struct session *s, char *const *words,
    int n)
{
	const char *argv[SESSION_ARGV];
	struct failure quiet = { 0 };
	int argc = session_argv(s, words, n, argv, &quiet);

	if (argc > 0)
		complete_line(c, argv, argc, &s->known);
}

static void
find(struct candidates *c, struct session *s, char *const *words, int n)
{
	static const struct line none;
	struct context x = { &none, &s->known };
	const struct repl_command *k = repl_command_find(words[0]);

	c->word = words[n - 1];
	if (n == 1)
		first_word(c, &x);
	else if (k != NULL)
		command_argument(c, &x, k, words, n);
	else
		verb_argument(c, s, words, n);
}

/* Bytes that all of them begin with. */
static size_t
in_common(const struct candidates *c)
{
	size_t n = strlen(c->list[0].text);

	for (size_t i = 1; i < c->n; i++) {
		size_t k = 0;

		while (k < n && c->list[i].text[k] == c->list[0].text[k])
			k++;
		n = k;
	}
	/* Not in the middle of a character of UTF-8. */
	while (n > 0 && ((unsigned char)c->list[0].text[n] & 0xc0) == 0x80)
		n--;
	return n;
}

/* Text as a word of the line; JSON is one as it is. */
static void
put(struct tab *t, const char *text, size_t n, bool json)
{
	size_t len = strlen(t->insert);

	for (size_t i = 0; i < n && len + 3 < sizeof(t->insert); i++) {
		if (!json && (isspace((unsigned char)text[i]) ||
		    strchr("'\"\\", text[i]) != NULL))
			t->insert[len++] = '\\';
		t->insert[len++] = text[i];
	}
	t->insert[len] = '\0';
}

/* raw: the word as it stands in the line, word: what it means. */
static void
change(struct tab *t, const char *raw, const char *word, bool json)
{
	size_t len = in_common(&t->found), n = strlen(word), same = 0;
	const char *text = t->found.list[0].text;

	if (len < n)
		return;		/* written in another case, and ambiguous */
	if (strcmp(raw, word) != 0)
		t->erase = strlen(raw);
	else {
		while (same < n && text[same] == word[same])
			same++;
		t->erase = n - same;
	}
	put(t, text + same, len - same, json);
	if (t->found.n == 1 && !t->found.list[0].open && !json)
		strcat(t->insert, " ");
}

void
tab_complete(struct tab *t, struct session *s, const char *text)
{
	struct words_end end = { .json_from = session_json_from(text) };
	char *copy = strdup(text), *words[WORDS_MAX];
	int n = copy ? words_split_open(copy, words, &end) : 0;

	memset(t, 0, sizeof(*t));
	if (n > 0) {
		const char *word = words[n - 1];

		t->found.json = n > end.json_from;
		find(&t->found, s, words, n);
		t->found.word = NULL;
		if (t->found.n > 0)
			change(t, text + end.start, word, t->found.json &&
			    strchr("{[\"", word[0]) != NULL);
	}
	free(copy);
}

void
tab_release(struct tab *t)
{
	candidates_release(&t->found);
}
