/*
 * Events of the daemon, one line each on stderr:
 *
 *   rpcalld: LEVEL event=NAME key=value ...
 *
 * Strings from peers are escaped and cut; payloads are never logged. Each
 * kind of event has a token bucket, so that a peer cannot fill a disk. Lines
 * are whole even when several threads log.
 */
#ifndef RPCALL_LOG_H
#define RPCALL_LOG_H

#include <stdarg.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG };

/* Lines above this level are dropped. Call before threads start. */
void log_set_level(enum log_level level);

/* "error", "warn", "info" or "debug": the level, or -EINVAL. */
int log_level_parse(const char *name);

/*
 * Logs event (a literal: its address is its token bucket) with a formatted
 * tail of key=value pairs. Keeps errno.
 */
__attribute__((format(printf, 3, 4))) void
log_event(enum log_level level, const char *event, const char *fmt, ...);

/* Escapes text from a peer into out, cut to its size; returns out. */
const char *log_escape(char *out, unsigned size, const char *text);

#endif
