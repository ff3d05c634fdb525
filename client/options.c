/*
 * Options of verbs: see options.h. Not getopt_long: its tables are global,
 * and it cannot say which option a bad value belongs to.
 */
#include "options.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "idl/names_near.h"

struct common_options common = {
	.timeout = 10 * NS_PER_S,
	.connect_timeout = 3 * NS_PER_S,
	.auth = "none",
	.color = "auto",
};

const struct option_spec common_specs[] = {
	{ "timeout", 't', OPTION_DURATION, "DUR", "of a call (10s)",
	    &common.timeout },
	{ "connect-timeout", 0, OPTION_DURATION, "DUR", "to connect (3s)",
	    &common.connect_timeout },
	{ "auth", 0, OPTION_TEXT, "none|sys", "credential of ONC RPC calls",
	    &common.auth },
	{ "json", 0, OPTION_FLAG, NULL, "print JSON", &common.json },
	{ "quiet", 'q', OPTION_FLAG, NULL, "only what was asked for",
	    &common.quiet },
	{ "verbose", 'v', OPTION_COUNT, NULL, "say more on stderr",
	    &common.verbose },
	{ "color", 0, OPTION_TEXT, "auto|always|never", "of what is printed",
	    &common.color },
	{ "no-progress", 0, OPTION_FLAG, NULL, "no progress line",
	    &common.no_progress },
	{ "help", 'h', OPTION_FLAG, NULL, "print this", &common.help },
	{ .name = NULL },
};

/* A number and its unit from a table; the first row is for no unit. */
struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit durations[] = { { "s", NS_PER_S },
	{ "ms", NS_PER_MS }, { "us", NS_PER_US }, { "ns", 1 },
	{ "m", 60 * NS_PER_S }, { NULL, 0 } };

static int
parse_with_unit(const char *text, const struct unit *units, uint64_t *value)
{
	char *end;
	unsigned long long n;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	n = strtoull(text, &end, 10);
	for (; units->name != NULL; units++)
		if (strcmp(end, units->name) == 0) {
			if (errno || n > UINT64_MAX / units->factor)
				return -EINVAL;
			*value = n * units->factor;
			return 0;
		}
	return -EINVAL;
}

int
option_size(const char *text, uint64_t *bytes)
{
	static const struct unit units[] = { { "", 1 }, { "B", 1 },
		{ "K", 1 << 10 }, { "KiB", 1 << 10 }, { "M", 1 << 20 },
		{ "MiB", 1 << 20 }, { "G", 1 << 30 }, { NULL, 0 } };

	return parse_with_unit(text, units, bytes);
}

int
option_duration(const char *text, uint64_t *ns)
{
	return parse_with_unit(text, durations, ns);
}

char *
duration_text(uint64_t ns, char out[DURATION_TEXT])
{
	const struct unit *u = durations;

	/* What was taken from the clock is not exact. */
	if (ns > 10 * NS_PER_MS)
		ns = (ns + NS_PER_MS / 2) / NS_PER_MS * NS_PER_MS;
	/* In the largest unit that it is a whole number of. */
	while (ns % u->factor != 0)
		u++;
	snprintf(out, DURATION_TEXT, "%llu %s",
	    (unsigned long long)(ns / u->factor), u->name);
	return out;
}

int
option_number(const char *text, uint64_t *n)
{
	static const struct unit units[] = { { "", 1 }, { NULL, 0 } };

	return parse_with_unit(text, units, n);
}

static int
bad_value(const struct option_spec *s, const char *text, struct failure *f)
{
	static const char *const wanted[] = {
		[OPTION_NUMBER] = "a number", [OPTION_SIZE] = "a size like 64K",
		[OPTION_DURATION] = "a duration with its unit, like 350ms",
		[OPTION_EVERY] = "a duration above 0, like 350ms",
	};

	return failure_set(f, EXIT_USAGE, "--%s %s: not %s", s->name, text,
	    wanted[s->kind]);
}

static int
add_to_list(const struct option_spec *s, const char *text, struct failure *f)
{
	struct option_list *list = s->value;

	if (list->n == OPTION_LIST_MAX)
		return failure_set(f, EXIT_USAGE, "--%s: more than %d of them",
		    s->name, OPTION_LIST_MAX);
	list->items[list->n++] = text;
	return 0;
}

static int
set_value(const struct option_spec *s, const char *text, struct failure *f)
{
	int err = 0;

	switch (s->kind) {
	case OPTION_FLAG:
		*(bool *)s->value = true;
		break;
	case OPTION_COUNT:
		++*(unsigned *)s->value;
		break;
	case OPTION_TEXT:
		*(const char **)s->value = text;
		break;
	case OPTION_LIST:
		return add_to_list(s, text, f);
	case OPTION_NUMBER:
		err = option_number(text, s->value);
		break;
	case OPTION_SIZE:
		err = option_size(text, s->value);
		break;
	case OPTION_DURATION:
		err = option_duration(text, s->value);
		break;
	case OPTION_EVERY:
		err = option_duration(text, s->value);
		if (err == 0 && *(uint64_t *)s->value == 0)
			err = -EINVAL;
		break;
	}
	return err ? bad_value(s, text, f) : 0;
}

bool
option_takes_value(const struct option_spec *s)
{
	return s->kind != OPTION_FLAG && s->kind != OPTION_COUNT;
}

static const struct option_spec *
find_in(const struct option_spec *s, const char *name, size_t len, char letter)
{
	for (; s->name != NULL; s++)
		if (letter ? s->letter == letter : strlen(s->name) == len &&
		    strncmp(s->name, name, len) == 0)
			return s;
	return NULL;
}

