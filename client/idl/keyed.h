/*
 * A keyed hash of names: SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast
 * short-input PRF", 2012). Who does not know the key cannot choose names whose
 * hashes are alike, so that the text of a hostile server costs no more to look
 * names up in than any other.
 */
#ifndef RPCALL_IDL_KEYED_H
#define RPCALL_IDL_KEYED_H

#include <stddef.h>
#include <stdint.h>

struct keyed {
	uint64_t key[2];
};

/* A key that nobody knows: 0 or -errno. */
int keyed_init(struct keyed *k);

uint64_t keyed_hash(const struct keyed *k, const void *data, size_t n);

#endif
