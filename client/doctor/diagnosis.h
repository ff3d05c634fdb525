/*
 * What `rpcall doctor` has found: lines in the order of looking, each with its
 * level and, where something is to be done, a hint. Commands in hints are
 * there to be pasted: they hold numbers and what the user wrote, never what a
 * server said.
 */
#ifndef RPCALL_DOCTOR_DIAGNOSIS_H
#define RPCALL_DOCTOR_DIAGNOSIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum level { LEVEL_OK, LEVEL_WARN, LEVEL_FAIL, LEVELS };

struct finding {
	enum level level;
	char text[320];
	char hint[512];		/* "": none */
};

struct diagnosis {
	struct finding *list;
	size_t n, count[LEVELS];
	int err;		/* -ENOMEM once memory ran out */
};

__attribute__((format(printf, 3, 4))) void
diagnosis_add(struct diagnosis *fs, enum level level, const char *fmt, ...);

/* The hint of the last finding. */
__attribute__((format(printf, 2, 3))) void
diagnosis_hint(struct diagnosis *fs, const char *fmt, ...);

/* A line each, hints below, a sum; or a JSON document: 0 or -errno. */
int diagnosis_print(FILE *out, const struct diagnosis *fs, bool color);
int diagnosis_json(FILE *out, const struct diagnosis *fs, const char *target);

void diagnosis_release(struct diagnosis *fs);

/* text as a word of sh, cut to size; returns out. */
const char *shell_word(const char *text, char *out, size_t size);

#endif
