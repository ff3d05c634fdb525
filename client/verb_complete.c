/*
 * rpcall complete, which shells call at a press of Tab, and rpcall completion,
 * which prints what makes them do so.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "clock.h"
#include "complete/scripts.h"
#include "complete/shell.h"
#include "verb.h"

enum {
	COMPLETE_MS = 500,	/* in all: somebody waits at a prompt */
	PATIENCE_MAX_MS = 60000,
	LINE_MAX_SIZE = 64 << 10,
};

static const struct option_spec no_options[] = { { .name = NULL } };

/* Late is never: nothing was printed yet, so nothing is offered. */
static void
on_late(int sig)
{
	(void)sig;
	_exit(0);
}

static uint64_t
patience_ms(void)
{
	const char *text = getenv("RPCALL_COMPLETE_MS");
	unsigned long ms = text ? strtoul(text, NULL, 10) : 0;

	return ms > 0 && ms <= PATIENCE_MAX_MS ? ms : COMPLETE_MS;
}

/* Whatever waits, a name server, a library or a server: it ends in time. */
static void
limit_time(void)
{
	uint64_t ms = patience_ms();
	struct itimerval once = {
		.it_value.tv_sec = (time_t)(ms / 1000),
		.it_value.tv_usec = (suseconds_t)(ms % 1000 * 1000),
	};

	common.connect_timeout = common.timeout = ms * NS_PER_MS;
	signal(SIGALRM, on_late);
	setitimer(ITIMER_REAL, &once, NULL);
}

static int
run_complete(int nargs, const char **args)
{
	const struct shell *s = nargs < 2 || nargs > 3 ? NULL :
	    shell_find(args[0]);
	char *line;

	if (s == NULL)
		return verb_usage(&verb_complete);
	if (strlen(args[1]) > LINE_MAX_SIZE)
		return 0;
	line = strdup(args[1]);
	if (line == NULL)
		return 0;
	limit_time();
	shell_complete(stdout, s, line, nargs > 2 ? args[2] : NULL);
	free(line);
	return 0;
}

const struct verb verb_complete = {
	.name = "complete", .group = NULL,
	.summary = "what may stand at the end of a line, for shells",
	.usage = "bash|zsh LINE [BREAKS]",
	.details = "LINE ends at the cursor. Nothing is printed where nothing "
	    "is known within half a\nsecond, or $RPCALL_COMPLETE_MS.\n",
	.options = no_options,
	.run = run_complete,
};

static int
run_completion(int nargs, const char **args)
{
	const char *script = nargs == 1 ? completion_script(args[0]) : NULL;

	if (script == NULL)
		return verb_usage(&verb_completion);
	fputs(script, stdout);
	return 0;
}

const struct verb verb_completion = {
	.name = "completion", .group = "About",
	.summary = "a script that completes rpcall's lines in a shell",
	.usage = "bash|zsh",
	.details = "For this shell only: source <(rpcall completion bash). "
	    "`make install` puts the\nscripts where bash-completion and zsh "
	    "look for them.\n",
	.options = no_options,
	.run = run_completion,
};
