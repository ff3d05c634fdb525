/*
 * UTF-8 of known length: see utf8n.h. Decoding is report/utf8.c's.
 */
#include "idl/utf8n.h"

#include <string.h>

#include "report/utf8.h"

size_t
utf8n_next(const char *p, size_t left)
{
	char end[5] = "";
	uint32_t cp;
	size_t n;

	if (left == 0 || (unsigned char)*p < 0x80)
		return left > 0;
	if (left < 4)
		p = memcpy(end, p, left);
	n = utf8_next(p, &cp);
	/* The replacement character itself has three bytes. */
	return cp == UTF8_REPLACEMENT && n == 1 ? 0 : n;
}

bool
utf8n_valid(const char *p, size_t n)
{
	size_t step = 1;

	for (size_t i = 0; i < n && step > 0; i += step)
		step = utf8n_next(p + i, n - i);
	return step > 0;
}

size_t
utf8n_put(char *out, uint32_t cp)
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		out[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	out[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}
