/*
 * Texts by a SHA-256, in $XDG_CACHE_HOME/rpcall/idl: what a server told once
 * need not be asked again. Nothing here fails: without a cache there is none.
 * Nothing here is trusted, either: whoever gets a text compares it with the
 * digests that it should have.
 */
#ifndef RPCALL_IDL_CACHE_H
#define RPCALL_IDL_CACHE_H

#include "buf.h"
#include "sha256.h"

/* Appends what was put under that digest, at most max bytes: 0, or -ENOENT. */
int cache_get(const uint8_t digest[SHA256_SIZE], size_t max, struct buf *out);

void cache_put(const uint8_t digest[SHA256_SIZE], const void *text, size_t n);

#endif
