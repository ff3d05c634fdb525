/*
 * Stencils, inside: what stencil.c makes and stencil_next.c follows.
 */
#ifndef RPCALL_IDL_STENCIL_IN_H
#define RPCALL_IDL_STENCIL_IN_H

#include "idl/stencil.h"

enum hole_kind { HOLE_WORD, HOLE_HYPER, HOLE_FLOAT, HOLE_DOUBLE, HOLE_BYTES };

struct hole {
	size_t at;		/* in the image */
	enum hole_kind kind;
	uint32_t size;		/* bytes of the image; 0 where it varies */
	wide low, high;		/* a number: what its type holds */
	/* BYTES: */
	bool varies;		/* in length */
	bool counted;		/* a length stands before them */
	bool binary;		/* "hex:": digits are bytes */
	uint32_t room;		/* with length and padding, at most */
	uint32_t bound;		/* of bytes, by the type */
	struct draw *parts;	/* of a number: one */
	size_t nparts;
	char where[64];		/* "argument .key" */
};

#endif
