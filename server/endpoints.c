/*
 * Choosing endpoints: see endpoints.h. Called by main.c.
 */
#include "server/endpoints.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fd.h"
#include "log.h"
#include "server/sysd.h"

enum { ENDPOINTS_MAX = LISTEN_MAX + 64 };

/* rpcbind holds one address a netid: IPv6 has netids of its own. */
static const char *
netid_of(const struct target *t)
{
	if (t->family != AF_INET6)
		return mech_info[t->mech].netid;
	switch (t->mech) {
	case MECH_ID_rpc_tcp:
		return "tcp6";
	case MECH_ID_rpc_udp:
		return "udp6";
	case MECH_ID_tcp:
		return "x-tcp6";
	default:
		return mech_info[t->mech].netid;
	}
}

static struct endpoint *
add(struct server *s, const struct target *t)
{
	struct endpoint *e = &s->endpoints[s->nendpoints++];

	e->target = *t;
	e->mech = mechs[t->mech];
	e->netid = netid_of(t);
	e->inherited = -1;
	return e;
}

static int
add_inet(struct server *s, enum mech_id mech, int port)
{
	static const struct {
		int family;
		const char *host;
	} loopback[] = { { AF_INET, "127.0.0.1" }, { AF_INET6, "::1" } };

	for (int i = 0; i < 2; i++) {
		struct target t = { .mech = mech, .port = port,
			.family = loopback[i].family };

		strcpy(t.host, loopback[i].host);
		/* A machine without IPv6 is served over IPv4. */
		add(s, &t)->optional = t.family == AF_INET6;
	}
	return 0;
}

static int
add_path(struct server *s, enum mech_id mech, const char *dir,
    const char *leaf)
{
	struct target t = { .mech = mech, .port = -1 };
	int n = snprintf(t.path, sizeof(t.path), "%s/%s", dir, leaf);

	if (n < 0 || (size_t)n >= sizeof(t.path))
		return -ENAMETOOLONG;
	add(s, &t);
	return 0;
}

static int
add_defaults(struct server *s, const struct options *o)
{
	int err;

	add_inet(s, MECH_ID_rpc_tcp, 0);
	add_inet(s, MECH_ID_rpc_udp, 0);
	err = add_path(s, MECH_ID_rpc_local, o->run, "rpc.sock");
	add_inet(s, MECH_ID_tcp, TARGET_PORT);
	if (err == 0)
		err = add_path(s, MECH_ID_unix, o->run, "rpcall.sock");
	if (err == 0)
		err = add_path(s, MECH_ID_fifo, o->run, "fifo");
	return err;
}

/* A socket from systemd: FileDescriptorName= is "rpc-tcp", "unix", ... */
static int
take_inherited(const char *name, int fd, void *arg)
{
	struct server *s = arg;
	struct target t = { .port = -1 };
	struct addr a = { .len = sizeof(a.ss) };
	char mech[32];
	int id;

	snprintf(mech, sizeof(mech), "%s", name);
	if (strncmp(mech, "rpc-", 4) == 0)
		mech[3] = '/';
	id = mech_by_name(mech);
	if (id < 0 || id == MECH_ID_fifo || id == MECH_ID_pipe ||
	    getsockname(fd, &a.sa, &a.len) < 0) {
		log_event(LOG_LEVEL_ERROR, "inherited-refused", "name=\"%s\" "
		    "hint=\"FileDescriptorName= is rpc-tcp, rpc-udp, "
		    "rpc-local, tcp or unix\"", name);
		return -EINVAL;
	}
	t.mech = (enum mech_id)id;
	t.family = a.sa.sa_family;
	add(s, &t)->inherited = fd;
	return 0;
}

int
endpoints_fill(struct server *s, const struct options *o)
{
	static const struct target stdio = { .mech = MECH_ID_pipe,
		.port = -1 };
	int n;

	s->endpoints = calloc(ENDPOINTS_MAX, sizeof(*s->endpoints));
	if (s->endpoints == NULL)
		return -ENOMEM;
	if (o->stdio) {
		add(s, &stdio);
		return 0;
	}
	n = sysd_listen(take_inherited, s);
	if (n < 0)
		return n;
	for (size_t i = 0; i < o->nlisten; i++) {
		struct target t = o->listen[i];

		if (t.family == AF_UNSPEC && t.host[0] != '\0' &&
		    t.mech != MECH_ID_tcp)
			t.family = AF_INET;
		add(s, &t);
	}
	return s->nendpoints > 0 ? 0 : add_defaults(s, o);
}

int
endpoints_write(const struct server *s, const char *dir)
{
	char path[TARGET_PATH_MAX + 32], tmp[TARGET_PATH_MAX + 40], uri[1024];
	FILE *f;
	int err;

	snprintf(path, sizeof(path), "%s/endpoints", dir);
	snprintf(tmp, sizeof(tmp), "%s.new", path);
	remove(tmp);
	f = fopen(tmp, "wxe");
	if (f == NULL)
		return -errno;
	for (size_t i = 0; i < s->nendpoints; i++)
		if (s->endpoints[i].open)
			fprintf(f, "%s\n", target_format(
			    &s->endpoints[i].target, uri, sizeof(uri)));
	err = ferror(f) ? -EIO : 0;
	if (fclose(f) != 0 && err == 0)
		err = -errno;
	if (err == 0 && rename(tmp, path) < 0)
		err = -errno;
	return err;
}
