/*
 * Reading strings that came from elsewhere (paths, host names, notes) as
 * UTF-8, so that no report emits bytes its format forbids: JSON must be
 * valid UTF-8, a terminal must not be sent somebody's escape sequences.
 */
#ifndef RPCALL_UTF8_H
#define RPCALL_UTF8_H

#include <stddef.h>
#include <stdint.h>

enum { UTF8_REPLACEMENT = 0xfffd };

/*
 * Reads the code point that s starts with into *cp, UTF8_REPLACEMENT for a
 * byte that starts none. Returns the bytes read, 0 at the end of s.
 */
size_t utf8_next(const char *s, uint32_t *cp);

/* Code points in the first n bytes of s; columns, for what we print. */
size_t utf8_width(const char *s, size_t n);

#endif
