/*
 * What rpcalld prints and ends: see show.h. A part of main.c.
 */
#include "server/show.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "server/endpoints.h"
#include "server/server.h"
#include "server/service.h"
#include "server/store_check.h"

static void
print_limit(const char *name, uint64_t value, void *arg)
{
	(void)arg;
	printf("limit %s=%llu\n", name, (unsigned long long)value);
}

static bool
is_served(const char *name)
{
	for (unsigned i = 0; i < nservices; i++)
		if (strcmp(services[i].name, name) == 0)
			return true;
	return false;
}

static void
print_store(const struct options *o)
{
	static const char *const durability[] = { [STORE_SYNC] = "sync",
		[STORE_ASYNC] = "async",
		[STORE_AS_IT_IS] = "as-last-used" };

	if (is_served("kv"))
		printf("store %s/kv map %llu durability %s\n", o->state,
		    (unsigned long long)o->limits.kv_map,
		    durability[o->durability]);
}

/* Would a start find all exports? */
static int
check_exports(const struct options *o)
{
	struct exports exports = o->exports;
	const struct export *failed;
	char why[4 * EXPORT_DIR_MAX];
	int err = is_served("file") ? exports_open(&exports, &failed) : 0;

	if (err) {
		exports_why(failed, err, why, sizeof(why));
		fprintf(stderr, "rpcalld: error: %s\n", why);
		return EX_CANTCREAT;
	}
	exports_close(&exports);
	return 0;
}

int
show_served(const struct options *o)
{
	struct server s = { .limits = o->limits };
	int code = check_exports(o), err;

	if (code)
		return code;
	err = endpoints_fill(&s, o);
	if (err) {
		fprintf(stderr, "rpcalld: error: cannot prepare endpoints: %s\n",
		    strerror(-err));
		return EX_SOFTWARE;
	}
	for (unsigned i = 0; i < nservices; i++)
		printf("service %s program 0x%x version %u procedures %u\n",
		    services[i].name, services[i].prog, services[i].vers,
		    services[i].nrows);
	for (size_t i = 0; i < o->exports.n; i++)
		printf("export %s %s %s\n", o->exports.list[i].name,
		    o->exports.list[i].writable ? "rw" : "ro",
		    o->exports.list[i].dir);
	for (size_t i = 0; i < s.nendpoints; i++) {
		char uri[1024];

		printf("listen %s %s\n",
		    mech_info[s.endpoints[i].target.mech].name,
		    target_format(&s.endpoints[i].target, uri, sizeof(uri)));
	}
	printf("run %s\nstate %s\n", o->run, o->state);
	print_store(o);
	limits_each(&o->limits, print_limit, NULL);
	free(s.endpoints);
	return 0;
}

static int
check_store(const char *dir)
{
	struct store_report r;
	int err = store_check(dir, &r);

	if (err) {
		fprintf(stderr, "rpcalld: error: no store to check in %s: %s\n",
		    dir, strerror(-err));
		return err == -ENOENT ? EX_NOINPUT : EX_OSERR;
	}
	printf("revision %llu, changes kept after %llu\n"
	    "keys %llu, bytes %llu, with a time to live %llu\n"
	    "clients %llu, answers %llu\n",
	    (unsigned long long)r.revision, (unsigned long long)r.compacted,
	    (unsigned long long)r.keys, (unsigned long long)r.bytes,
	    (unsigned long long)r.expiring, (unsigned long long)r.clients,
	    (unsigned long long)r.answers);
	if (r.faults == 0)
		puts("the store is sound");
	else
		printf("the store is damaged: %s (%llu faults)\n", r.first,
		    (unsigned long long)r.faults);
	return r.faults > 0;
}

/* In a process of its own, for a damaged store can kill who reads it. */
int
show_store(const char *dir)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		int code = check_store(dir);

		fflush(stdout);
		_exit(code);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return EX_OSERR;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	printf("the store is damaged: reading it ends with signal %d\n",
	    WTERMSIG(status));
	return 1;
}
