/*
 * The workload as the user says it: see workload.h. Called by verb_bench.c
 * and verb_compare.c.
 */
#include "workload.h"

#include <string.h>

#include "measure/call_plan.h"
#include "measure/load.h"
#include "measure/settle.h"
#include "measured.h"

static const struct work_ops *
find(const char *name, struct failure *f)
{
	const struct work_ops *ops = work_ops_find(name);
	char names[256] = "";
	size_t len = 0;

	if (ops != NULL)
		return ops;
	for (size_t i = 0; (ops = work_ops_at(i)) != NULL; i++)
		len += (size_t)snprintf(names + len, sizeof(names) - len,
		    "%s%s", i > 0 ? ", " : "", ops->name);
	failure_set(f, EXIT_USAGE, "--workload %s: not one of %s", name,
	    names);
	return NULL;
}

const char *
workload_meant(const struct workload_options *o,
    const struct call_args *given, const char *procedure, int nvalues)
{
	if (o->workload != NULL)
		return o->workload;
	if (nvalues > 0 || calling_is_meant(given))
		return work_call.name;
	return procedure == NULL || work_echo_has(procedure) ?
	    work_echo.name : work_call.name;
}

bool
workload_is_call(const struct workload_options *o,
    const struct call_args *given, const char *procedure, int nvalues)
{
	return strcmp(workload_meant(o, given, procedure, nvalues),
	    work_call.name) == 0;
}

int
workload_call(struct work_spec *spec, struct call_plan *plan,
    const struct call_args *given, const struct target *t,
    const char *procedure, int n, const char **values, uint64_t seed,
    struct failure *f)
{
	uint64_t ns;

	if (given->data != NULL && option_duration(given->data, &ns) == 0) {
		failure_set(f, EXIT_USAGE, "-d %s: -d is for arguments",
		    given->data);
		failure_hint(f, "how long it takes: --duration %s",
		    given->data);
		return -EXIT_USAGE;
	}
	if (procedure == NULL)
		return failure_set(f, EXIT_USAGE, "which procedure? name it: "
		    "PROGRAM/VERSION.PROCEDURE");
	*spec = (struct work_spec){ .workload = work_call.name, .seed = seed,
		.call = plan };
	return call_plan_make(plan, given, t, procedure, n, values, seed, f);
}

static int
call_subject(struct work_spec *spec, struct call_plan *plan,
    const struct call_args *given, struct comparison *c, size_t i,
    const char *procedure, struct failure *f)
{
	const struct target *t = &c->subjects[i].target;
	int err;

	call_plan_release(plan);
	memset(plan, 0, sizeof(*plan));
	err = workload_call(spec, plan, given, t, procedure, 0, NULL, c->seed,
	    f);
	if (err)
		return err;
	settle_all(c, &plan->calling.proc);
	return call_plan_try(plan, t, f);
}

int
workload_call_any(struct work_spec *spec, struct call_plan *plan,
    const struct call_args *given, struct comparison *c,
    const char *procedure, struct failure *f)
{
	struct attempts a = { .n = 0 };

	for (size_t i = 0; i < c->nsubjects; i++) {
		struct failure why = { 0 };

		if (call_subject(spec, plan, given, c, i, procedure,
		    &why) == 0)
			return 0;
		attempts_add(&a, c->subjects[i].name, &why);
		/* What the others would say, too. */
		if (why.code != EXIT_UNREACHABLE && why.code != EXIT_NOHOST &&
		    why.code != EXIT_TIMEOUT) {
			*f = why;
			return -f->code;
		}
	}
	return attempts_failed(&a, f);
}

int
workload_spec(struct work_spec *spec, const struct workload_options *o,
    const char *name, const char *procedure, uint64_t seed,
    struct failure *f)
{
	const struct work_ops *ops = find(name, f);

	if (ops == NULL)
		return -EXIT_USAGE;
	if (procedure != NULL && ops != &work_echo)
		return failure_set(f, EXIT_USAGE, "%s: only the workload echo "
		    "has a procedure to choose", procedure);
	if (ops == &work_file_read && (o->file == NULL || *o->file == '\0' ||
	    strlen(o->file) > WORK_PATH_MAX))
		return failure_set(f, EXIT_USAGE, "file-read needs --file "
		    "EXPORT/PATH, of at most %d bytes", WORK_PATH_MAX);
	if (o->puts > 100)
		return failure_set(f, EXIT_USAGE, "--puts: 0 to 100 percent");
	*spec = (struct work_spec){ .workload = ops->name,
		.procedure = procedure, .seed = seed,
		.puts = (unsigned)o->puts, .file = o->file };
	return 0;
}

int
workload_size(struct work_spec *spec, uint64_t size, struct failure *f)
{
	const struct work_ops *ops = work_ops_find(spec->workload);

	if (ops == &work_call && size > 0)
		return failure_set(f, EXIT_USAGE, "--size: a call's arguments "
		    "are as large as they are");
	if (size < ops->size_min || size > ops->size_max)
		return failure_set(f, EXIT_USAGE, "--size: a payload of %s is "
		    "%u to %u bytes", ops->name, ops->size_min, ops->size_max);
	spec->size = (uint32_t)size;
	return 0;
}

int
workload_outstanding(const struct work_spec *spec, uint64_t n,
    struct failure *f)
{
	const struct work_ops *ops = work_ops_find(spec->workload);
	unsigned most = ops->outstanding_max ? ops->outstanding_max :
	    LOAD_OUTSTANDING_MAX;

	if (n < 1 || n > most)
		return failure_set(f, EXIT_USAGE, "--outstanding: 1 to %u for "
		    "%s", most, ops->name);
	return 0;
}

void
workload_help(FILE *out)
{
	const struct work_ops *ops;

	fputs("\nWorkloads:\n", out);
	for (size_t i = 0; (ops = work_ops_at(i)) != NULL; i++)
		fprintf(out, "  %-10s %s\n", ops->name, ops->about);
	fputs("\nArguments of a call are as for `rpcall call`; strings in them "
	    "may hold templates,\nso that calls differ:\n"
	    "  {{seq}}        number of the call, from 0; {{seq FIRST STEP}}\n"
	    "  {{random N}}   a number below N; {{random LOW HIGH}}\n"
	    "  {{connection}} number of the connection, below --connections\n"
	    "  {{hex N}}      N random bytes; as \"hex:{{hex 16}}\" of an "
	    "opaque\n"
	    "  {{uuid}}       a random UUID\n"
	    "{{seq:6}} has six digits, {{seq:8x}} eight of base 16. A string "
	    "that is one\ntemplate may stand for a number. {{{{ is {{.\n",
	    out);
}
