/*
 * rpcbind's procedures over libtirpc's client: see binder.h. The daemon
 * registers with it; rpcall looks endpoints up and lists them.
 */
#include "binder.h"

#include <errno.h>
#include <rpc/rpcb_prot.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "fd.h"
#include "sock.h"

static int
binder_address(struct addr *a, const char *host)
{
	if (host == NULL)
		return addr_unix(a, BINDER_SOCKET);
	return addr_resolve(a, AF_UNSPEC, host, BINDER_PORT) == 0 ? 0 :
	    -ENXIO;
}

int
binder_open(struct binder *b, const char *host, uint32_t timeout_ms)
{
	struct addr a;
	struct netbuf to;
	int err = binder_address(&a, host);

	if (err)
		return err;
	b->timeout_ms = timeout_ms;
	b->fd = sock_connect(&a, SOCK_STREAM,
	    clock_ns() + timeout_ms * NS_PER_MS);
	if (b->fd < 0)
		return b->fd;
	/* libtirpc's client waits with poll, in blocking mode. */
	fd_set_nonblock(b->fd, 0);
	to = (struct netbuf){ .maxlen = sizeof(a.ss), .len = a.len,
		.buf = &a.ss };
	b->clnt = clnt_vc_create(b->fd, &to, RPCBPROG, RPCBVERS4, 0, 0);
	if (b->clnt == NULL) {
		fd_close(b->fd);
		return -EPROTO;
	}
	return 0;
}

void
binder_close(struct binder *b)
{
	if (b->clnt == NULL)
		return;
	clnt_destroy(b->clnt);
	fd_close(b->fd);
	b->clnt = NULL;
	b->fd = -1;
}

static int
ask(struct binder *b, rpcproc_t proc, xdrproc_t xarg, void *arg,
    xdrproc_t xres, void *res)
{
	struct timeval tv = {
		.tv_sec = b->timeout_ms / 1000,
		.tv_usec = b->timeout_ms % 1000 * 1000,
	};

	switch (clnt_call(b->clnt, proc, xarg, arg, xres, res, tv)) {
	case RPC_SUCCESS:
		return 0;
	case RPC_TIMEDOUT:
		return -ETIMEDOUT;
	default:
		return -EPROTO;
	}
}

/* e as rpcbind's own type, which borrows e's strings. */
static RPCB
to_rpcb(const struct binder_entry *e)
{
	return (RPCB){
		.r_prog = e->prog,
		.r_vers = e->vers,
		.r_netid = (char *)(uintptr_t)e->netid,
		.r_addr = (char *)(uintptr_t)e->uaddr,
		.r_owner = (char *)(uintptr_t)e->owner,
	};
}

int
binder_set(struct binder *b, const struct binder_entry *e)
{
	RPCB rpcb = to_rpcb(e);
	bool_t ok = FALSE;
	int err = ask(b, RPCBPROC_SET, (xdrproc_t)xdr_rpcb, &rpcb,
	    (xdrproc_t)xdr_bool, &ok);

	return err ? err : ok ? 0 : -EPROTO;
}

/* Entries as they are decoded. */
struct entries {
	struct binder_entry *list;
	size_t count, room;
};

/*
 * A string of rpcbind's, cut to fit. What it says is shown to users: bytes
 * that a terminal might obey are not kept.
 */
static bool_t
decode_text(XDR *x, char *out, size_t size)
{
	char *text = NULL;

	if (!(xdr_string)(x, &text, BINDER_ADDR_MAX))
		return FALSE;
	snprintf(out, size, "%s", text);
	free(text);
	for (; *out != '\0'; out++)
		if (*out < ' ' || *out > '~')
			*out = '?';
	return TRUE;
}

