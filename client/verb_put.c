/*
 * rpcall put: a file to a FILE server. verb_get.c tells how it went.
 */
#include "file/copied.h"
#include "interrupt.h"
#include "verb.h"

static struct {
	bool resume, no_replace, sync;
} opt;

static const struct option_spec options[] = {
	{ "resume", 0, OPTION_FLAG, NULL, "go on with what an interrupted put "
	    "left", &opt.resume },
	{ "no-replace", 0, OPTION_FLAG, NULL, "fail if NAME/PATH exists",
	    &opt.no_replace },
	{ "sync", 0, OPTION_FLAG, NULL, "make it durable before it is done",
	    &opt.sync },
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
	interrupt_catch();
	c.uri = args[0];
	c.local = args[1];
	c.remote = args[2];
	return verb_copied("put", &c, copy_put(&c, &f), &f);
}

const struct verb verb_put = {
	.name = "put", .group = "Do",
	.summary = "copy a file to a server",
	.usage = "[OPTIONS] TARGET LOCAL|- NAME/PATH",
	.details = "PATH is a file, or a directory that is there. The file "
	    "arrives under another name\n(.FILE.KEY.rpcall-part), and gets "
	    "its own at once when the SHA-256 digests of both\nends were "
	    "compared (exit code 76 where they differ). - reads stdin.\n",
	.options = options,
	.run = run_put,
};
