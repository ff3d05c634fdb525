/*
 * Options as they were: see options_saved.h. Used by the repl.
 */
#include "options_saved.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Of a list its length is enough. */
static struct saved_value
value_of(const struct option_spec *s)
{
	struct saved_value v = { .at = s->value };

	switch (s->kind) {
	case OPTION_FLAG:
		v.size = sizeof(bool);
		break;
	case OPTION_TEXT:
		v.size = sizeof(const char *);
		break;
	case OPTION_COUNT:
		v.size = sizeof(unsigned);
		break;
	case OPTION_LIST:
		v.at = &((struct option_list *)s->value)->n;
		v.size = sizeof(size_t);
		break;
	case OPTION_NUMBER:
	case OPTION_SIZE:
	case OPTION_DURATION:
	case OPTION_EVERY:
		v.size = sizeof(uint64_t);
		break;
	}
	memcpy(&v.was, v.at, v.size);
	return v;
}

int
options_save(struct options_saved *s, const struct option_spec *specs)
{
	struct saved_value *more;
	size_t n = 0;

	while (specs[n].name != NULL)
		n++;
	more = realloc(s->values, (s->n + n + 1) * sizeof(*more));
	if (more == NULL)
		return -ENOMEM;
	s->values = more;
	for (size_t i = 0; i < n; i++)
		s->values[s->n++] = value_of(&specs[i]);
	return 0;
}

void
options_restore(const struct options_saved *s)
{
	for (size_t i = 0; i < s->n; i++)
		memcpy(s->values[i].at, &s->values[i].was, s->values[i].size);
}

void
options_saved_release(struct options_saved *s)
{
	free(s->values);
	memset(s, 0, sizeof(*s));
}
