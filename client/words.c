/*
 * Splitting of commands in pipe: targets. Not wordexp(3), which expands.
 */
#include "words.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Does a backslash quote next? Within "" it does so for four only. */
static bool
escapes(char quote, char next)
{
	return next != '\0' && quote != '\'' &&
	    (quote == '\0' || strchr("\"\\$`", next) != NULL);
}

/* A character that quotes nothing: does a shell complete behind it? */
static void
note_break(struct words_end *e, char c, const char *word, const char *out)
{
	if (e->breaks != NULL && strchr(e->breaks, c) != NULL)
		e->cut = (size_t)(out - word);
}

/* Copies one word from *in to *out, without its quotes. */
static void
take_word(char **in, char **out, struct words_end *e)
{
	const char *word = *out;

	e->quote = '\0';
	e->cut = 0;
	for (; **in != '\0'; ++*in) {
		char c = **in;
		bool opens = e->quote == '\0' && (c == '\'' || c == '"');

		if (e->quote == '\0' && isspace((unsigned char)c))
			break;
		if (opens || (c == e->quote && c != '\0')) {
			e->quote = opens ? c : '\0';
			note_break(e, c, word, *out);
			continue;
		}
		if (c == '\\' && escapes(e->quote, (*in)[1]))
			c = *++*in;
		else if (e->quote == '\0')
			note_break(e, c, word, *out + 1);
		*(*out)++ = c;
	}
}

/* The same of JSON: up to the blank after its last bracket or quote. */
static void
take_json(char **in, char **out, struct words_end *e)
{
	bool string = false;
	size_t depth = 0;

	for (; **in != '\0'; ++*in) {
		char c = **in;

		if (depth == 0 && !string && isspace((unsigned char)c))
			break;
		if (c == '"')
			string = !string;
		else if (string && c == '\\' && (*in)[1] != '\0')
			*(*out)++ = *(*in)++;
		else if (!string && (c == '{' || c == '['))
			depth++;
		else if (!string && (c == '}' || c == ']') && depth > 0)
			depth--;
		*(*out)++ = **in;
	}
	e->cut = 0;
	e->quote = depth > 0 || string ? '{' : '\0';
}

static bool
is_json(char first, int n, const struct words_end *e)
{
	return n >= e->json_from && (first == '{' || first == '[' ||
	    first == '"');
}

static int
split(char *text, char *words[WORDS_MAX], struct words_end *e, bool open)
{
	char *in = text, *out = text;
	int n = 0;

	for (;;) {
		while (isspace((unsigned char)*in))
			in++;
		if (*in == '\0' && !open)
			break;
		if (n == WORDS_MAX - 1)
			return -E2BIG;
		e->start = (size_t)(in - text);
		words[n] = out;
		if (is_json(*in, n++, e))
			take_json(&in, &out, e);
		else
			take_word(&in, &out, e);
		if (*in == '\0') {
			*out = '\0';
			break;
		}
		in++;
		*out++ = '\0';
	}
	words[n] = NULL;
	return n;
}

int
words_split(char *text, char *words[WORDS_MAX])
{
	struct words_end e = { .json_from = WORDS_NO_JSON };
	int n = split(text, words, &e, false);

	return n >= 0 && e.quote != '\0' ? -EINVAL : n;
}

int
words_split_open(char *text, char *words[WORDS_MAX], struct words_end *end)
{
	end->quote = '\0';
	end->cut = 0;
	return split(text, words, end, true);
}