const struct option_spec *
option_find(const struct option_spec *specs, const char *name, size_t len,
    char letter)
{
	const struct option_spec *s = find_in(specs, name, len, letter);

	return s ? s : find_in(common_specs, name, len, letter);
}

static int
unknown_option(const struct option_spec *specs, const char *name, size_t len,
    struct failure *f)
{
	const struct option_spec *tables[] = { specs, common_specs };
	const char *near = NULL;
	char written[64];
	int best = INT_MAX;

	snprintf(written, sizeof(written), "%.*s", (int)len, name);
	for (size_t i = 0; i < 2; i++)
		for (const struct option_spec *s = tables[i]; s->name; s++) {
			int slips = names_slips(written, s->name);

			near = slips < best ? s->name : near;
			best = slips < best ? slips : best;
		}
	failure_set(f, EXIT_USAGE, "unknown option --%.*s", (int)len, name);
	if (near != NULL)
		failure_hint(f, "did you mean --%s?", near);
	return -f->code;
}

/* Of OPTION_EVERY: the next word, where it is a duration. */
static const char *
optional_duration(char **argv, int *i)
{
	uint64_t ns;

	if (argv[*i + 1] == NULL || option_duration(argv[*i + 1], &ns) != 0)
		return "1s";
	return argv[++*i];
}

/* "--name", "--name=value" or "--name value" at argv[*i]. */
static int
long_option(char **argv, int *i, const struct option_spec *specs,
    struct failure *f)
{
	const char *name = argv[*i] + 2, *eq = strchr(name, '=');
	size_t len = eq ? (size_t)(eq - name) : strlen(name);
	const struct option_spec *s = option_find(specs, name, len, 0);
	const char *value = eq ? eq + 1 : NULL;

	if (s == NULL)
		return unknown_option(specs, name, len, f);
	if (!option_takes_value(s) && eq)
		return failure_set(f, EXIT_USAGE, "--%s takes no value",
		    s->name);
	if (s->kind == OPTION_EVERY && value == NULL)
		value = optional_duration(argv, i);
	if (option_takes_value(s) && value == NULL && (value = argv[++*i]) == NULL)
		return failure_set(f, EXIT_USAGE, "--%s needs %s", s->name,
		    s->arg);
	return set_value(s, value, f);
}

/* "-qv", "-t5s" or "-t 5s" at argv[*i]. */
static int
short_options(char **argv, int *i, const struct option_spec *specs,
    struct failure *f)
{
	for (const char *p = argv[*i] + 1; *p != '\0'; p++) {
		const struct option_spec *s = option_find(specs, "", 0, *p);
		const char *value = NULL;
		int err;

		if (s == NULL)
			return failure_set(f, EXIT_USAGE,
			    "unknown option -%c", *p);
		if (option_takes_value(s))
			value = p[1] != '\0' ? p + 1 : argv[++*i];
		if (option_takes_value(s) && value == NULL)
			return failure_set(f, EXIT_USAGE, "-%c needs %s", *p,
			    s->arg);
		err = set_value(s, value, f);
		if (err || value != NULL)
			return err;
	}
	return 0;
}

static int
check_common(struct failure *f)
{
	if (strcmp(common.auth, "none") != 0 && strcmp(common.auth, "sys") != 0)
		return failure_set(f, EXIT_USAGE, "--auth %s: not none or sys",
		    common.auth);
	if (strcmp(common.color, "auto") != 0 &&
	    strcmp(common.color, "always") != 0 &&
	    strcmp(common.color, "never") != 0)
		return failure_set(f, EXIT_USAGE,
		    "--color %s: not auto, always or never", common.color);
	return 0;
}

int
options_parse(int argc, char **argv, const struct option_spec *specs,
    const char *args[ARGUMENTS_MAX], struct failure *f)
{
	bool only_arguments = false;
	int n = 0, err = 0;

	for (int i = 1; i < argc && err == 0; i++) {
		bool option = !only_arguments && argv[i][0] == '-' &&
		    argv[i][1] != '\0';

		if (option && strcmp(argv[i], "--") == 0)
			only_arguments = true;
		else if (option)
			err = argv[i][1] == '-' ?
			    long_option(argv, &i, specs, f) :
			    short_options(argv, &i, specs, f);
		else if (n < ARGUMENTS_MAX)
			args[n++] = argv[i];
		else
			err = failure_set(f, EXIT_USAGE,
			    "too many arguments");
	}
	if (err == 0)
		err = check_common(f);
	return err ? err : n;
}

static void
print_table(FILE *out, const struct option_spec *s)
{
	for (; s->name != NULL; s++) {
		char left[48], letter[8] = "";

		if (s->letter)
			snprintf(letter, sizeof(letter), "-%c, ", s->letter);
		snprintf(left, sizeof(left), "%s--%s%s%s", letter, s->name,
		    s->arg ? " " : "", s->arg ? s->arg : "");
		fprintf(out, "  %-26s %s\n", left, s->help);
	}
}

void
options_print(FILE *out, const struct option_spec *specs)
{
	print_table(out, specs);
	print_table(out, common_specs);
}

bool
option_color(FILE *out)
{
	const char *term = getenv("TERM");

	if (strcmp(common.color, "auto") != 0)
		return strcmp(common.color, "always") == 0;
	return isatty(fileno(out)) && getenv("NO_COLOR") == NULL &&
	    term != NULL && strcmp(term, "dumb") != 0;
}
