/*
 * What rpcgen 1.4.3 refuses or compiles into C that does not compile, though
 * it is sound: each found by running it. The parser tells of the rest, where
 * it meets it. See parse.h; for rpcall check.
 */
#include <string.h>

#include "idl/parse.h"

/* rpcgen makes xdr_NAME of a type's name: libtirpc has these already. */
static const char *const taken[] = {
	"array", "bytes", "destroy", "free", "getpos", "inline", "pointer",
	"reference", "setpos", "sizeof", "vector", "netobj", "wrapstring",
	"callmsg", "callhdr", "replymsg", "opaque_auth", "accepted_reply",
	"rejected_reply", "des_block", "authunix_parms", "pmap", "pmaplist",
	"pmaplist_ptr", "rpcb", "rpcblist", "rpcblist_ptr", "rpcb_entry",
	"rpcb_stat", "rpcb_entry_list", "rpcb_rmtcallargs", "netbuf",
	"u_char", "u_int", "quad_t", "u_quad_t", NULL,
};

static const char *const c_words[] = {
	"auto", "break", "continue", "do", "else", "extern", "for", "goto",
	"if", "inline", "register", "restrict", "return", "signed", "sizeof",
	"static", "volatile", "while", "asm", NULL,
};

static bool
among(const char *const *words, const char *name)
{
	for (; name != NULL && *words != NULL; words++)
		if (strcmp(*words, name) == 0)
			return true;
	return false;
}

static void
refuse_name(struct parser *p, const char *name, const struct place *at)
{
	if (among(c_words, name))
		parse_rpcgen(p, at, "%s is a word of C: what rpcgen makes does "
		    "not compile", name);
}

static void
refuse_fields(struct parser *p, const struct idl_type *t)
{
	for (size_t i = 0; i < t->nfields; i++) {
		const struct idl_field *f = &t->fields[i];

		refuse_name(p, f->name, &f->place);
		if (f->type->kind == TYPE_ARRAY && f->type->fixed &&
		    f->type->of->kind == TYPE_BOOL && t->kind == TYPE_STRUCT)
			parse_rpcgen(p, &f->place, "rpcgen makes C of a bool "
			    "array in a struct that does not compile");
		for (size_t k = 0; t->kind == TYPE_UNION && k < i; k++)
			if (f->name != NULL && t->fields[k].name == f->name) {
				parse_rpcgen(p, &f->place, "a second arm %s: "
				    "C refuses that", f->name);
				break;
			}
	}
}

static void
refuse_def(struct parser *p, const struct idl_def *d)
{
	refuse_name(p, d->name, &d->place);
	if (d->kind != DEF_CONST && among(taken, d->name))
		parse_rpcgen(p, &d->place, "rpcgen makes xdr_%s of this, which "
		    "is a function of libtirpc", d->name);
}

/* The table of rpcgen -t is by position. */
static void
refuse_gaps(struct parser *p, const struct idl_version *v)
{
	int64_t next = 0;

	for (size_t i = 0; i < v->nprocs; i++) {
		int64_t n = v->procs[i].number->value;

		if (n != next && !(i == 0 && n == 1)) {
			diag_add(p->diags, DIAG_WARNING, NULL,
			    &v->procs[i].place, "rpcgen -t wants procedure "
			    "%lld here: numbers without a gap, in order",
			    (long long)next);
			return;
		}
		next = n + 1;
	}
}

void
refuse(struct parser *p)
{
	const struct schema *s = p->schema;

	for (size_t i = 0; i < s->ntypes; i++)
		if (s->types[i]->kind == TYPE_STRUCT ||
		    s->types[i]->kind == TYPE_UNION)
			refuse_fields(p, s->types[i]);
	for (size_t i = 0; i < s->ndefs; i++) {
		const struct idl_def *d = s->defs[i];

		if (d->c)
			continue;
		refuse_def(p, d);
		for (size_t k = 0; d->kind == DEF_PROGRAM &&
		    k < d->program->nversions; k++)
			refuse_gaps(p, &d->program->versions[k]);
	}
}
