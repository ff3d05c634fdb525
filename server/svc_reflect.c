/*
 * REFLECT, the daemon about itself (idl/reflect.x): what is served, where,
 * under which limits, and what has been counted.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "reflect.h"
#include "server/call.h"
#include "server/idl.h"
#include "server/inspect.h"
#include "server/reflect_page.h"
#include "server/service.h"

_Static_assert((int)REFLECT_BUCKETS == (int)LATENCY_BUCKETS, "reflect.x");
_Static_assert((int)REFLECT_TIMED == (int)COUNTERS_TIMED, "reflect.x");
_Static_assert((int)REFLECT_EVERY == (int)COUNTERS_EVERY, "reflect.x");
_Static_assert((int)REFLECT_DIGEST == (int)IDL_DIGEST, "reflect.x");

/* Cursors of STATS: figures count from 0, rows from here. */
#define ROWS 0x80000000u

/* The daemon: set before anything is served. */
static struct {
	struct server *server;
	time_t started;
	uint64_t began;		/* clock_ns() then */
} self;

/* False before the daemon is complete: nothing to be seen then. */
static bool
begin(struct page *p, struct svc_req *rq, uint32_t from)
{
	page_init(p, rq, from);
	p->failed = self.server == NULL;
	return !p->failed;
}

/* Ends a handler: with a page, or when there is no memory for one. */
static bool_t
answer(const struct page *p, struct svc_req *rq)
{
	if (!p->failed)
		return TRUE;
	svcerr_systemerr(rq->rq_xprt);
	return FALSE;
}

bool_t
reflect_null_1_svc(void *arg, void *res, struct svc_req *rq)
{
	(void)arg, (void)res, (void)rq;
	return TRUE;
}

/* Values by name: limits and figures. */
struct values {
	struct page *page;
	uint32_t cursor;
	reflect_value **items;
	u_int *n;
};

static void
add_value(const char *name, uint64_t value, void *arg)
{
	struct values *v = arg;
	reflect_value item = { .value = value };
	uint32_t cursor = v->cursor++;

	if (!page_wants(v->page, cursor))
		return;
	page_text(v->page, &item.name, name, REFLECT_NAME_MAX);
	page_take(v->page, cursor, &item, sizeof(item),
	    (xdrproc_t)xdr_reflect_value, v->items, v->n);
}

static void
fill_info(struct page *p, reflect_info *info)
{
	struct inspect_setup setup;
	char host[REFLECT_TEXT_MAX + 1] = "";

	gethostname(host, sizeof(host) - 1);
	inspect_setup(self.server, &setup);
	page_text(p, &info->product, "rpcall", REFLECT_TEXT_MAX);
	page_text(p, &info->release, RPCALL_VERSION, REFLECT_TEXT_MAX);
	page_text(p, &info->host, host, REFLECT_TEXT_MAX);
	info->started = (u_quad_t)self.started;
	info->uptime_ns = clock_ns() - self.began;
	info->pid = (u_int)getpid();
	info->workers = setup.workers;
	info->cpus = setup.cpus;
	info->spin_us = setup.spin_us;
}

bool_t
reflect_info_1_svc(u_int *arg, reflect_info *res, struct svc_req *rq)
{
	struct page p;
	struct values v = { .page = &p, .items = &res->limits.limits_val,
		.n = &res->limits.limits_len };

	if (begin(&p, rq, *arg))
		fill_info(&p, res);
	if (!p.failed)
		page_charge(&p, (xdrproc_t)xdr_reflect_info, res);
	if (!p.failed)
		inspect_limits(self.server, add_value, &v);
	res->next = p.next;
	return answer(&p, rq);
}

static void
add_procedure(struct page *p, uint32_t cursor, const struct service *s,
    uint32_t proc, reflect_list *res)
{
	reflect_procedure item = { .prog = s->prog, .vers = s->vers,
		.proc = proc };

	page_text(p, &item.service, s->name, REFLECT_NAME_MAX);
	page_text(p, &item.name, idl_procedure(s->prog, s->vers, proc),
	    REFLECT_NAME_MAX);
	page_take(p, cursor, &item, sizeof(item),
	    (xdrproc_t)xdr_reflect_procedure, &res->procedures.procedures_val,
	    &res->procedures.procedures_len);
}

