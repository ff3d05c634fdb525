/*
 * Programs, versions and procedures (RFC 5531 section 12): see parse.h.
 */
#include <string.h>

#include "idl/parse.h"

/*
 * "= NUMBER" of a procedure, version or program, whose name is a constant
 * from then on, as rpcgen has it.
 */
static struct idl_number *
number_of(struct parser *p, const char *name)
{
	struct symbol *y = symbol_of(name);
	struct idl_number *n = parse_expect(p, '=') == 0 ?
	    parse_number(p, false) : NULL;

	if (n != NULL && y->number == NULL)
		y->number = n;
	return n;
}

/* One argument; void is none. Names of arguments are allowed, and ignored. */
static int
parse_argument(struct parser *p, struct idl_proc *proc)
{
	struct place at = p->token.place;
	struct idl_type *t = parse_parameter(p), **args;

	if (t == NULL)
		return -1;
	if (p->token.kind == TOK_NAME)
		parse_advance(p);
	if (t->kind == TYPE_VOID) {
		if (proc->nargs > 0)
			lex_error(&p->lexer, &at, "void among arguments");
		return 0;
	}
	if (parse_count(p, proc->nargs, SCHEMA_MEMBERS, "arguments") != 0)
		return -1;
	args = parse_append(p, proc->args, proc->nargs, sizeof(*args));
	if (args == NULL)
		return -1;
	proc->args = args;
	args[proc->nargs++] = t;
	if (proc->nargs == 2)
		parse_rpcgen(p, &at, "rpcgen takes more than one argument only "
		    "with -N");
	return 0;
}

static int
parse_proc(struct parser *p, struct idl_proc *proc)
{
	proc->result = parse_parameter(p);
	proc->place = p->token.place;
	if (proc->result == NULL)
		return -1;
	proc->name = parse_name(p, "the procedure's name");
	if (proc->name == NULL || parse_expect(p, '(') != 0)
		return -1;
	while (!parse_at(p, ')')) {
		if (parse_argument(p, proc) != 0)
			return -1;
		if (!parse_at(p, ')') && parse_expect(p, ',') != 0)
			return -1;
	}
	parse_advance(p);
	proc->number = number_of(p, proc->name);
	return proc->number ? parse_expect(p, ';') : -1;
}

static int
parse_version(struct parser *p, struct idl_version *v)
{
	if (!parse_take_key(p, KEY_VERSION))
		return parse_wrong(p, "version");
	v->place = p->token.place;
	v->name = parse_name(p, "the version's name");
	if (v->name == NULL || parse_expect(p, '{') != 0)
		return -1;
	do {
		if (parse_count(p, v->nprocs, SCHEMA_MEMBERS, "procedures") != 0)
			return -1;
		v->procs = parse_append(p, v->procs, v->nprocs,
		    sizeof(*v->procs));
		if (v->procs == NULL ||
		    parse_proc(p, &v->procs[v->nprocs++]) != 0)
			return -1;
	} while (!parse_take(p, '}'));
	v->number = number_of(p, v->name);
	return v->number ? parse_expect(p, ';') : -1;
}

static int
parse_versions(struct parser *p, struct idl_program *g)
{
	do {
		if (parse_count(p, g->nversions, SCHEMA_MEMBERS,
		    "versions") != 0)
			return -1;
		g->versions = parse_append(p, g->versions, g->nversions,
		    sizeof(*g->versions));
		if (g->versions == NULL ||
		    parse_version(p, &g->versions[g->nversions++]) != 0)
			return -1;
	} while (!parse_take(p, '}'));
	return 0;
}

int
parse_program(struct parser *p)
{
	struct idl_program *g = parse_alloc(p, sizeof(*g));
	struct idl_def *d;

	if (g == NULL)
		return -1;
	g->place = p->token.place;
	g->name = parse_name(p, "the program's name");
	if (g->name == NULL || parse_expect(p, '{') != 0 ||
	    parse_versions(p, g) != 0)
		return -1;
	g->number = number_of(p, g->name);
	if (g->number == NULL)
		return -1;
	d = parse_define(p, DEF_PROGRAM, g->name, &g->place);
	if (d != NULL)
		d->program = g;
	return p->panic ? -1 : 0;
}
