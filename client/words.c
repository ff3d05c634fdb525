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

/* Copies one word from *in to *out, without its quotes. */
static int
take_word(char **in, char **out)
{
	char quote = '\0';

	for (; **in != '\0'; ++*in) {
		char c = **in;

		if (quote == '\0' && isspace((unsigned char)c))
			break;
		if (quote == '\0' && (c == '\'' || c == '"')) {
			quote = c;
			continue;
		}
		if (c == quote) {
			quote = '\0';
			continue;
		}
		if (c == '\\' && escapes(quote, (*in)[1]))
			c = *++*in;
		*(*out)++ = c;
	}
	return quote == '\0' ? 0 : -EINVAL;
}

int
words_split(char *text, char *words[WORDS_MAX])
{
	char *in = text, *out = text;
	int n = 0;

	for (;;) {
		while (isspace((unsigned char)*in))
			in++;
		if (*in == '\0')
			break;
		if (n == WORDS_MAX - 1)
			return -E2BIG;
		words[n++] = out;
		if (take_word(&in, &out) != 0)
			return -EINVAL;
		if (*in != '\0')
			in++;
		*out++ = '\0';
	}
	words[n] = NULL;
	return n;
}
