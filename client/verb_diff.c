/*
 * rpcall diff: two interfaces, change by change: compatible on the wire, or
 * breaking?
 */
#include <errno.h>
#include <string.h>

#include "idl/diff.h"
#include "idl/library.h"
#include "report/jsonw.h"
#include "verb.h"

static struct schema_args opt;

static const struct option_spec options[] = {
	{ "include", 'I', OPTION_LIST, "DIR", "where #include looks, too",
	    &opt.include },
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
		printf("... and %zu more changes\n", c->n - shown);
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

static int
diff(const char **paths, struct library *l, struct failure *f)
{
	struct changes c = { 0 };
	int code;

	opt.files = (struct option_list){ .items = { paths[0], paths[1] },
		.n = 2 };
	if (library_open(l, &opt, f) != 0)
		return failure_print(f);
	if (schema_diff(l->schemas[0], l->schemas[1], &c) != 0) {
		failure_set(f, EXIT_OS, "no memory");
		changes_release(&c);
		return failure_print(f);
	}
	if (common.json)
		print_json(&c);
	else
		print_text(&c);
	code = c.breaking > 0 ? EXIT_NO : 0;
	changes_release(&c);
	return code;
}

static int
run_diff(int nargs, const char **args)
{
	static struct library library;
	struct failure f = { 0 };
	int code;

	if (nargs != 2)
		return verb_usage(&verb_diff);
	code = diff(args, &library, &f);
	library_close(&library);
	return code;
}

const struct verb verb_diff = {
	.name = "diff", .group = "IDL",
	.summary = "two .x files: compatible on the wire, or breaking?",
	.usage = "[OPTIONS] BEFORE.x AFTER.x",
	.details = "Breaking is what a client of the first may notice when the "
	    "server is of the second:\nsomething removed, arguments that "
	    "allow less, results that may be more, other\nbytes. Names are "
	    "not on the wire. Exit code 1 when there is a breaking change.\n",
	.options = options,
	.run = run_diff,
};
