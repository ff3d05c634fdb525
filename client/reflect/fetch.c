/*
 * Asking a daemon for its REFLECT: see snapshot.h. Page by page, put together
 * here. Used by verb_stats.c and verb_list.c.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "reflect/snapshot.h"
#include "xbuf.h"

/* A page is asked for once only: whoever sends us round is broken. */
static int
advance(uint32_t *from, uint32_t next, const char *what, struct failure *f)
{
	if (next != 0 && next <= *from)
		return reflect_broke(f, what, "goes round in circles");
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
		return reflect_broke(f, what, "has no end");
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
snapshot_info(struct snapshot *s, CLIENT *clnt, struct failure *f)
{
	static const char what[] = "REFLECT.INFO";
	xdrproc_t xdr = (xdrproc_t)xdr_reflect_info;
	uint32_t from = 0;
	int err = reflect_told(clnt, reflect_info_1(&from, &s->info,
	    clnt), what, f);

	if (err == 0)
		err = advance(&from, s->info.next, what, f);
	while (err == 0 && from != 0) {
		reflect_info page = { 0 };

		err = reflect_told(clnt, reflect_info_1(&from, &page,
		    clnt), what, f);
		if (err == 0)
			err = MOVE(&s->info, &page, limits, SNAPSHOT_VALUES);
		if (err == 0)
			err = advance(&from, page.next, what, f);
		xbuf_free(xdr, &page, NULL, 0);
	}
	return err;
}

int
snapshot_list(struct snapshot *s, CLIENT *clnt, struct failure *f)
{
	static const char what[] = "REFLECT.LIST";
	xdrproc_t xdr = (xdrproc_t)xdr_reflect_list;
	uint32_t from = 0;
	int err;

	do {
		reflect_list page = { 0 };

		err = reflect_told(clnt, reflect_list_1(&from, &page,
		    clnt), what, f);
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
			return reflect_broke(f, what,
			    "has buckets that are none");
		if (!is_name(rows[i].mechanism))
			return reflect_broke(f, what,
			    "has a mechanism that is none");
		if (i > 0 && row_compare(&rows[i - 1], &rows[i]) == 0)
			return reflect_broke(f, what, "has a row twice");
	}
	return 0;
}

int
snapshot_stats(struct snapshot *s, CLIENT *clnt, struct failure *f)
{
	static const char what[] = "REFLECT.STATS";
	xdrproc_t xdr = (xdrproc_t)xdr_reflect_stats;
	uint32_t from = 0;
	int err;

	s->at = clock_ns();
	do {
		reflect_stats page = { 0 };

		err = reflect_told(clnt, reflect_stats_1(&from, &page,
		    clnt), what, f);
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
