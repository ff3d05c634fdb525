/*
 * Big-endian 32-bit words in byte buffers: the unit of XDR (RFC 4506) and of
 * record marks. Pointers need no alignment.
 */
#ifndef RPCALL_BE_H
#define RPCALL_BE_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t
be32_get(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return be32toh(v);
}

static inline void
be32_put(uint8_t *p, uint32_t v)
{
	v = htobe32(v);
	memcpy(p, &v, sizeof(v));
}

/* Length of an opaque in XDR, without its own length word. */
static inline uint64_t
xdr_padded(uint64_t n)
{
	return (n + 3) & ~(uint64_t)3;
}

#endif
