/*
 * The workload "kv-stat": an answer that is a struct of fourteen members, read
 * by the routine that rpcgen made for it. What a compiled stub costs, for the
 * workload "call", which reads the same answers by an interface of run time,
 * to be held against.
 */
#include <errno.h>
#include <string.h>

#include "measure/work.h"
#include "kv.h"
#include "xbuf.h"

static const char *
stat_wrong(const struct work *w, const struct request *rq,
    const struct reply *r)
{
	kv_stat stat;
	bool good;
	XDR x;

	(void)w, (void)rq;
	memset(&stat, 0, sizeof(stat));
	xbuf_decode(&x, r->body, r->len, false);
	good = xdr_kv_stat(&x, &stat) && xbuf_left(&x) == 0;
	xbuf_free((xdrproc_t)xdr_kv_stat, &stat, NULL, 0);
	return good ? NULL : xbuf_starved(&x) ? "no memory for an answer" :
	    "an answer came back that is no kv_stat";
}

static int
stat_init(struct work *w)
{
	int err = work_allocate(w, 1, 0);

	if (err)
		return err;
	w->requests[0].proc = KV_STAT;
	w->prog = KV_PROG;
	w->vers = KV_V1;
	w->name = "KV.STAT";
	w->label = w->ops->name;
	w->wrong = stat_wrong;
	w->verified = "decoded by rpcgen's routine";
	return 0;
}

const struct work_ops work_kv_stat = {
	.name = "kv-stat",
	.about = "STAT, read by rpcgen's routine; beside call of KV.STAT",
	.sizes = "0",
	.init = stat_init,
};
