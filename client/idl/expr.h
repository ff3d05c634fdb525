/*
 * Expressions of numbers and names: those of constants, and of #if. What is
 * read and what a name is worth are the caller's.
 */
#ifndef RPCALL_IDL_EXPR_H
#define RPCALL_IDL_EXPR_H

#include "idl/lex.h"

struct expr {
	struct lexer *lexer;
	struct token *token;	/* the next one, not taken yet */
	void (*advance)(struct expr *e);
	/*
	 * The value of the name at the token, which it takes: 0, or -1 where
	 * it has none (said already, where it is to be said).
	 */
	int (*name)(struct expr *e, wide *value);
	void *context;
	unsigned depth;
	bool logic;		/* with && || ! and comparisons */
	bool in_angles;		/* ">" ends it */
	bool composed;		/* it is more than a number or a name */
};

/* 0 with *value, or -1: an error was said or no value is known. */
int expr_parse(struct expr *e, wide *value);

#endif
