/*
 * rpcall list: what rpcbind of a host knows, a line per program, completed by
 * what a daemon there tells of itself and by interfaces; or the daemon's word
 * alone, of one endpoint; or what .x files hold. Or a program's procedures.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "listing.h"
#include "open.h"
#include "programs.h"
#include "reflection.h"
#include "report/jsonw.h"
#include "report/stream.h"
#include "signatures.h"
#include "verb.h"
#include "wire/pcap.h"

static struct {
	struct schema_args schema;
	bool no_reflection;
} opt;

static const struct option_spec options[] = {
	SCHEMA_ARGS(opt.schema),
	{ "no-reflection", 0, OPTION_FLAG, NULL, "ask rpcbind only",
	    &opt.no_reflection },
	PCAP_ARG,
	{ .name = NULL },
};

/* What is asked for, and what was found out. */
struct looking {
	const char *program;		/* NULL: programs, not procedures */
	bool files;			/* of .x files only */
	struct target target;
	struct present present;
	struct library library;
	struct signatures signatures;
};

static void
put_entries(struct jsonw *w, const struct present *p)
{
	jsonw_open(w, "entries", '[');
	for (size_t i = 0; i < p->n; i++) {
		const struct binder_entry *e = &p->entries[i];
		char name[64];

		jsonw_open(w, NULL, '{');
		jsonw_uint(w, "program", e->prog);
		jsonw_string(w, "name", program_name(e->prog, name,
		    sizeof(name)));
		jsonw_uint(w, "version", e->vers);
		jsonw_string(w, "netid", e->netid);
		jsonw_string(w, "address", e->uaddr);
		jsonw_string(w, "owner", e->owner);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
}

static void
put_procedures(struct jsonw *w, const reflect_list *list)
{
	jsonw_open(w, "procedures", '[');
	for (u_int i = 0; i < list->procedures.procedures_len; i++) {
		const reflect_procedure *p =
		    &list->procedures.procedures_val[i];

		jsonw_open(w, NULL, '{');
		jsonw_string(w, "service", p->service);
		jsonw_uint(w, "program", p->prog);
		jsonw_uint(w, "version", p->vers);
		jsonw_uint(w, "number", p->proc);
		jsonw_string(w, "procedure", procedure_short(p));
		jsonw_string(w, "name", p->name);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
}

static void
put_endpoints(struct jsonw *w, const reflect_list *list)
{
	jsonw_open(w, "endpoints", '[');
	for (u_int i = 0; i < list->endpoints.endpoints_len; i++) {
		const reflect_endpoint *e = &list->endpoints.endpoints_val[i];

		jsonw_open(w, NULL, '{');
		jsonw_string(w, "mechanism", e->mechanism);
		jsonw_string(w, "netid", e->netid);
		jsonw_string(w, "uri", e->uri);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
}

static int
print_json(const struct looking *k, const struct listing *l)
{
	struct jsonw w;
	int err = 0;

	jsonw_init(&w, stdout);
	jsonw_open(&w, NULL, '{');
	jsonw_string(&w, "schema", "rpcall/list/1");
	if (k->program != NULL)
		err = signatures_put(&w, &k->signatures);
	else {
		listing_put(&w, l);
		put_entries(&w, &k->present);
		put_procedures(&w, &k->present.daemon.list);
		put_endpoints(&w, &k->present.daemon.list);
	}
	jsonw_close(&w, '}');
	putchar('\n');
	return err ? err : stream_flush(stdout);
}

static int
print(struct looking *k, struct failure *f)
{
	struct listing l = { 0 };
	int err = 0;

	if (k->program != NULL)
		err = signatures_find(&k->signatures, &k->library,
		    k->files ? NULL : &k->present, k->program, f);
	else
		err = k->files ? listing_add_schemas(&l, &k->library) :
		    listing_add_present(&l, &k->present);
	if (f->code != 0)
		return -f->code;
	if (err == 0 && !k->files)
		listing_describe(&l, &k->library);
	if (err == 0)
		err = common.json ? print_json(k, &l) : k->program != NULL ?
		    signatures_print(stdout, &k->signatures,
		    option_color(stdout)) :
		    listing_print(stdout, &l, option_color(stdout));
	listing_release(&l);
	return failure_stdout(f, err);
}

/* Who tells nothing of itself may have an interface here all the same. */
static int
ask(struct looking *k, struct failure *f)
{
	struct failure note = { 0 };
	bool live = target_asks_rpcbind(&k->target);

	if (k->program != NULL && !opt.no_reflection &&
	    reflection_add(&k->library, &k->target, k->program, f) != 0)
		return -f->code;
	if (present_ask(&k->present, &k->target, !opt.no_reflection, &note,
	    f) != 0 && k->program != NULL && !live &&
	    f->code == EXIT_PROG_UNAVAIL)
		memset(f, 0, sizeof(*f));
	if (note.code != 0 && !common.quiet)
		fprintf(stderr, "rpcall: note: %s\n", note.text);
	return -f->code;
}

/* "HOST", any target, or NULL for this machine's rpcbind. */
static int
parse(const char *arg, struct target *t, struct failure *f)
{
	if (arg != NULL)
		return target_parse_arg(t, arg, f);
	memset(t, 0, sizeof(*t));
	t->mech = MECH_ID_rpc_local;
	t->port = -1;
	return 0;
}

static bool
is_file(const char *arg)
{
	size_t n = strlen(arg);

	return n > 2 && strcmp(arg + n - 2, ".x") == 0 &&
	    strchr(arg, ':') == NULL;
}

/* Files or one target, then perhaps a program: 0, or the code of misuse. */
static int
take_args(struct looking *k, int nargs, const char **args, struct failure *f)
{
	int i = 0;

	for (; i < nargs && is_file(args[i]); i++)
		opt.schema.files.items[opt.schema.files.n++] = args[i];
	k->files = i > 0;
	if (i == 0 && parse(nargs > 0 ? args[i++] : NULL, &k->target, f) != 0)
		return failure_print(f);
	k->program = i < nargs ? args[i++] : NULL;
	return i < nargs ? verb_usage(&verb_list) : 0;
}

static int
run_list(int nargs, const char **args)
{
	struct looking *k = calloc(1, sizeof(*k));
	struct failure f = { 0 };
	int code;

	if (k == NULL)
		return failure_set(&f, EXIT_OS, "no memory"), failure_print(&f);
	code = take_args(k, nargs, args, &f);
	if (code == 0 && library_open(&k->library, &opt.schema, &f) == 0 &&
	    (k->files || ask(k, &f) == 0))
		print(k, &f);
	if (code == 0 && f.code != 0)
		code = failure_print(&f);
	present_release(&k->present);
	library_close(&k->library);
	free(k);
	return code;
}

const struct verb verb_list = {
	.name = "list", .group = "Look",
	.summary = "programs at a host or target; procedures of one",
	.usage = "[OPTIONS] [HOST | TARGET | FILE.x...] [PROGRAM[/VERSION]]",
	.details = "Asks rpcbind of the host, or this machine's through its "
	    "socket where none is\ngiven; and a daemon that tells of itself "
	    "for what rpcbind does not know. Of a\ntarget that is one endpoint "
	    "(tcp:, unix:, fifo:, pipe:, a port) only the latter.\nIDL is "
	    "what describes a program: -i FILE, the daemon itself, or a file "
	    "that rpcall\nor the system brings along; PROCS are those of its "
	    "newest version. With PROGRAM\nits procedures are listed, as the "
	    ".x file declares them.\n",
	.options = options,
	.run = run_list,
};
