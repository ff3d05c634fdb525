/*
 * Arguments that differ from call to call: their XDR, made once from JSON with
 * templates (idl/draw.h) in it, and the places where something drawn goes.
 * Each call then costs a copy and what is drawn; JSON is not looked at again.
 *
 *	struct stencil s;
 *	stencil_init(&s);
 *	options.fill = &s.fill;		// then codec_encode() to s.image
 *	stencil_finish(&s, f);
 *	... memory of s.room bytes ...
 *	while (stencil_next(&s, &draws, memory, &len) == 0) ...
 *	stencil_release(&s);
 *
 * A template may stand where a string may: as the whole of a number, a bool or
 * an enum; within a string; and in an opaque behind "text:" or "hex:", where
 * {{hex N}} is N bytes and a number has an even count of digits, {{seq:8x}}.
 * What is known of it is checked when it is made, each value when it is drawn.
 */
#ifndef RPCALL_IDL_STENCIL_H
#define RPCALL_IDL_STENCIL_H

#include "failure.h"
#include "idl/arena.h"
#include "idl/draw.h"
#include "idl/value.h"

enum { STENCIL_HOLES = 4096 };

struct hole;

struct stencil {
	struct value_fill fill;
	struct arena arena;
	struct buf image;	/* holes of varying length take no bytes of it */
	struct hole *holes;
	size_t nholes;
	size_t room;		/* bytes that a call's arguments have at most */
	bool varies;		/* their length is not always the same */
	char wrong[160];	/* why stencil_next() failed */
};

void stencil_init(struct stencil *s);

/* The image is complete: 0, or f's code negated. */
int stencil_finish(struct stencil *s, struct failure *f);

/*
 * The arguments of a call into out, s->room bytes which nobody else writes to
 * and which begin as a copy of the image; *len: how many. 0, or -ERANGE with
 * s->wrong: what was drawn does not fit its place.
 */
int stencil_next(struct stencil *s, struct draws *d, uint8_t *out,
    size_t *len);

void stencil_release(struct stencil *s);

#endif
