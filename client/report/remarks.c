/*
 * Collects the remarks of remarks.h from a finished result. A note that the
 * same row carries in several tables is said once.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "measure/stats.h"
#include "report/figures.h"
#include "report/honesty.h"
#include "report/remarks.h"
#include "report/traps.h"

enum { OTHERS_PERCENT = 10 };	/* of one CPU: less is the usual */

struct speaker {
	remark_fn *say;
	void *arg;
};

__attribute__((format(printf, 3, 4)))
static void
remark(const struct speaker *s, bool warning, const char *format, ...)
{
	char text[REMARK_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	s->say(s->arg, warning, text);
}

static bool
same_note(const struct row *row, const struct table *t)
{
	const struct row *other = table_row(t, row->name);

	return other && strcmp(other->note, row->note) == 0 &&
	    other->measured == row->measured &&
	    other->is_void == row->is_void;
}

/* In how many tables row's note stands; 0 if an earlier one than t has it. */
static unsigned
tables_with_note(const struct result *r, const struct table *t,
    const struct row *row)
{
	const struct table *other;
	unsigned n = 0;

	for (other = r->tables; other < r->tables + r->ntables; other++) {
		if (!same_note(row, other))
			continue;
		if (other < t)
			return 0;
		n++;
	}
	return n;
}

static void
remark_note(const struct result *r, const struct table *t,
    const struct row *row, const struct speaker *s)
{
	char text[RESULT_NOTE_MAX + 32];
	unsigned n = tables_with_note(r, t, row);

	if (row_counts(row))
		snprintf(text, sizeof(text), "%s", row->note);
	else
		row_excuse(text, row);
	if (n == 1)
		remark(s, true, "%s, %s: %s", row->name, t->title, text);
	else if (n > 1)
		remark(s, true, "%s, in %u workloads: %s", row->name, n, text);
}

/* Answers, but not the ones that were hoped for. */
static void
remark_failed(const struct table *t, const struct row *row,
    const struct speaker *s)
{
	for (unsigned i = 1; i < FAILED_KINDS; i++)
		if (row->failed[i] > 0)
			remark(s, true, "%s, %s: %llu of %llu calls failed: "
			    "%s. They count among the latencies.", row->name,
			    t->title, (unsigned long long)row->failed[i],
			    (unsigned long long)row->calls, failed_name(i));
}

static void
remark_rows(const struct result *r, const struct table *t,
    const struct speaker *s)
{
	char why[REMARK_MAX];
	size_t i;

	for (i = 0; i < t->nrows; i++) {
		const struct row *row = &t->rows[i];

		if (row->note[0] || !row_counts(row))
			remark_note(r, t, row, s);
		if (rate_missed(why, sizeof(why), t, row))
			remark(s, true, "%s, %s: %s.", row->name, t->title,
			    why);
		remark_failed(t, row, s);
		if (row->errors > failed_count(row->failed))
			remark(s, true, "%s, %s: %llu calls failed or timed "
			    "out; they count as samples at least that long.",
			    row->name, t->title,
			    (unsigned long long)(row->errors -
			    failed_count(row->failed)));
	}
}

static unsigned
most_rounds(const struct table *t)
{
	unsigned most = 0;

	for (size_t k = 0; k < t->nrows; k++)
		if (t->rows[k].nrounds > most)
			most = t->rows[k].nrounds;
	return most;
}

/* Rounds end when there were all, or for one of these reasons. */
static void
remark_end(const struct table *t, const struct speaker *s)
{
	if (strcmp(t->ended_by, "tight") == 0)
		remark(s, false, "%s: after %u rounds every ratio was known "
		    "well enough, so there were no more.", t->title,
		    most_rounds(t));
	if (strcmp(t->ended_by, "time") == 0)
		remark(s, false, "%s: after %u rounds time was up.", t->title,
		    most_rounds(t));
}

static void
remark_rounds(const struct table *t, const struct speaker *s)
{
	unsigned i, most = most_rounds(t), slow = 0;
	size_t k;

	for (i = 0; i < most; i++)
		for (k = 0; k < t->nrows; k++)
			if (t->rows[k].rounds[i].slow) {
				slow++;
				break;
			}
	if (slow > 0)
		remark(s, true, "%s: %u of %u rounds were slow on every row, "
		    "so the machine was busy; they are kept.", t->title, slow,
		    most);
	if (most > 0 && most < STATS_PAIRS_MIN)
		remark(s, true, "%s: fewer than %d rounds, so no intervals.",
		    t->title, STATS_PAIRS_MIN);
}

/* What the same mechanism under two names was apart: the A/A pair. */
static void
remark_noise(const struct table *t, const struct speaker *s)
{
	char x[FIGURE_TEXT];

	for (size_t i = 0; i < t->nrows; i++) {
		const struct row *row = &t->rows[i];

		if (row->kind != ROW_AGAIN || row->x_twin.point <= 0)
			continue;
		ratio_print(x, &row->x_twin);
		if (row->x_twin.low > 1 ||
		    (row->x_twin.high > 0 && row->x_twin.high < 1))
			remark(s, true, "%s: %s was %s times itself, so the "
			    "machine is not steady; differences up to that are "
			    "none.", t->title, row->twin_name, x);
		else
			remark(s, false, "%s: %s was %s times itself (A/A); "
			    "smaller differences are none, nor are those of "
			    "less than 1 %%.", t->title, row->twin_name, x);
	}
}

static void
remark_store(const struct table *t, const struct speaker *s)
{
	if (t->in_memory && strcmp(t->durability, "sync") == 0)
		remark(s, true, "%s: its file system is kept in memory, where "
		    "a sync costs nothing; elsewhere changes take longer.",
		    t->title);
}

/* Is that the address of another host, as far as this one can tell? */
static bool
elsewhere(const struct mech_facts *m)
{
	static const char address[] = "address ";
	const char *host = m->endpoint + sizeof(address) - 1;

	return strncmp(m->endpoint, address, sizeof(address) - 1) == 0 &&
	    strncmp(host, "127.", 4) != 0 && strncmp(host, "[::1]", 5) != 0;
}

static void
remark_hosts(const struct result *r, const struct speaker *s)
{
	for (size_t i = 0; i < r->nmechs; i++) {
		if (!elsewhere(&r->mechs[i]))
			continue;
		remark(s, false, "This was between hosts. rpc/tcp, rpc/udp and "
		    "tcp reach others; rpc/local, unix, fifo and pipe do not "
		    "leave a host.");
		return;
	}
}

/* A comparison holds rows against one another, so where they ran counts. */
static void
remark_unplaced(const struct result *r, const struct speaker *s)
{
	const struct table *t = r->ntables > 0 ? &r->tables[0] : NULL;
	char names[REMARK_MAX / 2] = "";
	size_t n = 0;

	if (t == NULL || strcmp(r->env.verb, "compare") != 0)
		return;
	for (size_t i = 0; i < t->nrows && n < sizeof(names); i++)
		if (t->rows[i].unplaced && t->rows[i].kind == ROW_MECH)
			n += (size_t)snprintf(names + n, sizeof(names) - n,
			    "%s%s", n > 0 ? ", " : "", t->rows[i].name);
	if (n > 0)
		remark(s, true, "%s: a server of others, which was not placed "
		    "by us: it runs where its owner or the kernel puts it. "
		    "Ours beside it (%s) is, so that one held against the "
		    "other is not like with like.", names, r->env.placement);
}

/* What lmbench shows of its batches, so that its numbers can be held against
 * ours: the median of their means. */
static void
remark_as_lmbench(const struct table *t, const struct speaker *s)
{
	char list[REMARK_MAX - 160] = "", us[FIGURE_TEXT];
	double v[RESULT_ROUNDS_MAX];
	const struct row *row;
	size_t n = 0;

	for (size_t i = 0; (row = table_shown(t, i)) != NULL &&
	    n < sizeof(list); i++) {
		if (!row_counts(row))
			continue;
		for (unsigned k = 0; k < row->nrounds; k++)
			v[k] = row->rounds[k].mean_ns;
		figure_short(us, stats_median(v, row->nrounds) / 1e3);
		n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s %s",
		    n > 0 ? ", " : "", row->name, us);
	}
	remark(s, false, "As lmbench counts, the median of the means of %u "
	    "rounds in \u00b5s, %.80s: %s.", most_rounds(t), t->title, list);
}

