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
#include "measure/call_plan.h"
#include "measure/compare.h"
#include "measure/env.h"
#include "measure/settle.h"
#include "measured.h"
#include "open.h"
#include "placement.h"
#include "progress.h"
#include "report/points.h"
#include "report/report.h"
#include "running.h"
#include "search.h"
#include "verb.h"
#include "workload.h"

static struct {
	struct workload_options work;
	struct loading_options load;
	struct call_args call;
	struct gate_options gate;
	const char *sizes, *slo, *pin;
	uint64_t duration, warmup, outstanding, rounds, seed;
} opt = {
	.work = WORKLOAD_DEFAULTS, .load = LOADING_DEFAULTS,
	.call = CALL_ARGS_DEFAULT, .pin = "off", .seed = 1,
	 .duration = NS_PER_S,
	.warmup = 50 * NS_PER_MS, .outstanding = 1, .rounds = 5,
};

static struct call_plan plan;

static const struct option_spec options[] = {
	WORKLOAD_OPTIONS(opt.work),
	CALL_INPUT_ARGS(opt.call),
	{ "size", 0, OPTION_TEXT, "LIST", "of a payload (64; kv-*: 100; "
	    "file-read: 4K)", &opt.sizes },
	{ "duration", 0, OPTION_DURATION, "DUR", "of the measurement (1s)",
	    &opt.duration },
	{ "warmup", 0, OPTION_DURATION, "DUR", "before each round (50ms)",
	    &opt.warmup },
	{ "rounds", 0, OPTION_NUMBER, "N", "that the duration is cut into, "
	    "each on a new connection (5)", &opt.rounds },
	{ "outstanding", 'n', OPTION_NUMBER, "N", "calls under way at once "
	    "on each connection (1)", &opt.outstanding },
	{ "seed", 0, OPTION_NUMBER, "N", "of all that is drawn at random (1)",
	    &opt.seed },
	LOADING_OPTIONS(opt.load),
	{ "pin", 0, OPTION_TEXT, "ENDS", "client=0,server=1|same, auto, or "
	    "off: both ends' CPUs meanwhile (off)", &opt.pin },
	{ "slo", 0, OPTION_TEXT, "LIMIT", "search the highest rate that "
	    "keeps it: 'p99 < 500us' (--rate LOW:HIGH)", &opt.slo },
	{ "through-json", 0, OPTION_FLAG, NULL, "a call's arguments come from "
	    "JSON, and results become JSON, each time", &plan.through_json },
	GATE_OPTIONS(opt.gate),
	{ .name = NULL },
};

static struct comparison comparison;
static struct placement placement;

static int
add_subject(const char *uri, struct failure *f)
{
	struct subject *s;
	struct target t;

	if (target_parse_arg(&t, uri, f) != 0)
		return -EXIT_USAGE;
	s = comparison_add(&comparison, &subject_conn_ops, ROW_MECH,
	    mech_info[t.mech == MECH_ID_ANY_RPC ? MECH_ID_rpc_tcp :
	    t.mech].name);
	subject_set_target(s, &t);
	s->target.auth_sys |= strcmp(common.auth, "sys") == 0;
	s->foreign = true;
	s->timeout_ms = (uint32_t)(common.connect_timeout / NS_PER_MS);
	return 0;
}

/* --size, or the first of the sizes that the workload is measured at. */
static int
read_load(struct loading *l, const struct work_spec *spec, struct failure *f)
{
	const char *sizes = work_ops_find(spec->workload)->sizes;
	struct loading_options load = opt.load;
	char first[32];

	snprintf(first, sizeof(first), "%.*s", (int)strcspn(sizes, ","),
	    sizes);
	/* A search has rates of its own. */
	if (opt.slo != NULL)
		load.rate = "1";
	return loading_read(l, &load, opt.sizes ? opt.sizes : first,
	    opt.outstanding, f);
}

static int
choose_call(struct work_spec *spec, const char *procedure, int n,
    const char **values, struct failure *f)
{
	struct subject *s = &comparison.subjects[0];
	int err = workload_call(spec, &plan, &opt.call, &s->target, procedure,
	    n, values, opt.seed, f);

	return err ? err : subject_settle(s, plan.calling.proc.prog,
	    plan.calling.proc.vers, f);
}

/* args: of the procedure; nargs counts its name. */
static int
choose_work(struct work_spec *spec, int nargs, const char **args,
    struct failure *f)
{
	const char *procedure = nargs > 0 ? args[0] : NULL;
	int n = nargs > 0 ? nargs - 1 : 0;

	if (workload_is_call(&opt.work, &opt.call, procedure, n))
		return choose_call(spec, procedure, n, args + 1, f);
	return workload_spec(spec, &opt.work, workload_meant(&opt.work,
	    &opt.call, procedure, n), procedure, opt.seed, f);
}

static int
add_tables(int nargs, const char **args, struct failure *f)
{
	struct comparison *c = &comparison;
	struct work_spec spec;
	struct loading l;
	int err = choose_work(&spec, nargs, args, f);

	if (err == 0)
		err = read_load(&l, &spec, f);
	for (size_t i = 0; err == 0 && i < l.sweeps[SWEEP_SIZE].n; i++) {
		err = loading_size(&l, i, &spec, f);
		if (err == 0)
			err = loading_add(&l, c, &spec, 0, f);
	}
	if (err == 0 && opt.slo != NULL && c->ntables > 1)
		return failure_set(f, EXIT_USAGE, "--slo searches one load: "
		    "one size, one number of calls and connections");
	return err;
}

