/*
 * rpcall list: what rpcbind of a host knows, a line per program, completed by
 * what a daemon there tells of itself; or that alone, of one endpoint.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "binder.h"
#include "clock.h"
#include "listing.h"
#include "open.h"
#include "programs.h"
#include "report/jsonw.h"
#include "report/stream.h"
#include "target.h"
#include "verb.h"

static bool no_reflection;

static const struct option_spec options[] = {
	{ "no-reflection", 0, OPTION_FLAG, NULL, "ask rpcbind only",
	    &no_reflection },
	{ .name = NULL },
};

/* What was found out; each part may be empty. */
struct found {
	struct binder_entry *entries;
	size_t n;
	struct snapshot daemon;		/* its list */
};

static void
put_entries(struct jsonw *w, const struct found *all)
{
	jsonw_open(w, "entries", '[');
	for (size_t i = 0; i < all->n; i++) {
		const struct binder_entry *e = &all->entries[i];
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
print_json(const struct found *all)
{
	struct jsonw w;

	jsonw_init(&w, stdout);
	jsonw_open(&w, NULL, '{');
	jsonw_string(&w, "schema", "rpcall/list/1");
	put_entries(&w, all);
	put_procedures(&w, &all->daemon.list);
	put_endpoints(&w, &all->daemon.list);
	jsonw_close(&w, '}');
	putchar('\n');
	return stream_flush(stdout);
}

static int
print_text(const struct found *all)
{
	struct listing l = { 0 };
	int err = listing_add_entries(&l, all->entries, all->n);

	if (err == 0)
		err = listing_add_reflection(&l, &all->daemon.list);
	if (err == 0)
		err = listing_print(stdout, &l, option_color(stdout));
	listing_release(&l);
	return err;
}

static int
print(const struct found *all, struct failure *f)
{
	int err = common.json ? print_json(all) : print_text(all);

	return err == 0 ? 0 : failure_set(f, EXIT_OS, "cannot print (%s)",
	    strerror(-err));
}

/* What the daemon at t tells: 0, or f's code negated. */
static int
ask_daemon(struct target *t, struct found *all, struct failure *f)
{
	CLIENT *clnt = reflect_open(t, common.connect_timeout,
	    common.timeout, f);
	int err;

	if (clnt == NULL)
		return -f->code;
	err = snapshot_list(&all->daemon, clnt, f);
	clnt_destroy(clnt);
	return err;
}

static bool
is_registered(const struct found *all, uint32_t prog)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->entries[i].prog == prog)
			return true;
	return false;
}

/* A daemon that is registered and does not tell is shown as any other. */
static void
complete(struct target *t, struct found *all)
{
	struct failure f = { 0 };

	if (no_reflection || !is_registered(all, REFLECT_PROG))
		return;
	if (common.timeout > common.connect_timeout)
		common.timeout = common.connect_timeout;
	if (ask_daemon(t, all, &f) == 0)
		return;
	snapshot_release(&all->daemon);
	if (!common.quiet)
		fprintf(stderr, "rpcall: note: %s\n", f.text);
}

static int
ask_rpcbind(struct target *t, struct found *all, struct failure *f)
{
	struct binder b = { .fd = -1 };
	const char *host = t->mech == MECH_ID_rpc_local ? NULL : t->host;
	int err = binder_open(&b, host,
	    (uint32_t)(common.connect_timeout / NS_PER_MS));

	if (err)
		return no_rpcbind(host, err, f);
	all->entries = binder_dump(&b, &all->n);
	err = all->entries == NULL ? no_rpcbind(host, -errno, f) : 0;
	binder_close(&b);
	if (err == 0)
		complete(t, all);
	return err;
}

/* "HOST", any target, or NULL for this machine's rpcbind. */
static int
parse(const char *arg, struct target *t, struct failure *f)
{
	memset(t, 0, sizeof(*t));
	t->mech = arg == NULL ? MECH_ID_rpc_local : MECH_ID_ANY_RPC;
	t->port = -1;
	if (arg == NULL)
		return 0;
	if (strchr(arg, ':') != NULL)
		return target_parse_arg(t, arg, f);
	if (strlen(arg) >= sizeof(t->host))
		return failure_set(f, EXIT_USAGE, "no host has a name as long "
		    "as that");
	strcpy(t->host, arg);
	return 0;
}

/* Does t leave to rpcbind where its server is? */
static bool
is_host(const struct target *t)
{
	switch ((int)t->mech) {
	case MECH_ID_rpc_local:
		return t->path[0] == '\0';
	case MECH_ID_rpc_tcp:
	case MECH_ID_rpc_udp:
	case MECH_ID_ANY_RPC:
		return t->port < 0;
	default:
		return false;
	}
}

static int
run_list(int nargs, const char **args)
{
	struct failure f = { 0 };
	struct found all = { 0 };
	struct target t;
	int err;

	if (nargs > 1)
		return verb_usage(&verb_list);
	err = parse(nargs ? args[0] : NULL, &t, &f);
	if (err == 0)
		err = is_host(&t) ? ask_rpcbind(&t, &all, &f) :
		    ask_daemon(&t, &all, &f);
	if (err == 0)
		err = print(&all, &f);
	free(all.entries);
	snapshot_release(&all.daemon);
	return err ? failure_print(&f) : 0;
}

const struct verb verb_list = {
	.name = "list", .group = "Look",
	.summary = "programs at a host or target, on every mechanism",
	.usage = "[OPTIONS] [HOST | TARGET]",
	.details = "Asks rpcbind of the host, or this machine's through its "
	    "socket where none is\ngiven; and a daemon that tells of itself "
	    "for what rpcbind does not know. Of a\ntarget that is one endpoint "
	    "(tcp:, unix:, fifo:, pipe:, a port) only the latter.\n",
	.options = options,
	.run = run_list,
};
