/*
 * Splits a command line into words as sh does: blanks part them; single
 * quotes, double quotes and backslashes quote. Nothing is expanded.
 */
#ifndef RPCALL_WORDS_H
#define RPCALL_WORDS_H

enum { WORDS_MAX = 64 };

/*
 * Splits text in place into words[], ended by NULL: their count, or -EINVAL
 * when a quote is not closed, -E2BIG over WORDS_MAX - 1.
 */
int words_split(char *text, char *words[WORDS_MAX]);

#endif
