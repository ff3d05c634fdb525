/*
 * rpcall: calls ONC RPC procedures over any mechanism, and compares the
 * mechanisms. This file finds the verb and parses its options.
 */
#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "failure.h"
#include "fd.h"
#include "idl/names_near.h"
#include "trace.h"
#include "verb.h"
#include "wire/log.h"
#include "wire/pcap.h"

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

/* Of those that the help names; or NULL. */
static const struct verb *
nearest(const char *name)
{
	const struct verb *found = NULL;
	int best = INT_MAX;

	for (int i = 0; verbs[i] != NULL; i++) {
		int n = names_slips(name, verbs[i]->name);

		if (n < best && verbs[i]->group != NULL) {
			best = n;
			found = verbs[i];
		}
	}
	return found;
}

int
verb_unknown(const char *name)
{
	const struct verb *near = name[0] ? nearest(name) : NULL;
	struct failure f = { 0 };

	failure_set(&f, EXIT_USAGE, "unknown verb \"%.60s\"", name);
	if (near != NULL)
		failure_hint(&f, "did you mean rpcall %s?", near->name);
	failure_hint(&f, "rpcall help");
	return failure_print(&f);
}

int
verb_run(const struct verb *v, int argc, char **argv)
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
	trace_clear();
	if (common.pcap != NULL && pcap_start(common.pcap, &f) != 0)
		return failure_print(&f);
	/* What measures is not to be held up by each of its calls. */
	if (common.verbose > 0)
		wire_log_start(stderr, common.verbose, v->group == NULL ||
		    strcmp(v->group, "Measure") != 0);
	return v->run(n, args);
}

static int
no_verb(void)
{
	struct failure f = { 0 };

	failure_set(&f, EXIT_USAGE, "no verb");
	failure_hint(&f, "rpcall help");
	return failure_print(&f);
}

/* --help and --version are verbs, too. */
static const char *
verb_name(const char *arg)
{
	if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0)
		return "help";
	return strcmp(arg, "--version") == 0 ? "version" : arg;
}

/* How many words the common option at argv[0] takes; 0: it is none. */
static int
option_words(char **argv)
{
	static const struct option_spec none[] = { { .name = NULL } };
	const char *text = argv[0] + 1;
	const struct option_spec *s;

	if (*text == '-') {
		size_t n = strcspn(++text, "=");

		s = option_find(none, text, n, 0);
		return s == NULL ? 0 : option_takes_value(s) && !text[n] ? 2 : 1;
	}
	for (; *text != '\0'; text++) {
		s = option_find(none, "", 0, *text);
		if (s == NULL)
			return 0;
		if (option_takes_value(s))
			return text[1] != '\0' ? 1 : 2;
	}
	return 1;
}

/* Puts the verb first, before what options of all verbs stand before it. */
static void
verb_first(int argc, char **argv)
{
	int at = 1, words;
	char *verb;

	while (at < argc && argv[at][0] == '-' && argv[at][1] != '\0' &&
	    verb_find(verb_name(argv[at])) == NULL &&
	    (words = option_words(argv + at)) > 0)
		at += words;
	if (at >= argc)
		return;
	verb = argv[at];
	memmove(argv + 2, argv + 1, (size_t)(at - 1) * sizeof(*argv));
	argv[1] = verb;
}

/* What could not be written to stdout is an error, whatever the verb says. */
static int
finish(int code)
{
	struct failure f = { 0 };
	bool failed;

	errno = 0;
	failed = fflush(stdout) != 0 || ferror(stdout);
	/* The verb may have said it with the reason. */
	if (failed && code == EXIT_CANTCREATE)
		return code;
	if (failed && errno != 0)
		failure_stdout(&f, -errno);
	else if (failed)
		failure_set(&f, EXIT_CANTCREATE, "cannot write to stdout");
	else if (pcap_finish(&f) == 0 || code != 0)
		return code;
	return failure_print(&f);
}

int
main(int argc, char **argv)
{
	const struct verb *v;

	fd_claim_stdio();
	signal(SIGPIPE, SIG_IGN);
	/* As in the daemon: large messages come and go. */
	mallopt(M_MMAP_THRESHOLD, 16 << 20);
	mallopt(M_TRIM_THRESHOLD, 64 << 20);
	if (argc < 2)
		return no_verb();
	verb_first(argc, argv);
	v = verb_find(verb_name(argv[1]));
	if (v == NULL)
		return verb_unknown(argv[1]);
	return finish(verb_run(v, argc - 1, argv + 1));
}
