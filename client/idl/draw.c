/*
 * Templates: see draw.h.
 */
#include "idl/draw.h"

#include <errno.h>
#include <string.h>

#include "measure/stats.h"

static const char digits[] = "0123456789abcdef";

/* A template while it is read. */
struct reader {
	const char *p, *end;
	const char *wrong;
};

static int
fail(struct reader *r, const char *wrong)
{
	if (r->wrong == NULL)
		r->wrong = wrong;
	return -EINVAL;
}

static void
blanks(struct reader *r)
{
	while (r->p < r->end && *r->p == ' ')
		r->p++;
}

static bool
at_end(const struct reader *r)
{
	return r->end - r->p >= 2 && r->p[0] == '}' && r->p[1] == '}';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A decimal number of at most 64 bits, with a sign. */
static int
number(struct reader *r, wide *v)
{
	bool minus = r->p < r->end && *r->p == '-';

	r->p += minus;
	if (r->p == r->end || !is_digit(*r->p))
		return fail(r, "a whole number, or \"}}\", is wanted here");
	for (*v = 0; r->p < r->end && is_digit(*r->p); r->p++) {
		*v = *v * 10 + (*r->p - '0');
		if (*v > (wide)UINT64_MAX)
			return fail(r, "more than 64 bits");
	}
	if (minus && *v > (wide)INT64_MAX + 1)
		return fail(r, "more than 64 bits");
	*v = minus ? -*v : *v;
	return 0;
}

/* ":6" or ":8x" */
static int
read_width(struct reader *r, struct draw *d)
{
	wide width = 0;

	if (r->p == r->end || *r->p != ':')
		return 0;
	r->p++;
	if (number(r, &width) != 0)
		return -EINVAL;
	if (width < 1 || width > 20)
		return fail(r, "1 to 20 digits");
	d->width = (uint8_t)width;
	d->base16 = r->p < r->end && *r->p == 'x';
	r->p += d->base16;
	return 0;
}

/* How many numbers follow, at most two; into v. */
static int
read_numbers(struct reader *r, wide v[2])
{
	int n = 0;

	for (blanks(r); n < 2 && r->p < r->end && !at_end(r); blanks(r))
		if (number(r, &v[n++]) != 0)
			return -EINVAL;
	return at_end(r) ? n : fail(r, "\"}}\" is wanted here");
}

static int
set_seq(struct reader *r, struct draw *d, const wide *v, int n)
{
	(void)r;
	d->first = n > 0 ? v[0] : 0;
	d->step = n > 1 ? v[1] : 1;
	return 0;
}

static int
set_random(struct reader *r, struct draw *d, const wide *v, int n)
{
	wide high = n == 1 ? v[0] - 1 : v[1];

	if (n == 0)
		return fail(r, "write {{random N}} or {{random LOW HIGH}}");
	d->first = n == 1 ? 0 : v[0];
	if (high < d->first)
		return fail(r, "there is no number to draw");
	if (high - d->first > (wide)UINT64_MAX)
		return fail(r, "more than 64 bits");
	d->most = (uint64_t)(high - d->first);
	return 0;
}

static int
set_bytes(struct reader *r, struct draw *d, const wide *v, int n)
{
	if (n != 1 || v[0] < 1 || v[0] > DRAW_HEX)
		return fail(r, "write {{hex N}}, N from 1 to 65536");
	d->len = (uint32_t)v[0];
	return 0;
}

static int
set_nothing(struct reader *r, struct draw *d, const wide *v, int n)
{
	(void)d, (void)v;
	return n == 0 ? 0 : fail(r, "\"}}\" is wanted here");
}

static const struct {
	const char *name;
	enum draw_kind kind;
	int (*set)(struct reader *r, struct draw *d, const wide *v, int n);
} kinds[] = {
	{ "seq", DRAW_SEQ, set_seq },
	{ "random", DRAW_RANDOM, set_random },
	{ "connection", DRAW_CONNECTION, set_nothing },
	{ "hex", DRAW_BYTES, set_bytes },
	{ "uuid", DRAW_UUID, set_nothing },
};

/* Of kinds[], or -EINVAL. */
static int
read_name(struct reader *r)
{
	const char *name = r->p;
	size_t n;

	while (r->p < r->end && *r->p >= 'a' && *r->p <= 'z')
		r->p++;
	n = (size_t)(r->p - name);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strlen(kinds[i].name) == n &&
		    memcmp(kinds[i].name, name, n) == 0)
			return (int)i;
	r->p = name;
	return fail(r, "no template: seq, random, hex, uuid or connection "
	    "({{{{ stands for {{)");
}

static int
read_all(struct reader *r, struct draw *d)
{
	wide v[2] = { 0, 0 };
	int kind, n;

	blanks(r);
	kind = read_name(r);
	if (kind < 0)
		return kind;
	d->kind = kinds[kind].kind;
	if (draw_is_number(d) && read_width(r, d) != 0)
		return -EINVAL;
	n = read_numbers(r, v);
	if (n < 0 || kinds[kind].set(r, d, v, n) != 0)
		return -EINVAL;
	if (d->width > 0 && d->first < 0)
		return fail(r, "a number with a width has no sign");
	return 0;
}