/* In % of one CPU, of the rows whose both ends are known. */
static double
others_percent(const struct table *t)
{
	double other = 0, window = 0;

	for (size_t i = 0; i < t->nrows; i++) {
		const struct row *row = &t->rows[i];

		if (!row_counts(row) || !row->server.known ||
		    !row->shares.machine_known)
			continue;
		other += row->shares.other_ns;
		window += row->shares.window_ns;
	}
	return window > 0 ? 100 * other / window : 0;
}

/* Both ends' own time is told apart in the figures; what others took of the
 * machine meanwhile neither of them shows. */
static void
remark_others(const struct result *r, const struct speaker *s)
{
	const struct table *worst = NULL;
	double most = OTHERS_PERCENT;

	for (size_t i = 0; i < r->ntables; i++) {
		double percent = others_percent(&r->tables[i]);

		if (percent < most)
			continue;
		most = percent;
		worst = &r->tables[i];
	}
	if (worst != NULL)
		remark(s, true, "Other work took up to %.0f %% of one CPU, of %u "
		    "(during %s): both ends had less of the machine than they "
		    "seem to, and waited for it.", most, r->env.cores,
		    worst->title);
}

/* Had any table rows that took turns? */
static bool
took_turns(const struct result *r)
{
	for (size_t i = 0; i < r->ntables; i++)
		if (r->tables[i].nrows > 1)
			return true;
	return false;
}

