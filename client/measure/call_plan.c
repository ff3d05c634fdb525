/*
 * What is called: see call_plan.h. Made by verb_bench.c and verb_compare.c,
 * carried out by work_call.c.
 */
#include "measure/call_plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "idl/check.h"
#include "invoke.h"

int
call_plan_make(struct call_plan *p, const struct call_args *given,
    const struct target *t, const char *name, int n, const char **values,
    uint64_t seed, struct failure *f)
{
	int err;

	stencil_init(&p->stencil);
	p->draws = (struct draws){ .random = seed };
	p->calling.fill = &p->stencil.fill;
	err = calling_find(&p->calling, given, t, name, n, values, f);
	if (err)
		return err;
	/* Without a schema only procedure 0 is known, whose result is void. */
	p->checked = given->raw == NULL;
	p->stencil.image = p->calling.sent;
	p->calling.sent = (struct buf){ 0 };
	p->values = values;
	p->nvalues = n;
	if (p->through_json && (p->stencil.nholes > 0 || !p->checked))
		return failure_set(f, EXIT_USAGE, "--through-json: not with "
		    "templates or --raw");
	return stencil_finish(&p->stencil, f);
}

/* The same bytes as the last time, from the start. */
static int
encode_again(struct call_plan *p, uint8_t *args, size_t *len)
{
	struct failure f = { 0 };

	if (calling_encode(&p->calling, p->nvalues, p->values, &f) != 0 ||
	    p->calling.sent.len != p->stencil.image.len) {
		snprintf(p->stencil.wrong, sizeof(p->stencil.wrong),
		    "the arguments are no longer what they were");
		return -ERANGE;
	}
	*len = p->calling.sent.len;
	if (*len > 0)
		memcpy(args, p->calling.sent.data, *len);
	return 0;
}

int
call_plan_next(struct call_plan *p, uint8_t *args, size_t *len)
{
	return p->through_json ? encode_again(p, args, len) :
	    stencil_next(&p->stencil, &p->draws, args, len);
}

static bool
becomes_json(struct call_plan *p, const uint8_t *body, size_t len)
{
	struct reply r = { .body = body, .len = len };
	struct codec_remarks m;
	struct failure f = { 0 };

	p->json.len = 0;
	return calling_result(&p->calling, &r, false, &p->json, &m, &f) == 0;
}

static int
try_it(struct call_plan *p, struct invocation *v, uint8_t *args,
    struct failure *f)
{
	struct call_head head = calling_head(&p->calling);
	struct stencil *s = &p->stencil;
	struct reply r;
	size_t len;
	int err;

	memcpy(args, s->image.data, s->image.len);
	if (call_plan_next(p, args, &len) != 0)
		return failure_set(f, EXIT_DATA, "%s", s->wrong);
	err = invocation_call(v, &head, p->calling.proc.name, args, len, &r,
	    f);
	if (err == 0)
		p->result_len = (uint32_t)r.len;
	return err;
}

int
call_plan_try(struct call_plan *p, const struct target *t, struct failure *f)
{
	struct invocation v = { .open = false };
	struct target target = *t;
	uint8_t *args = malloc(p->stencil.room + 1);
	int err;

	if (args == NULL)
		return failure_set(f, EXIT_OS, "no memory");
	err = invocation_open(&v, &target, p->calling.proc.prog,
	    p->calling.proc.vers, f);
	if (err == 0)
		err = try_it(p, &v, args, f);
	invocation_close(&v);
	free(args);
	return err;
}

bool
call_plan_accepts(struct call_plan *p, const uint8_t *body, size_t len)
{
	const struct codec *c = &p->calling.result;
	size_t at = 0;

	if (p->through_json)
		return becomes_json(p, body, len);
	/* What stands behind the result stock clients do not look at, either. */
	return !p->checked || c->n == 0 ||
	    value_check(c->types[0], body, len, &at) == 0;
}

void
call_plan_release(struct call_plan *p)
{
	calling_release(&p->calling);
	stencil_release(&p->stencil);
	buf_release(&p->json);
}
