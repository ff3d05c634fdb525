/*
 * A strict UTF-8 reader: overlong forms, surrogates and values beyond
 * U+10FFFF are refused byte by byte (RFC 3629). Called by the text grid, the
 * JSON writer and the HTML escaper.
 */
#include "report/utf8.h"

/* Bytes of the sequence that starts with c, and the bits c contributes. */
static size_t
sequence_length(unsigned char c, uint32_t *bits)
{
	if (c >= 0xc2 && c <= 0xdf) {
		*bits = c & 0x1f;
		return 2;
	}
	if (c >= 0xe0 && c <= 0xef) {
		*bits = c & 0x0f;
		return 3;
	}
	if (c >= 0xf0 && c <= 0xf4) {
		*bits = c & 0x07;
		return 4;
	}
	*bits = c;
	return 1;
}

static int
is_allowed(uint32_t cp, size_t length)
{
	if (length == 3)
		return cp >= 0x800 && (cp < 0xd800 || cp > 0xdfff);
	if (length == 4)
		return cp >= 0x10000 && cp <= 0x10ffff;
	return 1;
}

size_t
utf8_next(const char *s, uint32_t *cp)
{
	const unsigned char *u = (const unsigned char *)s;
	size_t i, length;
	uint32_t bits;

	*cp = u[0];
	if (u[0] < 0x80)
		return u[0] != 0;
	*cp = UTF8_REPLACEMENT;
	length = sequence_length(u[0], &bits);
	if (length == 1)
		return 1;
	for (i = 1; i < length; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 1;
		bits = bits << 6 | (u[i] & 0x3f);
	}
	if (!is_allowed(bits, length))
		return 1;
	*cp = bits;
	return length;
}

size_t
utf8_width(const char *s, size_t n)
{
	size_t used = 0, width = 0, step;
	uint32_t cp;

	while (used < n && (step = utf8_next(s + used, &cp)) > 0) {
		used += step;
		width++;
	}
	return width;
}
