/*
 * A session's two FIFOs: made under a name that clients do not look for, then
 * shown to the one that waits for them. mech_fifo.c deals with the clients.
 */
#ifndef RPCALLD_FIFO_SESSION_H
#define RPCALLD_FIFO_SESSION_H

enum { FIFO_IN, FIFO_OUT };	/* of our ends */

/* Makes hidden, a directory (0700) with both (0600): 0, or -errno with
 * nothing made. */
int fifo_session_make(const char *hidden);

/*
 * Opens our ends of both and renames hidden to shown. -EEXIST where that name
 * is taken, -ENOENT where hidden is gone, or another -errno: then hidden is
 * gone, too.
 */
int fifo_session_show(const char *hidden, const char *shown, int ends[2]);

void fifo_session_close(const int ends[2]);

#endif
