/*
 * Where the time of a call goes: parts of a mechanism's median, each taken
 * within a round from rows that met the same machine, and from what both ends
 * measured of themselves in that round.
 *
 *	call = encode + transport + dispatch + wake-up + rest
 *	raw  =          transport            + wake-up
 *
 * The raw floor's two ends sleep until a message comes; polled, they do not,
 * so that what is left is the kernel's way there and back, and the difference
 * is what sleeping and waking costs. The rest is what nothing here explains:
 * the loop around the server's calls, record marks, headers on the way, and
 * that all of it is not as warm as in a tight loop.
 */
#ifndef RPCALL_PARTS_H
#define RPCALL_PARTS_H

#include <stdint.h>

struct row;
struct table;

enum part {
	PART_ENCODE,		/* round.encode_ns */
	PART_TRANSPORT,		/* the polled floor */
	PART_DISPATCH,		/* round.dispatch_ns */
	PART_WAKE_UP,		/* the floor less the polled floor */
	PART_REST,		/* the call less the floor, encode, dispatch */
	PART_OVER_RAW,		/* the call less the floor */
	PART_OVER_LEAN,		/* less the lean mechanism on its descriptor */
	PARTS
};

/*
 * Fills row->parts from the rounds of t: medians over rounds in ns, and the
 * interval of each at 95 %, bootstrapped. NAN where a part is not known, and
 * for bounds with fewer rounds than STATS_PAIRS_MIN.
 */
void parts_find(const struct table *t, struct row *row, uint64_t seed);

/* The name of the polled row beside a floor: "floor tcp polled". */
void parts_polled_name(char name[32], const char *floor_name);

#endif
