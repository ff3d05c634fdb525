/*
 * rpcall compare: the product's main job. Starts a private daemon and the
 * stock baseline, measures all mechanisms beside their floors in interleaved
 * rounds, prints tables, and writes JSON, CSV and HTML.
 */
#include <errno.h>
#include <string.h>

#include "clock.h"
#include "extent.h"
#include "gate.h"
#include "interrupt.h"
#include "loading.h"
#include "measure/call_plan.h"
#include "measure/compare.h"
#include "measure/compare_rows.h"
#include "measure/daemon.h"
#include "measure/env.h"
#include "measure/export.h"
#include "measure/facts.h"
#include "measure/plan.h"
#include "measure/settle.h"
#include "measure/setup_costs.h"
#include "measured.h"
#include "placement.h"
#include "progress.h"
#include "report/report.h"
#include "report/save.h"
#include "report/saved.h"
#include "running.h"
#include "verb.h"
#include "workload.h"

static struct {
	struct workload_options work;
	struct loading_options load;
	struct call_args call;
	struct gate_options gate;
	struct extent extent;
	const char *over, *out, *spin, *durability, *store;
	uint64_t seed;
	bool reg, no_again, no_floor, no_stock;
} opt = {
	.work = WORKLOAD_DEFAULTS, .load = LOADING_DEFAULTS,
	.call = CALL_ARGS_DEFAULT, .extent = EXTENT_DEFAULTS, .spin = "off",
};

static const struct option_spec options[] = {
	{ "over", 0, OPTION_TEXT, "MECH,...", "mechanisms, or targets of a "
	    "running daemon; default: all seven", &opt.over },
	WORKLOAD_OPTIONS(opt.work),
	CALL_INPUT_ARGS(opt.call),
	EXTENT_OPTIONS(opt.extent),
	LOADING_OPTIONS(opt.load),
	{ "seed", 0, OPTION_NUMBER, "N", "of the order of rows", &opt.seed },
	{ "pin", 0, OPTION_TEXT, "ENDS", "auto: client and our servers on a "
	    "CPU each; off; client=0,server=1|same", &opt.extent.pin },
	{ "spin", 0, OPTION_TEXT, "off|auto", "both ends poll before they "
	    "sleep", &opt.spin },
	{ "register", 0, OPTION_FLAG, NULL, "the private daemon registers "
	    "with rpcbind and is found through it", &opt.reg },
	{ "no-again", 0, OPTION_FLAG, NULL, "without the row that is there "
	    "twice (A/A)", &opt.no_again },
	{ "no-floor", 0, OPTION_FLAG, NULL, "without floor rows",
	    &opt.no_floor },
	{ "no-stock", 0, OPTION_FLAG, NULL, "without stock rows",
	    &opt.no_stock },
	{ "durability", 0, OPTION_TEXT, "sync|async", "of the private "
	    "daemon's store (sync)", &opt.durability },
	{ "store", 0, OPTION_TEXT, "DIR", "where that store is put for the "
	    "time being (TMPDIR, else /tmp)", &opt.store },
	{ "out", 'o', OPTION_TEXT, "DIR", "write compare.json, .csv and "
	    ".html there", &opt.out },
	GATE_OPTIONS(opt.gate),
	{ .name = NULL },
};

static struct comparison comparison;
static struct daemon daemon_;
static struct stock stock;
static struct placement placement;
static struct call_plan plan;

/* One for each size; *spec is left with the first. */
static int
add_sizes(const struct loading *l, struct work_spec *spec, struct failure *f)
{
	struct work_spec each = *spec;
	int err = 0;

	for (size_t i = 0; err == 0 && i < l->sweeps[SWEEP_SIZE].n; i++) {
		err = loading_size(l, i, &each, f);
		if (err == 0)
			err = loading_add(l, &comparison, &each, 0, f);
		if (i == 0)
			*spec = each;
	}
	return err;
}

static int
read_loads(struct loading *l, const struct work_ops *ops, struct failure *f)
{
	const char *sizes = opt.extent.sizes ? opt.extent.sizes :
	    ops == &work_echo ? opt.extent.echo_sizes : NULL;

	return loading_read(l, &opt.load, sizes ? sizes : ops->sizes, 1, f);
}

/* Of each size a table with one call under way; of many, one at the end. */
static int
add_loads(const struct loading *l, struct work_spec *spec,
    const struct work_spec *many, struct failure *f)
{
	int err = add_sizes(l, spec, f);

	if (err == 0)
		err = workload_outstanding(spec, opt.extent.outstanding, f);
	if (err == 0 && opt.extent.outstanding > 1 &&
	    l->sweeps[SWEEP_OUTSTANDING].n == 1)
		err = loading_add(l, &comparison, many, opt.extent.outstanding, f);
	return err;
}

