/*
 * CRC32C: the checksum by which SINK, the named pipes' hello and the
 * comparison prove that the same bytes arrived.
 */
#include "crc32c.h"

#include <pthread.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

static uint32_t table[256];
static pthread_once_t table_once = PTHREAD_ONCE_INIT;

static void
table_make(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;

		for (int bit = 0; bit < 8; bit++)
			c = c >> 1 ^ (c & 1 ? 0x82f63b78u : 0);
		table[i] = c;
	}
}

uint32_t
crc32c_table(uint32_t crc, const void *data, size_t n)
{
	const uint8_t *p = data;

	pthread_once(&table_once, table_make);
	crc = ~crc;
	while (n-- > 0)
		crc = crc >> 8 ^ table[(crc ^ *p++) & 0xff];
	return ~crc;
}

#if defined(__x86_64__)
enum {
	LANE = 64,		/* bytes of a register */
	LANES = 4,
	STRIDE = LANES * LANE,
	WIDE_MIN = 1024,	/* less is faster by the one instruction */
};

__attribute__((target("sse4.2"))) static uint32_t
crc32c_sse42(uint32_t crc, const void *data, size_t n)
{
	const uint8_t *p = data;
	uint64_t c = (uint32_t)~crc;

	for (; n >= 8; n -= 8, p += 8) {
		uint64_t word;

		memcpy(&word, p, 8);
		c = __builtin_ia32_crc32di(c, word);
	}
	while (n-- > 0)
		c = __builtin_ia32_crc32qi((uint32_t)c, *p++);
	return ~(uint32_t)c;
}

/*
 * Bytes that stand D bits before others say the same as other bytes in those
 * others' place: each half of 16 bytes multiplied, without carries, by x to
 * the D + 32 and D - 32 modulo the polynomial (all bits reflected). So a
 * stride is folded into the next until there is one left, which has the CRC
 * of the whole. n is at least STRIDE.
 */
__attribute__((target("avx512f,vpclmulqdq,sse4.2"))) static uint32_t
crc32c_wide(uint32_t crc, const void *data, size_t n)
{
	/* Of D = 8 * STRIDE. */
	const __m512i by = _mm512_set4_epi64(0xb9e02b86, 0xdcb17aa4,
	    0xb9e02b86, 0xdcb17aa4);
	const uint8_t *p = data;
	uint8_t left[STRIDE];
	__m512i x[LANES];
	uint32_t first;

	memcpy(x, p, STRIDE);
	memcpy(&first, x, sizeof(first));
	first ^= ~crc;
	memcpy(x, &first, sizeof(first));
	for (p += STRIDE, n -= STRIDE; n >= STRIDE; p += STRIDE, n -= STRIDE)
		for (int i = 0; i < LANES; i++)
			x[i] = _mm512_ternarylogic_epi64(
			    _mm512_clmulepi64_epi128(x[i], by, 0x00),
			    _mm512_clmulepi64_epi128(x[i], by, 0x11),
			    _mm512_loadu_si512(p + i * LANE), 0x96);
	memcpy(left, x, STRIDE);
	return crc32c_sse42(crc32c_sse42(~0u, left, STRIDE), p, n);
}
#endif

uint32_t
crc32c(uint32_t crc, const void *data, size_t n)
{
#if defined(__x86_64__)
	if (n >= WIDE_MIN && __builtin_cpu_supports("avx512f") &&
	    __builtin_cpu_supports("vpclmulqdq"))
		return crc32c_wide(crc, data, n);
	if (__builtin_cpu_supports("sse4.2"))
		return crc32c_sse42(crc, data, n);
#endif
	return crc32c_table(crc, data, n);
}
