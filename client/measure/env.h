/*
 * Where and how a measurement ran: everything that is needed to repeat it.
 */
#ifndef RPCALL_ENV_H
#define RPCALL_ENV_H

#include <stdbool.h>
#include <stdint.h>

struct env {
	char verb[16];		/* "compare" or "bench": names the schema */
	char version[32];	/* of rpcall */
	char command[1024];	/* the command line, as for a shell */
	char preset[16];	/* of compare: "quick" */
	char date[40];		/* ISO 8601, UTC */
	char host[64], kernel[128], cpu[96];
	unsigned cores;
	char governor[32], clocksource[32];
	double clock_cost_ns;	/* of reading CLOCK_MONOTONIC once */
	char placement[96];	/* "client on CPU 0, server on CPU 1" */
	char spin[32];		/* "off" */
	uint64_t seed;		/* of the shuffle */
	double seconds;		/* the whole run took */
	double planned_seconds;	/* that an estimate said; 0: none */
	bool partial;		/* interrupted: what there is */
	bool together;		/* both ends were pinned to one CPU */
	bool one_cpu;		/* all that there is for both ends */
	bool virtual_machine;	/* CPU accounting is approximate */
};

/* Fills all that can be found out; what cannot stays "". */
void env_fill(struct env *e, const char *verb);

/* The first two CPUs that we may run on: their count, at most 2. */
int env_cpus(int cpus[2]);

/* Type of the file system that path is in, "ext4", or "" if unknown. */
const char *env_fs(const char *path);

#endif
