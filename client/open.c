/*
 * Opening targets: see open.h. Used by every verb that calls.
 */
#include "open.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "binder.h"
#include "clock.h"
#include "programs.h"
#include "sock.h"
#include "targets_conf.h"
#include "trace.h"

const struct client_mech *const client_mechs[MECH_COUNT] = {
#define MECH(symbol, name, scheme, envelope, netid, kind) \
	[MECH_ID_##symbol] = &client_mech_##symbol,
#include "mechs.def"
#undef MECH
};

bool
target_asks_rpcbind(const struct target *t)
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

int
no_rpcbind(const char *host, int err, uint32_t timeout_ms, struct failure *f)
{
	const char *where = host ? host : "this machine";
	char why[FAILURE_WHY];

	if (err == -ENXIO)
		return failure_set(f, EXIT_NOHOST, "unknown host %s", where);
	failure_set(f, err == -ETIMEDOUT ? EXIT_TIMEOUT : EXIT_UNREACHABLE,
	    "rpcbind does not answer on %s (%s: %s)", where,
	    host ? "tcp port 111" : BINDER_SOCKET, failure_why(err,
	    timeout_ms * NS_PER_MS, why));
	failure_hint(f, "start it there (systemctl start rpcbind.socket), or "
	    "skip it: rpc+tcp://%s:PORT", host ? host : "127.0.0.1");
	return -f->code;
}

/* Netids to ask for, in order of preference. */
static size_t
netids_of(const struct target *t, const char *netids[4], enum mech_id ids[4])
{
	bool six = t->family == AF_INET6;
	size_t n = 0;

	if (t->mech == MECH_ID_rpc_tcp || t->mech == MECH_ID_ANY_RPC) {
		ids[n] = MECH_ID_rpc_tcp;
		netids[n++] = six ? "tcp6" : "tcp";
	}
	if (t->mech == MECH_ID_rpc_udp || t->mech == MECH_ID_ANY_RPC) {
		ids[n] = MECH_ID_rpc_udp;
		netids[n++] = six ? "udp6" : "udp";
	}
	if (t->mech == MECH_ID_rpc_local) {
		ids[n] = MECH_ID_rpc_local;
		netids[n++] = "local";
	}
	return n;
}

int
mech_denied(struct failure *f, const struct target *t, int err)
{
	failure_set(f, EXIT_DENIED, "may not connect to %s (%s: %s)", t->path,
	    mech_info[t->mech].name, strerror(-err));
	failure_hint(f, "see who may: namei -l %s", t->path);
	return -f->code;
}

static int
use_uaddr(struct target *t, enum mech_id mech, const char *uaddr)
{
	char host[TARGET_HOST_MAX];

	t->mech = mech;
	if (mech != MECH_ID_rpc_local)
		return binder_parse_uaddr(uaddr, host, sizeof(host),
		    &t->port);
	if (strlen(uaddr) >= sizeof(t->path))
		return -EINVAL;
	strcpy(t->path, uaddr);
	return 0;
}

static void
tell_asked(const struct binder_entry *e, int err, uint64_t ns)
{
	trace_stage("rpcbind: program %u version %u over %s %s%s, after "
	    "%llu us", e->prog, e->vers, e->netid, err ? "is " : "is at ",
	    err == -ENOENT ? "not registered" : err ? "not told" :
	    e->uaddr, (unsigned long long)(ns / NS_PER_US));
}

/* Is host a number of the other family? A name may be of both. */
static bool
is_other_family(const char *host, int family)
{
	struct in6_addr a;

	return family == AF_INET6 ? inet_pton(AF_INET, host, &a) == 1 :
	    inet_pton(AF_INET6, host, &a) == 1;
}

/* A mechanism over which rpcbind has e, and that could be asked for: its URI;
 * NULL otherwise. */
static const char *
uri_of(const struct binder_entry *e, const struct target *t,
    char out[TARGET_HOST_MAX + 32])
{
	struct target there = { .port = -1, .mech = MECH_ID_rpc_tcp,
		.family = AF_INET };

	if (strcmp(e->netid, "udp") == 0 || strcmp(e->netid, "udp6") == 0)
		there.mech = MECH_ID_rpc_udp;
	else if (strcmp(e->netid, "tcp") != 0 && strcmp(e->netid, "tcp6") != 0)
		return NULL;
	if (e->netid[3] == '6')
		there.family = AF_INET6;
	if (is_other_family(t->host, there.family))
		return NULL;
	strcpy(there.host, t->host[0] ? t->host :
	    there.family == AF_INET6 ? "::1" : "127.0.0.1");
	return target_format(&there, out, TARGET_HOST_MAX + 32);
}

/* Appends a word to a list, unless it is in it or would not fit. */
static void
list_add(char *list, size_t size, const char *word)
{
	size_t len = strlen(list), n = strlen(word);
	const char *at = list;

	while ((at = strstr(at, word)) != NULL) {
		if (at[n] == '\0' || at[n] == ' ')
			return;
		at += n;
	}
	if (len + n + 2 <= size)
		snprintf(list + len, size - len, "%s%s", len > 0 ? " " : "",
		    word);
}

/* Where else it is, or which other versions are: false where nothing is. */
static bool
hint_elsewhere(struct binder *b, const struct target *t,
    const struct open_request *req, struct failure *f)
{
	char places[256] = "", others[256] = "", word[TARGET_HOST_MAX + 32];
	char name[64];
	struct binder_entry *all;
	size_t n = 0;

	program_title(req->prog, name, sizeof(name));
	all = binder_dump(b, &n);
	for (size_t i = 0; all != NULL && i < n; i++) {
		if (all[i].prog != req->prog || uri_of(&all[i], t, word) == NULL)
			continue;
		if (all[i].vers == req->vers)
			list_add(places, sizeof(places), word);
		snprintf(word, sizeof(word), "%s/%u", name, all[i].vers);
		list_add(others, sizeof(others), word);
	}
	free(all);
	if (places[0] != '\0')
		failure_hint(f, "it is at %s", places);
	else if (others[0] != '\0')
		failure_hint(f, "other versions are there: %s", others);
	return others[0] != '\0';
}

static int
not_registered(struct binder *b, const struct target *t,
    const struct open_request *req, const char *netid, struct failure *f)
{
	char name[64];

	failure_set(f, EXIT_UNREACHABLE, "%s/%u is not registered for %s with "
	    "rpcbind of %s (program %u)", program_title(req->prog, name,
	    sizeof(name)), req->vers, netid, t->host[0] ? t->host :
	    "this machine", req->prog);
	if (!hint_elsewhere(b, t, req, f))
		failure_hint(f, "see what is: rpcall list%s%s", t->host[0] ?
		    " " : "", t->host);
	return -f->code;
}

static int
ask(struct binder *b, struct target *t, const struct open_request *req,
    struct failure *f)
{
	const char *netids[4];
	enum mech_id ids[4];
	size_t n = netids_of(t, netids, ids);

	for (size_t i = 0; i < n; i++) {
		struct binder_entry e = { .prog = req->prog,
			.vers = req->vers };
		uint64_t start;
		int err;

		snprintf(e.netid, sizeof(e.netid), "%s", netids[i]);
		start = clock_ns();
		err = binder_getaddr(b, &e);
		tell_asked(&e, err, clock_ns() - start);
		if (err == 0 && use_uaddr(t, ids[i], e.uaddr) == 0)
			return 0;
		if (err != 0 && err != -ENOENT)
			return no_rpcbind(t->host[0] ? t->host : NULL, err,
			    req->timeout_ms, f);
	}
	return not_registered(b, t, req, n == 1 ? netids[0] : "tcp or udp", f);
}

static int
ask_rpcbind(struct target *t, const struct open_request *req,
    struct failure *f)
{
	const char *host = t->mech == MECH_ID_rpc_local ? NULL : t->host;
	struct binder b = { .fd = -1 };
	uint64_t start = clock_ns();
	int err = binder_open(&b, host, req->timeout_ms);

	trace_stage("rpcbind of %s: %s, after %llu us",
	    host ? host : BINDER_SOCKET, err ? "cannot be asked" : "connected",
	    (unsigned long long)((clock_ns() - start) / NS_PER_US));
	if (err)
		return no_rpcbind(host, err, req->timeout_ms, f);
	err = ask(&b, t, req, f);
	binder_close(&b);
	return err;
}

bool
target_is_same(const struct target *a, const struct target *b)
{
	return a->mech == b->mech && a->family == b->family &&
	    a->port == b->port && strcmp(a->host, b->host) == 0 &&
	    strcmp(a->path, b->path) == 0;
}

int
target_parse_arg(struct target *t, const char *uri, struct failure *f)
{
	char why[512], named[TARGET_PATH_MAX + 64], *hint;

	if (uri[0] == '@') {
		if (targets_conf_find(uri + 1, named, sizeof(named), f) != 0)
			return -f->code;
		uri = named;
	}
	if (uri[0] != '\0' && strpbrk(uri, ":/") == NULL) {
		snprintf(named, sizeof(named), "rpc://%.*s",
		    (int)sizeof(named) - 8, uri);
		uri = named;
	}
	if (target_parse(t, uri, why, sizeof(why)) == 0)
		return 0;
	hint = strchr(why, '\n');
	if (hint != NULL)
		*hint++ = '\0';
	failure_set(f, EXIT_USAGE, "%s", why);
	if (hint != NULL)
		failure_hint(f, "%s", hint);
	return -EXIT_USAGE;
}

static void
tell_opened(const struct target *t, const struct link *l, uint64_t ns)
{
	struct addr from = { .len = sizeof(from.ss) };
	char uri[1024], text[ADDR_TEXT_MAX] = "";

	if (l->rfd == l->wfd && getsockname(l->rfd, &from.sa, &from.len) == 0 &&
	    from.sa.sa_family != AF_UNIX)
		addr_format(&from, text, sizeof(text));
	target_format(t, uri, sizeof(uri));
	trace_stage("%s: open, %s%s%s, after %llu us", mech_info[t->mech].name,
	    uri, text[0] ? " from " : "", text,
	    (unsigned long long)(ns / NS_PER_US));
}

int
target_look_up(struct target *t, const struct open_request *req,
    struct failure *f)
{
	return target_asks_rpcbind(t) ? ask_rpcbind(t, req, f) : 0;
}

int
target_open(struct target *t, const struct open_request *req, struct link *l,
    struct failure *f)
{
	bool asked = target_asks_rpcbind(t);
	int err = target_look_up(t, req, f);
	uint64_t start = clock_ns();

	if (err)
		return err;
	if (t->mech == MECH_ID_ANY_RPC)
		t->mech = MECH_ID_rpc_tcp;
	memset(l, 0, sizeof(*l));
	l->rfd = l->wfd = -1;
	l->mech = t->mech;
	err = client_mechs[t->mech]->open(l, t,
	    start + req->timeout_ms * NS_PER_MS, f);
	if (err == 0 && trace_is_on())
		tell_opened(t, l, clock_ns() - start);
	if (err && asked && f->code == EXIT_UNREACHABLE)
		failure_hint(f, "rpcbind has that address, perhaps from a dead "
		    "server: rpcall doctor %s", t->host);
	return err;
}