static int
set_up(int nargs, const char **args, struct failure *f)
{
	struct comparison *c = &comparison;
	int err;

	if (opt.rounds < 1 || opt.rounds > RESULT_ROUNDS_MAX)
		return failure_set(f, EXIT_USAGE, "--rounds: 1 to %d",
		    RESULT_ROUNDS_MAX);
	c->rounds = (unsigned)opt.rounds;
	c->round_ns = opt.duration / opt.rounds;
	c->warmup_ns = opt.warmup;
	c->seed = opt.seed;
	c->timeout_ns = common.timeout;
	err = add_subject(args[0], f);
	return err ? err : add_tables(nargs - 1, args + 1, f);
}

static int
interrupted(struct failure *f)
{
	return failure_set(f, 128 + interrupt_signal(),
	    "interrupted before a round was complete");
}

/* The first load that was not measured, or was not done right. */
static int
complain(const struct result *r, struct failure *f)
{
	for (size_t i = 0; i < r->ntables; i++) {
		const struct row *row = &r->tables[i].rows[0];

		if (!row->measured && !row->is_void && interrupt_signal() != 0)
			continue;
		if (measured_row(row, f) != 0)
			return -f->code;
	}
	return 0;
}

static bool
any_measured(const struct result *r)
{
	for (size_t i = 0; i < r->ntables; i++)
		if (r->tables[i].rows[0].measured)
			return true;
	return false;
}

static int
print(const struct result *r, struct failure *f)
{
	int err = common.json ? report_json(r, stdout) :
	    report_points(r, stdout, option_color(stdout));

	return failure_stdout(f, err);
}

/* Where nothing was measured there is nothing to write, to whatever file; a
 * load that failed among others is judged with them. */
static int
report(struct result *r, struct gate *g, struct failure *f)
{
	int err, judged;

	if (!any_measured(r))
		return interrupt_signal() != 0 ? interrupted(f) :
		    complain(r, f);
	result_finish(r);
	err = print(r, f);
	if (err == 0)
		err = complain(r, f);
	judged = gate_judge(g, r, stderr, f);
	return err ? err : judged;
}

/* "No" is an answer, too. */
static int
answer(const struct result *r, struct failure *f)
{
	return r->found.promise[0] != '\0' && r->found.rate == 0 &&
	    r->found.text[0] != '\0' ?
	    failure_set(f, EXIT_NO, "%s", r->found.text) : 0;
}

static int
place(struct env *e, struct failure *f)
{
	int err = placement_choose(&placement, opt.pin, "off", e, f);

	if (err)
		return err;
	comparison.spin_ns = placement_spin_ns(&placement);
	err = placement_server(&placement, &comparison.subjects[0], e);
	if (err)
		fprintf(stderr, "rpcall: warning: the server stays where it "
		    "is (%s)\n", err == -ESRCH ? "not found on this host" :
		    strerror(-err));
	return 0;
}

static int
bench(int nargs, const char **args, struct gate *g, struct failure *f)
{
	struct result r = { 0 };
	uint64_t start = clock_ns();
	int err = set_up(nargs, args, f);

	if (err)
		return err;
	env_fill(&r.env, "bench");
	r.env.seed = opt.seed;
	err = place(&r.env, f);
	if (err)
		return err;
	comparison.progress = running_show;
	gate_follow(g, &comparison);
	err = opt.slo != NULL ?
	    search_run(&comparison, opt.slo, opt.load.rate, &r, f) :
	    comparison_run(&comparison, &r, f);
	progress_end();
	interrupt_ticks(false);
	placement_end(&placement);
	r.env.partial = err == -EINTR;
	r.env.seconds = (double)(clock_ns() - start) / NS_PER_S;
	if (err == 0 || err == -EINTR)
		err = report(&r, g, f);
	if (err == 0)
		err = answer(&r, f);
	result_release(&r);
	return err;
}

static int
run_bench(int nargs, const char **args)
{
	struct failure f = { 0 };
	struct gate g;
	int err;

	if (nargs < 1 || (nargs > 1 && !calling_makes_sense(&opt.call,
	    nargs)))
		return verb_usage(&verb_bench);
	interrupt_catch();
	interrupt_reads();
	err = gate_open(&g, &opt.gate, &f);
	if (err == 0)
		err = bench(nargs, args, &g, &f);
	gate_close(&g);
	call_plan_release(&plan);
	if (err)
		return failure_print(&f);
	return interrupt_signal() ? 128 + interrupt_signal() : 0;
}

const struct verb verb_bench = {
	.name = "bench", .group = "Measure",
	.summary = "load one target",
	.usage = "[OPTIONS] TARGET [PROGRAM/VERSION.PROCEDURE [JSON...]]",
	.details = "Closed loop: the next call leaves when an answer has "
	    "come. With --rate an open\nloop: calls leave at their times, "
	    "and latency counts from when a call was due.\nEvery answer is "
	    "checked. Of ECHO.NULL, ECHO.ECHO and ECHO.SINK the arguments are\n"
	    "made by --size (but with --workload call); any other procedure "
	    "takes them in JSON.\n",
	.options = options, .more = workload_help,
	.run = run_bench,
};
