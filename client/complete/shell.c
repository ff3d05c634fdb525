/*
 * Completion for shells: see shell.h. Called by verb_complete.c.
 */
#include "complete/shell.h"

#include <string.h>


/* What needs no quotes. */
static bool
is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || strchr("_./:@+=,-%", c) != NULL;
}

/* Bytes of UTF-8 are plain, too: what they spell is clean (candidates.h). */
static void
put_quoted(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (!is_plain(*text) && (unsigned char)*text < 0x80)
			putc('\\', out);
		putc(*text, out);
	}
}

/*
 * bash puts the text in the place of what stands behind the last character
 * that breaks words, or behind the quote that is open; quoting is ours.
 */
static void
print_bash(FILE *out, const struct candidate *x, const struct words_end *end)
{
	const char *text = x->text;

	text += end->cut < strlen(text) ? end->cut : strlen(text);
	if (end->quote != '\0') {
		if (strpbrk(text, "'\"\\$`!") == NULL)
			fprintf(out, "%s\n", text);
		return;
	}
	put_quoted(out, text);
	fputs(x->open ? "\n" : " \n", out);
}

/* zsh quotes by itself. */
static void
print_zsh(FILE *out, const struct candidate *x, const struct words_end *end)
{
	(void)end;
	fprintf(out, "%s%s\n", x->text, x->open ? "" : " ");
}

static const struct shell shells[] = {
	{ "bash", print_bash }, { "zsh", print_zsh },
};

const struct shell *
shell_find(const char *name)
{
	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++)
		if (strcmp(shells[i].name, name) == 0)
			return &shells[i];
	return NULL;
}

void
shell_complete(FILE *out, const struct shell *s, char *line,
    const char *breaks)
{
	struct words_end end = { .breaks = breaks,
		.json_from = WORDS_NO_JSON };
	struct candidates c = { .n = 0 };
	struct known known = { .loaded = false };
	char *words[WORDS_MAX];
	int n = words_split_open(line, words, &end);

	if (n < 2)
		return;
	c.word = words[n - 1];
	complete_line(&c, (const char *const *)words + 1, n - 1, &known);
	for (size_t i = 0; i < c.n; i++)
		s->print(out, &c.list[i], &end);
	candidates_release(&c);
	known_release(&known);
}
