/*
 * rpcall bench: one target under load, closed loop, with one or many calls
 * outstanding.
 */
#include <errno.h>
#include <string.h>

#include "clock.h"
#include "gate.h"
#include "interrupt.h"
#include "loading.h"
#include "measure/compare.h"
#include "measure/env.h"
#include "measure/pace.h"
#include "open.h"
#include "progress.h"
#include "report/honesty.h"
#include "report/report.h"
#include "verb.h"
#include "workload.h"

enum { SEED = 1 };

static struct {
	struct workload_options work;
	struct loading_options load;
	struct gate_options gate;
	const char *size;
	uint64_t duration, warmup, outstanding, rounds;
} opt = {
	.work = WORKLOAD_DEFAULTS, .load = LOADING_DEFAULTS, .duration = NS_PER_S,
	.warmup = 50 * NS_PER_MS, .outstanding = 1, .rounds = 5,
};

static const struct option_spec options[] = {
	WORKLOAD_OPTIONS(opt.work),
	{ "size", 0, OPTION_TEXT, "SIZE", "of a payload (64; kv-*: 100; "
	    "file-read: 4K)", &opt.size },
	{ "duration", 'd', OPTION_DURATION, "DUR", "of the measurement (1s)",
	    &opt.duration },
	{ "warmup", 0, OPTION_DURATION, "DUR", "before each round (50ms)",
	    &opt.warmup },
	{ "rounds", 0, OPTION_NUMBER, "N", "that the duration is cut into, "
	    "each on a new connection (5)", &opt.rounds },
	{ "outstanding", 'n', OPTION_NUMBER, "N", "calls under way at once "
	    "on each connection (1)", &opt.outstanding },
	LOADING_OPTIONS(opt.load),
	GATE_OPTIONS(opt.gate),
	{ .name = NULL },
};

static struct comparison comparison;

static int
add_subject(const char *uri, struct failure *f)
{
	struct subject *s;
	struct target t;

	if (target_parse_arg(&t, uri, f) != 0)
		return -EXIT_USAGE;
	if (t.mech == MECH_ID_ANY_RPC)
		t.mech = MECH_ID_rpc_tcp;
	s = comparison_add(&comparison, &subject_conn_ops, ROW_MECH,
	    mech_info[t.mech].name);
	s->target = t;
	s->target.auth_sys |= strcmp(common.auth, "sys") == 0;
	s->foreign = true;
	s->descriptor = mech_info[t.mech].kind;
	s->timeout_ms = (uint32_t)(common.connect_timeout / NS_PER_MS);
	return 0;
}

/* --size, or the first of the sizes that the workload is measured at. */
static int
choose_size(struct work_spec *spec, struct failure *f)
{
	const char *sizes = work_ops_find(spec->workload)->sizes;
	char first[32];
	uint64_t size;

	snprintf(first, sizeof(first), "%.*s", (int)strcspn(sizes, ","),
	    sizes);
	if (option_size(opt.size ? opt.size : first, &size) != 0)
		return failure_set(f, EXIT_USAGE,
		    "--size %s: not a size like 64K", opt.size);
	return workload_size(spec, size, f);
}

static int
add_table(const char *procedure, struct failure *f)
{
	struct comparison *c = &comparison;
	struct compare_table *t = &c->tables[c->ntables++];
	int err = workload_spec(&t->spec, &opt.work, opt.work.workload,
	    procedure, SEED, f);

	t->outstanding = (unsigned)opt.outstanding;
	if (err == 0)
		err = choose_size(&t->spec, f);
	if (err == 0)
		err = workload_outstanding(&t->spec, opt.outstanding, f);
	return err ? err : loading_apply(&opt.load, t, f);
}

static int
set_up(const char *uri, const char *procedure, struct failure *f)
{
	struct comparison *c = &comparison;
	int err;

	if (opt.rounds < 1 || opt.rounds > RESULT_ROUNDS_MAX)
		return failure_set(f, EXIT_USAGE, "--rounds: 1 to %d",
		    RESULT_ROUNDS_MAX);
	c->rounds = (unsigned)opt.rounds;
	c->round_ns = opt.duration / opt.rounds;
	c->warmup_ns = opt.warmup;
	c->seed = SEED;
	c->timeout_ns = common.timeout;
	c->spin_ns = PACE_SPIN_US * NS_PER_US;
	err = add_subject(uri, f);
	return err ? err : add_table(procedure, f);
}

static void
show_progress(const struct comparison *c, size_t done, size_t all,
    const struct table *table, const struct row *row)
{
	(void)c;
	progress_show(done, all, "%s  %s", table->title, row->name);
}

static void
print_percentiles(const struct hist *h)
{
	static const double list[] = { 50, 90, 99, 99.9, 99.99 };

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (hist_supports(h, list[i]))
			printf("  p%-5g %10.1f us\n", list[i],
			    (double)hist_percentile(h, list[i]) / NS_PER_US);
	if (h->count > 0)
		printf("  max    %10.1f us\n", (double)h->max / NS_PER_US);
}