static void
remark_conditions(const struct result *r, const struct speaker *s)
{
	bool turns = took_turns(r);

	remark(s, false, "Reading the clock once costs %.0f ns, which every "
	    "latency includes.", r->env.clock_cost_ns);
	remark(s, false, turns ? "The order of the rounds was shuffled with "
	    "seed %llu." : "What is drawn at random is drawn with seed %llu.",
	    (unsigned long long)r->env.seed);
	remark(s, false, "A percentile is shown only if at least 10 samples "
	    "lie beyond it.");
	remark(s, false, "CPU time and context switches are per call, MB/s "
	    "counts the payload of both directions%s.", turns ? ", \u00d7 "
	    "compares medians with a 95 % interval over rounds" : "");
}

static void
remark_partial(const struct result *r, const struct speaker *s)
{
	if (r->nfiles < 2 && r->env.partial)
		remark(s, true, "Interrupted: this is what had been measured "
		    "by then.");
	for (size_t i = 0; r->nfiles > 1 && i < r->nfiles; i++)
		if (r->files[i].env.partial)
			remark(s, true, "%s was interrupted: this is what had "
			    "been measured by then.", r->files[i].path);
}

void
remarks(const struct result *r, remark_fn *say, void *arg)
{
	const struct speaker s = { say, arg };
	size_t i;

	remark_partial(r, &s);
	traps(r, say, arg);
	if (r->found.text[0] != '\0')
		remark(&s, false, "%s.", r->found.text);
	for (i = 0; i < r->ntables; i++)
		remark_rows(r, &r->tables[i], &s);
	for (i = 0; i < r->ntables; i++)
		remark_rounds(&r->tables[i], &s);
	for (i = 0; i < r->ntables; i++)
		remark_store(&r->tables[i], &s);
	for (i = 0; i < r->ntables; i++)
		remark_noise(&r->tables[i], &s);
	remark_unplaced(r, &s);
	remark_others(r, &s);
	if (r->env.virtual_machine)
		remark(&s, true, "This is a virtual machine: CPU time per call "
		    "is approximate.");
	for (i = 0; i < r->ntables; i++)
		if (strcmp(r->env.preset, "lmbench") == 0)
			remark_as_lmbench(&r->tables[i], &s);
	for (i = 0; i < r->ntables; i++)
		remark_end(&r->tables[i], &s);
	remark_hosts(r, &s);
	remark_conditions(r, &s);
}
