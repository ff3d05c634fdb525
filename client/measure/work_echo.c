/*
 * The workload "echo": a procedure of the measuring service with one payload,
 * the same in every call. It says what a mechanism costs, with nothing behind
 * it.
 */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "be.h"
#include "crc32c.h"
#include "echo.h"
#include "measure/work.h"
#include "pattern.h"

static const char wrong_bytes[] = "wrong bytes came back";

static const char *
null_wrong(const struct work *w, const struct request *rq,
    const struct reply *r)
{
	(void)w, (void)rq;
	return r->len == 0 ? NULL : wrong_bytes;
}

/* The answer is the payload. */
static const char *
echo_wrong(const struct work *w, const struct request *rq,
    const struct reply *r)
{
	(void)w;
	return r->len == rq->args_len &&
	    be32_get(r->body) == rq->brings &&
	    crc32c(0, r->body + 4, rq->brings) == rq->crc ? NULL :
	    wrong_bytes;
}

/* The answer is length and CRC32C. */
static const char *
sink_wrong(const struct work *w, const struct request *rq,
    const struct reply *r)
{
	(void)w;
	return r->len == 8 && be32_get(r->body) == rq->carries &&
	    be32_get(r->body + 4) == rq->crc ? NULL : wrong_bytes;
}

static const struct {
	const char *name;
	uint32_t proc;
	const char *(*wrong)(const struct work *w, const struct request *rq,
	    const struct reply *r);
} procedures[] = {
	{ "ECHO.NULL", ECHO_NULL, null_wrong },
	{ "ECHO.ECHO", ECHO_ECHO, echo_wrong },
	{ "ECHO.SINK", ECHO_SINK, sink_wrong },
};

/* "ECHO/1.NULL" and "null" mean what "ECHO.NULL" means. */
static int
find_procedure(const char *name)
{
	const char *dot = strrchr(name, '.');

	if (dot != NULL && strncasecmp(name, "ECHO", 4) != 0)
		return -ENOENT;
	name = dot ? dot + 1 : name;
	for (int i = 0; i < 3; i++)
		if (strcasecmp(procedures[i].name + 5, name) == 0)
			return i;
	return -ENOENT;
}

bool
work_echo_has(const char *procedure)
{
	return find_procedure(procedure) >= 0;
}

/* The argument in XDR: length, bytes, padding. */
static int
encode(struct work *w, uint32_t proc)
{
	struct request *rq;
	int err = work_allocate(w, 1, 4 + (size_t)xdr_padded(w->size));

	if (err)
		return err;
	rq = &w->requests[0];
	be32_put(rq->args, w->size);
	pattern_fill(rq->args + 4, w->size, w->size);
	rq->proc = proc;
	rq->args_len = proc == ECHO_NULL ? 0 : 4 + (size_t)xdr_padded(w->size);
	rq->carries = w->size;
	rq->brings = proc == ECHO_ECHO ? w->size : 0;
	rq->crc = crc32c(0, rq->args + 4, w->size);
	return 0;
}

static int
echo_init(struct work *w)
{
	int i = find_procedure(w->spec.procedure ? w->spec.procedure :
	    "ECHO.ECHO");

	if (i < 0)
		return i;
	w->name = procedures[i].name;
	w->label = procedures[i].name + 5;
	w->wrong = procedures[i].wrong;
	w->verified = "length and CRC32C of each answer";
	w->prog = ECHO_PROG;
	w->vers = ECHO_V1;
	if (procedures[i].proc == ECHO_NULL)
		w->size = 0;
	return encode(w, procedures[i].proc);
}

const struct work_ops work_echo = {
	.name = "echo",
	.about = "a payload there and back; says what a mechanism costs",
	.sizes = "64,1K,64K,1M", .size_max = ECHO_MAX,
	.stock = true,
	.init = echo_init,
};
