/*
 * rpcall put: a file to a FILE server. verb_get.c tells how it went.
 */
#include "file/copied.h"
#include "interrupt.h"
#include "verb.h"

static struct {
	bool resume, no_replace, sync;
	const char *digest;
} opt;

static const struct option_spec options[] = {
	{ "resume", 0, OPTION_FLAG, NULL, "go on with what an interrupted put "
	    "left", &opt.resume },
	{ "no-replace", 0, OPTION_FLAG, NULL, "fail if NAME/PATH exists",
	    &opt.no_replace },
	{ "sync", 0, OPTION_FLAG, NULL, "make it durable before it is done",
	    &opt.sync },
	{ "digest", 0, OPTION_TEXT, "KIND", "by which both ends are compared: "
	    "xxh128 or sha256 (xxh128)", &opt.digest },
	{ .name = NULL },
};

static int
run_put(int nargs, const char **args)
{
	struct failure f = { 0 };
	struct copy c = { .resume = opt.resume, .keep = opt.no_replace,
		.sync = opt.sync };

	if (nargs != 3)
		return verb_usage(&verb_put);
	if (verb_digest_kind(opt.digest, &c.kind, &f) != 0)
		return failure_print(&f);
	interrupt_catch();
	interrupt_reads();
	c.uri = args[0];
	c.local = args[1];
	c.remote = args[2];
	return verb_copied("put", &c, copy_put(&c, &f), &f);
}

const struct verb verb_put = {
	.name = "put", .group = "Do",
	.summary = "copy a file to a server",
	.usage = "[OPTIONS] TARGET LOCAL|- NAME/PATH",
	.details = "PATH is a file, or a directory that is there (as one that "
	    "ends in / must be), which\nthe file keeps its name in. It "
	    "arrives under another name (.FILE.KEY.rpcall-part),\nand gets "
	    "its own at once when the digests of both ends were compared "
	    "(exit code 76\nwhere they differ). - reads stdin.\n\n"
	    "xxh128 (XXH3) finds what went wrong by accident; sha256 also "
	    "what somebody made up,\nfor ten times the CPU.\n",
	.options = options,
	.run = run_put,
};