static uint32_t
add_procedures(struct page *p, reflect_list *res)
{
	uint32_t cursor = 0;

	for (unsigned i = 0; i < nservices; i++)
		for (uint32_t proc = 0; proc < services[i].nrows; proc++) {
			if (services[i].rows[proc].proc == NULL)
				continue;
			if (page_wants(p, cursor))
				add_procedure(p, cursor, &services[i], proc,
				    res);
			cursor++;
		}
	return cursor;
}

static void
add_endpoint(struct page *p, uint32_t cursor, size_t i, reflect_list *res)
{
	reflect_endpoint item = { 0 };
	char uri[REFLECT_URI_MAX + 1];
	struct inspect_endpoint e = { .uri = uri, .size = sizeof(uri) };

	if (!inspect_endpoint(self.server, i, &e))
		return;
	page_text(p, &item.mechanism, e.mechanism, REFLECT_NAME_MAX);
	page_text(p, &item.netid, e.netid, REFLECT_NAME_MAX);
	page_text(p, &item.uri, uri, REFLECT_URI_MAX);
	page_take(p, cursor, &item, sizeof(item),
	    (xdrproc_t)xdr_reflect_endpoint, &res->endpoints.endpoints_val,
	    &res->endpoints.endpoints_len);
}

bool_t
reflect_list_1_svc(u_int *arg, reflect_list *res, struct svc_req *rq)
{
	struct page p;
	uint32_t first;

	if (!begin(&p, rq, *arg))
		return answer(&p, rq);
	page_charge(&p, (xdrproc_t)xdr_reflect_list, res);
	first = add_procedures(&p, res);
	for (size_t i = 0; i < inspect_endpoints(self.server); i++)
		if (page_wants(&p, first + (uint32_t)i))
			add_endpoint(&p, first + (uint32_t)i, i, res);
	res->next = p.next;
	return answer(&p, rq);
}

static const struct idl_file *
find_file(const reflect_idl_args *arg, uint32_t *files)
{
	const struct idl_file *list = NULL;

	/* What is not served has no interface here. */
	for (unsigned i = 0; i < nservices; i++)
		if (services[i].prog == arg->prog &&
		    services[i].vers == arg->vers)
			list = idl_files(arg->prog, arg->vers);
	*files = 0;
	while (list != NULL && list[*files].name != NULL)
		++*files;
	return arg->file < *files ? &list[arg->file] : NULL;
}

bool_t
reflect_idl_1_svc(reflect_idl_args *arg, reflect_idl *res, struct svc_req *rq)
{
	reflect_idl_part *part = &res->reflect_idl_u.part;
	const struct idl_file *f = find_file(arg, &part->files);
	struct page p;
	size_t n;

	page_init(&p, rq, 0);
	if (f == NULL) {
		res->status = REFLECT_NONE;
		return TRUE;
	}
	page_text(&p, &part->name, f->name, REFLECT_NAME_MAX);
	part->size = (u_int)f->size;
	memcpy(part->digest, f->digest, sizeof(part->digest));
	if (!p.failed)
		page_charge(&p, (xdrproc_t)xdr_reflect_idl, res);
	n = arg->offset < f->size ? f->size - arg->offset : 0;
	n = n < (p.room & ~3u) ? n : p.room & ~3u;
	part->text.text_val = p.failed ? NULL : malloc(n + 1);
	if (part->text.text_val == NULL)
		p.failed = true;
	else
		memcpy(part->text.text_val, f->text + arg->offset, n);
	part->text.text_len = p.failed ? 0 : (u_int)n;
	return answer(&p, rq);
}

