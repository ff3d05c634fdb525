/*
 * Splits a command line into words as sh does: blanks part them; single
 * quotes, double quotes and backslashes quote. Nothing is expanded.
 */
#ifndef RPCALL_WORDS_H
#define RPCALL_WORDS_H

#include <stddef.h>

enum { WORDS_MAX = 64 };

/*
 * Splits text in place into words[], ended by NULL: their count, or -EINVAL
 * when a quote is not closed, -E2BIG over WORDS_MAX - 1.
 */
int words_split(char *text, char *words[WORDS_MAX]);

/* How the last word of a line ends that is still being written. */
struct words_end {
	const char *breaks;	/* the caller's; a shell completes behind them */
	size_t cut;		/* bytes of the word before the last of them */
	size_t start;		/* where it begins in text as it was */
	char quote;		/* what is open: a quote, '{' for JSON, or 0 */
	int json_from;		/* the caller's: words from here on that begin
				 * with { [ or " are JSON, as they are */
};

enum { WORDS_NO_JSON = WORDS_MAX };

/*
 * The same; quotes may be open, and the last word, "" after a blank, is the
 * one at the cursor. Their count, at least 1, or -E2BIG.
 */
int words_split_open(char *text, char *words[WORDS_MAX],
    struct words_end *end);

#endif