static void
print_pacing(const struct table *t, const struct row *row)
{
	const struct paced *p = row->paced;
	char why[256];

	printf("  offered %9llu /s, achieved %.0f /s\n",
	    (unsigned long long)t->rate, row_achieved(row));
	printf("  missed  %9llu   (%llu waited for answers, %llu never left)\n",
	    (unsigned long long)p->missed, (unsigned long long)p->held,
	    (unsigned long long)p->unsent);
	printf("  service time, from when a call left:\n");
	print_percentiles(&p->service);
	printf("  pacing error, of calls that could leave:\n");
	print_percentiles(&p->pacing);
	if (rate_missed(why, sizeof(why), t, row))
		printf("  ! %s\n", why);
}

static void
print_shares(const struct shares *s)
{
	double percent = s->window_ns > 0 ? 100 / s->window_ns : 0;

	printf("  CPU    %9.0f %% here, %.0f %% there", percent * s->client_ns,
	    percent * s->server_ns);
	if (s->machine_known)
		printf(", %.0f %% others, %.0f %% stolen", percent *
		    (s->other_ns > 0 ? s->other_ns : 0),
		    percent * s->steal_ns);
	printf("; of one CPU\n");
}

static void
print_text(const struct table *t)
{
	const struct row *row = &t->rows[0];
	double calls = (double)row->calls;

	printf("%s over %s\n", t->title, row->name);
	if (t->store[0] != '\0')
		printf("  store  %s%s%s\n", t->store, t->durability[0] ?
		    ", durability " : "", t->durability);
	printf("  calls  %10llu   (%llu to warm up, %llu lost)\n",
	    (unsigned long long)row->calls,
	    (unsigned long long)row->warmup_calls,
	    (unsigned long long)row->errors);
	printf("  rate   %10.0f /s\n", calls / row->wall_ns * NS_PER_S);
	if (row->bytes > 0)
		printf("  bytes  %10.1f MB/s\n", (double)row->bytes /
		    row->wall_ns * NS_PER_S / 1e6);
	if (row->paced != NULL)
		printf("  response time, from when a call was due:\n");
	print_percentiles(row->hist);
	if (row->paced != NULL)
		print_pacing(t, row);
	printf("  CPU    %10.2f us/call here, %.2f us/call there\n",
	    (row->client.user_ns + row->client.system_ns) / calls / NS_PER_US,
	    (row->server.user_ns + row->server.system_ns) / calls / NS_PER_US);
	print_shares(&row->shares);
}

static int
report(struct result *r, struct failure *f)
{
	const struct row *row = &r->tables[0].rows[0];

	if (!row->measured && interrupt_signal() != 0)
		return failure_set(f, 128 + interrupt_signal(),
		    "interrupted before a round was complete");
	if (!row->measured)
		return failure_set(f, row->code, "%s", row->note);
	result_finish(r);
	if (common.json)
		report_json(r, stdout);
	else
		print_text(&r->tables[0]);
	if (!row->is_void)
		return 0;
	return failure_set(f, EXIT_PROTOCOL, "the result is void: %s",
	    row->note[0] ? row->note : "wrong bytes came back");
}

static int
bench(const char *uri, const char *procedure, struct gate *g,
    struct failure *f)
{
	struct result r = { 0 };
	int err = set_up(uri, procedure, f);

	if (err)
		return err;
	env_fill(&r.env, "bench");
	comparison.progress = show_progress;
	gate_follow(g, &comparison);
	err = comparison_run(&comparison, &r, f);
	progress_end();
	r.env.partial = err == -EINTR;
	if (err == 0 || err == -EINTR)
		err = report(&r, f);
	if (err == 0)
		err = gate_judge(g, &r, stderr, f);
	result_release(&r);
	return err;
}

static int
run_bench(int nargs, const char **args)
{
	struct failure f = { 0 };
	struct gate g;
	int err;

	if (nargs < 1 || nargs > 2)
		return verb_usage(&verb_bench);
	interrupt_catch();
	err = gate_open(&g, &opt.gate, &f);
	if (err == 0)
		err = bench(args[0], nargs > 1 ? args[1] : NULL, &g, &f);
	gate_close(&g);
	if (err)
		return failure_print(&f);
	return interrupt_signal() ? 128 + interrupt_signal() : 0;
}

const struct verb verb_bench = {
	.name = "bench", .group = "Measure",
	.summary = "load one target",
	.usage = "[OPTIONS] TARGET [ECHO.NULL | ECHO.ECHO | ECHO.SINK]",
	.details = "Closed loop: the next call leaves when an answer has "
	    "come. With --rate an open\nloop: calls leave at their times, "
	    "and latency counts from when a call was due.\nEvery answer is "
	    "checked.\n",
	.options = options, .more = workload_help,
	.run = run_bench,
};
