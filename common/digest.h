/*
 * Digests of bytes that come in parts: what both ends of a file transfer
 * compare. SHA-256 where nobody may be able to forge it, XXH3 where only
 * accidents are to be found, at ten times the speed.
 */
#ifndef RPCALL_DIGEST_H
#define RPCALL_DIGEST_H

#include <stddef.h>
#include <stdint.h>

enum digest_kind {
	DIGEST_SHA256 = 1,
	DIGEST_XXH128 = 2,	/* XXH3 of 128 bits */
};

enum { DIGEST_MAX = 32 };	/* bytes of the longest */

struct digest;

/* NULL without memory, or where libcrypto has no such digest. */
struct digest *digest_new(enum digest_kind kind);
void digest_free(struct digest *d);

/*
 * Begins one, adds bytes to it, ends it: digest_size() bytes, as sha256sum and
 * xxh128sum print them (XXH3: big-endian), and zeroes behind them. 0 or -EIO.
 */
int digest_begin(struct digest *d);
int digest_add(struct digest *d, const void *data, size_t n);
int digest_end(struct digest *d, uint8_t out[DIGEST_MAX]);

size_t digest_size(enum digest_kind kind);

/* "sha256", "xxh128"; and back: 0 or -EINVAL. */
const char *digest_name(enum digest_kind kind);
int digest_kind_of(const char *name, enum digest_kind *kind);

#endif
