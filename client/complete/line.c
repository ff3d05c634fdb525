/*
 * Reading of lines that are being written: see line.h. As options_parse()
 * does it, but for values, which go nowhere, and for errors.
 */
#include "complete/line.h"

#include <string.h>

/* -i and -I say which schemas there are. */
static void
note_schema(struct line *l, const struct option_spec *s, const char *value)
{
	struct option_list *list = s->kind != OPTION_LIST ? NULL :
	    strcmp(s->name, "idl") == 0 ? &l->schema.files :
	    strcmp(s->name, "include") == 0 ? &l->schema.include : NULL;

	if (list != NULL && list->n < OPTION_LIST_MAX)
		list->items[list->n++] = value;
}

/* A value within its option's word, which is the last one or not. */
static void
take_value(struct line *l, const struct option_spec *s, const char *word,
    size_t skip, bool last)
{
	if (!last) {
		note_schema(l, s, word + skip);
		return;
	}
	l->option = s;
	l->skip = skip;
}

/* "--name=value": is its value elsewhere, in the next word? */
static const struct option_spec *
long_option(struct line *l, const char *word, bool last)
{
	const char *name = word + 2, *eq = strchr(name, '=');
	size_t len = eq ? (size_t)(eq - name) : strlen(name);
	const struct option_spec *s = option_find(l->verb->options, name, len,
	    0);

	if (s == NULL || !option_takes_value(s))
		return NULL;
	if (eq == NULL)
		return s->kind == OPTION_EVERY ? NULL : s;
	take_value(l, s, word, (size_t)(eq + 1 - word), last);
	return NULL;
}

/* "-qv" or "-t5s", as above. */
static const struct option_spec *
short_options(struct line *l, const char *word, bool last)
{
	for (const char *p = word + 1; *p != '\0'; p++) {
		const struct option_spec *s = option_find(l->verb->options,
		    "", 0, *p);

		if (s == NULL || !option_takes_value(s))
			continue;
		if (p[1] == '\0')
			return s;
		take_value(l, s, word, (size_t)(p + 1 - word), last);
		return NULL;
	}
	return NULL;
}

static bool
is_option(const struct line *l, const char *word)
{
	return !l->only_arguments && word[0] == '-' && word[1] != '\0';
}

/* A word before the last: the option whose value the next word is, or NULL. */
static const struct option_spec *
take_word(struct line *l, const char *word)
{
	if (!is_option(l, word)) {
		if (l->nargs < ARGUMENTS_MAX)
			l->args[l->nargs++] = word;
		return NULL;
	}
	if (strcmp(word, "--") == 0) {
		l->only_arguments = true;
		return NULL;
	}
	return word[1] == '-' ? long_option(l, word, false) :
	    short_options(l, word, false);
}

void
line_read(struct line *l, const char *const *words, int n)
{
	const struct option_spec *s = NULL;

	memset(l, 0, sizeof(*l));
	l->verb = n > 1 ? verb_find(words[0]) : NULL;
	if (l->verb == NULL)
		return;
	for (int i = 1; i + 1 < n; i++)
		if (s != NULL) {
			note_schema(l, s, words[i]);
			s = NULL;
		} else
			s = take_word(l, words[i]);
	if (s != NULL)
		l->option = s;
	else if (is_option(l, words[n - 1]) && words[n - 1][1] == '-')
		long_option(l, words[n - 1], true);
	else if (is_option(l, words[n - 1]))
		short_options(l, words[n - 1], true);
}
