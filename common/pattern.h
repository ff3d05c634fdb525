/*
 * The seeded pattern of ECHO.SOURCE: bytes that either end can make and
 * check. Word i (8 bytes, little-endian) is SplitMix64's finaliser of
 * (seed << 32) + i, cut at the end; so any position can be computed alone.
 */
#ifndef RPCALL_PATTERN_H
#define RPCALL_PATTERN_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>

static inline uint64_t
pattern_word(uint32_t seed, uint64_t i)
{
	uint64_t z = ((uint64_t)seed << 32) + i + 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return htole64(z ^ z >> 31);
}

/* Fills n bytes at out with the pattern of seed. */
void pattern_fill(void *out, size_t n, uint32_t seed);

#endif
