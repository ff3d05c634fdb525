/*
 * Asking for what is there: see present.h. Used by verb_list.c.
 */
#include "present.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "open.h"
#include "options.h"

/* What the daemon at t tells: 0, or f's code negated. */
static int
ask_daemon(struct present *p, struct target *t, uint64_t timeout,
    struct failure *f)
{
	CLIENT *clnt = reflect_open(t, common.connect_timeout, timeout, f);

	if (clnt == NULL)
		return -f->code;
	if (snapshot_list(&p->daemon, clnt, f) != 0)
		snapshot_release(&p->daemon);
	clnt_destroy(clnt);
	return -f->code;
}

static int
ask_rpcbind(struct present *p, const char *host, struct failure *f)
{
	uint32_t ms = (uint32_t)(common.connect_timeout / NS_PER_MS);
	struct binder b = { .fd = -1 };
	int err = binder_open(&b, host, ms);

	if (err)
		return no_rpcbind(host, err, ms, f);
	p->entries = binder_dump(&b, &p->n);
	err = p->entries == NULL ? no_rpcbind(host, -errno, ms, f) : 0;
	binder_close(&b);
	return err;
}

static bool
is_registered(const struct present *p, uint32_t prog)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->entries[i].prog == prog)
			return true;
	return false;
}

int
present_ask(struct present *p, struct target *t, bool reflect,
    struct failure *note, struct failure *f)
{
	uint64_t soon = common.connect_timeout;
	const char *host = t->host[0] != '\0' ? t->host : NULL;

	if (!target_asks_rpcbind(t))
		return ask_daemon(p, t, common.timeout, f);
	if (ask_rpcbind(p, host, f) != 0)
		return -f->code;
	p->host = t->host;
	/* Who is registered and does not tell is shown as any other. */
	if (reflect && is_registered(p, REFLECT_PROG))
		ask_daemon(p, t, soon < common.timeout ? soon :
		    common.timeout, note);
	return 0;
}

/* vers is the best so far, where it is the least above. */
static void
closer(uint32_t vers, uint32_t above, uint32_t *best, bool *any)
{
	if (vers > above && (!*any || vers < *best)) {
		*best = vers;
		*any = true;
	}
}

bool
present_next(const struct present *p, uint32_t prog, uint32_t *vers)
{
	const reflect_list *list = &p->daemon.list;
	uint32_t best = 0;
	bool any = false;

	for (size_t i = 0; i < p->n; i++)
		if (p->entries[i].prog == prog)
			closer(p->entries[i].vers, *vers, &best, &any);
	for (u_int i = 0; i < list->procedures.procedures_len; i++)
		if (list->procedures.procedures_val[i].prog == prog)
			closer(list->procedures.procedures_val[i].vers, *vers,
			    &best, &any);
	*vers = any ? best : *vers;
	return any;
}

void
present_release(struct present *p)
{
	free(p->entries);
	snapshot_release(&p->daemon);
	p->entries = NULL;
	p->n = 0;
}