/* With echo, NULL comes first and is what many calls are made of. */
static int
add_workload(const char *name, struct failure *f)
{
	struct workload_options with = opt.work;
	struct work_spec spec, null;
	const struct work_ops *ops;
	struct loading l;
	bool echo;
	int err;

	if (with.file == NULL)
		with.file = EXPORT_FILE;
	err = workload_spec(&spec, &with, name, NULL, comparison.seed, f);
	if (err)
		return err;
	ops = work_ops_find(name);
	err = read_loads(&l, ops, f);
	if (err)
		return err;
	spec.file_known = ops == &work_file_read && opt.work.file == NULL;
	echo = ops == &work_echo;
	null = spec;
	null.procedure = "ECHO.NULL";
	if (echo)
		err = loading_add(&l, &comparison, &null, 1, f);
	return err ? err : add_loads(&l, &spec, echo ? &null : &spec, f);
}

static int
add_tables(struct failure *f)
{
	char text[256], *rest = text, *word;
	int err = 0;

	snprintf(text, sizeof(text), "%s", workload_meant(&opt.work,
	    &opt.call, NULL, 0));
	while (err == 0 && (word = strsep(&rest, ",")) != NULL)
		err = add_workload(word, f);
	return err;
}

/* The servers are running. */
static int
add_call(const char *procedure, struct failure *f)
{
	struct work_spec spec;
	struct loading l;
	int err = workload_call_any(&spec, &plan, &opt.call, &comparison,
	    procedure, f);

	if (err == 0)
		err = read_loads(&l, &work_call, f);
	return err ? err : add_loads(&l, &spec, &spec, f);
}

/* Without --file it is the private daemon's file that is read. */
static bool
wants_export(void)
{
	for (size_t i = 0; i < comparison.ntables; i++)
		if (comparison.tables[i].spec.file_known)
			return true;
	return false;
}

static int
start_servers(struct failure *f)
{
	struct daemon_request req = { .cpu = placement.server, .spin = opt.spin,
		.reg = opt.reg, .durability = opt.durability,
		.store = opt.store, .export = wants_export() };
	int err = daemon_start(&daemon_, &req, f);

	if (err || opt.no_stock)
		return err;
	err = stock_start(&stock, placement.server);
	if (err)
		return failure_set(f, EXIT_UNREACHABLE, "cannot start "
		    "rpcall-stock (%s); leave it out: --no-stock",
		    strerror(-err));
	return 0;
}

/* Of the private daemon's store; of another's we do not know it. */
static void
name_file_system(void)
{
	struct comparison *c = &comparison;

	for (size_t i = 0; i < c->nsubjects; i++)
		if (c->subjects[i].foreign)
			return;
	for (size_t i = 0; i < c->ntables; i++)
		c->tables[i].spec.fs = env_fs(daemon_.state);
}

static int
measure(const char *procedure, bool is_call, struct result *r, struct failure *f)
{
	struct rows rows = { .comparison = &comparison, .daemon = &daemon_,
		.stock = &stock, .server_cpu = placement.server,
		.reg = opt.reg };
	uint64_t start = clock_ns();
	int err = start_servers(f);

	if (err == 0)
		err = rows_add_mechanisms(&rows, opt.over, f);
	if (err == 0 && is_call)
		err = add_call(procedure, f);
	if (err)
		return err;
	name_file_system();
	facts_probe(r, comparison.subjects, comparison.nsubjects);
	facts_outlives(r);
	err = setup_measure(&comparison, opt.reg, r, f);
	if (!opt.no_again)
		rows_add_again(&rows);
	if (!opt.no_floor)
		rows_add_floors(&rows);
	if (!opt.no_stock)
		rows_add_stock(&rows);
	plan_fit(&comparison);
	r->env.planned_seconds = running_plan(&comparison) +
	    (double)(clock_ns() - start) / NS_PER_S;
	comparison.progress = running_show;
	if (err == 0)
		err = comparison_run(&comparison, r, f);
	progress_end();
	interrupt_ticks(false);
	r->env.partial = err == -EINTR;
	r->env.seconds = (double)(clock_ns() - start) / NS_PER_S;
	return err == -EINTR ? 0 : err;
}

static int
check_options(struct failure *f)
{
	if (opt.durability != NULL && strcmp(opt.durability, "sync") != 0 &&
	    strcmp(opt.durability, "async") != 0)
		return failure_set(f, EXIT_USAGE, "--durability %s: not sync "
		    "or async", opt.durability);
	comparison.timeout_ns = common.timeout;
	comparison.spin = strcmp(opt.spin, "off") != 0;
	comparison.seed = opt.seed ? opt.seed : clock_ns() % 100000;
	return opt.out ? result_save_try(opt.out, f) : 0;
}

