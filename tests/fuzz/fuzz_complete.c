/*
 * Completion within a value that is being written: the first byte picks the
 * type (value_types.c) and whether it is JSON or the path of -f, the rest is
 * what stands before the cursor. Whatever is offered begins with that.
 */
#include <stdlib.h>
#include <string.h>

#include "complete/sources.h"
#include "roundtrip.h"
#include "value_types.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check_offers(const struct candidates *c, const char *text, size_t n)
{
	MUST(c->n <= CANDIDATES_MAX);
	MUST(c->shown <= strlen(c->lead) && c->shown < CANDIDATE_SIZE);
	for (size_t i = 0; i < c->n; i++) {
		MUST(strlen(c->list[i].text) < CANDIDATE_SIZE);
		MUST(strncmp(c->list[i].text, text, n) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct candidates c = { 0 };
	char *text;

	if (n == 0)
		return 0;
	text = malloc(n);
	MUST(text != NULL);
	memcpy(text, data + 1, n - 1);
	text[n - 1] = '\0';
	c.word = text;
	if (data[0] & 8)
		complete_field(&c, value_type(data[0]));
	else
		complete_json(&c, value_type(data[0]));
	check_offers(&c, text, strlen(text));
	candidates_sort(&c);
	check_offers(&c, text, strlen(text));
	candidates_release(&c);
	free(text);
	return 0;
}
