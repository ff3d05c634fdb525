/*
 * rpcall stats: a daemon's own counters and latencies, once or again and
 * again, as a table, as JSON or for Prometheus.
 */
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "conn.h"
#include "interrupt.h"
#include "open.h"
#include "reflect/stats_out.h"
#include "verb.h"

static struct {
	const char *format;
	uint64_t every, count;
} opt = { .format = "text" };

static const struct option_spec options[] = {
	{ "watch", 0, OPTION_EVERY, "[DUR]", "again and again, what was "
	    "added in between (1s)", &opt.every },
	{ "count", 'c', OPTION_NUMBER, "N", "intervals to watch (until Ctrl-C)",
	    &opt.count },
	{ "format", 0, OPTION_TEXT, "text|json|prometheus", "of what is printed",
	    &opt.format },
	{ .name = NULL },
};

static const struct format {
	const char *name;
	int (*print)(FILE *out, const struct stats_view *v);
} formats[] = {
	{ "text", stats_text },
	{ "json", stats_json },
	{ "prometheus", stats_prometheus },
};

static int
find_format(const struct format **found, struct failure *f)
{
	const char *name = common.json ? "json" : opt.format;

	*found = NULL;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(formats[i].name, name) == 0)
			*found = &formats[i];
	if (*found == NULL)
		return failure_set(f, EXIT_USAGE, "--format %s: not text, json "
		    "or prometheus", name);
	if (opt.every != 0 && (*found)->print == stats_prometheus)
		return failure_set(f, EXIT_USAGE, "--watch: Prometheus itself "
		    "asks again and again");
	if (opt.count != 0 && opt.every == 0)
		return failure_set(f, EXIT_USAGE, "--count: only with --watch");
	return 0;
}

static int
print(const struct format *format, const struct stats_view *v,
    struct failure *f)
{
	return failure_stdout(f, format->print(stdout, v));
}

/* A table in the place of the last one, where there is a terminal. */
static void
begin_table(const struct format *format, uint64_t shown)
{
	if (format->print != stats_text)
		return;
	if (isatty(STDOUT_FILENO))
		fputs("\033[H\033[J", stdout);
	else if (shown > 0)
		putchar('\n');
}

/*
 * One interval: s takes the place of *before. A table is of what was added;
 * JSON always of everything, so that a reader can subtract what it likes.
 */
static int
watch_once(CLIENT *clnt, struct snapshot *before, struct stats_view *v,
    const struct format *format, struct failure *f)
{
	struct snapshot now = { .info = before->info, .list = before->list };
	struct snapshot delta = now;
	bool rates = format->print == stats_text;
	int err = snapshot_stats(&now, clnt, f);

	if (err == 0 && rates && snapshot_since(&delta, &now, before) != 0)
		err = failure_set(f, EXIT_OS, "no memory");
	if (err == 0) {
		v->seconds = (double)(now.at - before->at) / NS_PER_S;
		v->s = rates ? &delta : &now;
		err = print(format, v, f);
	}
	snapshot_clear_rows(&delta);
	snapshot_clear_stats(before);
	before->stats = now.stats;
	before->at = now.at;
	return err;
}

static int
watch(CLIENT *clnt, struct snapshot *s, struct stats_view *v,
    const struct format *format, struct failure *f)
{
	for (uint64_t n = 0; opt.count == 0 || n < opt.count; n++) {
		int err;

		interrupt_pause(opt.every);
		if (interrupt_signal() != 0)
			return 0;
		begin_table(format, n);
		err = watch_once(clnt, s, v, format, f);
		if (err)
			return interrupt_signal() != 0 ? 0 : err;
	}
	return 0;
}

static int
show(CLIENT *clnt, const char *uri, const struct format *format,
    struct failure *f)
{
	struct snapshot s = { 0 };
	struct stats_view v = { .s = &s, .uri = uri,
		.color = option_color(stdout) };
	int err = snapshot_info(&s, clnt, f);

	if (err == 0)
		err = snapshot_list(&s, clnt, f);
	if (err == 0)
		err = snapshot_stats(&s, clnt, f);
	if (err == 0)
		err = opt.every != 0 ? watch(clnt, &s, &v, format, f) :
		    print(format, &v, f);
	snapshot_release(&s);
	return err;
}

static int
stats(const char *arg, struct failure *f)
{
	const struct format *format;
	char uri[1024];
	struct target t;
	CLIENT *clnt;
	int err = find_format(&format, f);

	if (err == 0)
		err = target_parse_arg(&t, arg, f);
	if (err)
		return err;
	clnt = reflect_open(&t, common.connect_timeout, common.timeout, f);
	if (clnt == NULL)
		return -f->code;
	err = show(clnt, target_format(&t, uri, sizeof(uri)), format, f);
	clnt_destroy(clnt);
	return err;
}

static int
run_stats(int nargs, const char **args)
{
	struct failure f = { 0 };

	if (nargs != 1)
		return verb_usage(&verb_stats);
	interrupt_catch();
	if (stats(args[0], &f) != 0)
		return failure_print(&f);
	return interrupt_signal() ? 128 + interrupt_signal() : 0;
}

const struct verb verb_stats = {
	.name = "stats", .group = "Look",
	.summary = "a daemon's own counters and latencies",
	.usage = "[OPTIONS] TARGET",
	.details = "Calls of each procedure over each mechanism since the "
	    "daemon started, how they\nended and how long they took, and "
	    "figures of the daemon as a whole. --watch shows\nwhat is added "
	    "per second. Percentiles need 10 calls that took longer.\n",
	.options = options,
	.run = run_stats,
};