static int
print_results(struct result *r, struct failure *f)
{
	int err;

	result_finish(r);
	err = common.json ? report_json(r, stdout) :
	    report_text(r, stdout, option_color(stdout));
	if (err == 0 && fflush(stdout) != 0)
		err = -errno;
	if (err)
		return failure_stdout(f, err);
	return opt.out ? result_save(r, opt.out, common.quiet ? NULL : stderr,
	    f) : 0;
}

static int
compare(const char *procedure, struct gate *g, struct failure *f)
{
	bool is_call = workload_is_call(&opt.work, &opt.call, procedure,
	    procedure != NULL);
	struct result r = { 0 };
	int err;

	env_fill(&r.env, "compare");
	gate_follow(g, &comparison);
	err = extent_apply(&opt.extent, &comparison, f);
	if (err == 0)
		err = check_options(f);
	r.env.seed = comparison.seed;
	snprintf(r.env.preset, sizeof(r.env.preset), "%s", opt.extent.preset ?
	    opt.extent.preset : "default");
	if (err == 0)
		err = placement_choose(&placement, opt.extent.pin, opt.spin,
		    &r.env, f);
	comparison.spin_ns = placement_spin_ns(&placement);
	/* stock libtirpc has the measuring service alone. */
	opt.no_stock |= is_call;
	if (err == 0 && !is_call)
		err = add_tables(f);
	if (err == 0)
		err = measure(procedure, is_call, &r, f);
	/* Where nothing was there is nothing to write. */
	if (err == 0 && interrupt_signal() == 0)
		err = measured_any(&r, f);
	if (err == 0)
		err = print_results(&r, f);
	if (err == 0)
		err = gate_judge(g, &r, stderr, f);
	stock_stop(&stock);
	daemon_stop(&daemon_);
	call_plan_release(&plan);
	result_release(&r);
	return err;
}

/* Two results that were saved: nothing is measured. */
static int
compare_saved(struct gate *g, const char *path, struct failure *f)
{
	struct result r = { 0 };
	int err = saved_read(&r, path, f);

	if (err == 0) {
		result_finish(&r);
		err = gate_judge(g, &r, stdout, f);
	}
	result_release(&r);
	return err;
}

static int
run_compare(int nargs, const char **args)
{
	struct failure f = { 0 };
	struct gate g;
	int err;

	if (settle_misplaced(nargs, args, &f) != 0 ||
	    (nargs == 1 && gate_is_alone(args[0], &f) != 0))
		return failure_print(&f);
	if (nargs > 2 || (nargs == 2 && opt.gate.against != NULL))
		return verb_usage(&verb_compare);
	opt.gate.against = nargs == 2 ? args[0] : opt.gate.against;
	interrupt_catch();
	interrupt_reads();
	err = gate_open(&g, &opt.gate, &f);
	if (err == 0)
		err = nargs == 2 ? compare_saved(&g, args[1], &f) :
		    compare(nargs == 1 ? args[0] : NULL, &g, &f);
	gate_close(&g);
	if (err)
		return failure_print(&f);
	return interrupt_signal() ? 128 + interrupt_signal() : 0;
}

static void
compare_help(FILE *out)
{
	extent_help(out);
	workload_help(out);
}

const struct verb verb_compare = {
	.name = "compare", .group = "Measure",
	.summary = "the same call over several mechanisms, interleaved",
	.usage = "[OPTIONS] [PROGRAM/VERSION.PROCEDURE | OLD.json NEW.json]",
	.details =
	    "Starts a private daemon, and measures NULL and ECHO over each "
	    "mechanism in\nrounds that are interleaved and shuffled, beside "
	    "the floor (a bare ping-pong\non the same kind of descriptor) and "
	    "stock libtirpc. Prints one table per\nworkload.\n\n"
	    "Then, of the first two workloads, where the time of a call goes "
	    "(encode,\ntransport, dispatch, wake-up, rest; for the transport, "
	    "floors that poll are\nmeasured where each end has a CPU), and what "
	    "it costs each end; and what setting\nup costs: rpcbind look-up, "
	    "connect, FIFO rendezvous, process start, first call,\nclose. "
	    "rpcbind is asked for the daemon with --register, else for itself.\n\n"
	    "With a procedure: that one, with the arguments of -d, -f or --raw.\n\n"
	    "A mechanism that cannot be measured says why in its row; where "
	    "none can, that is\nan error, and nothing is written.\n\n"
	    "With two saved results: says what changed between them, and exits "
	    "with 1 when a\n--fail-if limit is broken by more than the noise "
	    "of both, with 65 when that cannot\nbe told.\n",
	.options = options, .more = compare_help,
	.run = run_compare,
};
