/*
 * The server's account of itself, from ECHO.WHOAMI and REFLECT.STATS: see
 * subject.h.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "be.h"
#include "clock.h"
#include "measure/stats_page.h"
#include "measure/subject.h"
#include "reflect.h"
#include "xbuf.h"

enum { STATS_TIMEOUT_S = 5 };

static const char *
identity_words(echo_identity id)
{
	static const char *const words[] = {
		[ECHO_ID_ANONYMOUS] = "nobody",
		[ECHO_ID_ADDRESS] = "address only",
		[ECHO_ID_AUTH_SYS] = "its own claim",
		[ECHO_ID_FIFO] = "may open the FIFO",
		[ECHO_ID_PEERCRED] = "SO_PEERCRED",
		[ECHO_ID_PARENT] = "parent process",
	};

	return words[id];
}

void
ledger_from(struct ledger *l, const echo_whoami *who)
{
	const echo_usage *u = &who->usage;

	l->usage = (struct usage){ (double)u->user_ns, (double)u->system_ns,
		(double)u->voluntary, (double)u->involuntary };
	l->used = true;
	l->calls = u->calls;
	l->bytes_in = u->bytes_in;
	l->bytes_out = u->bytes_out;
	l->counts_calls = l->counts_bytes = true;
	if (who->uid_known)
		snprintf(l->who, sizeof(l->who), "uid %u (%s)", who->uid,
		    identity_words(who->identity));
	else
		snprintf(l->who, sizeof(l->who), "%s",
		    identity_words(who->identity));
}

static bool
is_called(const struct work *w, uint32_t proc)
{
	for (size_t i = 0; i < w->nrequests; i++)
		if (w->requests[i].proc == proc)
			return true;
	return false;
}

/* Whose calls are counted, and where. */
struct counted {
	struct ledger *ledger;
	const struct work *work;
	const char *mech;
};

bool
stats_row_is_of(const reflect_row *row, const struct work *w,
    const char *mech)
{
	return row->found && row->prog == w->prog && row->vers == w->vers &&
	    is_called(w, row->proc) && strcmp(row->mechanism, mech) == 0;
}

static void
add_calls(const reflect_stats *page, void *arg)
{
	struct counted *c = arg;

	for (u_int i = 0; i < page->rows.rows_len; i++) {
		const reflect_row *row = &page->rows.rows_val[i];

		if (!stats_row_is_of(row, c->work, c->mech))
			continue;
		c->ledger->calls += row->calls;
		c->ledger->bytes_in += row->bytes_in;
		c->ledger->bytes_out += row->bytes_out;
	}
}

int
stats_page(struct conn *c, uint32_t *from, stats_fn *each, void *arg)
{
	struct call_head head = { .prog = REFLECT_PROG, .vers = REFLECT_V1,
		.proc = REFLECT_STATS };
	reflect_stats page = { 0 };
	struct reply r;
	uint8_t number[4];
	XDR x;
	bool ok;
	int err;

	be32_put(number, *from);
	err = conn_call(c, &head, number, sizeof(number), &r,
	    clock_ns() + STATS_TIMEOUT_S * NS_PER_S);
	if (err)
		return err;
	if (r.status.kind != REPLY_SUCCESS)
		return -EPROTO;
	xbuf_decode(&x, r.body, r.len, false);
	ok = xdr_reflect_stats(&x, &page) &&
	    (page.next == 0 || page.next > *from);
	if (ok)
		each(&page, arg);
	*from = page.next;
	xbuf_free((xdrproc_t)xdr_reflect_stats, &page, NULL, 0);
	return ok ? (int)r.len : xbuf_starved(&x) ? -ENOMEM : -EBADMSG;
}

int
ledger_calls(struct ledger *l, const struct work *w, struct conn *c)
{
	struct counted counted = { l, w, mech_info[c->link.mech].name };
	uint32_t from = 0;
	int err;

	l->calls = l->bytes_in = l->bytes_out = 0;
	do
		err = stats_page(c, &from, add_calls, &counted);
	while (err >= 0 && from != 0);
	l->counts_calls = err >= 0;
	err = err < 0 ? err : 0;
	return err == -EPROTO ? 0 : err;
}
