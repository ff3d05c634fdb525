/*
 * rpcall diff: two interfaces, of files or of live servers, change by change:
 * compatible on the wire, or breaking?
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "idl/diff.h"
#include "idl/library.h"
#include "interrupt.h"
#include "open.h"
#include "reflection.h"
#include "report/jsonw.h"
#include "verb.h"

static struct schema_args opt;

static const struct option_spec options[] = {
	{ "include", 'I', OPTION_LIST, "DIR", "where #include looks, too",
	    &opt.include },
	{ "define", 'D', OPTION_LIST, "NAME[=NUMBER]", "#define it in every "
	    "FILE", &opt.define },
	{ .name = NULL },
};

static void
print_text(const struct changes *c)
{
	size_t shown = c->n < CHANGES_MAX ? c->n : CHANGES_MAX;

	for (size_t i = 0; i < shown; i++)
		printf("%-10s %s: %s\n", c->list[i].breaking ? "breaking" :
		    "compatible", c->list[i].where, c->list[i].text);
	if (c->n > shown)
		puts("... and more: the rest was not looked at");
}

static void
print_json(const struct changes *c)
{
	size_t shown = c->n < CHANGES_MAX ? c->n : CHANGES_MAX;
	struct jsonw w;

	jsonw_init(&w, stdout);
	jsonw_open(&w, NULL, '{');
	jsonw_string(&w, "schema", "rpcall/diff/1");
	jsonw_uint(&w, "changes", c->n);
	jsonw_uint(&w, "breaking", c->breaking);
	jsonw_open(&w, "list", '[');
	for (size_t i = 0; i < shown; i++) {
		jsonw_open(&w, NULL, '{');
		jsonw_bool(&w, "breaking", c->list[i].breaking);
		jsonw_string(&w, "where", c->list[i].where);
		jsonw_string(&w, "text", c->list[i].text);
		jsonw_close(&w, '}');
	}
	jsonw_close(&w, ']');
	jsonw_close(&w, '}');
	putchar('\n');
}

/* One of the two that are compared. */
struct side {
	struct library library;
	bool live;
};

/* A file; what is none and has a colon, or "@" in front, is a target. */
static int
side_open(struct side *s, const char *arg, struct failure *f)
{
	struct schema_args one = { .files = { .items = { arg }, .n = 1 },
		.include = opt.include, .define = opt.define };
	struct target t;

	s->live = (arg[0] == '@' || strchr(arg, ':') != NULL) &&
	    access(arg, F_OK) != 0;
	if (!s->live)
		return library_open(&s->library, &one, f);
	return target_parse_arg(&t, arg, f) != 0 ? -f->code :
	    reflection_add_all(&s->library, &t, f);
}

static int
diff(const char **args, struct side sides[2], struct failure *f)
{
	struct changes c = { 0 };
	struct interfaces i[2];
	int code, err;

	for (int k = 0; k < 2; k++)
		if (side_open(&sides[k], args[k], f) != 0)
			return failure_print(f);
	/* A server has more programs than one file is about. */
	for (int k = 0; k < 2; k++)
		i[k] = (struct interfaces){ sides[k].library.schemas,
			sides[k].library.n,
			sides[k].live && !sides[1 - k].live };
	err = interfaces_diff(&i[0], &i[1], &c);
	if (err == -E2BIG)
		failure_set(f, EXIT_DATA, "the interfaces are too large to be "
		    "compared");
	else if (err)
		failure_set(f, EXIT_OS, "no memory");
	else if (common.json)
		print_json(&c);
	else
		print_text(&c);
	code = c.breaking > 0 ? EXIT_NO : 0;
	changes_release(&c);
	return err ? failure_print(f) : code;
}

static int
run_diff(int nargs, const char **args)
{
	struct side *sides = calloc(2, sizeof(*sides));
	struct failure f = { 0 };
	int code;

	if (sides == NULL)
		return failure_set(&f, EXIT_OS, "no memory"), failure_print(&f);
	interrupt_catch();
	code = nargs == 2 ? diff(args, sides, &f) : verb_usage(&verb_diff);
	library_close(&sides[0].library);
	library_close(&sides[1].library);
	free(sides);
	return code;
}

const struct verb verb_diff = {
	.name = "diff", .group = "IDL",
	.summary = "two .x files or servers: compatible on the wire, or "
	    "breaking?",
	.usage = "[OPTIONS] FILE.x|TARGET FILE.x|TARGET",
	.details = "Breaking is what a client of the first may notice when the "
	    "server is of the second:\nsomething removed, arguments that "
	    "allow less, results that may be more, other\nbytes. Names are "
	    "not on the wire. A target is asked for its interfaces (REFLECT);"
	    "\nof a file and a server, programs that only the server has are "
	    "left out. Exit code 1\nwhen there is a breaking change.\n",
	.options = options,
	.run = run_diff,
};
