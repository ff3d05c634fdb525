/*
 * rpcall repl: verbs and calls line by line, on one connection; from a
 * terminal, or from a pipe or file as a script.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "interrupt.h"
#include "repl/commands.h"
#include "repl/editor.h"
#include "trace.h"
#include "verb.h"

enum { COMMAND_MAX = 64 << 20 };	/* bytes, with all its lines */

static const struct option_spec options[] = { { .name = NULL } };

/* Measuring verbs have a process of their own, as they do in a shell: they
 * leave much behind, and what the repl holds would be measured, too. */
static int
run_apart(const struct verb *v, int argc, char **argv)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		int code = verb_run(v, argc, argv);

		_exit(fflush(stdout) == 0 ? code : EXIT_CANTCREATE);
	}
	if (pid < 0)
		return EXIT_OS;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) :
	    128 + WTERMSIG(status);
}

/* A signal ends what runs; SIGTERM, and SIGINT in a script, the repl, too. */
static int
run_verb(struct repl *r, int argc, char **argv)
{
	const struct verb *v = verb_find(argv[0]);
	int code, sig;

	fflush(stdout);
	interrupt_catch();
	code = strcmp(v->group, "Measure") == 0 ? run_apart(v, argc, argv) :
	    verb_run(v, argc, argv);
	sig = interrupt_signal();
	interrupt_release();
	options_restore(&r->session.saved);
	trace_clear();
	if (sig == SIGTERM || (sig != 0 && !r->interactive))
		r->ended = true;
	return sig != 0 ? 128 + sig : code;
}

static int
do_connect(struct repl *r, int n, char **args)
{
	struct failure f = { 0 };

	if (n == 0 && r->session.uri[0] == '\0')
		failure_set(&f, EXIT_USAGE, "no target: connect TARGET");
	else {
		interrupt_catch();
		session_connect(&r->session, n > 0 ? args[0] :
		    r->session.uri, &f);
		interrupt_release();
	}
	return f.code ? failure_print(&f) : 0;
}

static int
do_target(struct repl *r, int n, char **args)
{
	if (n > 0)
		return do_connect(r, n, args);
	if (r->session.uri[0] != '\0')
		puts(r->session.uri);
	return 0;
}

static int
do_set(struct repl *r, int n, char **args)
{
	struct session *s = &r->session;
	struct failure f = { 0 };

	if (n > 0 && session_set(s, args[0], n > 1 ? args[1] : NULL, &f) != 0)
		return failure_print(&f);
	for (size_t i = 0; n == 0 && i < s->nsettings; i++)
		puts(s->settings[i] + 2);
	return 0;
}

static int
do_unset(struct repl *r, int n, char **args)
{
	struct failure f = { 0 };

	if (n == 0)
		failure_set(&f, EXIT_USAGE, "usage: unset OPTION");
	else
		session_unset(&r->session, args[0], &f);
	return f.code ? failure_print(&f) : 0;
}

static int
do_history(struct repl *r, int n, char **args)
{
	(void)n;
	(void)args;
	for (size_t i = 0; i < r->history.n; i++)
		printf("%5zu  %s\n", i + 1, r->history.lines[i]);
	return 0;
}

static int
do_help(struct repl *r, int n, char **args)
{
	const struct verb *v = n > 0 ? verb_find(args[0]) : NULL;

	(void)r;
	if (v != NULL) {
		verb_help_print(stdout, v);
		return 0;
	}
	for (const struct repl_command *c = repl_commands; c->name; c++)
		printf("%-8s %-18s %s\n", c->name, c->usage, c->help);
	puts("\nA procedure with its arguments in JSON, which needs no quotes:\n"
	    "  KV.GET \"text:a\"   KV.RANGE {\"prefix\": \"text:\", ...}\n"
	    "Or a verb, without its TARGET (help VERB for more):");
	for (int i = 0; verbs[i] != NULL; i++)
		if (verbs[i]->group != NULL && verbs[i] != &verb_repl)
			printf("  %-10s %s\n", verbs[i]->name,
			    verbs[i]->summary);
	return 0;
}

static int
do_quit(struct repl *r, int n, char **args)
{
	(void)n;
	(void)args;
	r->ended = true;
	return 0;
}

const struct repl_command repl_commands[] = {
	{ "connect", "TARGET", "to another server, or again", 1, do_connect },
	{ "target", "TARGET", "print the target, or connect", 1, do_target },
	{ "set", "[OPTION [VALUE]]", "for the lines that follow: set timeout "
	    "2s", 2, do_set },
	{ "unset", "OPTION", "as it was", 1, do_unset },
	{ "history", "", "the lines so far", 0, do_history },
	{ "help", "VERB", "this, or what a verb does and takes", 1, do_help },
	{ "quit", "", "end, as Ctrl-D does", 0, do_quit },
	{ "exit", "", "end", 0, do_quit },
	{ .name = NULL },
};

