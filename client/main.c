/*
 * rpcall: calls ONC RPC procedures over any mechanism, and compares the
 * mechanisms. This file finds the verb and parses its options.
 */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "failure.h"
#include "verb.h"

const struct verb *const verbs[] = {
#define VERB(name) &verb_##name,
#include "verbs.def"
#undef VERB
	NULL,
};

const struct verb *
verb_find(const char *name)
{
	for (int i = 0; verbs[i] != NULL; i++)
		if (strcmp(verbs[i]->name, name) == 0)
			return verbs[i];
	return NULL;
}

static int
unknown_verb(const char *name)
{
	struct failure f = { 0 };

	failure_set(&f, EXIT_USAGE, "unknown verb \"%s\"", name);
	failure_hint(&f, "rpcall help");
	return failure_print(&f);
}

static int
run(const struct verb *v, int argc, char **argv)
{
	const char *args[ARGUMENTS_MAX];
	struct failure f = { 0 };
	int n = options_parse(argc, argv, v->options, args, &f);

	if (n < 0) {
		failure_hint(&f, "rpcall help %s", v->name);
		return failure_print(&f);
	}
	if (common.help) {
		verb_help_print(stdout, v);
		return 0;
	}
	return v->run(n, args);
}

int
main(int argc, char **argv)
{
	const struct verb *v;

	signal(SIGPIPE, SIG_IGN);
	/* As in the daemon: large messages come and go. */
	mallopt(M_MMAP_THRESHOLD, 16 << 20);
	mallopt(M_TRIM_THRESHOLD, 64 << 20);
	if (argc < 2) {
		help_print(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		help_print(stdout);
		return 0;
	}
	if (strcmp(argv[1], "--version") == 0)
		argv[1] += 2;
	v = verb_find(argv[1]);
	if (v == NULL)
		return unknown_verb(argv[1]);
	return run(v, argc - 1, argv + 1);
}
