/*
 * What is looked for (traps.h): Nagle's algorithm, pipes that are small, the
 * buffer of libtirpc's local transport, datagrams that left again, one CPU for
 * both ends, polling where there is no CPU to poll on.
 */
#include "report/traps.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "conn.h"
#include "report/figures.h"

struct finder {
	remark_fn *say;
	void *arg;
};

__attribute__((format(printf, 2, 3)))
static void
found(const struct finder *s, const char *format, ...)
{
	char text[REMARK_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	s->say(s->arg, true, text);
}

static void
find_nagle(const struct mech_facts *m, const struct finder *s)
{
	if (m->nagle)
		found(s, "%s: Nagle's algorithm is on (TCP_NODELAY is not): a "
		    "small write waits for what was sent before to be "
		    "acknowledged, which may take 40 ms.", m->name);
}

/* The largest payload that r moved one way. */
static uint32_t
largest(const struct result *r)
{
	uint32_t most = 0;

	for (size_t i = 0; i < r->ntables; i++)
		if (r->tables[i].size > most)
			most = r->tables[i].size;
	return most;
}

/*
 * Below the usual size there is a reason that the numbers should not hide
 * (pipe-user-pages-soft); at it, what is larger goes in several turns.
 */
static void
find_small_pipe(const struct result *r, const struct mech_facts *m,
    const struct finder *s)
{
	char holds[FIGURE_TEXT];
	unsigned bytes = m->pipe_bytes;

	if (bytes == 0 || bytes > TRAP_PIPE_BYTES ||
	    (bytes == TRAP_PIPE_BYTES && largest(r) < bytes))
		return;
	size_print(holds, bytes);
	if (bytes < TRAP_PIPE_BYTES)
		found(s, "%s: the pipe holds %s only, not the usual 64 KiB: "
		    "both ends wait for one another with larger messages. A "
		    "user with many pipes gets such (fs.pipe-user-pages-soft).",
		    m->name, holds);
	else
		found(s, "%s: the pipe holds %s: both ends wait for one "
		    "another with larger messages; it could not be made "
		    "larger (fs.pipe-max-size).", m->name, holds);
}

static void
find_stock_buffer(const struct table *t, const struct finder *s)
{
	const struct row *row = table_row(t, "stock rpc/local");

	if (t->size > TRAP_STOCK_LOCAL && row_counts(row))
		found(s, "%s, stock rpc/local: libtirpc's buffer for its local "
		    "transport has 9,000 bytes unless the program asks for "
		    "more, so that a message takes %u writes.", t->title,
		    t->size / TRAP_STOCK_LOCAL + 1);
}

static void
find_resent(const struct table *t, const struct finder *s)
{
	for (size_t i = 0; i < t->nrows; i++) {
		const struct row *row = &t->rows[i];

		if (row->resent > 0)
			found(s, "%s, %s: %llu times no answer came within %d ms, "
			    "and the datagram left again: such a call takes at "
			    "least that long, for a loss and not for the "
			    "mechanism's speed.", t->title, row->name,
			    (unsigned long long)row->resent, CONN_RESEND_MS);
	}
}

/* Servers of ours run where we do; others' may be anywhere. */
static bool
ours(const struct result *r)
{
	for (size_t i = 0; i < r->ntables; i++)
		for (size_t k = 0; k < r->tables[i].nrows; k++)
			if (r->tables[i].rows[k].floor_name[0] != '\0')
				return true;
	return false;
}

static void
find_shared_cpu(const struct result *r, const struct finder *s)
{
	const struct env *e = &r->env;

	if (!e->together && (!e->one_cpu || !ours(r)))
		return;
	found(s, "Client and server share one CPU: a call has no "
	    "wake-up across CPUs, and both ends' work adds up. Figures of two "
	    "CPUs differ by far.");
	if (strcmp(e->spin, "auto") == 0 || strcmp(e->spin, "on") == 0)
		found(s, "Both ends poll (spin %s) on one CPU: each takes from "
		    "the other the time that it waits.", e->spin);
}

void
traps(const struct result *r, remark_fn *say, void *arg)
{
	const struct finder s = { say, arg };

	find_shared_cpu(r, &s);
	for (size_t i = 0; i < r->nmechs; i++) {
		find_nagle(&r->mechs[i], &s);
		find_small_pipe(r, &r->mechs[i], &s);
	}
	for (size_t i = 0; i < r->ntables; i++) {
		find_stock_buffer(&r->tables[i], &s);
		find_resent(&r->tables[i], &s);
	}
}
