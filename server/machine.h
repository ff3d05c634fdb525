/*
 * What this machine has done since it started, as /proc tells it (proc(5)),
 * for svc_rstat.c. What is missing there, or is not as expected, counts as
 * zero: kernels and containers differ in what they show.
 */
#ifndef RPCALLD_MACHINE_H
#define RPCALLD_MACHINE_H

#include <stdint.h>
#include <stdio.h>

enum {
	MACHINE_CPU_STATES = 4,	/* user, nice, system, idle */
	MACHINE_DISKS = 4,
	MACHINE_LOADS = 3,
	MACHINE_LOAD_SCALE = 256,
};

struct machine {
	uint64_t cpu[MACHINE_CPU_STATES];	/* ticks of all processors */
	unsigned ndisks;
	uint64_t transfers[MACHINE_DISKS];	/* of the first disks */
	uint64_t kib_in, kib_out;		/* read for pages, and written */
	uint64_t pages_in, pages_out;		/* of swap */
	uint64_t interrupts, switches;
	uint64_t packets_in, errors_in;		/* of all interfaces */
	uint64_t packets_out, errors_out, collisions;
	uint32_t load[MACHINE_LOADS];		/* x MACHINE_LOAD_SCALE */
	uint64_t boot;				/* seconds since 1970 */
};

/* Reads it all anew from /proc. */
void machine_read(struct machine *m);

/* The parts, from the text of a file: any bytes will do. */
void machine_parse_cpu(struct machine *m, FILE *in);	/* stat */
void machine_parse_counts(struct machine *m, FILE *in);	/* stat, vmstat */
void machine_parse_disks(struct machine *m, FILE *in);	/* diskstats */
void machine_parse_net(struct machine *m, FILE *in);	/* net/dev */
void machine_parse_load(struct machine *m, FILE *in);	/* loadavg */

#endif
