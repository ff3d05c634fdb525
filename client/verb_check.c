/*
 * rpcall check: parses .x files and prints what is wrong with them, and what
 * rpcgen would make of them.
 */
#include <errno.h>
#include <string.h>

#include "idl/schema.h"
#include "report/jsonw.h"
#include "verb.h"

static struct {
	struct option_list include, define;
	bool no_rpcgen;
} opt;

static const struct option_spec options[] = {
	{ "include", 'I', OPTION_LIST, "DIR", "where #include looks, too",
	    &opt.include },
	{ "define", 'D', OPTION_LIST, "NAME[=NUMBER]", "#define it in every "
	    "FILE", &opt.define },
	{ "no-rpcgen", 0, OPTION_FLAG, NULL, "say nothing of rpcgen",
	    &opt.no_rpcgen },
	{ .name = NULL },
};

static const char *const kinds[DIAG_KINDS] = {
	[DIAG_ERROR] = "error", [DIAG_RPCGEN] = "rpcgen",
	[DIAG_WARNING] = "warning",
};

static void
print_text(const struct diags *d)
{
	char text[2 * EXCERPT_MAX];

	for (unsigned i = 0; i < d->n; i++) {
		const struct diag *g = &d->list[i];

		if (g->excerpt.line == 0) {
			printf("%s: %s: %s\n", g->file, kinds[g->kind],
			    g->text);
			continue;
		}
		printf("%s:%u:%u: %s: %s\n%s", g->file, g->excerpt.line,
		    g->excerpt.column, kinds[g->kind], g->text,
		    excerpt_format(&g->excerpt, NULL, text, sizeof(text)));
	}
	for (int k = 0; k < DIAG_KINDS; k++)
		if (d->count[k] > DIAGS_MAX)
			printf("... and %u more of \"%s\"\n",
			    d->count[k] - DIAGS_MAX, kinds[k]);
}

static void
print_json(const struct diags *d)
{
	struct jsonw w;

	jsonw_init(&w, stdout);
	jsonw_open(&w, NULL, '{');
	jsonw_string(&w, "schema", "rpcall/check/1");
	for (int k = 0; k < DIAG_KINDS; k++)
		jsonw_uint(&w, kinds[k], d->count[k]);
	jsonw_open(&w, "findings", '[');
	for (unsigned i = 0; i < d->n; i++) {
		const struct diag *g = &d->list[i];

		jsonw_open(&w, NULL, '{');
		jsonw_string(&w, "kind", kinds[g->kind]);
		jsonw_string(&w, "file", g->file);
		jsonw_uint(&w, "line", g->excerpt.line);
		jsonw_uint(&w, "column", g->excerpt.column);
		jsonw_string(&w, "text", g->text);
		jsonw_close(&w, '}');
	}
	jsonw_close(&w, ']');
	jsonw_close(&w, '}');
	putchar('\n');
}

/* One file: 0, or f's code negated: it could not be read. */
static int
check(const char *path, struct diags *d, struct failure *f)
{
	struct schema_options o = { .include = opt.include.items,
		.ninclude = opt.include.n, .define = opt.define.items,
		.ndefine = opt.define.n, .rpcgen = !opt.no_rpcgen };
	struct schema *s = schema_new();
	int err = s ? schema_load_file(s, path, &o, d) : -ENOMEM;

	schema_free(s);
	if (err == -EFBIG)
		diag_add(d, DIAG_ERROR, path, NULL, "larger than 4 MiB");
	else if (err != 0 && err != -EBADMSG)
		return failure_set(f, err == -ENOMEM ? EXIT_OS : EXIT_NOFILE,
		    "cannot read %s (%s)", path, strerror(-err));
	return 0;
}

static int
run_check(int nargs, const char **args)
{
	struct diags d = { 0 };
	struct failure f = { 0 };
	int err = 0, code;

	if (nargs == 0)
		return verb_usage(&verb_check);
	for (int i = 0; i < nargs && err == 0; i++)
		err = check(args[i], &d, &f);
	if (err != 0)
		code = failure_print(&f);
	else
		code = d.count[DIAG_ERROR] > 0 ? EXIT_DATA :
		    d.count[DIAG_RPCGEN] > 0 ? EXIT_NO : 0;
	diags_sort(&d);
	if (common.json)
		print_json(&d);
	else
		print_text(&d);
	diags_release(&d);
	return code;
}

const struct verb verb_check = {
	.name = "check", .group = "IDL",
	.summary = "parse .x files; errors, and what rpcgen would refuse",
	.usage = "[OPTIONS] FILE...",
	.details = "Findings go to stdout, each with its place. Exit code 65 "
	    "when a file is not in the\nRPC language, 1 when it is but "
	    "rpcgen 1.4.3 refuses it or makes C of it that does\nnot compile, "
	    "0 when all is well or worth a warning only.\n",
	.options = options,
	.run = run_check,
};
