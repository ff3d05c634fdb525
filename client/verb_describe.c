/*
 * rpcall describe: a program, procedure or type, in .x syntax, as a form to
 * fill in, or as JSON; of .x files, or of a server that is running.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "idl/json.h"
#include "idl/names_unknown.h"
#include "idl/print.h"
#include "interrupt.h"
#include "invoke.h"
#include "output.h"
#include "reflection.h"
#include "verb.h"

static struct {
	struct schema_args schema;
	bool template, types, no_reflection;
} opt;

static const struct option_spec options[] = {
	SCHEMA_ARGS(opt.schema),
	{ "template", 0, OPTION_FLAG, NULL, "JSON to fill in, of a type or of "
	    "arguments", &opt.template },
	{ "types", 0, OPTION_FLAG, NULL, "of a program or version: after the "
	    "constants and types that it needs", &opt.types },
	{ "no-reflection", 0, OPTION_FLAG, NULL, "do not ask the server for "
	    "its interface", &opt.no_reflection },
	{ .name = NULL },
};

/* What a name stands for; one of the first three. */
struct subject {
	const struct idl_def *type;		/* or a constant */
	const struct idl_proc *proc;
	const struct idl_program *program;
	struct procedure found;
	const char *path;
};

/* The last that a name may be; why is what it is not. */
static int
find_constant(struct library *l, const char *name, struct subject *s,
    const struct failure *why, struct failure *f)
{
	s->type = constant_find(l, name, &s->path);
	if (s->type != NULL)
		return 0;
	*f = *why;
	return names_unknown_word(l, name, true, f);
}

static int
undescribed(const struct library *l, const struct subject *s,
    struct failure *f)
{
	names_undescribed(l, &s->found, f);
	if (f->hint[0] == '\0')
		failure_hint(f, "name its .x file: -i FILE");
	return -f->code;
}

static bool
is_constant(const struct subject *s)
{
	return s->type != NULL && s->type->kind == DEF_CONST;
}

/* "KV/1", which can be no procedure. */
static bool
is_version(const char *name)
{
	return strchr(name, '/') != NULL && strchr(name, '.') == NULL;
}

static int
find(struct library *l, const char *name, struct subject *s,
    struct failure *f)
{
	struct failure quiet = { 0 }, why = { 0 };

	memset(s, 0, sizeof(*s));
	s->type = type_find(l, name, &s->path);
	if (s->type != NULL)
		return 0;
	if (strchr(name, '.') == NULL &&
	    program_find(l, name, &s->found, &quiet) == 0 &&
	    s->found.program != NULL)
		s->program = s->found.program;
	else if (procedure_find(l, name, &s->found, &why) != 0)
		return find_constant(l, name, s, is_version(name) ? &quiet :
		    &why, f);
	else if (s->found.proc == NULL)
		return undescribed(l, s, f);
	else
		s->proc = s->found.proc;
	s->path = s->found.path;
	return 0;
}

static int
print_version(struct buf *out, const struct idl_version *v)
{
	int err = 0;

	for (size_t i = 0; i < v->nprocs && err == 0; i++) {
		err = print_proc(out, &v->procs[i]);
		if (err == 0)
			err = buf_append(out, "\n", 1);
	}
	return err;
}

static int
print_with_types(struct buf *out, const struct idl_proc *p)
{
	int err = print_proc(out, p);

	if (err == 0)
		err = buf_append(out, "\n", 1);
	return err ? err : print_needed_by_proc(out, p);
}

static int
print_program(struct buf *out, const struct subject *s)
{
	struct idl_def whole = { .kind = DEF_PROGRAM,
		.program = (struct idl_program *)s->program };
	const struct idl_version *v = s->found.version;
	int err = opt.types ? print_needed_by(out, s->program, v) : 0;

	if (err == 0 && out->len > 0)
		err = buf_append(out, "\n", 1);
	if (err)
		return err;
	return v != NULL ? print_version(out, v) : print_def(out, &whole);
}

static int
print_idl(struct buf *out, const struct subject *s)
{
	if (s->proc != NULL)
		return print_with_types(out, s->proc);
	return s->program != NULL ? print_program(out, s) :
	    print_whole(out, s->type);
}

/* One argument, an array of several, null for none. */
static int
print_form(struct buf *out, const struct subject *s)
{
	const struct idl_proc *p = s->proc;
	size_t n = p ? p->nargs : 1;
	int err = n == 0 ? buf_append(out, "null", 4) :
	    n > 1 ? buf_append(out, "[", 1) : 0;

	for (size_t i = 0; i < n && err == 0; i++) {
		err = i > 0 ? buf_append(out, ", ", 2) : 0;
		if (err == 0)
			err = print_template(out, p ? p->args[i] :
			    s->type->type, 0);
	}
	return err || n < 2 ? err : buf_append(out, "]", 1);
}

