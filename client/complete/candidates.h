/*
 * What may stand at the cursor: a list that is put together from several
 * sources, some of them servers. Nothing in it steers a terminal: a text with
 * control characters is left out (the lead is the user's own). Quoting is the shell's business (shell.h).
 */
#ifndef RPCALL_COMPLETE_CANDIDATES_H
#define RPCALL_COMPLETE_CANDIDATES_H

#include <stdbool.h>
#include <stddef.h>

enum { CANDIDATES_MAX = 4096, CANDIDATE_SIZE = 1024 };

struct candidate {
	char *text;
	bool open;		/* more may follow: no blank after it */
};

struct candidates {
	const char *word;	/* at the cursor; matches begin with it */
	char lead[CANDIDATE_SIZE];	/* stands before the word, and is put
					 * before every text: "--auth=" */
	bool cut;		/* what was skipped found no room in lead:
				 * nothing is added, it would lose that */
	bool any_case;		/* the word's case does not matter */
	bool json;		/* JSON is written as it is (words.h) */
	struct candidate *list;
	size_t n;
	size_t shown;		/* bytes of lead that the last one has */
};

/* Adds text if it begins with the word. What finds no room is left out. */
void candidates_add(struct candidates *c, const char *text, bool open);

__attribute__((format(printf, 3, 4))) void
candidates_addf(struct candidates *c, bool open, const char *fmt, ...);

/* The first n bytes of the word become part of the lead. */
void candidates_skip(struct candidates *c, size_t n);

/* Sorts them, each once. */
void candidates_sort(struct candidates *c);

void candidates_release(struct candidates *c);

#endif