static void
fill_errors(reflect_errors *e, const uint64_t *outcomes)
{
	e->prog_unavail = outcomes[REPLY_PROG_UNAVAIL];
	e->prog_mismatch = outcomes[REPLY_PROG_MISMATCH];
	e->proc_unavail = outcomes[REPLY_PROC_UNAVAIL];
	e->garbage_args = outcomes[REPLY_GARBAGE_ARGS];
	e->system_err = outcomes[REPLY_SYSTEM_ERR];
	e->denied = outcomes[REPLY_AUTH_ERROR];
	e->rpc_mismatch = outcomes[REPLY_RPC_MISMATCH];
	e->no_reply = outcomes[OUTCOME_NO_REPLY];
	e->not_a_call = outcomes[OUTCOME_NOT_A_CALL];
}

/* Only from the first bucket to the last that hold something. */
static void
fill_histogram(struct page *p, reflect_row *row, const struct counter *k)
{
	u_int first = 0, end = LATENCY_BUCKETS;

	while (end > 0 && k->timed[end - 1] == 0)
		end--;
	while (first < end && k->timed[first] == 0)
		first++;
	row->first = first;
	row->timed_ns = k->timed_ns;
	if (first == end)
		return;
	row->counts.counts_val = calloc(end - first, sizeof(u_quad_t));
	if (row->counts.counts_val == NULL) {
		p->failed = true;
		return;
	}
	row->counts.counts_len = end - first;
	for (u_int i = first; i < end; i++)
		row->counts.counts_val[i - first] = k->timed[i];
}

/* A row of procedure proc of s, or of what found none where s is NULL. */
static void
add_row(struct page *p, const struct service *s, uint32_t proc,
    enum mech_id mech, reflect_stats *res)
{
	size_t slot = s != NULL ? s->slot + proc : 0;
	uint32_t cursor = ROWS + (uint32_t)(slot * MECH_COUNT + mech);
	reflect_row row = { .found = s != NULL, .proc = proc };
	struct counter k;

	if (!page_wants(p, cursor) ||
	    !inspect_counter(self.server, slot, mech, &k))
		return;
	if (s != NULL) {
		row.prog = s->prog;
		row.vers = s->vers;
	}
	page_text(p, &row.mechanism, mech_info[mech].name, REFLECT_NAME_MAX);
	row.calls = k.calls;
	row.bytes_in = k.bytes_in;
	row.bytes_out = k.bytes_out;
	fill_errors(&row.errors, k.outcomes);
	fill_histogram(p, &row, &k);
	page_take(p, cursor, &row, sizeof(row), (xdrproc_t)xdr_reflect_row,
	    &res->rows.rows_val, &res->rows.rows_len);
}

static void
add_rows(struct page *p, reflect_stats *res)
{
	for (int m = 0; m < MECH_COUNT; m++)
		add_row(p, NULL, 0, (enum mech_id)m, res);
	for (unsigned i = 0; i < nservices; i++)
		for (uint32_t proc = 0; proc < services[i].nrows; proc++)
			for (int m = 0; m < MECH_COUNT; m++)
				add_row(p, &services[i], proc,
				    (enum mech_id)m, res);
}

bool_t
reflect_stats_1_svc(u_int *arg, reflect_stats *res, struct svc_req *rq)
{
	struct page p;
	struct values v = { .page = &p, .items = &res->figures.figures_val,
		.n = &res->figures.figures_len };

	if (!begin(&p, rq, *arg))
		return answer(&p, rq);
	res->uptime_ns = clock_ns() - self.began;
	page_charge(&p, (xdrproc_t)xdr_reflect_stats, res);
	if (!p.failed && p.from < ROWS)
		inspect_figures(self.server, add_value, &v);
	if (!p.failed)
		add_rows(&p, res);
	res->next = p.next;
	return answer(&p, rq);
}

static int
start(struct server *s, const struct options *o, char *why, size_t size)
{
	(void)o, (void)why, (void)size;
	self.server = s;
	self.started = time(NULL);
	self.began = clock_ns();
	return 0;
}

const struct service_hooks reflect_service = { .start = start };
