/*
 * The workloads by name, and what they have in common: see work.h.
 */
#include "measure/work.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "echo.h"
#include "measure/stats.h"

static const struct work_ops *const workloads[] = {
	&work_echo, &work_kv_get, &work_kv_put, &work_kv_mixed,
	&work_kv_stat, &work_file_read, &work_call,
};

enum { WORKLOADS = sizeof(workloads) / sizeof(workloads[0]) };

const struct work work_nothing = {
	.ops = &work_echo, .name = "ECHO.NULL", .label = "NULL",
	.prog = ECHO_PROG, .vers = ECHO_V1,
};

const struct work_ops *
work_ops_at(size_t i)
{
	return i < WORKLOADS ? workloads[i] : NULL;
}

const struct work_ops *
work_ops_find(const char *name)
{
	for (size_t i = 0; i < WORKLOADS; i++)
		if (strcmp(workloads[i]->name, name) == 0)
			return workloads[i];
	return NULL;
}

int
work_allocate(struct work *w, size_t n, size_t args)
{
	w->requests = calloc(n, sizeof(*w->requests));
	w->memory = calloc(n, args + 1);
	if (w->requests == NULL || w->memory == NULL)
		return -ENOMEM;
	w->nrequests = n;
	for (size_t i = 0; i < n; i++)
		w->requests[i].args = w->memory + i * args;
	return 0;
}

int
work_draw(struct work *w, uint32_t choices)
{
	uint64_t random = w->spec.seed;

	w->drawn = calloc(WORK_TURNS, sizeof(*w->drawn));
	if (w->drawn == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < WORK_TURNS; i++)
		w->drawn[i] = (uint32_t)(stats_random(&random) % choices);
	w->order = w->drawn;
	w->order_mask = WORK_TURNS - 1;
	return 0;
}

int
work_init(struct work *w, const struct work_spec *spec)
{
	static const uint32_t first_only;
	int err;

	memset(w, 0, sizeof(*w));
	w->ops = work_ops_find(spec->workload);
	if (w->ops == NULL)
		return -ENOENT;
	if (spec->size < w->ops->size_min || spec->size > w->ops->size_max)
		return -EMSGSIZE;
	w->spec = *spec;
	w->size = spec->size;
	w->order = &first_only;
	err = w->ops->init(w);
	if (err)
		work_release(w);
	return err;
}

void
work_did(struct work *w, struct work_done *d)
{
	for (size_t i = 0; i < w->nrequests; i++) {
		struct request *rq = &w->requests[i];

		d->calls += rq->uses;
		d->changes += rq->change ? rq->uses : 0;
		d->carried += (uint64_t)rq->uses * rq->carries;
		d->brought += (uint64_t)rq->uses * rq->brings;
		rq->uses = 0;
	}
	if (w->ops->did != NULL)
		w->ops->did(w, d);
}

void
work_release(struct work *w)
{
	if (w->ops != NULL && w->ops->release != NULL)
		w->ops->release(w);
	free(w->requests);
	free(w->memory);
	free(w->drawn);
	memset(w, 0, sizeof(*w));
}
