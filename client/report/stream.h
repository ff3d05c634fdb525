/*
 * How a report ends: whatever was buffered is written, and a write that
 * failed at any time is told to the caller.
 */
#ifndef RPCALL_REPORT_STREAM_H
#define RPCALL_REPORT_STREAM_H

#include <stdio.h>

/* Returns 0 or -errno; -EIO if out failed earlier for a forgotten reason. */
int stream_flush(FILE *out);

#endif
