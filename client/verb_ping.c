/*
 * rpcall ping: calls procedure 0 again and again, like ping(8), and sums up
 * losses and times.
 */
#include <errno.h>
#include <math.h>
#include <rpc/rpc.h>
#include <stdlib.h>
#include <string.h>

#include "call_error.h"
#include "clock.h"
#include "interrupt.h"
#include "invoke.h"
#include "measure/hist.h"
#include "present.h"
#include "programs.h"
#include "reflect.h"
#include "report/jsonw.h"
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

struct pinging {
	struct target target;
	struct program prog;
	bool named;			/* by the user */
	size_t tried;			/* of others[] */
	enum mech_id mech;		/* over which it is called */
	struct invocation invocation;
	uint64_t sent, answered;
	struct hist times;
};

/* What is called in ECHO's place where the user named no program. */
static const struct program others[] = {
	{ .name = "REFLECT", .prog = REFLECT_PROG, .vers = REFLECT_V1 },
	{ .name = "rpcbind", .prog = RPCBPROG, .vers = RPCBVERS4, .any = true },
};

enum { OTHERS = sizeof(others) / sizeof(others[0]) };

static bool
try_other(struct pinging *p)
{
	if (p->named || p->tried == OTHERS)
		return false;
	p->prog = others[p->tried++];
	return true;
}

static int
parse_args(int nargs, const char **args, struct pinging *p, struct failure *f)
{
	if (target_parse_arg(&p->target, args[0], f) != 0 ||
	    program_lookup(&p->prog, &p->target, nargs > 1 ? args[1] : "ECHO",
	    f) != 0)
		return -f->code;
	p->named = nargs > 1;
	if (opt.count == 0)
		return failure_set(f, EXIT_USAGE, "--count 0: at least one "
		    "call");
	return 0;
}

/* Has rpcbind the program? Then in its newest version. */
static bool
is_there(struct pinging *p, const struct present *there)
{
	uint32_t vers = 0;

	while (present_next(there, p->prog.prog, &vers))
		p->prog.vers = vers;
	return vers != 0;
}

/* No version was named: the newest that rpcbind has, if it has one. */
static int
choose_version(struct pinging *p, struct failure *f)
{
	struct failure quiet = { 0 };
	struct present there = { 0 };

	if (!p->prog.any || !target_asks_rpcbind(&p->target))
		return 0;
	if (present_ask(&there, &p->target, false, &quiet, f) == 0)
		while (!is_there(p, &there) && try_other(p));
	present_release(&there);
	return -f->code;
}

/* Who is called; where the user named nobody, once that is known. */
static void
print_head(const struct pinging *p)
{
	if (p->sent == 0 && !common.quiet && !common.json)
		printf("%s/%u over %s at %s%s\n", p->prog.name, p->prog.vers,
		    mech_info[p->mech].name, p->invocation.uri, p->tried > 0 ?
		    ", since ECHO is not there" : "");
}

/* Opens it, unless it is open: a server may be started again meanwhile. */
static int
open_target(struct pinging *p, struct failure *f)
{
	struct target t = p->target;

	if (p->invocation.open)
		return 0;
	if (invocation_open(&p->invocation, &t, p->prog.prog, p->prog.vers,
	    f) != 0)
		return -f->code;
	p->mech = t.mech;
	if (p->named)
		print_head(p);
	return 0;
}

/* Procedure 0; of a server that has other versions, of its newest. */
static int
call(struct pinging *p, struct reply *r)
{
	struct call_head head = { .prog = p->prog.prog,
		.vers = p->prog.vers };
	uint64_t start = clock_ns();
	int err = conn_call(p->invocation.conn, &head, NULL, 0, r,
	    start + common.timeout);

	p->invocation.ns = clock_ns() - start;
	if (err || r->status.kind != REPLY_PROG_MISMATCH || !p->prog.any)
		return err;
	p->prog.any = false;
	p->prog.vers = r->status.high;
	return call(p, r);
}

static void
lost(struct pinging *p, const char *why)
{
	if (!common.quiet && !common.json)
		printf("seq=%llu %s\n", (unsigned long long)p->sent, why);
}

/* What is lost once somebody answered may be back for the next call. */
static int
failed(struct pinging *p, int err, struct failure *f)
{
	if (err == -ETIMEDOUT) {
		lost(p, "no answer");
		return 0;
	}
	if (p->answered == 0)
		call_failed_over(f, p->prog.name, err,
		    &p->invocation.conn->link);
	invocation_close(&p->invocation);
	if (p->answered == 0)
		return -f->code;
	lost(p, err == -ECONNREFUSED ? "nobody there" : err == -EBADMSG ?
	    "an answer that is none" : "the server closed the connection");
	return 0;
}

/* An answer, if not the one that was hoped for. */
static int
refused(const struct pinging *p, const struct reply_status *st,
    struct failure *f)
{
	call_refused(f, p->prog.name, st);
	if (!p->named && st->kind == REPLY_PROG_UNAVAIL)
		failure_hint(f, "it answers: name a program that it has, such "
		    "as nfs/3, behind the target");
	return -f->code;
}

