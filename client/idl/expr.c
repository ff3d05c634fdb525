/*
 * Expressions: see expr.h. By precedence climbing; values stay within what
 * 65 bits hold, so that nothing overflows.
 */
#include "idl/expr.h"

enum { EXPR_DEPTH = 32 };

static const struct operator {
	char punct;
	bool twice, logic;
	int rank;
} operators[] = {
	{ '|', true, true, 1 }, { '&', true, true, 2 }, { '|', false, false, 3 },
	{ '^', false, false, 4 }, { '&', false, false, 5 },
	{ '=', true, true, 6 }, { '!', true, true, 6 },
	{ '<', false, true, 7 }, { '>', false, true, 7 },
	{ '<', true, false, 8 }, { '>', true, false, 8 },
	{ '+', false, false, 9 }, { '-', false, false, 9 },
	{ '*', false, false, 10 }, { '/', false, false, 10 },
	{ '%', false, false, 10 },
};

static int parse_rank(struct expr *e, int rank, wide *value);

static const struct operator *
operator_at(const struct expr *e)
{
	const struct token *t = e->token;

	if (t->kind != TOK_PUNCT || (e->in_angles && t->punct == '>'))
		return NULL;
	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
		if (operators[i].punct == t->punct &&
		    operators[i].twice == t->twice &&
		    (e->logic || !operators[i].logic))
			return &operators[i];
	return NULL;
}

static int
out_of_range(struct expr *e, const struct place *at, wide value)
{
	if (value <= (wide)UINT64_MAX && value >= -(wide)UINT64_MAX)
		return 0;
	lex_error(e->lexer, at, "the value needs more than 64 bits");
	return -1;
}

static int
divide(struct expr *e, const struct place *at, char op, wide b, wide *a)
{
	if (b == 0) {
		lex_error(e->lexer, at, "division by zero");
		return -1;
	}
	*a = op == '/' ? *a / b : *a % b;
	return 0;
}

static int
shift(struct expr *e, const struct place *at, char op, wide b, wide *a)
{
	if (b < 0 || b > 62) {
		lex_error(e->lexer, at, "a shift by more than 62 bits");
		return -1;
	}
	*a = op == '<' ? *a * ((wide)1 << b) : *a >> b;
	return 0;
}

/* *a = *a op b */
static int
apply(struct expr *e, const struct operator *o, const struct place *at, wide b,
    wide *a)
{
	switch (o->punct) {
	case '|': *a = o->twice ? *a || b : *a | b; break;
	case '&': *a = o->twice ? *a && b : *a & b; break;
	case '^': *a ^= b; break;
	case '=': *a = *a == b; break;
	case '!': *a = *a != b; break;
	case '+': *a += b; break;
	case '-': *a -= b; break;
	case '*': *a *= b; break;
	case '/':
	case '%': return divide(e, at, o->punct, b, a);
	default:
		if (o->twice)
			return shift(e, at, o->punct, b, a) ? -1 :
			    out_of_range(e, at, *a);
		*a = o->punct == '<' ? *a < b : *a > b;
	}
	return out_of_range(e, at, *a);
}

static int
parenthesis(struct expr *e, wide *value)
{
	bool angles = e->in_angles;
	int err;

	e->advance(e);
	e->in_angles = false;
	err = parse_rank(e, 1, value);
	e->in_angles = angles;
	if (err)
		return err;
	if (e->token->kind != TOK_PUNCT || e->token->punct != ')') {
		lex_error(e->lexer, &e->token->place, "expected )");
		return -1;
	}
	e->advance(e);
	return 0;
}

static int
unary(struct expr *e, char op, wide *value)
{
	int err;

	e->advance(e);
	err = parse_rank(e, 11, value);
	if (op == '-')
		*value = -*value;
	else if (op == '~')
		*value = ~*value;
	else if (op == '!')
		*value = !*value;
	e->composed |= op != '-';
	return err;
}

static int
primary(struct expr *e, wide *value)
{
	const struct token *t = e->token;

	if (t->kind == TOK_NUMBER) {
		*value = t->value;
		e->advance(e);
		return 0;
	}
	if (t->kind == TOK_NAME && (e->logic || t->name->keyword == KEY_NONE))
		return e->name(e, value);
	if (t->kind == TOK_PUNCT && t->punct == '(') {
		e->composed = true;
		return parenthesis(e, value);
	}
	if (t->kind == TOK_PUNCT && !t->twice && (t->punct == '-' ||
	    t->punct == '+' || t->punct == '~' || (e->logic && t->punct == '!')))
		return unary(e, t->punct, value);
	lex_error(e->lexer, &t->place, "expected a number or the name of a "
	    "constant");
	return -1;
}

static int
parse_rank(struct expr *e, int rank, wide *value)
{
	const struct operator *o;
	int err;

	if (++e->depth > EXPR_DEPTH) {
		lex_error(e->lexer, &e->token->place,
		    "an expression nested more than 32 deep");
		return -1;
	}
	err = primary(e, value);
	while (err == 0 && (o = operator_at(e)) != NULL && o->rank >= rank) {
		struct place at = e->token->place;
		wide right;

		e->advance(e);
		e->composed = true;
		err = parse_rank(e, o->rank + 1, &right);
		if (err == 0)
			err = apply(e, o, &at, right, value);
	}
	e->depth--;
	return err;
}

int
expr_parse(struct expr *e, wide *value)
{
	e->depth = 0;
	return parse_rank(e, 1, value);
}
