/*
 * What a mechanism is, found out by trying: the table of facts in a report
 * (struct mech_facts) is filled from descriptors that are in use and from
 * fresh ones of the same kind, never from prose. A field stays "" where a
 * probe could not be made.
 */
#ifndef RPCALL_PROBE_H
#define RPCALL_PROBE_H

#include <stdbool.h>

struct mech_facts;

/*
 * Fills direction, endpoint, reach, boundaries, atomic_write, kernel_buffer,
 * pipe_bytes and nagle of *m from the connected descriptors of our end; datagram
 * tells UDP from TCP. Nothing is read from or written to rfd and wfd: what
 * needs traffic is tried on a fresh pair of the same kind (pair.h). Takes up
 * to 0.2 s.
 */
void probe_descriptors(struct mech_facts *m, int rfd, int wfd, bool datagram);

/*
 * Fills outlives after the serving process was killed: what is left at the
 * path of its endpoint (a FIFO's, its directory's, a socket's)? "" for an
 * endpoint without a path.
 */
void probe_outlives(struct mech_facts *m, const char *path_or_empty);

#endif
