/*
 * Failures and their exit codes: see failure.h.
 */
#include "failure.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "options.h"

int
failure_set(struct failure *f, int code, const char *fmt, ...)
{
	va_list ap;

	if (f->code != 0)
		return -f->code;
	f->code = code;
	f->excerpt[0] = f->hint[0] = '\0';
	va_start(ap, fmt);
	vsnprintf(f->text, sizeof(f->text), fmt, ap);
	va_end(ap);
	return -code;
}

int
failure_stdout(struct failure *f, int err)
{
	if (err == -ENOMEM)
		return failure_set(f, EXIT_OS, "no memory");
	/* Who read it has enough (| head): as if the signal had ended us. */
	return err == 0 ? 0 : failure_set(f, err == -EPIPE ? 128 + SIGPIPE :
	    EXIT_CANTCREATE, "cannot write to stdout (%s)", strerror(-err));
}

void
failure_part(struct failure *f, unsigned long long bytes)
{
	size_t n = strlen(f->text);

	snprintf(f->text + n, sizeof(f->text) - n, "; the %llu bytes that "
	    "were written are a part of the result", bytes);
}

void
failure_hint(struct failure *f, const char *fmt, ...)
{
	size_t n = strlen(f->hint);
	va_list ap;

	if (n > 0 && n + 1 < sizeof(f->hint)) {
		f->hint[n++] = '\n';
		f->hint[n] = '\0';
	}
	va_start(ap, fmt);
	vsnprintf(f->hint + n, sizeof(f->hint) - n, fmt, ap);
	va_end(ap);
}

const char *
failure_why(int err, uint64_t ns, char out[FAILURE_WHY])
{
	char text[DURATION_TEXT];

	if (err == -ETIMEDOUT)
		snprintf(out, FAILURE_WHY, "no reply within %s",
		    duration_text(ns, text));
	else
		snprintf(out, FAILURE_WHY, "%s", strerror(-err));
	return out;
}

/* Did writing to stdout fail because who read it has left (| head)? */
static bool
is_unread(FILE *out)
{
	struct pollfd p = { .fd = fileno(out), .events = POLLOUT };

	fflush(out);
	return ferror(out) && poll(&p, 1, 0) == 1 && p.revents & POLLERR;
}

int
failure_print(const struct failure *f)
{
	const char *hint = f->hint;

	if (f->code == 128 + SIGPIPE || is_unread(stdout))
		return 128 + SIGPIPE;	/* as if the signal had ended us */
	fprintf(stderr, "rpcall: error: %s\n%s", f->text, f->excerpt);
	while (*hint != '\0') {
		size_t n = strcspn(hint, "\n");

		fprintf(stderr, "hint: %.*s\n", (int)n, hint);
		hint += n + (hint[n] == '\n');
	}
	return f->code;
}