static int
member(struct buf *out, const char *key, const void *text, size_t n)
{
	int err = buf_append(out, ", \"", 3);

	if (err == 0)
		err = buf_append(out, key, strlen(key));
	if (err == 0)
		err = buf_append(out, "\": ", 3);
	return err ? err : json_quote(out, text, n);
}

static int
print_json(struct buf *out, const struct subject *s)
{
	const char *kind = is_constant(s) ? "constant" : s->type ? "type" :
	    s->proc ? "procedure" : "program";
	struct buf idl = { 0 };
	char head[200];
	int n = snprintf(head, sizeof(head),
	    "{\"schema\": \"rpcall/describe/1\", \"kind\": \"%s\"", kind);
	int err = buf_append(out, head, (size_t)n);

	if (err == 0 && s->type == NULL) {
		n = snprintf(head, sizeof(head), ", \"program\": %u, "
		    "\"version\": %u, \"procedure\": %u", s->found.prog,
		    s->found.vers, s->found.number);
		err = buf_append(out, head, (size_t)n);
	}
	if (err == 0)
		err = member(out, "name", s->type ? s->type->name :
		    s->found.name, strlen(s->type ? s->type->name :
		    s->found.name));
	if (err == 0)
		err = member(out, "file", s->path, strlen(s->path));
	if (err == 0)
		err = print_idl(&idl, s);
	if (err == 0)
		err = member(out, "idl", idl.data, idl.len);
	if (err == 0 && s->program == NULL && !is_constant(s)) {
		err = buf_append(out, ", \"template\": ", 14);
		if (err == 0)
			err = print_form(out, s);
	}
	buf_release(&idl);
	return err ? err : buf_append(out, "}", 1);
}

/* What the server did not tell is described only where it is served. */
static int
is_served(struct target *t, const struct subject *s, struct failure *f)
{
	const struct idl_program *g = s->found.program;
	uint32_t vers = s->found.vers;
	struct call_head null = { .prog = s->found.prog };
	struct invocation v = { 0 };
	struct reply r;

	if (s->type != NULL || strncmp(s->path, "reflection:", 11) == 0)
		return 0;
	if (s->found.version == NULL && g != NULL && g->nversions > 0)
		vers = (uint32_t)g->versions[g->nversions - 1].number->value;
	null.vers = vers;
	if (invocation_open(&v, t, null.prog, vers, f) == 0)
		invocation_call(&v, &null, s->found.name, NULL, 0, &r, f);
	invocation_close(&v);
	return -f->code;
}

static int
print(const struct subject *s, const char *name, struct failure *f)
{
	struct buf out = { 0 };
	int err;

	if (opt.template && (s->program != NULL || is_constant(s)))
		return failure_set(f, EXIT_USAGE, "--template is for types and "
		    "procedures; %s is a %s", name, s->program ? "program" :
		    "constant");
	if (common.verbose > 0)
		fprintf(stderr, "* interface %s\n", s->path);
	err = common.json ? print_json(&out, s) : opt.template ?
	    print_form(&out, s) : print_idl(&out, s);
	if (err == -EMSGSIZE)
		failure_set(f, EXIT_DATA, "the text of %s is larger than 4 "
		    "MiB", name);
	else if (err)
		failure_set(f, EXIT_OS, "cannot print %s (%s)", name,
		    strerror(-err));
	else
		err = output_write(NULL, out.data, out.len,
		    common.json || opt.template, f);
	buf_release(&out);
	return err;
}

/* uri is NULL where files alone are asked. */
static int
describe(struct library *l, const char *uri, const char *name,
    struct failure *f)
{
	struct target t;
	struct subject s;
	int err = library_open(l, &opt.schema, f);

	if (err == 0 && uri != NULL)
		err = target_parse_arg(&t, uri, f);
	if (err == 0 && uri != NULL && !opt.no_reflection)
		err = reflection_add(l, &t, name, f);
	if (err == 0)
		err = find(l, name, &s, f);
	if (err == 0 && uri != NULL)
		err = is_served(&t, &s, f);
	return err ? err : print(&s, name, f);
}

static int
run_describe(int nargs, const char **args)
{
	struct library *l = calloc(1, sizeof(*l));
	struct failure f = { 0 };

	if (nargs < 1 || nargs > 2 || l == NULL) {
		free(l);
		return verb_usage(&verb_describe);
	}
	interrupt_catch();
	describe(l, nargs == 2 ? args[0] : NULL, args[nargs - 1], &f);
	library_close(l);
	free(l);
	return f.code ? failure_print(&f) : 0;
}

const struct verb verb_describe = {
	.name = "describe", .group = "Look",
	.summary = "a program, procedure, type or constant, in .x syntax",
	.usage = "[OPTIONS] [TARGET] PROGRAM[/VERSION][.PROCEDURE]|TYPE",
	.details = "With the constants and types that it needs; of a program "
	    "these are left out without\n--types. It is looked for in -i FILE, "
	    "in what the target tells (REFLECT), then in the\ninterfaces that "
	    "rpcall and the system bring along; TARGET may be a HOST.\n",
	.options = options,
	.run = run_describe,
};
