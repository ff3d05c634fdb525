/*
 * rpcall ping: calls procedure 0 again and again, like ping(8), and sums up
 * losses and times.
 */
#include <errno.h>
#include <string.h>

#include "call_error.h"
#include "clock.h"
#include "conn.h"
#include "interrupt.h"
#include "open.h"
#include "programs.h"
#include "verb.h"
#include "wire/pcap.h"

static struct {
	uint64_t count, interval;
} opt = { .count = 5, .interval = 200 * NS_PER_MS };

static const struct option_spec options[] = {
	{ "count", 'c', OPTION_NUMBER, "N", "calls (5)", &opt.count },
	{ "interval", 'i', OPTION_DURATION, "DUR", "between them (200ms)",
	    &opt.interval },
	PCAP_ARG,
	{ .name = NULL },
};

struct pings {
	uint64_t sent, answered;
	double min_us, max_us, sum_us;
};

static int
parse_args(int nargs, const char **args, struct target *t,
    struct program *prog, struct failure *f)
{
	if (target_parse_arg(t, args[0], f) != 0)
		return -EXIT_USAGE;
	if (program_parse(prog, nargs > 1 ? args[1] : "ECHO") != 0)
		return failure_set(f, EXIT_USAGE, "unknown program \"%s\"",
		    args[1]);
	if (opt.count == 0)
		return failure_set(f, EXIT_USAGE, "--count 0: at least one "
		    "call");
	return 0;
}

static void
count_answer(struct pings *p, double us)
{
	if (p->answered++ == 0 || us < p->min_us)
		p->min_us = us;
	if (us > p->max_us)
		p->max_us = us;
	p->sum_us += us;
}

/* One call: 0, also when it was lost; or f's code negated. */
static int
ping_once(struct conn *c, const struct program *prog, struct pings *p,
    struct failure *f)
{
	struct call_head head = { .prog = prog->prog, .vers = prog->vers,
		.proc = 0 };
	uint64_t start = clock_ns();
	struct reply r;
	double us;
	int err = conn_call(c, &head, NULL, 0, &r, start + common.timeout);

	us = (double)(clock_ns() - start) / NS_PER_US;
	p->sent++;
	if (err == -ETIMEDOUT) {
		if (!common.quiet)
			printf("seq=%llu no answer\n",
			    (unsigned long long)p->sent);
		return 0;
	}
	if (err)
		return call_failed(f, prog->name, err);
	if (r.status.kind != REPLY_SUCCESS)
		return call_refused(f, prog->name, &r.status);
	count_answer(p, us);
	if (!common.quiet && !common.json)
		printf("seq=%llu time=%.1f us\n", (unsigned long long)p->sent,
		    us);
	fflush(stdout);
	return 0;
}

static void
print_summary(const struct pings *p, const char *uri,
    const struct program *prog)
{
	double n = p->answered ? (double)p->answered : 1;

	if (common.json)
		printf("{\"schema\": \"rpcall/ping/1\", \"target\": \"%s\", "
		    "\"program\": %u, \"version\": %u, \"sent\": %llu, "
		    "\"answered\": %llu, \"min_us\": %.1f, \"mean_us\": %.1f, "
		    "\"max_us\": %.1f}\n", uri, prog->prog, prog->vers,
		    (unsigned long long)p->sent,
		    (unsigned long long)p->answered, p->min_us, p->sum_us / n,
		    p->max_us);
	else
		printf("%llu calls, %llu answered, %.0f %% lost, "
		    "min/mean/max %.1f/%.1f/%.1f us\n",
		    (unsigned long long)p->sent,
		    (unsigned long long)p->answered,
		    p->sent ? 100.0 * (double)(p->sent - p->answered) /
		    (double)p->sent : 0.0, p->min_us, p->sum_us / n,
		    p->max_us);
}

static int
ping_all(struct conn *c, const struct program *prog, struct pings *p,
    struct failure *f)
{
	while (p->sent < opt.count && interrupt_signal() == 0) {
		int err;

		if (p->sent > 0)
			interrupt_pause(opt.interval);
		err = interrupt_signal() ? 0 : ping_once(c, prog, p, f);
		if (err)
			return err;
	}
	return 0;
}

static int
ping(struct target *t, const struct program *prog, struct pings *p,
    struct failure *f)
{
	struct open_request req = { .prog = prog->prog, .vers = prog->vers,
		.timeout_ms = (uint32_t)(common.connect_timeout / NS_PER_MS) };
	char uri[1024];
	struct link l;
	struct conn c;
	int err = target_open(t, &req, &l, f);

	if (err)
		return err;
	if (conn_init(&c, &l) != 0)
		return failure_set(f, EXIT_OS, "no memory");
	if (t->auth_sys || strcmp(common.auth, "sys") == 0)
		conn_auth_sys(&c);
	target_format(t, uri, sizeof(uri));
	if (!common.quiet && !common.json)
		printf("%s/%u over %s at %s\n", prog->name, prog->vers,
		    mech_info[t->mech].name, uri);
	err = ping_all(&c, prog, p, f);
	conn_release(&c);
	if (err == 0)
		print_summary(p, uri, prog);
	return err;
}

static int
run_ping(int nargs, const char **args)
{
	struct failure f = { 0 };
	struct pings p = { 0 };
	struct program prog;
	struct target t;

	if (nargs < 1 || nargs > 2)
		return verb_usage(&verb_ping);
	interrupt_catch();
	if (parse_args(nargs, args, &t, &prog, &f) != 0 ||
	    ping(&t, &prog, &p, &f) != 0)
		return failure_print(&f);
	if (interrupt_signal())
		return 128 + interrupt_signal();
	return p.answered == p.sent ? 0 : EXIT_NO;
}

const struct verb verb_ping = {
	.name = "ping", .group = "Look",
	.summary = "call procedure 0, like ping(8)",
	.usage = "[OPTIONS] TARGET [PROGRAM[/VERSION]]",
	.details = "PROGRAM is a name or a number; ECHO where none is given. "
	    "Exit code 1 when\na call was lost.\n",
	.options = options,
	.run = run_ping,
};
