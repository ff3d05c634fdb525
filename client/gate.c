/*
 * Judging results: see gate.h. Used by the verbs bench and compare.
 */
#include "gate.h"

#include <errno.h>
#include <string.h>

#include "outfile.h"
#include "report/saved.h"

static int
add_limit(struct gate *g, const char *text, struct failure *f)
{
	struct threshold *t = &g->limits[g->n];
	int err;

	if (g->n == THRESHOLDS_MAX)
		return failure_set(f, EXIT_USAGE, "more than %d --fail-if",
		    THRESHOLDS_MAX);
	err = threshold_parse(t, "--fail-if", text, f);
	if (err)
		return err;
	if (t->relative && !g->has_old) {
		failure_set(f, EXIT_USAGE, "--fail-if '%s': percent of what?",
		    text);
		failure_hint(f, "--against OLD.json, or rpcall compare "
		    "OLD.json NEW.json --fail-if '%s'", text);
		return -EXIT_USAGE;
	}
	g->n++;
	return 0;
}

/* Before it takes a while. */
static int
try_junit(const char *path, struct failure *f)
{
	int err = outfile_try(path);

	return err ? failure_set(f, EXIT_CANTCREATE, "cannot write %s (%s)",
	    path, strerror(-err)) : 0;
}

int
gate_is_alone(const char *name, struct failure *f)
{
	size_t n = strlen(name);

	if (n < 5 || strcmp(name + n - 5, ".json") != 0)
		return 0;
	failure_set(f, EXIT_USAGE, "%s is one result: compare it with another, "
	    "or with what is measured now", name);
	failure_hint(f, "rpcall compare %s NEW.json", name);
	failure_hint(f, "rpcall compare --against %s", name);
	return -EXIT_USAGE;
}

int
gate_open(struct gate *g, const struct gate_options *o, struct failure *f)
{
	int err = 0;

	memset(g, 0, sizeof(*g));
	g->junit = o->junit;
	g->has_old = o->against != NULL;
	if (g->has_old)
		err = saved_read(&g->old, o->against, f);
	if (err == 0 && g->has_old)
		result_finish(&g->old);
	for (size_t i = 0; err == 0 && i < o->fail_if.n; i++)
		err = add_limit(g, o->fail_if.items[i], f);
	if (err == 0 && g->junit != NULL && g->n == 0)
		err = add_limit(g, "errors > 0", f);
	if (err == 0 && g->junit != NULL)
		err = try_junit(g->junit, f);
	if (err == 0 && o->lines != NULL)
		err = lines_open(&g->lines, o->lines, f);
	return err;
}

void
gate_follow(struct gate *g, struct comparison *c)
{
	c->round = g->lines.out ? lines_put : NULL;
	c->round_arg = &g->lines;
}

static int
write_junit(const char *path, const struct findings *found, struct failure *f)
{
	struct outfile to;
	int err = outfile_open(&to, path);

	if (err == 0)
		err = outfile_end(&to, regress_junit(found, to.out));
	return err ? failure_set(f, EXIT_CANTCREATE, "cannot write %s (%s)",
	    path, strerror(-err)) : 0;
}

/* A limit that could not be judged was not passed. */
static int
answer(const struct findings *found, struct failure *f)
{
	if (found->n == 0)
		return failure_set(f, EXIT_DATA, "the results have no "
		    "mechanism in common that was measured with the same "
		    "workload, size and outstanding calls");
	if (found->broken > 0)
		return failure_set(f, EXIT_NO, "limits broken: %u of %zu",
		    found->broken, found->n);
	if (found->unknown == 0)
		return 0;
	failure_set(f, EXIT_DATA, "limits not judged: %u of %zu",
	    found->unknown, found->n);
	failure_hint(f, "a longer --duration has more samples, more --rounds "
	    "an interval");
	return -EXIT_DATA;
}

static int
tell(const struct gate *g, const struct findings *found,
    const struct result *r, FILE *out, struct failure *f)
{
	const struct result *old = g->has_old ? &g->old : NULL;
	int err = common.json && out == stdout ?
	    regress_json(found, old, r, out) :
	    regress_text(found, old, r, out, option_color(out));

	if (err && out == stdout)
		return failure_stdout(f, err);
	if (err)
		return failure_set(f, EXIT_CANTCREATE, "cannot write the "
		    "findings (%s)", strerror(-err));
	if (g->junit != NULL)
		err = write_junit(g->junit, found, f);
	return err ? err : answer(found, f);
}

int
gate_judge(struct gate *g, const struct result *r, FILE *out,
    struct failure *f)
{
	struct findings found;
	int err = lines_close(&g->lines, f);

	if (err || (g->n == 0 && !g->has_old))
		return err;
	err = regress(&found, g->has_old ? &g->old : NULL, r, g->limits, g->n);
	err = err ? failure_set(f, EXIT_OS, "no memory") :
	    tell(g, &found, r, out, f);
	findings_release(&found);
	return err;
}

void
gate_close(struct gate *g)
{
	struct failure ignored = { 0 };

	lines_close(&g->lines, &ignored);
	result_release(&g->old);
}
