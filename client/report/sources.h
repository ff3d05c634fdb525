/*
 * Where and how a result was measured, a fact at a time; and of one that was
 * put together from several files, what was not alike in all of them.
 */
#ifndef RPCALL_REPORT_SOURCES_H
#define RPCALL_REPORT_SOURCES_H

#include <stdbool.h>

#include "measure/result.h"

enum { ENV_FACT_TEXT = 1100, ENV_FACTS = 6 };

struct env_fact {
	const char *name;
	void (*print)(char text[ENV_FACT_TEXT], const struct env *e);
};

extern const struct env_fact env_facts[ENV_FACTS];

/* Prints a fact of r; not where its files do not agree on it: false. */
bool sources_agree(char text[ENV_FACT_TEXT], const struct result *r,
    const struct env_fact *fact);

#endif
