/*
 * Types that are defined a second time, in the same words: files that people
 * put together, or include twice, do so, and no reader can mistake them. See
 * parse.h.
 */
#include <string.h>

#include "buf.h"
#include "idl/parse.h"
#include "idl/print.h"

/* Bytes of definitions that are held against one another, in all. */
enum { REPEATS_WORK = 4 * SCHEMA_TEXT };

struct repeat {
	const struct idl_def *first;
	struct idl_def second;
};

void
parse_twice(struct parser *p, const char *name, const struct place *at)
{
	lex_error(&p->lexer, at, "%s is defined twice", name);
}

int
repeat_note(struct parser *p, const struct idl_def *d, struct idl_type *type,
    const struct place *at)
{
	struct repeat *r = parse_append(p, p->repeats, p->nrepeats, sizeof(*r));

	if (r == NULL)
		return -1;
	p->repeats = r;
	r[p->nrepeats++] = (struct repeat){ d, { .kind = d->kind,
		.name = d->name, .type = type, .place = *at } };
	return 0;
}

/* Printed they are the same bytes. */
static bool
is_same(const struct repeat *r, size_t *work)
{
	struct buf a = { 0 }, b = { 0 };
	bool same = print_def(&a, r->first) == 0 &&
	    print_def(&b, &r->second) == 0 && a.len == b.len &&
	    memcmp(a.data, b.data, a.len) == 0;

	*work += a.len + b.len;
	buf_release(&a);
	buf_release(&b);
	return same;
}

void
repeats_check(struct parser *p)
{
	size_t work = 0;

	for (size_t i = 0; i < p->nrepeats; i++) {
		const struct repeat *r = &p->repeats[i];

		if (work > REPEATS_WORK || !is_same(r, &work))
			parse_twice(p, r->second.name, &r->second.place);
		else
			parse_rpcgen(p, &r->second.place, "a second %s, though "
			    "the same: rpcgen makes a second xdr_%s",
			    r->second.name, r->second.name);
	}
}