size_t
draw_parse(struct draw *d, const char *text, size_t n, const char **wrong,
    size_t *at)
{
	struct reader r = { .p = text + 2, .end = text + n };

	memset(d, 0, sizeof(*d));
	if (n >= 4 && text[2] == '{' && text[3] == '{') {
		*d = (struct draw){ .kind = DRAW_TEXT, .text = text, .len = 2 };
		return 4;
	}
	if (read_all(&r, d) == 0)
		return (size_t)(r.p - text) + 2;
	*wrong = r.wrong;
	*at = (size_t)(r.p - text);
	return 0;
}

bool
draw_is_number(const struct draw *d)
{
	return d->kind == DRAW_SEQ || d->kind == DRAW_RANDOM ||
	    d->kind == DRAW_CONNECTION;
}

/* 0 to most, all as likely: the high half of a product takes no division. */
static uint64_t
draw_below(struct draws *s, uint64_t most)
{
	uint64_t v = stats_random(&s->random);

	return most == UINT64_MAX ? v :
	    (uint64_t)(((unsigned __int128)v * (most + 1)) >> 64);
}

wide
draw_number(const struct draw *d, struct draws *s)
{
	switch (d->kind) {
	case DRAW_SEQ:
		return d->first + d->step * (wide)s->call;
	case DRAW_RANDOM:
		return d->first + (wide)draw_below(s, d->most);
	default:
		return (wide)s->connection;
	}
}

void
draw_range(const struct draw *d, wide *low, wide *high)
{
	*low = *high = d->first;
	if (d->kind == DRAW_RANDOM)
		*high += (wide)d->most;
}

static uint32_t
count_digits(wide v)
{
	uint32_t n = v < 0 ? 2 : 1;

	for (v = v < 0 ? -v : v; v >= 10; v /= 10)
		n++;
	return n;
}

void
draw_length(const struct draw *d, uint32_t *min, uint32_t *max)
{
	wide low, high;

	switch (d->kind) {
	case DRAW_TEXT:
		*min = *max = d->len;
		return;
	case DRAW_BYTES:
		*min = *max = 2 * d->len;
		return;
	case DRAW_UUID:
		*min = *max = DRAW_UUID_TEXT;
		return;
	default:
		break;
	}
	draw_range(d, &low, &high);
	*min = *max = d->width;
	if (d->width > 0)
		return;
	*min = d->kind == DRAW_RANDOM && low <= 0 && high >= 0 ? 1 :
	    count_digits(high < 0 ? high : low);
	*max = d->kind == DRAW_RANDOM ? count_digits(low) : DRAW_DIGITS;
	if (d->kind == DRAW_RANDOM && count_digits(high) > *max)
		*max = count_digits(high);
	if (d->kind == DRAW_SEQ && d->step < 0)
		*min = 1;
}

static int
number_text(const struct draw *d, wide v, char *out)
{
	unsigned base = d->base16 ? 16 : 10;
	unsigned __int128 left = (unsigned __int128)(v < 0 ? -v : v);
	char text[DRAW_DIGITS];
	size_t n = sizeof(text);

	do
		text[--n] = digits[left % base];
	while ((left /= base) > 0);
	if (d->width > 0 && (v < 0 || sizeof(text) - n > d->width))
		return -ERANGE;
	while (sizeof(text) - n < d->width)
		text[--n] = '0';
	if (v < 0)
		text[--n] = '-';
	memcpy(out, text + n, sizeof(text) - n);
	return (int)(sizeof(text) - n);
}

void
draw_bytes(struct draws *s, uint8_t *out, size_t n)
{
	while (n > 0) {
		uint64_t v = stats_random(&s->random);
		size_t some = n < sizeof(v) ? n : sizeof(v);

		memcpy(out, &v, some);
		out += some;
		n -= some;
	}
}

static char *
put_hex(char *out, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		*out++ = digits[bytes[i] >> 4];
		*out++ = digits[bytes[i] & 15];
	}
	return out;
}

static int
uuid_text(struct draws *s, char *out)
{
	static const uint8_t groups[] = { 4, 2, 2, 2, 6 };
	uint8_t bytes[16], *p = bytes;

	draw_bytes(s, bytes, sizeof(bytes));
	bytes[6] = (bytes[6] & 0x0f) | 0x40;
	bytes[8] = (bytes[8] & 0x3f) | 0x80;
	for (size_t i = 0; i < sizeof(groups); p += groups[i++]) {
		if (i > 0)
			*out++ = '-';
		out = put_hex(out, p, groups[i]);
	}
	return DRAW_UUID_TEXT;
}

/* In pieces: all of the bytes would be too many for a stack. */
static int
bytes_text(const struct draw *d, struct draws *s, char *out)
{
	uint8_t some[64];

	for (uint32_t left = d->len, n; left > 0; left -= n) {
		n = left < sizeof(some) ? left : sizeof(some);
		draw_bytes(s, some, n);
		out = put_hex(out, some, n);
	}
	return (int)(2 * d->len);
}

int
draw_text(const struct draw *d, struct draws *s, char *out)
{
	switch (d->kind) {
	case DRAW_TEXT:
		memcpy(out, d->text, d->len);
		return (int)d->len;
	case DRAW_BYTES:
		return bytes_text(d, s, out);
	case DRAW_UUID:
		return uuid_text(s, out);
	default:
		return number_text(d, draw_number(d, s), out);
	}
}
