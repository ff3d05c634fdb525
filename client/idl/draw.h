/*
 * What a template in a value stands for, drawn anew for each call:
 *
 *	{{seq}}			the number of the call: 0, 1, 2, ...
 *	{{seq FIRST}} {{seq FIRST STEP}}
 *	{{random N}}		a whole number from 0 to N - 1
 *	{{random LOW HIGH}}	from LOW to HIGH
 *	{{connection}}		the number of the connection, of those in use
 *	{{hex N}}		N random bytes
 *	{{uuid}}		a random UUID (RFC 4122, version 4), as text
 *	{{{{			"{{" itself
 *
 * A number may say how it is written: {{seq:6}} has six digits, {{seq:8x}}
 * eight of base 16. Draws are the same for the same seed.
 */
#ifndef RPCALL_IDL_DRAW_H
#define RPCALL_IDL_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "idl/type.h"

enum {
	DRAW_HEX = 65536,	/* bytes of {{hex N}} */
	DRAW_DIGITS = 40,	/* of a number, with its sign */
	DRAW_UUID_TEXT = 36,
};

enum draw_kind { DRAW_TEXT, DRAW_SEQ, DRAW_RANDOM, DRAW_CONNECTION,
	DRAW_BYTES, DRAW_UUID };

struct draw {
	enum draw_kind kind;
	bool base16;
	uint8_t width;		/* digits, no more and no less; 0: any */
	wide first;		/* of SEQ, RANDOM */
	wide step;		/* of SEQ */
	uint64_t most;		/* of RANDOM: above first */
	const char *text;	/* of TEXT: the caller's */
	uint32_t len;		/* of TEXT, BYTES */
};

/* What draws are drawn from. */
struct draws {
	uint64_t call, connection;
	uint64_t random;	/* the generator's state */
};

/*
 * Reads the template that text[0..n) begins with: the bytes it takes, at most
 * n; or 0 with what is wrong, a literal, and where. Of "{{{{" it is a TEXT.
 */
size_t draw_parse(struct draw *d, const char *text, size_t n,
    const char **wrong, size_t *at);

/* Is it one that numbers can be made of? */
bool draw_is_number(const struct draw *d);
wide draw_number(const struct draw *d, struct draws *s);

/* The least and the greatest number it is, as far as that is known. */
void draw_range(const struct draw *d, wide *low, wide *high);

/* Characters of its text, fewest and most. */
void draw_length(const struct draw *d, uint32_t *min, uint32_t *max);

/*
 * Its text into out, of DRAW_DIGITS at least and what draw_length() tells: how
 * many characters; or -ERANGE, a number that needs more digits than it may.
 */
int draw_text(const struct draw *d, struct draws *s, char *out);

/* n random bytes. */
void draw_bytes(struct draws *s, uint8_t *out, size_t n);

#endif
