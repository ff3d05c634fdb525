/*
 * Signatures of procedures: see signatures.h. Used by verb_list.c.
 */
#include "signatures.h"

#include <errno.h>
#include <string.h>

#include "buf.h"
#include "idl/print.h"
#include "report/grid.h"
#include "report/stream.h"

enum { WIDTH = 120, COLUMNS = 2 };

static int
add(struct signatures *s, struct library *lib, uint32_t prog, uint32_t vers,
    struct failure *f)
{
	char text[32];

	if (s->n == SIGNATURES_VERSIONS)
		return 0;
	snprintf(text, sizeof(text), "%u/%u", prog, vers);
	return program_find(lib, text, &s->versions[s->n++], f);
}

static bool
is_added(const struct signatures *s, uint32_t vers)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->versions[i].vers == vers)
			return true;
	return false;
}

/* Every version of prog that a schema has. */
static int
add_described(struct signatures *s, struct library *lib, uint32_t prog,
    struct failure *f)
{
	size_t schemas = lib->n;
	int err = 0;

	for (size_t i = 0; i < schemas && err == 0; i++) {
		const struct idl_program *g = schema_program(lib->schemas[i],
		    prog);

		for (size_t v = 0; g && v < g->nversions && err == 0; v++) {
			uint32_t vers = (uint32_t)
			    g->versions[v].number->value;

			if (!is_added(s, vers))
				err = add(s, lib, prog, vers, f);
		}
	}
	return err;
}

static int
not_there(const struct present *p, const struct procedure *asked,
    struct failure *f)
{
	if (p->host == NULL)
		return failure_set(f, EXIT_PROG_UNAVAIL, "the server does not "
		    "tell of %s (program %u)", asked->name, asked->prog);
	failure_set(f, EXIT_UNREACHABLE, "%s (program %u) is not registered "
	    "with rpcbind", asked->name, asked->prog);
	failure_hint(f, "see what is: rpcall list%s%s", p->host[0] ? " " :
	    "", p->host);
	return -f->code;
}

/* The versions that are there; the one that was asked for, if one was. */
static int
add_present(struct signatures *s, struct library *lib,
    const struct present *p, const struct procedure *asked,
    struct failure *f)
{
	bool one = strchr(asked->name, '/') != NULL;
	uint32_t vers = 0;
	int err = 0;

	while (err == 0 && present_next(p, asked->prog, &vers))
		if (!one || vers == asked->vers)
			err = add(s, lib, asked->prog, vers, f);
	return err || s->n > 0 ? err : not_there(p, asked, f);
}

int
signatures_find(struct signatures *s, struct library *lib,
    const struct present *p, const char *text, struct failure *f)
{
	bool known = p != NULL && (p->host != NULL ||
	    p->daemon.list.procedures.procedures_len > 0);
	struct procedure asked;

	s->n = 0;
	if (program_find(lib, text, &asked, f) != 0)
		return -f->code;
	if (known)
		return add_present(s, lib, p, &asked, f);
	if (asked.program != NULL && asked.version == NULL)
		return add_described(s, lib, asked.prog, f);
	s->versions[s->n++] = asked;
	return 0;
}

/* "ECHO/1.ECHO" */
static void
full_name(const struct procedure *v, const struct idl_proc *p, char *out,
    size_t size)
{
	char name[64];

	snprintf(out, size, "%s.%s", v->name, proc_short(v->version, p, name,
	    sizeof(name)));
}

/* "echo_data ECHO_ECHO(echo_data) = 1;", ended by a 0, in b. */
static int
declaration(struct buf *b, const struct idl_proc *p)
{
	int err;

	b->len = 0;
	err = print_proc(b, p);
	return err ? err : buf_append(b, "", 1);
}

static void
put_version(struct grid *g, const struct procedure *v, struct buf *b)
{
	char name[192];

	if (v->version == NULL) {
		grid_row(g, GRID_PLAIN);
		grid_cell(g, v->name);
		grid_cell(g, "no interface here describes this version");
	}
	for (size_t i = 0; v->version && i < v->version->nprocs; i++) {
		const struct idl_proc *p = &v->version->procs[i];
		int err = declaration(b, p);

		full_name(v, p, name, sizeof(name));
		grid_row(g, GRID_PLAIN);
		grid_cell(g, name);
		grid_cell(g, err ? "" : (const char *)b->data);
		if (err)
			g->err = err;
	}
}

int
signatures_print(FILE *out, const struct signatures *s, bool color)
{
	struct buf b = { 0 };
	struct grid g;
	int err;

	grid_init(&g, COLUMNS, COLUMNS);
	grid_row(&g, GRID_HEAD);
	grid_cell(&g, "PROCEDURE");
	grid_cell(&g, "DECLARATION");
	for (size_t i = 0; i < s->n; i++)
		put_version(&g, &s->versions[i], &b);
	err = grid_print(&g, out, WIDTH, color);
	grid_release(&g);
	buf_release(&b);
	return err ? err : stream_flush(out);
}

static int
put_procedure(struct jsonw *w, const struct procedure *v,
    const struct idl_proc *p, struct buf *b)
{
	int err = declaration(b, p);
	char text[64];

	jsonw_open(w, NULL, '{');
	jsonw_string(w, "service", program_short(v->program, text,
	    sizeof(text)));
	jsonw_uint(w, "program", v->prog);
	jsonw_uint(w, "version", v->vers);
	jsonw_uint(w, "number", (uint64_t)p->number->value);
	jsonw_string(w, "procedure", proc_short(v->version, p, text,
	    sizeof(text)));
	jsonw_string(w, "name", p->name);
	jsonw_string(w, "declaration", err ? "" : (const char *)b->data);
	jsonw_string(w, "idl", v->path);
	jsonw_close(w, '}');
	return err;
}

int
signatures_put(struct jsonw *w, const struct signatures *s)
{
	struct buf b = { 0 };
	int err = 0;

	jsonw_open(w, "procedures", '[');
	for (size_t i = 0; i < s->n; i++) {
		const struct procedure *v = &s->versions[i];

		for (size_t k = 0; v->version && k < v->version->nprocs; k++)
			if (put_procedure(w, v, &v->version->procs[k],
			    &b) != 0)
				err = -ENOMEM;
	}
	jsonw_close(w, ']');
	buf_release(&b);
	return err;
}
