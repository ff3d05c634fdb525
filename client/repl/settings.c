/*
 * Settings of a session: see session.h. They are options that stand before
 * those of each line, so that they mean what they mean there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "repl/session.h"

/* The option of that name, and the table that has it. */
static const struct option_spec *
find(const char *name, const struct option_spec **table)
{
	const struct option_spec *s;

	for (int i = 0; verbs[i] != NULL; i++) {
		*table = verbs[i]->options;
		s = verbs[i]->group == NULL ? NULL :
		    option_find(*table, name, strlen(name), 0);
		if (s != NULL)
			return s;
	}
	return NULL;
}

/* Of "hex|base64" it has to be one. */
static int
check_choice(const struct option_spec *s, const char *value,
    struct failure *f)
{
	size_t n = strlen(value);

	if (s->arg == NULL || strpbrk(s->arg, "|") == NULL ||
	    strpbrk(s->arg, "@.[") != NULL)
		return 0;
	for (const char *at = s->arg; *at != '\0'; at += *at == '|') {
		size_t len = strcspn(at, "|");

		if (len == n && memcmp(at, value, n) == 0)
			return 0;
		at += len;
	}
	return failure_set(f, EXIT_USAGE, "%s %.60s: not one of %s", s->name,
	    value, s->arg);
}

static int
index_of(const struct session *s, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < s->nsettings; i++)
		if (strncmp(s->settings[i] + 2, name, n) == 0 &&
		    strchr("=", s->settings[i][2 + n]) != NULL)
			return (int)i;
	return -1;
}

static void
drop(struct session *s, int i)
{
	free(s->settings[i]);
	s->settings[i] = s->settings[--s->nsettings];
}

static int
check(const struct option_spec *spec, const struct option_spec *table,
    char *text, const char *value, const struct session *s,
    struct failure *f)
{
	char *argv[] = { text, text, NULL };
	const char *args[ARGUMENTS_MAX];

	if (option_takes_value(spec) != (value != NULL))
		return failure_set(f, EXIT_USAGE, value ? "%s is a flag: it "
		    "takes no value" : "set %s VALUE", spec->name);
	if (value != NULL && check_choice(spec, value, f) != 0)
		return -f->code;
	options_parse(2, argv, table, args, f);
	options_restore(&s->saved);
	return -f->code;
}

int
session_set(struct session *s, const char *name, const char *value,
    struct failure *f)
{
	const struct option_spec *table, *spec = find(name, &table);
	char *text;
	int at;

	if (spec == NULL)
		return failure_set(f, EXIT_USAGE, "no verb has an option "
		    "--%.60s", name);
	at = index_of(s, name);
	if (at < 0 && s->nsettings == SETTINGS_MAX)
		return failure_set(f, EXIT_USAGE, "at most %d settings",
		    SETTINGS_MAX);
	if (asprintf(&text, "--%s%s%s", name, value ? "=" : "",
	    value ? value : "") < 0)
		return failure_set(f, EXIT_OS, "no memory");
	if (check(spec, table, text, value, s, f) != 0) {
		free(text);
		return -f->code;
	}
	if (at >= 0)
		drop(s, at);
	s->settings[s->nsettings++] = text;
	return 0;
}

int
session_unset(struct session *s, const char *name, struct failure *f)
{
	int at = index_of(s, name);

	if (at < 0)
		return failure_set(f, EXIT_USAGE, "%.60s is not set", name);
	drop(s, at);
	return 0;
}
