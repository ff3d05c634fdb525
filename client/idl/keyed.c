/*
 * SipHash-1-3: see keyed.h. Used by symbols.c, which makes a key for each
 * schema.
 */
#include "idl/keyed.h"

#include <endian.h>
#include <errno.h>
#include <string.h>
#include <sys/random.h>

enum { ROUNDS_WORD = 1, ROUNDS_END = 3, WORD = 8 };

int
keyed_init(struct keyed *k)
{
	ssize_t n = getrandom(k->key, sizeof(k->key), 0);

	return n == sizeof(k->key) ? 0 : n < 0 ? -errno : -EIO;
}

static uint64_t
turned(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

/* Two halves side by side, then crosswise. */
static void
sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = turned(v[1], 13) ^ v[0];
	v[3] = turned(v[3], 16) ^ v[2];
	v[0] = turned(v[0], 32);
	v[2] += v[1];
	v[0] += v[3];
	v[1] = turned(v[1], 17) ^ v[2];
	v[3] = turned(v[3], 21) ^ v[0];
	v[2] = turned(v[2], 32);
}

static void
take_word(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	for (int i = 0; i < ROUNDS_WORD; i++)
		sip_round(v);
	v[0] ^= word;
}

uint64_t
keyed_hash(const struct keyed *k, const void *data, size_t n)
{
	/* "somepseudorandomlygeneratedbytes", as the paper has it. */
	uint64_t v[4] = { k->key[0] ^ 0x736f6d6570736575,
		k->key[1] ^ 0x646f72616e646f6d, k->key[0] ^ 0x6c7967656e657261,
		k->key[1] ^ 0x7465646279746573 };
	const unsigned char *p = data;
	uint64_t word = (uint64_t)n << 56, next;
	size_t rest = n % WORD;

	for (size_t i = 0; i + WORD <= n; i += WORD) {
		memcpy(&next, p + i, sizeof(next));
		take_word(v, le64toh(next));
	}
	for (size_t i = 0; i < rest; i++)
		word |= (uint64_t)p[n - rest + i] << (8 * i);
	take_word(v, word);
	v[2] ^= 0xff;
	for (int i = 0; i < ROUNDS_END; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