const struct repl_command *
repl_command_find(const char *name)
{
	for (const struct repl_command *c = repl_commands; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

/* The server may have gone while nobody called it. */
static void
look_after(struct repl *r)
{
	struct failure f = { 0 };

	interrupt_catch();
	if (session_lost(&r->session, &f))
		fprintf(stderr, "rpcall: note: %s closed the connection; %s%s\n",
		    r->session.uri, f.code ? "now " : "connected again",
		    f.code ? f.text : "");
	interrupt_release();
}

static int
run_words(struct repl *r, char **words, int n)
{
	const struct repl_command *c = repl_command_find(words[0]);
	const char *argv[SESSION_ARGV];
	struct failure f = { 0 };
	int argc;

	if (c != NULL && n - 1 <= c->max)
		return c->run(r, n - 1, words + 1);
	if (c != NULL) {
		failure_set(&f, EXIT_USAGE, "usage: %s %s", c->name, c->usage);
		return failure_print(&f);
	}
	look_after(r);
	argc = session_argv(&r->session, words, n, argv, &f);
	if (argc < 0)
		return failure_print(&f);
	return run_verb(r, argc, (char **)(uintptr_t)argv);
}

static int
bad_words(int n)
{
	struct failure f = { 0 };

	failure_set(&f, EXIT_USAGE, n == -E2BIG ? "too many words" :
	    "a quote or bracket is not closed");
	return failure_print(&f);
}

/* Runs a command, which may have several lines: its exit code. */
static int
run_command(struct repl *r, const char *text)
{
	struct words_end end = { .json_from = session_json_from(text) };
	char *copy = strdup(text), *words[WORDS_MAX];
	size_t n = copy ? strlen(copy) : 0;
	int count, code = EXIT_OS;

	while (n > 0 && strchr(" \t\r\n", copy[n - 1]) != NULL)
		copy[--n] = '\0';
	if (copy != NULL) {
		count = words_split_open(copy, words, &end);
		if (count < 0 || end.quote != '\0')
			code = bad_words(count);
		else if (words[0][0] == '\0' || words[0][0] == '#')
			code = 0;
		else
			code = run_words(r, words, count);
	}
	free(copy);
	fflush(stdout);
	return code;
}

/* A history's line is one line. */
static void
remember(struct repl *r, struct editor *e, struct buf *text)
{
	char *line = (char *)text->data;

	for (char *p = line; *p != '\0'; p++)
		if (*p == '\n')
			*p = ' ';
	history_add(&r->history, line);
	if (line[0] != '\0' && line[0] != ' ')
		editor_remember(e, line);
}

/* Adds a line: 0, or -errno when a command is larger than any may be. */
static int
add_line(struct buf *text, const char *line, size_t n)
{
	if (text->len + n > COMMAND_MAX)
		return -EMSGSIZE;
	if (text->len > 0)
		text->data[text->len - 1] = '\n';
	if (buf_append(text, line, n) != 0 || buf_append(text, "", 1) != 0)
		return -ENOMEM;
	return 0;
}

/* From the terminal until Ctrl-D: 0, or 128 + a signal that ended it. */
static int
converse(struct repl *r)
{
	struct editor *e = editor_new(r);
	struct buf text = { 0 };
	const char *line;
	int err = e ? 0 : -ENOMEM, code = 0;

	while (e != NULL && err != -ENODATA && !r->ended && !ferror(stdout)) {
		err = editor_read(e, text.len ? (char *)text.data : "", &line);
		if (err == 0)
			err = add_line(&text, line, strlen(line));
		if (err == 0 && session_goes_on((char *)text.data))
			continue;
		if (err == 0) {
			code = run_command(r, (char *)text.data);
			remember(r, e, &text);
		}
		text.len = 0;
	}
	if (err == -ENODATA)
		fputc('\n', stderr);
	editor_free(e);
	buf_release(&text);
	return e == NULL ? EXIT_OS : code > 128 && r->ended ? code : 0;
}

/* A line of any length, up to the largest command: false at the end. */
static bool
read_line(struct buf *line)
{
	int c;

	line->len = 0;
	while ((c = getc(stdin)) != EOF && c != '\n') {
		uint8_t byte = (uint8_t)c;

		if (line->len <= COMMAND_MAX && buf_append(line, &byte, 1) != 0)
			return false;
	}
	return c != EOF || line->len > 0;
}

/* The exit code of the last command that failed. */
static int
run_script(struct repl *r)
{
	struct buf text = { 0 }, line = { 0 };
	int code, failed = 0;

	/* What a command reads from @- begins behind its own line. */
	setvbuf(stdin, NULL, _IONBF, 0);
	while (!r->ended && !ferror(stdout) && read_line(&line)) {
		if (add_line(&text, (char *)line.data, line.len) != 0) {
			failed = bad_words(0);
			text.len = 0;
			continue;
		}
		if (session_goes_on((char *)text.data))
			continue;
		code = run_command(r, (char *)text.data);
		failed = code ? code : failed;
		text.len = 0;
	}
	if (text.len > 0)
		failed = run_command(r, (char *)text.data);
	buf_release(&text);
	buf_release(&line);
	return failed;
}

static int
run_repl(int nargs, const char **args)
{
	struct repl *r = calloc(1, sizeof(*r));
	char *target = nargs > 0 ? (char *)(uintptr_t)args[0] : NULL;
	int code = 0;

	if (r == NULL || nargs > 1) {
		free(r);
		return verb_usage(&verb_repl);
	}
	r->interactive = isatty(0) && isatty(2);
	if (session_init(&r->session) != 0)
		code = EXIT_OS;
	interrupt_release();
	if (code == 0 && target != NULL)
		code = do_connect(r, 1, &target);
	if (r->interactive) {
		history_open(&r->history);
		code = converse(r);
		history_close(&r->history);
	} else if (code == 0)
		code = run_script(r);
	session_release(&r->session);
	free(r);
	return code;
}

const struct verb verb_repl = {
	.name = "repl", .group = "Do",
	.summary = "calls and verbs line by line, on one connection",
	.usage = "[OPTIONS] [TARGET]",
	.details = "Tab completes commands, procedures, members and values; "
	    "Ctrl-C ends a call, Ctrl-D\nthe repl; \"help\" says more. "
	    "Where stdin is no terminal its lines are run without a\nprompt, "
	    "and the exit code is that of the last command that failed.\n",
	.options = options,
	.run = run_repl,
};
