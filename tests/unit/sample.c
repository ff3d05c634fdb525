/*
 * Generates the result of sample.h: each row has a base latency, a cost per
 * byte and a tail; each round of a table shares its noise among the rows.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "measure/stats.h"
#include "sample.h"

enum { ROUNDS = 12, SLOW_ROUND = 7 };

struct shape {
	const char *name, *floor, *stock;
	enum row_kind kind;
	double base_us, ns_per_byte, tail;
};

static const struct shape shapes[] = {
	{ "rpc/tcp", "floor tcp", "stock rpc/tcp", ROW_MECH, 21, .55, 2.1 },
	{ "rpc/udp", "floor udp", "stock rpc/udp", ROW_MECH, 18, .62, 2.4 },
	{ "rpc/local", "floor unix", "stock rpc/local", ROW_MECH, 17, .7, 1.6 },
	{ "tcp", "floor tcp", "", ROW_MECH, 14.2, .41, 1.9 },
	{ "unix", "floor unix", "", ROW_MECH, 9.1, .36, 1.4 },
	{ "fifo", "floor fifo", "", ROW_MECH, 8.4, .52, 1.5 },
	{ "pipe", "floor pipe", "", ROW_MECH, 8.38, .5, 1.3 },
	{ "floor tcp", "", "", ROW_FLOOR, 11.9, .36, 1.8 },
	{ "floor udp", "", "", ROW_FLOOR, 9.8, .4, 2 },
	{ "floor unix", "", "", ROW_FLOOR, 6.9, .31, 1.3 },
	{ "floor fifo", "", "", ROW_FLOOR, 6.1, .45, 1.3 },
	{ "floor pipe", "", "", ROW_FLOOR, 6, .44, 1.2 },
	{ "stock rpc/tcp", "floor tcp", "", ROW_STOCK, 24.5, .8, 2.2 },
	{ "stock rpc/udp", "floor udp", "", ROW_STOCK, 19.6, .9, 2.5 },
	{ "stock rpc/local", "floor unix", "", ROW_STOCK, 21.3, 1.1, 1.7 },
};

static const struct mech_facts facts[] = {
	{ "rpc/tcp", "rpc+tcp://127.0.0.1/", "two-way",
	    "address 127.0.0.1:41233", "other hosts", "no",
	    "kept (record marks)", "none", "send 2.5 MiB, receive 128 KiB",
	    "address 127.0.0.1:51822", 0, false },
	{ "rpc/udp", "rpc+udp://127.0.0.1/", "two-way",
	    "address 127.0.0.1:38101", "other hosts", "no",
	    "kept (datagrams)", "65507 B (one datagram)",
	    "send 208 KiB, receive 208 KiB", "address 127.0.0.1:40110", 0, false },
	{ "rpc/local", "rpc+unix:///run/rpcall/rpc.sock", "two-way",
	    "name /run/rpcall/rpc.sock", "this host",
	    "its name stays until removed", "kept (record marks)", "none",
	    "send 208 KiB, receive 208 KiB", "uid 0 (SO_PEERCRED)",
	    0, false },
	{ "tcp", "tcp://127.0.0.1:41239", "two-way",
	    "address 127.0.0.1:41239", "other hosts", "no",
	    "not kept (a byte stream)", "none",
	    "send 2.5 MiB, receive 128 KiB", "address 127.0.0.1:51824", 0, false },
	{ "unix", "unix:///run/rpcall/echo.sock", "two-way",
	    "name /run/rpcall/echo.sock", "this host",
	    "its name stays until removed", "not kept (a byte stream)", "none",
	    "send 208 KiB, receive 208 KiB", "uid 0 (SO_PEERCRED)",
	    0, false },
	{ "fifo", "fifo:///run/rpcall/echo.fifo", "one-way, a pair",
	    "name /run/rpcall/echo.fifo", "this host",
	    "its name stays until removed", "not kept (a byte stream)",
	    "4096 B (PIPE_BUF)", "256 KiB", "", 262144, false },
	{ "pipe", "pipe:rpcalld --stdio", "one-way, a pair",
	    "no name, inherited", "this host", "no",
	    "not kept (a byte stream)", "4096 B (PIPE_BUF)", "64 KiB",
	    "its parent", 262144, false },
};

enum { NSHAPES = sizeof(shapes) / sizeof(shapes[0]) };

static double
uniform(uint64_t *state)
{
	return ((double)(stats_random(state) >> 11) + .5) / 9007199254740992.0;
}

static double
normal(uint64_t *state)
{
	return sqrt(-2 * log(uniform(state))) * cos(2 * M_PI * uniform(state));
}

static void
fill_latencies(struct row *row, const struct shape *s, double typical_ns,
    unsigned calls, uint64_t *state)
{
	unsigned i;

	row->hist = malloc(sizeof(*row->hist));
	if (!row->hist)
		abort();
	hist_init(row->hist);
	for (i = 0; i < calls; i++) {
		double ns = typical_ns * (1 + .04 * normal(state));

		if (uniform(state) < .03)
			ns *= 1 - log(uniform(state)) * (s->tail - 1) * .45;
		hist_record(row->hist, (uint64_t)fmax(ns, typical_ns * .8));
	}
}

static void
fill_rounds(struct row *row, const double noise[ROUNDS], bool slow,
    uint64_t *state)
{
	double mean = row->hist->sum / (double)row->hist->count;
	unsigned i;

	row->nrounds = ROUNDS;
	for (i = 0; i < ROUNDS; i++) {
		double x = noise[i] * (1 + .008 * normal(state));

		if (slow && i == SLOW_ROUND)
			x *= 1.6;
		row->rounds[i].p50_ns = x *
		    (double)hist_percentile(row->hist, 50);
		row->rounds[i].mean_ns = x * mean;
		row->rounds[i].p90_ns = x *
		    (double)hist_percentile(row->hist, 90);
		row->rounds[i].p99_ns = x *
		    (double)hist_percentile(row->hist, 99);
		row->rounds[i].calls = row->calls / ROUNDS;
	}
}

static void
fill_costs(struct row *row)
{
	double total = row->hist->sum;
	double calls = (double)row->calls;

	row->client = (struct cost){ true, total * .09, total * .26,
	    calls * 1.02, calls * .01, row->kind == ROW_MECH, calls * 2,
	    calls * 156 };
	row->server = (struct cost){ true, total * .07, total * .24, calls,
	    calls * .02, row->kind == ROW_MECH, calls * 3, calls * 156 };
}

static void
fill_row(struct row *row, const struct table *t, const struct shape *s,
    const double noise[ROUNDS], unsigned calls)
{
	uint64_t state = t->size * 31u + (uint64_t)(s - shapes);
	double ns = s->base_us * 1000 + s->ns_per_byte * t->size;

	strcpy(row->name, s->name);
	strcpy(row->floor_name, s->floor);
	strcpy(row->stock_name, s->stock);
	row->kind = s->kind;
	row->measured = true;
	row->calls = calls;
	row->warmup_calls = calls / 10;
	row->bytes = 2ull * t->size * calls;
	fill_latencies(row, s, ns, calls, &state);
	row->wall_ns = row->hist->sum * 1.02;
	fill_rounds(row, noise, t->size == 64, &state);
	fill_costs(row);
}

static void
fill_table(struct table *t, const char *title, uint32_t size, unsigned calls)
{
	double noise[ROUNDS];
	uint64_t state = size + 1;
	unsigned i;

	strcpy(t->title, title);
	strcpy(t->procedure, size ? "ECHO.ECHO" : "ECHO.NULL");
	strcpy(t->workload, "echo");
	t->size = size;
	t->outstanding = 1;
	t->nrows = NSHAPES;
	t->rows = calloc(NSHAPES, sizeof(*t->rows));
	if (!t->rows)
		abort();
	for (i = 0; i < ROUNDS; i++)
		noise[i] = 1 + .05 * normal(&state);
	for (i = 0; i < NSHAPES; i++)
		fill_row(&t->rows[i], t, &shapes[i], noise, calls);
}

static void
spoil(struct result *r)
{
	struct row *udp = table_row(&r->tables[4], "rpc/udp");
	struct row *stock = table_row(&r->tables[3], "stock rpc/local");

	udp->measured = false;
	strcpy(udp->note, "65,536 B do not fit a datagram");
	stock->is_void = true;
	strcpy(stock->note, "the server counted 3 calls fewer than the client");
	table_row(&r->tables[1], "rpc/udp")->errors = 3;
}

static void
fill_env(struct env *e)
{
	strcpy(e->verb, "compare");
	strcpy(e->version, "0.1.0");
	strcpy(e->command, "rpcall compare --size 0,64,1024,8192,65536 "
	    "--rounds 12 --html compare.html");
	strcpy(e->date, "2026-03-14T15:09:26Z");
	strcpy(e->host, "lab-3");
	strcpy(e->kernel, "Linux 6.1.0-18-amd64");
	strcpy(e->cpu, "AMD EPYC 7B13");
	e->cores = 2;
	strcpy(e->clocksource, "kvm-clock");
	e->clock_cost_ns = 24.6;
	strcpy(e->placement, "client on CPU 0, server on CPU 1");
	strcpy(e->spin, "off");
	e->seed = UINT64_C(11400714819323198485);
	e->seconds = 61.7;
	e->virtual_machine = true;
}

/* Opening takes one way or another; a name has to be looked up, or not. */
static void
fill_setup(struct setup *s, size_t i)
{
	static const enum setup_part opening[] = {
		SETUP_CONNECT, SETUP_CONNECT, SETUP_CONNECT, SETUP_CONNECT,
		SETUP_CONNECT, SETUP_RENDEZVOUS, SETUP_START,
	};

	memcpy(s->name, facts[i].name, sizeof(s->name));
	for (int part = 0; part < SETUP_PARTS; part++) {
		double ns = 98765.4 * (double)(1 + part + (int)i);
		bool has = part == SETUP_LOOKUP ? i < 2 :
		    part >= SETUP_FIRST || part == (int)opening[i];

		if (has)
			s->part[part] = (struct spread){ 41, ns, ns * .94,
				ns * 1.07 };
	}
	if (i == 2)
		strcpy(s->note, "rpcbind look-up: <it> does not \"answer\"");
}

