/*
 * Asking a daemon for its REFLECT: see snapshot.h. Page by page, each decoded
 * by rpcgen's code, put together here. Used by verb_stats.c and verb_list.c.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "be.h"
#include "call_error.h"
#include "clock.h"
#include "open.h"
#include "options.h"
#include "reflect/snapshot.h"
#include "xbuf.h"

int
snapshot_open(struct target *t, struct conn *c, struct failure *f)
{
	struct open_request req = { .prog = REFLECT_PROG, .vers = REFLECT_V1,
		.timeout_ms = (uint32_t)(common.connect_timeout / NS_PER_MS) };
	struct link l;
	int err = target_open(t, &req, &l, f);

	if (err)
		return err;
	if (conn_init(c, &l) != 0)
		return failure_set(f, EXIT_OS, "no memory");
	if (t->auth_sys || strcmp(common.auth, "sys") == 0)
		conn_auth_sys(c);
	return 0;
}

static int
no_reflection(struct failure *f)
{
	failure_set(f, EXIT_PROG_UNAVAIL, "the server does not tell of itself "
	    "(it has no REFLECT, program 0x%x)", REFLECT_PROG);
	failure_hint(f, "rpcalld has it unless it was started with --disable "
	    "reflect; rpcinfo and rpcall ping ask any server");
	return -f->code;
}

static int
broken(struct failure *f, const char *what, const char *how)
{
	return failure_set(f, EXIT_PROTOCOL, "the server's answer to %s %s",
	    what, how);
}

/* One page: from is the procedure's argument. */
static int
call_page(struct conn *c, uint32_t proc, const char *what, uint32_t from,
    xdrproc_t xdr, void *page, struct failure *f)
{
	struct call_head head = { .prog = REFLECT_PROG, .vers = REFLECT_V1,
		.proc = proc };
	uint8_t arg[4];
	struct reply r;
	XDR x;
	int err;

	be32_put(arg, from);
	err = conn_call(c, &head, arg, sizeof(arg), &r,
	    clock_ns() + common.timeout);
	if (err)
		return call_failed(f, what, err);
	if (r.status.kind == REPLY_PROG_UNAVAIL)
		return no_reflection(f);
	if (r.status.kind != REPLY_SUCCESS)
		return call_refused(f, what, &r.status);
	xbuf_decode(&x, r.body, r.len, false);
	if (xdr(&x, page) && xbuf_left(&x) == 0)
		return 0;
	return broken(f, what, "cannot be decoded");
}

/* A page is asked for once only: whoever sends us round is broken. */
static int
advance(uint32_t *from, uint32_t next, const char *what, struct failure *f)
{
	if (next != 0 && next <= *from)
		return broken(f, what, "goes round in circles");
	*from = next;
	return 0;
}

/* Moves m items of size bytes from *page to the end of the n of *all, at most
 * `most` in all. */
static int
move(void *all, u_int *n, void *page, u_int *m, size_t size, u_int most,
    const char *what, struct failure *f)
{
	char *to, *from;

	if (*m == 0)
		return 0;
	if (*m > most - *n)
		return broken(f, what, "has no end");
	memcpy(&to, all, sizeof(to));
	memcpy(&from, page, sizeof(from));
	to = realloc(to, (*n + (size_t)*m) * size);
	if (to == NULL)
		return failure_set(f, EXIT_OS, "no memory");
	memcpy(to + *n * size, from, *m * size);
	memcpy(all, &to, sizeof(to));
	*n += *m;
	*m = 0;		/* what they point to is ours now */
	return 0;
}

#define MOVE(all, page, member, most)					\
	move(&(all)->member.member##_val, &(all)->member.member##_len,	\
	    &(page)->member.member##_val, &(page)->member.member##_len,	\
	    sizeof(*(all)->member.member##_val), most, what, f)

int
snapshot_info(struct snapshot *s, struct conn *c, struct failure *f)
{
	static const char what[] = "REFLECT.INFO";
	xdrproc_t xdr = (xdrproc_t)xdr_reflect_info;
	uint32_t from = 0;
	int err = call_page(c, REFLECT_INFO, what, 0, xdr, &s->info, f);

	if (err == 0)
		err = advance(&from, s->info.next, what, f);
	while (err == 0 && from != 0) {
		reflect_info page = { 0 };

		err = call_page(c, REFLECT_INFO, what, from, xdr, &page, f);
		if (err == 0)
			err = MOVE(&s->info, &page, limits, SNAPSHOT_VALUES);
		if (err == 0)
			err = advance(&from, page.next, what, f);
		xbuf_free(xdr, &page, NULL, 0);
	}
	return err;
}

int
snapshot_list(struct snapshot *s, struct conn *c, struct failure *f)
{
	static const char what[] = "REFLECT.LIST";
	xdrproc_t xdr = (xdrproc_t)xdr_reflect_list;
	uint32_t from = 0;
	int err;

	do {
		reflect_list page = { 0 };

		err = call_page(c, REFLECT_LIST, what, from, xdr, &page, f);
		if (err == 0)
			err = MOVE(&s->list, &page, procedures, SNAPSHOT_ITEMS);
		if (err == 0)
			err = MOVE(&s->list, &page, endpoints, SNAPSHOT_ITEMS);
		if (err == 0)
			err = advance(&from, page.next, what, f);
		xbuf_free(xdr, &page, NULL, 0);
	} while (err == 0 && from != 0);
	return err;
}

/* "rpc/tcp": of what a label can be made. */
static bool
is_name(const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
		if (!isgraph((unsigned char)*c) || *c == '"' || *c == '\\')
			return false;
	return text[0] != '\0';
}

/* Sorted, each once, each with a histogram that there can be. */
int
snapshot_check(struct snapshot *s, struct failure *f)
{
	static const char what[] = "REFLECT.STATS";
	reflect_row *rows = s->stats.rows.rows_val;
	u_int n = s->stats.rows.rows_len;

	if (n > 0)
		qsort(rows, n, sizeof(*rows), row_compare);
	for (u_int i = 0; i < n; i++) {
		if (rows[i].counts.counts_len > REFLECT_BUCKETS ||
		    rows[i].first > REFLECT_BUCKETS -
		    rows[i].counts.counts_len)
			return broken(f, what, "has buckets that are none");
		if (!is_name(rows[i].mechanism))
			return broken(f, what, "has a mechanism that is none");
		if (i > 0 && row_compare(&rows[i - 1], &rows[i]) == 0)
			return broken(f, what, "has a row twice");
	}
	return 0;
}

int
snapshot_stats(struct snapshot *s, struct conn *c, struct failure *f)
{
	static const char what[] = "REFLECT.STATS";
	xdrproc_t xdr = (xdrproc_t)xdr_reflect_stats;
	uint32_t from = 0;
	int err;

	s->at = clock_ns();
	do {
		reflect_stats page = { 0 };

		err = call_page(c, REFLECT_STATS, what, from, xdr, &page, f);
		if (err == 0)
			err = MOVE(&s->stats, &page, figures,
			    SNAPSHOT_VALUES);
		if (err == 0)
			err = MOVE(&s->stats, &page, rows, SNAPSHOT_ITEMS);
		if (err == 0)
			err = advance(&from, page.next, what, f);
		s->stats.uptime_ns = page.uptime_ns;
		xbuf_free(xdr, &page, NULL, 0);
	} while (err == 0 && from != 0);
	return err ? err : snapshot_check(s, f);
}
