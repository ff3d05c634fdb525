/*
 * The command line of rpcalld.
 */
#ifndef RPCALLD_OPTIONS_H
#define RPCALLD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "server/export.h"
#include "server/limits.h"
#include "server/store.h"
#include "target.h"

enum { LISTEN_MAX = 64, SERVICE_NAMES_MAX = 32 };

enum action { ACTION_SERVE, ACTION_CHECK, ACTION_CLEAN, ACTION_HELP,
	ACTION_VERSION, ACTION_STORE_CHECK };

/* Of --enable or --disable. */
struct service_names {
	const char *name[SERVICE_NAMES_MAX];
	size_t n;
};

struct options {
	enum action action;
	struct target listen[LISTEN_MAX];
	size_t nlisten;
	char run[TARGET_PATH_MAX];
	char state[TARGET_PATH_MAX];
	const char *run_given, *state_given;	/* NULL: the default */
	unsigned workers;			/* 0: one per CPU but one */
	int spin_us;
	struct service_names enable, disable;
	struct exports exports;
	bool no_rpcbind;
	bool stdio;
	int log_level;
	struct limits limits;
	enum store_durability durability;	/* of KV's store */
	const char *store;	/* to be checked */
};

/*
 * Parses the command line: 0, or EX_USAGE after one line (and hints) on
 * stderr.
 */
int options_parse(struct options *o, int argc, char **argv);

void options_help(FILE *out);

#endif
