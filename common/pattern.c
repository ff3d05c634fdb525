/*
 * Filling memory with the seeded pattern: see pattern.h. The words do not
 * depend on one another, so a compiler makes many of them at once where the
 * processor multiplies vectors of 64-bit numbers.
 */
#include "pattern.h"

#include <string.h>

static inline __attribute__((always_inline)) void
fill(uint8_t *out, size_t words, uint32_t seed)
{
	for (size_t i = 0; i < words; i++) {
		uint64_t word = pattern_word(seed, i);

		memcpy(out + 8 * i, &word, 8);
	}
}

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512dq"))) static void
fill_avx512(uint8_t *out, size_t words, uint32_t seed)
{
	fill(out, words, seed);
}
#endif

static void
fill_words(uint8_t *out, size_t words, uint32_t seed)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx512dq")) {
		fill_avx512(out, words, seed);
		return;
	}
#endif
	fill(out, words, seed);
}

void
pattern_fill(void *out, size_t n, uint32_t seed)
{
	uint64_t last = pattern_word(seed, n / 8);

	fill_words(out, n / 8, seed);
	memcpy((uint8_t *)out + n / 8 * 8, &last, n % 8);
}
