/*
 * rpcall get and what put shares with it: a file from a FILE server.
 */
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "file/copied.h"
#include "interrupt.h"
#include "report/jsonw.h"
#include "verb.h"

static struct {
	bool resume, no_replace, sync;
	const char *digest;
} opt;

static const struct option_spec options[] = {
	{ "resume", 0, OPTION_FLAG, NULL, "go on with what an interrupted get "
	    "left", &opt.resume },
	{ "no-replace", 0, OPTION_FLAG, NULL, "fail if LOCAL exists",
	    &opt.no_replace },
	{ "sync", 0, OPTION_FLAG, NULL, "make it durable before it is done",
	    &opt.sync },
	{ "digest", 0, OPTION_TEXT, "KIND", "by which both ends are compared: "
	    "xxh128 or sha256 (xxh128)", &opt.digest },
	{ .name = NULL },
};

static double
per_second(uint64_t bytes, uint64_t ns)
{
	return ns > 0 ? (double)bytes / (double)ns * NS_PER_S : 0;
}

static void
print_json(const char *verb, const struct copy *c)
{
	struct jsonw w;
	char schema[32];

	snprintf(schema, sizeof(schema), "rpcall/%s/1", verb);
	jsonw_init(&w, stdout);
	jsonw_open(&w, NULL, '{');
	jsonw_string(&w, "schema", schema);
	jsonw_string(&w, "remote", c->remote);
	jsonw_uint(&w, "bytes", c->bytes);
	jsonw_uint(&w, "reused_bytes", c->reused);
	jsonw_real(&w, "transfer_s", (double)c->moved_ns / NS_PER_S);
	jsonw_real(&w, "total_s", (double)c->all_ns / NS_PER_S);
	jsonw_real(&w, "bytes_per_s", per_second(c->bytes - c->reused,
	    c->moved_ns));
	jsonw_string(&w, "digest", digest_name(c->kind));
	jsonw_string(&w, "segments_digest", c->digest);
	jsonw_string(&w, "path", c->path);
	jsonw_close(&w, '}');
	putchar('\n');
}

static void
print_line(const char *verb, const struct copy *c)
{
	const char *from = strcmp(verb, "get") == 0 ? c->remote :
	    strcmp(c->local, "-") == 0 ? "stdin" : c->local;

	fprintf(stderr, "%s %s to %s: %llu bytes in %.2f s (%.1f MB/s), %s of "
	    "both ends equal after %.2f s\n", verb, from,
	    c->path[0] ? c->path : "stdout",
	    (unsigned long long)c->bytes, (double)c->moved_ns / NS_PER_S,
	    per_second(c->bytes - c->reused, c->moved_ns) / 1e6,
	    digest_name(c->kind), (double)c->all_ns / NS_PER_S);
	if (c->reused > 0)
		fprintf(stderr, "%llu bytes were there before\n",
		    (unsigned long long)c->reused);
}

int
verb_digest_kind(const char *name, enum digest_kind *kind, struct failure *f)
{
	*kind = DIGEST_XXH128;
	if (name == NULL || digest_kind_of(name, kind) == 0)
		return 0;
	return failure_set(f, EXIT_USAGE, "--digest %s: neither xxh128 nor "
	    "sha256", name);
}

int
verb_copied(const char *verb, const struct copy *c, int err,
    struct failure *f)
{
	bool to_stdout = strcmp(verb, "get") == 0 && c->local != NULL &&
	    strcmp(c->local, "-") == 0;

	if (err) {
		if (!to_stdout && strcmp(c->local ? c->local : "", "-") != 0 &&
		    copy_can_go_on(f) && c->bytes > 0)
			failure_hint(f, "go on where it stopped: the same "
			    "command with --resume");
		return failure_print(f);
	}
	if (common.json && !to_stdout)
		print_json(verb, c);
	else if (!common.quiet)
		print_line(verb, c);
	return 0;
}

static int
run_get(int nargs, const char **args)
{
	struct failure f = { 0 };
	struct copy c = { .resume = opt.resume, .keep = opt.no_replace,
		.sync = opt.sync };

	if (nargs < 2 || nargs > 3)
		return verb_usage(&verb_get);
	if (verb_digest_kind(opt.digest, &c.kind, &f) != 0)
		return failure_print(&f);
	interrupt_catch();
	c.uri = args[0];
	c.remote = args[1];
	c.local = nargs > 2 ? args[2] : NULL;
	return verb_copied("get", &c, copy_get(&c, &f), &f);
}

const struct verb verb_get = {
	.name = "get", .group = "Do",
	.summary = "copy a file from a server",
	.usage = "[OPTIONS] TARGET NAME/PATH [LOCAL | -]",
	.details = "LOCAL is a file or a directory; without it the file gets "
	    "its own name here.\nIt appears whole, and only after the digests of "
	    "both ends were compared\n(exit code 76 where they differ); - "
	    "writes to stdout as it comes. Until then it is\n"
	    ".LOCAL.rpcall-part, and --resume goes on with that.\n\n"
	    "xxh128 (XXH3) finds what went wrong by accident; sha256 also "
	    "what somebody made up,\nfor ten times the CPU.\n",
	.options = options,
	.run = run_get,
};
