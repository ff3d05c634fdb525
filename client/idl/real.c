/*
 * Floating point as text: see real.h. The conversions are the C library's,
 * which are exact for 128 bits as well.
 */
#include "idl/real.h"

#include <endian.h>
#include <errno.h>
#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * 128 bits are long double where that has them, else a type of compilers;
 * clang does not let glibc's headers declare its functions for it.
 */
#if LDBL_MANT_DIG == 113
typedef long double real128;

static void
print128(char *out, int digits, real128 q)
{
	snprintf(out, REAL_TEXT, "%.*Lg", digits, q);
}

#define strtof128 strtold
#else
typedef __float128 real128;
int strfromf128(char *out, size_t size, const char *fmt, real128 q);
real128 strtof128(const char *text, char **end);

static void
print128(char *out, int digits, real128 q)
{
	char fmt[16];

	snprintf(fmt, sizeof(fmt), "%%.%dg", digits);
	strfromf128(out, REAL_TEXT, fmt, q);
}
#endif

union real {
	float f;
	double d;
	real128 q;
	uint8_t bytes[16];
};

static void
swap(uint8_t *to, const uint8_t *from, size_t size)
{
	for (size_t i = 0; i < size; i++)
		to[i] = from[BYTE_ORDER == LITTLE_ENDIAN ? size - 1 - i : i];
}

static void
print(char *out, const union real *r, size_t size, int digits)
{
	if (size == 16)
		print128(out, digits, r->q);
	else
		snprintf(out, REAL_TEXT, "%.*g", digits,
		    size == 4 ? (double)r->f : r->d);
}

static void
read_number(const char *text, union real *r, size_t size)
{
	memset(r, 0, sizeof(*r));
	if (size == 4)
		r->f = strtof(text, NULL);
	else if (size == 8)
		r->d = strtod(text, NULL);
	else
		r->q = strtof128(text, NULL);
}

/* The bits of the exponent, all set where it is no number. */
static bool
is_special(const uint8_t *b, size_t size)
{
	if ((b[0] & 0x7f) != 0x7f)
		return false;
	return size == 4 ? b[1] >= 0x80 : size == 8 ? b[1] >= 0xf0 :
	    b[1] == 0xff;
}

/* The words for b without its sign: infinity, and the quiet NaN. */
static void
special(uint8_t *b, size_t size, bool nan)
{
	memset(b, 0, size);
	b[0] = 0x7f;
	b[1] = size == 4 ? 0x80 : size == 8 ? 0xf0 : 0xff;
	if (nan && size == 16)
		b[2] = 0x80;
	else if (nan)
		b[1] |= size == 4 ? 0x40 : 0x08;
}

static void
format_special(const uint8_t *b, size_t size, char *out)
{
	uint8_t other[16];

	special(other, size, false);
	other[0] |= b[0] & 0x80;
	if (memcmp(b, other, size) == 0) {
		strcpy(out, b[0] & 0x80 ? "-Infinity" : "Infinity");
		return;
	}
	special(other, size, true);
	strcpy(out, "NaN");
	if (memcmp(b, other, size) == 0)
		return;
	out = stpcpy(out, "NaN(0x");
	for (size_t i = 0; i < size; i++)
		out += sprintf(out, "%02x", b[i]);
	strcpy(out, ")");
}

void
real_format(const uint8_t *bytes, size_t size, char *out, bool *number)
{
	/* So many digits always do; one or two fewer often. */
	int most = size == 4 ? 9 : size == 8 ? 17 : 36;
	union real r = { .q = 0 }, back;

	*number = !is_special(bytes, size);
	if (!*number) {
		format_special(bytes, size, out);
		return;
	}
	swap(r.bytes, bytes, size);
	for (int digits = most - 3; digits <= most; digits++) {
		print(out, &r, size, digits);
		read_number(out, &back, size);
		if (memcmp(r.bytes, back.bytes, size) == 0)
			return;
	}
}

/* NaN(0x...) with all of its digits. */
static int
parse_nan(const char *text, size_t n, uint8_t *bytes, size_t size)
{
	if (n != 6 + 2 * size + 1 || strncmp(text, "NaN(0x", 6) != 0 ||
	    text[n - 1] != ')')
		return -EINVAL;
	for (size_t i = 0; i < size; i++) {
		char digits[3] = { text[6 + 2 * i], text[7 + 2 * i], '\0' };
		char *end;

		bytes[i] = (uint8_t)strtoul(digits, &end, 16);
		if (end != digits + 2 || digits[0] == '+' || digits[0] == '-' ||
		    digits[0] == ' ' || digits[1] == 'x')
			return -EINVAL;
	}
	return is_special(bytes, size) ? 0 : -EINVAL;
}

static int
parse_word(const char *text, size_t n, uint8_t *bytes, size_t size)
{
	bool minus = n > 0 && text[0] == '-';

	if (n == 3 && memcmp(text, "NaN", 3) == 0) {
		special(bytes, size, true);
		return 0;
	}
	if (n - minus == 8 && memcmp(text + minus, "Infinity", 8) == 0) {
		special(bytes, size, false);
		bytes[0] |= minus ? 0x80 : 0;
		return 0;
	}
	return parse_nan(text, n, bytes, size);
}

int
real_parse(const char *text, size_t n, bool number, uint8_t *bytes,
    size_t size)
{
	char copy[REAL_NUMBER];
	union real r;

	if (!number)
		return parse_word(text, n, bytes, size);
	if (n >= sizeof(copy))
		return -EINVAL;
	memcpy(copy, text, n);
	copy[n] = '\0';
	read_number(copy, &r, size);
	swap(bytes, r.bytes, size);
	return is_special(bytes, size) ? -ERANGE : 0;
}