static void
fill_setups(struct result *r)
{
	r->nsetups = sizeof(facts) / sizeof(facts[0]);
	r->setups = calloc(r->nsetups, sizeof(*r->setups));
	if (!r->setups)
		abort();
	for (size_t i = 0; i < r->nsetups; i++)
		fill_setup(&r->setups[i], i);
}

void
sample_result(struct result *r, unsigned calls)
{
	static const struct {
		const char *title;
		uint32_t size;
	} list[] = {
		{ "NULL, closed loop, 1 outstanding", 0 },
		{ "ECHO 64 B, closed loop, 1 outstanding", 64 },
		{ "ECHO 1 KiB, closed loop, 1 outstanding", 1024 },
		{ "ECHO 8 KiB, closed loop, 1 outstanding", 8192 },
		{ "ECHO 64 KiB, closed loop, 1 outstanding", 65536 },
	};
	size_t i;

	memset(r, 0, sizeof(*r));
	fill_env(&r->env);
	r->ntables = sizeof(list) / sizeof(list[0]);
	r->tables = calloc(r->ntables, sizeof(*r->tables));
	r->nmechs = sizeof(facts) / sizeof(facts[0]);
	r->mechs = malloc(sizeof(facts));
	if (!r->tables || !r->mechs)
		abort();
	memcpy(r->mechs, facts, sizeof(facts));
	fill_setups(r);
	for (i = 0; i < r->ntables; i++)
		fill_table(&r->tables[i], list[i].title, list[i].size, calls);
	spoil(r);
	result_finish(r);
}
