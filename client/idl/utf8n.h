/*
 * UTF-8 in bytes of known length, which may hold NULs: what JSON and XDR
 * strings need.
 */
#ifndef RPCALL_IDL_UTF8N_H
#define RPCALL_IDL_UTF8N_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the code point that p begins with; 0: none begins there. */
size_t utf8n_next(const char *p, size_t left);

/* Are these n bytes UTF-8? */
bool utf8n_valid(const char *p, size_t n);

/* Writes cp, in at most 4 bytes; returns how many. */
size_t utf8n_put(char *out, uint32_t cp);

#endif
