/*
 * The splitter of pipe: commands: the words of any text, each put in single
 * quotes, split into the same words again. And that of lines being written.
 */
#include <stdlib.h>
#include <string.h>

#include "client/words.h"
#include "roundtrip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* 'it'\''s': what sh takes for the word, whatever is in it. */
static char *
quote(char *out, const char *word)
{
	*out++ = '\'';
	for (; *word != '\0'; word++)
		if (*word == '\'')
			out = stpcpy(out, "'\\''");
		else
			*out++ = *word;
	return stpcpy(out, "' ");
}

static void
split_again(char *const words[], int count, size_t n)
{
	char *text = malloc(4 * n + 4 * (size_t)count + 1), *end = text;
	char *again[WORDS_MAX];

	MUST(text != NULL);
	*end = '\0';
	for (int i = 0; i < count; i++)
		end = quote(end, words[i]);
	MUST(words_split(text, again) == count);
	for (int i = 0; i < count; i++)
		MUST(strcmp(words[i], again[i]) == 0);
	free(text);
}

/* A line that is still written: its last word is where the text says. */
static void
split_open(const uint8_t *data, size_t n)
{
	struct words_end end = { .breaks = "'\":=", .json_from = n % 3 };
	char *text = malloc(n + 1), *words[WORDS_MAX];
	int count;

	MUST(text != NULL);
	if (n > 0)
		memcpy(text, data, n);
	text[n] = '\0';
	count = words_split_open(text, words, &end);
	MUST(count < WORDS_MAX && count != 0);
	if (count > 0) {
		MUST(words[count] == NULL && end.start <= n);
		MUST(end.cut <= strlen(words[count - 1]));
	}
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = malloc(n + 1), *words[WORDS_MAX];
	int count;

	split_open(data, n);
	MUST(text != NULL);
	if (n > 0)
		memcpy(text, data, n);
	text[n] = '\0';
	count = words_split(text, words);
	MUST(count < WORDS_MAX);
	if (count >= 0) {
		MUST(words[count] == NULL);
		split_again(words, count, n);
	}
	free(text);
	return 0;
}
