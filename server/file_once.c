/*
 * Once for each opid: see file_once.h. Operations under way keep their place.
 */
#include "server/file_once.h"

#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "server/share.h"

enum { RESULT_MAX = sizeof(file_attr_res) };

struct entry {
	file_opid opid;
	uint32_t proc;
	bool used, done;
	unsigned share;		/* whose */
	uint64_t age;		/* they count upwards */
	char result[RESULT_MAX];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t finished = PTHREAD_COND_INITIALIZER;
static struct entry entries[FILE_ONCE_MAX];
static unsigned each[SHARES];	/* how many an identity has */
static uint64_t ages;
static _Thread_local unsigned caller;

static struct entry *
find(const file_opid opid, uint32_t proc)
{
	for (unsigned i = 0; i < FILE_ONCE_MAX; i++)
		if (entries[i].used && entries[i].proc == proc &&
		    memcmp(entries[i].opid, opid, FILE_OPID) == 0)
			return &entries[i];
	return NULL;
}

/* Does a give way rather than b? */
static bool
goes_first(const struct entry *a, const struct entry *b)
{
	if (!a->used || !b->used)
		return !a->used && b->used;
	if (each[a->share] != each[b->share])
		return each[a->share] > each[b->share];
	return a->age < b->age;
}

/* There are always fewer under way than places. */
static struct entry *
find_place(void)
{
	struct entry *place = NULL;

	for (unsigned i = 0; i < FILE_ONCE_MAX; i++) {
		struct entry *e = &entries[i];

		if (e->used && !e->done)
			continue;
		if (place == NULL || goes_first(e, place))
			place = e;
	}
	return place;
}

static struct entry *
claim(const file_opid opid, uint32_t proc)
{
	struct entry *e = find_place();

	if (e->used)
		each[e->share]--;
	memcpy(e->opid, opid, FILE_OPID);
	e->proc = proc;
	e->used = true;
	e->done = false;
	e->share = caller;
	e->age = ages++;
	each[caller]++;
	return e;
}

void
file_once_for(unsigned share)
{
	caller = share;
}

/* The answer of e, if it is still there when it is done: else false. */
static bool
answer_again(struct entry *e, const file_opid opid, uint32_t proc, void *res,
    size_t size)
{
	while (!e->done) {
		pthread_cond_wait(&finished, &lock);
		e = find(opid, proc);
		if (e == NULL)
			return false;
	}
	memcpy(res, e->result, size);
	return true;
}

/* The answer of an earlier run, or a place for this one's in *e. */
static bool
known(const file_opid opid, uint32_t proc, void *res, size_t size,
    struct entry **e)
{
	bool found;

	pthread_mutex_lock(&lock);
	*e = find(opid, proc);
	found = *e != NULL && answer_again(*e, opid, proc, res, size);
	if (!found)
		*e = claim(opid, proc);
	pthread_mutex_unlock(&lock);
	return found;
}

void
file_once(const file_opid opid, uint32_t proc,
    void (*op)(void *args, void *res), void *args, void *res, size_t size)
{
	static const file_opid none;
	struct entry *e;

	assert(size <= RESULT_MAX);
	if (memcmp(opid, none, FILE_OPID) == 0) {
		op(args, res);
		return;
	}
	if (known(opid, proc, res, size, &e))
		return;
	op(args, res);
	pthread_mutex_lock(&lock);
	memcpy(e->result, res, size);
	e->done = true;
	pthread_cond_broadcast(&finished);
	pthread_mutex_unlock(&lock);
}
