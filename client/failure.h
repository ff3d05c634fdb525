/*
 * What went wrong, for the user: an exit code, one line, and at most two
 * hints that can be pasted. Library code fills it; only main.c and verb_*.c
 * print it (design rule: never both report and print).
 */
#ifndef RPCALL_FAILURE_H
#define RPCALL_FAILURE_H

#include <stdint.h>

/* Exit codes: those of sysexits.h where they fit, then RPC's own. */
enum {
	EXIT_NO = 1,		/* the answer is "no" */
	EXIT_USAGE = 64,
	EXIT_DATA = 65,		/* bad JSON, type or .x; no verdict by it */
	EXIT_NOFILE = 66,
	EXIT_NOHOST = 68,
	EXIT_UNREACHABLE = 69,	/* or not registered */
	EXIT_INTERNAL = 70,
	EXIT_OS = 71,
	EXIT_CANTCREATE = 73,
	EXIT_TIMEOUT = 75,
	EXIT_PROTOCOL = 76,	/* the peer broke the protocol */
	EXIT_DENIED = 77,
	EXIT_PROG_UNAVAIL = 81,	/* then PROG_MISMATCH ... SYSTEM_ERR */
	EXIT_RPC_MISMATCH = 86,
};

struct failure {
	int code;		/* exit code; 0: none */
	char text[512];
	char excerpt[512];	/* whole lines, of what the text points at */
	char hint[512];		/* lines, each a hint; "" for none */
};

/* Fills f (unless it holds a failure already); returns code, negated. */
__attribute__((format(printf, 3, 4))) int
failure_set(struct failure *f, int code, const char *fmt, ...);

/* What printing to stdout came to: 0, or err told, of memory or of stdout. */
int failure_stdout(struct failure *f, int err);

/* Says of f that what was written before, so many bytes, is not all. */
void failure_part(struct failure *f, unsigned long long bytes);

/* Adds a hint. */
__attribute__((format(printf, 2, 3))) void
failure_hint(struct failure *f, const char *fmt, ...);

enum { FAILURE_WHY = 64 };

/* strerror(-err); of a wait that took ns: "no reply within 3 s". Returns out. */
const char *failure_why(int err, uint64_t ns, char out[FAILURE_WHY]);

/*
 * Prints "rpcall: error: ..." and the hints on stderr; returns the code. Where
 * the failure is that nobody reads stdout any more: nothing, and 141.
 */
int failure_print(const struct failure *f);

#endif
