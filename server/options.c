/*
 * Options of rpcalld: a table of names and setters. Called by main.c.
 */
#include "server/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "log.h"
#include "server/service.h"
#include "server/spin.h"

enum { WORKERS_MAX = 256 };

#define INDENT "                         "	/* of --help's second column */

__attribute__((format(printf, 1, 2))) static int
usage(const char *fmt, ...)
{
	va_list ap;

	fputs("rpcalld: error: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputs("\nhint: rpcalld --help\n", stderr);
	return EX_USAGE;
}

static int
set_listen(struct options *o, const char *arg)
{
	struct target *t = &o->listen[o->nlisten];
	char why[512], *hint;

	if (o->nlisten == LISTEN_MAX)
		return usage("more than %d --listen", LISTEN_MAX);
	if (target_parse(t, arg, why, sizeof(why)) != 0) {
		hint = strchr(why, '\n');
		if (hint != NULL)
			*hint = '\0';
		return usage("--listen %s: %s", arg, why);
	}
	if (t->mech == MECH_ID_ANY_RPC || t->mech == MECH_ID_pipe)
		return usage("--listen %s: nothing can listen there", arg);
	o->nlisten++;
	return 0;
}

static int
set_run(struct options *o, const char *arg)
{
	o->run_given = arg;
	return 0;
}

static int
set_state(struct options *o, const char *arg)
{
	o->state_given = arg;
	return 0;
}

static int
set_workers(struct options *o, const char *arg)
{
	char *end;
	long n = strtol(arg, &end, 10);

	if (*arg == '\0' || *end != '\0' || n < 1 || n > WORKERS_MAX)
		return usage("--workers %s: not 1 to %d", arg, WORKERS_MAX);
	o->workers = (unsigned)n;
	return 0;
}

static int
set_spin(struct options *o, const char *arg)
{
	char *end;
	long us;

	if (strcmp(arg, "auto") == 0 || strcmp(arg, "off") == 0) {
		o->spin_us = *arg == 'a' ? SPIN_AUTO : SPIN_OFF;
		return 0;
	}
	us = strtol(arg, &end, 10);
	if (*arg == '\0' || *end != '\0' || us < 1 || us > SPIN_MAX_US)
		return usage("--spin %s: not auto, off or 1 to %d (µs)", arg,
		    SPIN_MAX_US);
	o->spin_us = (int)us;
	return 0;
}

static int
set_log(struct options *o, const char *arg)
{
	o->log_level = log_level_parse(arg);
	if (o->log_level < 0)
		return usage("--log %s: not error, warn, info or debug", arg);
	return 0;
}

static int
set_limit(struct options *o, const char *arg)
{
	int err = limits_set(&o->limits, arg);
	uint64_t least, most;

	if (err == 0)
		return 0;
	if (err == -ENOENT)
		return usage("--limit %s: no limit has that name (rpcalld -t "
		    "lists them)", arg);
	if (err == -EINVAL)
		return usage("--limit %s: not NAME=N, a whole number with K, "
		    "M or G if need be", arg);
	limits_range(arg, &least, &most);
	return usage("--limit %s: not within %llu to %llu", arg,
	    (unsigned long long)least, (unsigned long long)most);
}

static int
set_kv_map(struct options *o, const char *arg)
{
	char text[64];

	snprintf(text, sizeof(text), "kv-map=%s", arg);
	if (limits_set(&o->limits, text) != 0)
		return usage("--kv-map %s: not a size of 4M or more", arg);
	return 0;
}

static int
set_durability(struct options *o, const char *arg)
{
	bool sync = strcmp(arg, "sync") == 0;

	if (!sync && strcmp(arg, "async") != 0)
		return usage("--durability %s: not sync or async", arg);
	o->durability = sync ? STORE_SYNC : STORE_ASYNC;
	return 0;
}

static int
set_store_check(struct options *o, const char *arg)
{
	o->action = ACTION_STORE_CHECK;
	o->store = arg;
	return 0;
}

static int
add_service(struct service_names *names, const char *option, const char *arg)
{
	if (!service_exists(arg))
		return usage("--%s %s: no such service (rpcalld -t lists "
		    "those that are on)", option, arg);
	if (names->n == SERVICE_NAMES_MAX)
		return usage("more than %d --%s", SERVICE_NAMES_MAX, option);
	names->name[names->n++] = arg;
	return 0;
}

static int
set_enable(struct options *o, const char *arg)
{
	return add_service(&o->enable, "enable", arg);
}

static int
set_disable(struct options *o, const char *arg)
{
	return add_service(&o->disable, "disable", arg);
}

static int
set_export(struct options *o, const char *arg)
{
	switch (exports_add(&o->exports, arg)) {
	case 0:
		return 0;
	case -EEXIST:
		return usage("--export %s: that name is taken", arg);
	case -E2BIG:
		return usage("more than %d --export", EXPORTS_MAX);
	default:
		return usage("--export %s: not NAME=DIR, NAME=DIR:rw or "
		    "NAME=DIR:ro, with letters, digits, . _ and - in NAME",
		    arg);
	}
}

static int
set_no_rpcbind(struct options *o, const char *arg)
{
	(void)arg;
	o->no_rpcbind = true;
	return 0;
}

static int
set_stdio(struct options *o, const char *arg)
{
	(void)arg;
	o->stdio = o->no_rpcbind = true;
	return 0;
}

static int
set_check(struct options *o, const char *arg)
{
	(void)arg;
	o->action = ACTION_CHECK;
	return 0;
}

static int
set_clean(struct options *o, const char *arg)
{
	(void)arg;
	o->action = ACTION_CLEAN;
	return 0;
}

static int
set_help(struct options *o, const char *arg)
{
	(void)arg;
	o->action = ACTION_HELP;
	return 0;
}

static int
set_version(struct options *o, const char *arg)
{
	(void)arg;
	o->action = ACTION_VERSION;
	return 0;
}

static const struct {
	const char *name, *arg, *help;
	int (*set)(struct options *o, const char *arg);
	char letter;
} table[] = {
	{ "listen", "URI", "serve there (repeatable); default: all "
	    "mechanisms, on loopback", set_listen, 0 },
	{ "run", "DIR", "run directory: sockets, FIFOs, endpoints, lock",
	    set_run, 0 },
	{ "state", "DIR", "state directory of the services", set_state, 0 },
	{ "workers", "N", "threads; default: one per CPU but one", set_workers,
	    0 },
	{ "spin", "auto|off|US", "poll before sleeping, at most US µs; "
	    "default: auto", set_spin, 0 },
	{ "enable", "SERVICE", "serve one that is off by itself (repeatable)",
	    set_enable, 0 },
	{ "disable", "SERVICE", "do not serve it (repeatable)", set_disable,
	    0 },
	{ "kv-map", "SIZE", "how large the store of kv may be; default: 64G",
	    set_kv_map, 0 },
	{ "durability", "sync|async", "kv answers when a change is on disk, or "
	    "before;\n" INDENT "default: as the store was last used (a new "
	    "one: sync)", set_durability, 0 },
	{ "export", "NAME=DIR[:rw]", "files that FILE serves, read-only "
	    "unless said (repeatable)", set_export, 0 },
	{ "store-check", "DIR", "verify the store of kv in a state directory",
	    set_store_check, 0 },
	{ "no-rpcbind", NULL, "do not register", set_no_rpcbind, 0 },
	{ "stdio", NULL, "serve one peer on stdin and stdout", set_stdio, 0 },
	{ "clean", NULL, "remove what a killed server left, and list it",
	    set_clean, 0 },
	{ "check", NULL, "check, print what would be served, and exit",
	    set_check, 't' },
	{ "log", "LEVEL", "error, warn, info (default) or debug", set_log, 0 },
	{ "limit", "NAME=N", "set a limit (repeatable); -t lists them",
	    set_limit, 0 },
	{ "version", NULL, "print the version", set_version, 0 },
	{ "help", NULL, "print this", set_help, 'h' },
};

enum { OPTIONS = sizeof(table) / sizeof(table[0]) };

void
options_help(FILE *out)
{
	fputs("usage: rpcalld [OPTIONS]\n\n"
	    "Serves ONC RPC programs over every mechanism: TCP, UDP and the "
	    "local socket\nregistered with rpcbind, raw TCP and Unix sockets, "
	    "named and ordinary pipes.\n\n", out);
	for (int i = 0; i < OPTIONS; i++) {
		char left[40];

		snprintf(left, sizeof(left), "--%s%s%s%s", table[i].name,
		    table[i].letter == 't' ? ", -t" :
		    table[i].letter == 'h' ? ", -h" : "",
		    table[i].arg ? " " : "", table[i].arg ? table[i].arg : "");
		fprintf(out, "  %-22s %s\n", left, table[i].help);
	}
	fputs("\nURIs: rpc+tcp://HOST[:PORT] rpc+tcp6:// rpc+udp:// "
	    "rpc+udp6:// rpc+local:/PATH\n      tcp://HOST[:PORT] unix:/PATH "
	    "fifo:/DIR   (port 0: any)\n", out);
}

static void
fill_getopt(struct option *longs)
{
	for (int i = 0; i < OPTIONS; i++)
		longs[i] = (struct option){ .name = table[i].name,
			.has_arg = table[i].arg ? required_argument :
			no_argument, .val = 256 + i };
}

static int
index_of(int c)
{
	for (int i = 0; i < OPTIONS; i++)
		if (c == 256 + i || (c != 0 && c == table[i].letter))
			return i;
	return -1;
}

int
options_parse(struct options *o, int argc, char **argv)
{
	struct option longs[OPTIONS + 1] = { 0 };
	int c, i, err = 0;

	memset(o, 0, sizeof(*o));
	o->limits = limits_default;
	o->spin_us = SPIN_AUTO;
	o->durability = STORE_AS_IT_IS;
	o->log_level = LOG_LEVEL_INFO;
	fill_getopt(longs);
	opterr = 0;
	while (err == 0 && (c = getopt_long(argc, argv, ":th", longs,
	    NULL)) != -1) {
		if (c == ':')
			return usage("%s needs a value", argv[optind - 1]);
		i = index_of(c);
		if (i < 0)
			return usage("unknown option %s", argv[optind - 1]);
		err = table[i].set(o, optarg);
	}
	if (err == 0 && optind < argc)
		return usage("unexpected argument \"%s\"", argv[optind]);
	return err;
}
