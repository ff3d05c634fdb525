/*
 * The time of day, for people and for documents; nothing is decided by it.
 */
#ifndef RPCALL_WHEN_H
#define RPCALL_WHEN_H

enum { WHEN_SIZE = 128 };

/* "2026-11-28 03:20:01.123", here, and "2026-11-28T03:20:01.123Z". Return out. */
const char *when_local(char out[WHEN_SIZE]);
const char *when_utc(char out[WHEN_SIZE]);

#endif