/* One call: 0, also when it was lost; or f's code negated. */
static int
ping_once(struct pinging *p, struct failure *f)
{
	struct failure closed = { 0 };
	struct reply r;
	int err;

	if (open_target(p, p->answered > 0 ? &closed : f) != 0) {
		if (p->answered == 0 || interrupt_signal() != 0)
			return -f->code;
		p->sent++;
		lost(p, closed.text);
		return 0;
	}
	err = call(p, &r);
	if (interrupt_signal() != 0 && err)
		return 0;
	if (err == 0 && r.status.kind == REPLY_PROG_UNAVAIL && try_other(p)) {
		invocation_close(&p->invocation);
		return ping_once(p, f);
	}
	if (!p->named)
		print_head(p);
	p->sent++;
	if (err)
		return failed(p, err, f);
	if (r.status.kind != REPLY_SUCCESS)
		return refused(p, &r.status, f);
	p->answered++;
	hist_record(&p->times, p->invocation.ns);
	if (!common.quiet && !common.json)
		printf("seq=%llu time=%.1f us\n", (unsigned long long)p->sent,
		    (double)p->invocation.ns / NS_PER_US);
	fflush(stdout);
	return 0;
}

static double
us(const struct pinging *p, double ns)
{
	return p->answered > 0 ? ns / NS_PER_US : 0.0;
}

static void
print_json(const struct pinging *p, double lost_percent, double mean)
{
	const struct hist *h = &p->times;
	struct jsonw w;

	jsonw_init(&w, stdout);
	w.flat = true;
	jsonw_open(&w, NULL, '{');
	jsonw_string(&w, "schema", "rpcall/ping/1");
	jsonw_string(&w, "target", p->invocation.uri);
	jsonw_uint(&w, "program", p->prog.prog);
	jsonw_uint(&w, "version", p->prog.vers);
	jsonw_uint(&w, "sent", p->sent);
	jsonw_uint(&w, "answered", p->answered);
	jsonw_real(&w, "lost_percent", lost_percent);
	jsonw_real(&w, "min_us", us(p, (double)h->min));
	jsonw_real(&w, "mean_us", mean);
	/* A percentile that too few samples lie beyond is none. */
	jsonw_real(&w, "p99_us", hist_supports(h, 99) ?
	    us(p, (double)hist_percentile(h, 99)) : NAN);
	jsonw_real(&w, "max_us", us(p, (double)h->max));
	jsonw_close(&w, '}');
	putchar('\n');
}

static void
print_summary(const struct pinging *p)
{
	const struct hist *h = &p->times;
	double percent = p->sent == 0 ? 0.0 :
	    100.0 * (double)(p->sent - p->answered) / (double)p->sent;
	double mean = p->answered == 0 ? 0.0 :
	    us(p, h->sum / (double)p->answered);
	bool p99 = hist_supports(h, 99);

	if (common.json) {
		print_json(p, percent, mean);
		return;
	}
	printf("%llu calls, %llu answered, %.3g %% lost",
	    (unsigned long long)p->sent, (unsigned long long)p->answered,
	    percent);
	if (p->answered > 0)
		printf(", min/mean/%smax %.1f/%.1f/", p99 ? "p99/" : "",
		    us(p, (double)h->min), mean);
	if (p99)
		printf("%.1f/", us(p, (double)hist_percentile(h, 99)));
	if (p->answered > 0)
		printf("%.1f us", us(p, (double)h->max));
	putchar('\n');
}

static int
ping(struct pinging *p, struct failure *f)
{
	int err = choose_version(p, f);

	while (err == 0 && p->sent < opt.count && interrupt_signal() == 0) {
		if (p->sent > 0)
			interrupt_pause(opt.interval);
		if (interrupt_signal() == 0)
			err = ping_once(p, f);
	}
	invocation_close(&p->invocation);
	if (err == 0)
		print_summary(p);
	return err;
}

static int
run_ping(int nargs, const char **args)
{
	struct failure f = { 0 };
	struct pinging *p;
	int code;

	if (nargs < 1 || nargs > 2)
		return verb_usage(&verb_ping);
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		return failure_set(&f, EXIT_OS, "no memory"), failure_print(&f);
	hist_init(&p->times);
	interrupt_catch();
	if (parse_args(nargs, args, p, &f) == 0)
		ping(p, &f);
	if (interrupt_signal() != 0)
		code = 128 + interrupt_signal();
	else if (f.code != 0)
		code = failure_print(&f);
	else
		code = p->answered == p->sent ? 0 : EXIT_NO;
	free(p);
	return code;
}

const struct verb verb_ping = {
	.name = "ping", .group = "Look",
	.summary = "call procedure 0, like ping(8)",
	.usage = "[OPTIONS] TARGET [PROGRAM[/VERSION]]",
	.details = "PROGRAM is a name or a number; where none is given ECHO, "
	    "or, where that is not, what\nREFLECT or rpcbind answers, which is "
	    "said. Without VERSION the newest that rpcbind\nor the server has. "
	    "What was lost is counted, and the connection opened again; the\n"
	    "p99 is shown from 1,000 answers on. Exit code 1 when a call was "
	    "lost.\n",
	.options = options,
	.run = run_ping,
};
