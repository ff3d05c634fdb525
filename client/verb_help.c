/*
 * rpcall help and rpcall version.
 */
#include <string.h>

#include "failure.h"
#include "verb.h"

static const struct option_spec no_options[] = { { .name = NULL } };

void
help_print(FILE *out)
{
	const char *group = "";

	fputs("usage: rpcall VERB [OPTIONS] [TARGET] [ARGS]\n\n"
	    "Calls ONC RPC programs over RPC, sockets and pipes, and compares "
	    "these mechanisms.\n\n", out);
	for (int i = 0; verbs[i] != NULL; i++) {
		if (verbs[i]->group == NULL)
			continue;
		fprintf(out, "%-8s  %-10s %s\n",
		    strcmp(group, verbs[i]->group) ? verbs[i]->group : "",
		    verbs[i]->name, verbs[i]->summary);
		group = verbs[i]->group;
	}
	fputs("\nTargets:  HOST or rpc://HOST (ask rpcbind)  "
	    "rpc+tcp://HOST[:PORT]  rpc+udp://HOST[:PORT]\n"
	    "          rpc+local:[/PATH]  tcp://HOST[:PORT]  unix:/PATH  "
	    "fifo:/DIR\n          pipe:COMMAND  @NAME of targets.conf\n\n"
	    "More: rpcall help VERB\n", out);
}

static const struct {
	const char *verb, *line;
} examples[] = {
#define EXAMPLE(verb, line) { #verb, line },
#include "examples.def"
#undef EXAMPLE
};

static void
examples_print(FILE *out, const char *verb)
{
	const char *head = "\nExamples:\n";

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++)
		if (strcmp(examples[i].verb, verb) == 0) {
			fprintf(out, "%s  %s\n", head, examples[i].line);
			head = "";
		}
}

void
verb_help_print(FILE *out, const struct verb *v)
{
	fprintf(out, "usage: rpcall %s %s\n\n%s: %s\n", v->name, v->usage,
	    v->name, v->summary);
	if (v->details[0] != '\0')
		fprintf(out, "\n%s", v->details);
	fputs("\nOptions:\n", out);
	options_print(out, v->options);
	if (v->more != NULL)
		v->more(out);
	examples_print(out, v->name);
}

int
verb_usage(const struct verb *v)
{
	struct failure f = { 0 };

	failure_set(&f, EXIT_USAGE, "usage: rpcall %s %s", v->name, v->usage);
	failure_hint(&f, "rpcall help %s", v->name);
	return failure_print(&f);
}

static int
run_help(int nargs, const char **args)
{
	const struct verb *v = nargs == 1 ? verb_find(args[0]) : NULL;

	if (nargs > 1)
		return verb_usage(&verb_help);
	if (nargs == 1 && v == NULL)
		return verb_unknown(args[0]);
	if (v != NULL)
		verb_help_print(stdout, v);
	else
		help_print(stdout);
	return 0;
}

const struct verb verb_help = {
	.name = "help", .group = "About",
	.summary = "what a verb does and takes",
	.usage = "[VERB]", .details = "", .options = no_options,
	.run = run_help,
};

static int
run_version(int nargs, const char **args)
{
	(void)args;
	if (nargs != 0)
		return verb_usage(&verb_version);
	puts(common.json ? "{\"schema\": \"rpcall/version/1\", \"version\": \""
	    RPCALL_VERSION "\"}" : "rpcall " RPCALL_VERSION);
	return 0;
}

const struct verb verb_version = {
	.name = "version", .group = "About",
	.summary = "print the version",
	.usage = "", .details = "", .options = no_options,
	.run = run_version,
};