static bool_t
decode_entry(XDR *x, struct entries *es)
{
	struct binder_entry *e;

	if (es->count == es->room) {
		size_t room = es->room ? 2 * es->room : 64;

		e = realloc(es->list, room * sizeof(*e));
		if (e == NULL)
			return FALSE;
		es->list = e;
		es->room = room;
	}
	e = &es->list[es->count];
	if (!xdr_u_int(x, &e->prog) || !xdr_u_int(x, &e->vers) ||
	    !decode_text(x, e->netid, sizeof(e->netid)) ||
	    !decode_text(x, e->uaddr, sizeof(e->uaddr)) ||
	    !decode_text(x, e->owner, sizeof(e->owner)))
		return FALSE;
	es->count++;
	return TRUE;
}

/*
 * rpcblist_ptr of RFC 1833, one entry after the other into an array of
 * bounded length: libtirpc's own decoder follows a list without an end for as
 * long as there is memory.
 */
static bool_t
decode_entries(XDR *x, struct entries *es)
{
	bool_t more;

	if (x->x_op != XDR_DECODE)
		return TRUE;
	for (;;) {
		if (!(xdr_bool)(x, &more))
			return FALSE;
		if (!more)
			return TRUE;
		if (es->count == BINDER_LIST_MAX || !decode_entry(x, es))
			return FALSE;
	}
}

struct binder_entry *
binder_dump(struct binder *b, size_t *n)
{
	struct entries es = { .list = calloc(1, sizeof(*es.list)), .room = 1 };
	int err = es.list == NULL ? -ENOMEM : ask(b, RPCBPROC_DUMP,
	    (xdrproc_t)(void (*)(void))xdr_void, NULL,
	    (xdrproc_t)decode_entries, &es);

	*n = es.count;
	if (err == 0)
		return es.list;
	free(es.list);
	*n = 0;
	errno = -err;
	return NULL;
}

static const struct binder_entry *
find(const struct binder_entry *list, size_t n, const struct binder_entry *e)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].prog == e->prog && list[i].vers == e->vers &&
		    strcmp(list[i].netid, e->netid) == 0)
			return &list[i];
	return NULL;
}

/*
 * From the list of all: GETADDR ignores the netid asked for, and answers for
 * the transport of the question (RFC 1833 section 2.2.1).
 */
int
binder_getaddr(struct binder *b, struct binder_entry *e)
{
	const struct binder_entry *found;
	struct binder_entry *list;
	size_t n;

	list = binder_dump(b, &n);
	if (list == NULL)
		return -errno;
	found = find(list, n, e);
	if (found != NULL)
		*e = *found;
	free(list);
	return found != NULL ? 0 : -ENOENT;
}

int
binder_unset(struct binder *b, const struct binder_entry *e)
{
	RPCB rpcb = to_rpcb(e);
	struct binder_entry *list;
	bool_t ok = FALSE;
	size_t n;
	int err = ask(b, RPCBPROC_UNSET, (xdrproc_t)xdr_rpcb, &rpcb,
	    (xdrproc_t)xdr_bool, &ok);

	if (err || ok)
		return err;
	/* FALSE says "not there" as well as "not yours": look. */
	list = binder_dump(b, &n);
	if (list == NULL)
		return -errno;
	err = find(list, n, e) != NULL ? -EPERM : 0;
	free(list);
	return err;
}

/* The byte in decimal after a dot at text, up to end: it, or -1. */
static int
uaddr_byte(const char *text, const char *end)
{
	int value = 0;

	if (end - text < 2 || end - text > 4)
		return -1;
	while (++text < end) {
		if (*text < '0' || *text > '9')
			return -1;
		value = 10 * value + (*text - '0');
	}
	return value < 256 ? value : -1;
}

int
binder_parse_uaddr(const char *uaddr, char *host, size_t size, int *port)
{
	const char *low = strrchr(uaddr, '.'), *high = low;
	int hi, lo;

	while (high != NULL && high > uaddr && *--high != '.')
		;
	if (high == NULL || high == uaddr || (size_t)(high - uaddr) >= size)
		return -EINVAL;
	hi = uaddr_byte(high, low);
	lo = uaddr_byte(low, low + strlen(low));
	if (hi < 0 || lo < 0)
		return -EINVAL;
	snprintf(host, size, "%.*s", (int)(high - uaddr), uaddr);
	*port = hi << 8 | lo;
	return 0;
}
