/*
 * Registrations, one version of a program after the other: see registered.h.
 * Is each what it says, or did somebody leave it behind?
 */
#include "doctor/registered.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "doctor/knock.h"
#include "interrupt.h"
#include "reflect.h"
#include "sock.h"

enum { SHOWN = 8, NAMES = 160 };

/* One that did not do well. */
struct trouble {
	const struct binder_entry *entry;
	struct knock knock;
};

/* Those that a server left behind, whose program is not there any more. */
struct stale {
	size_t n, verdict;
	bool differs;			/* not all of one verdict */
	const struct binder_entry *first;
};

struct tally {
	char name[96];			/* "ECHO/1" */
	bool well[MECH_COUNT];
	size_t nwell, nbad, nfar;
	uint64_t min_ns, max_ns;
	struct stale stale;
	struct trouble bad[SHOWN];	/* the first others */
};

/* Is the name, or the number, this machine's own? */
static bool
is_here(const char *host)
{
	struct addr a;

	return host[0] == '\0' || (addr_resolve(&a, AF_UNSPEC, host, 0) == 0 &&
	    addr_is_local(&a));
}

static bool
is_inet(int mech)
{
	return mech == MECH_ID_rpc_tcp || mech == MECH_ID_rpc_udp ||
	    mech == MECH_ID_tcp;
}

/* "tcp6": tcp, AF_INET6. -1 where it is none that we know. */
static int
mechanism_of(const char *netid, int *family)
{
	size_t n = strlen(netid);

	*family = n > 1 && netid[n - 1] == '6' ? AF_INET6 : AF_INET;
	n -= *family == AF_INET6;
	for (int i = 0; i < MECH_COUNT; i++)
		if (strlen(mech_info[i].netid) == n &&
		    strncmp(mech_info[i].netid, netid, n) == 0)
			return *family == AF_INET || is_inet(i) ? i : -1;
	return -1;
}

/* Where an entry is to be looked for from here; false: it cannot be. */
static bool
locate(struct target *t, const struct binder_entry *e, const char *host)
{
	char there[TARGET_HOST_MAX];
	int mech = mechanism_of(e->netid, &t->family);
	bool here = is_here(host), any;
	struct addr a;

	if (mech < 0)
		return false;
	t->mech = (enum mech_id)mech;
	if (!is_inet(mech)) {
		snprintf(t->path, sizeof(t->path), "%.511s", e->uaddr);
		return here && mech != MECH_ID_pipe;
	}
	if (binder_parse_uaddr(e->uaddr, there,
	    sizeof(there), &t->port) != 0)
		return false;
	any = strcmp(there, "0.0.0.0") == 0 || strcmp(there, "::") == 0;
	if (here)
		snprintf(t->host, sizeof(t->host), "%s", !any ? there :
		    t->family == AF_INET6 ? "::1" : "127.0.0.1");
	else
		snprintf(t->host, sizeof(t->host), "%s", host);
	/* What listens on another machine's loopback is for that alone. */
	return addr_resolve(&a, t->family, t->host, t->port) == 0 &&
	    (here || any || addr_resolve(&a, AF_UNSPEC, there, 0) != 0 ||
	    !addr_is_local(&a));
}

/* Can this machine speak IPv6 to itself? If not, that is not rpcbind's fault. */
static bool
can_reach(const struct target *t)
{
	struct addr a;
	int fd;

	if (t->family != AF_INET6 || t->host[0] == '\0' ||
	    addr_resolve(&a, AF_INET6, t->host, 9) != 0)
		return true;
	fd = sock_connect(&a, SOCK_DGRAM, 0);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* What an answer, or none, makes of a registration. */
static const struct {
	int code;
	enum level level;
	bool stale;
	const char *text;
} verdicts[] = {
	{ EXIT_UNREACHABLE, LEVEL_FAIL, true, "nobody listens there" },
	{ EXIT_TIMEOUT, LEVEL_FAIL, false, "no answer comes" },
	{ EXIT_PROTOCOL, LEVEL_FAIL, true, "what answers there is no such "
	    "server" },
	{ EXIT_PROG_UNAVAIL, LEVEL_FAIL, true, "another server is there by "
	    "now, without that program" },
	{ EXIT_PROG_UNAVAIL + 1, LEVEL_FAIL, true, "the server there has other "
	    "versions" },
	{ EXIT_RPC_MISMATCH, LEVEL_FAIL, false, "it speaks another version of "
	    "RPC" },
	{ EXIT_DENIED, LEVEL_WARN, false, "NULL is denied" },
	{ EXIT_NOHOST, LEVEL_WARN, false, "its address is unknown here" },
	{ 0, LEVEL_WARN, false, "NULL is not answered well" },
};

static size_t
verdict_of(const struct knock *k)
{
	size_t i = 0;

	while (verdicts[i].code != 0 && verdicts[i].code != k->why.code)
		i++;
	return i;
}

static void
note_stale(struct stale *s, const struct binder_entry *e, size_t verdict)
{
	if (s->n++ == 0) {
		s->first = e;
		s->verdict = verdict;
	}
	s->differs |= verdict != s->verdict;
}

static void
note(struct tally *y, const struct binder_entry *e, const struct knock *k,
    enum mech_id mech)
{
	if (k->why.code != 0 && verdicts[verdict_of(k)].stale) {
		note_stale(&y->stale, e, verdict_of(k));
		return;
	}
	if (k->why.code != 0) {
		if (y->nbad < SHOWN)
			y->bad[y->nbad] = (struct trouble){ e, *k };
		y->nbad++;
		return;
	}
	if (y->nwell++ == 0 || k->ns < y->min_ns)
		y->min_ns = k->ns;
	if (k->ns > y->max_ns)
		y->max_ns = k->ns;
	y->well[mech] = true;
}

static void
visit(struct tally *y, const struct binder_entry *e, const char *host)
{
	struct target t = { .port = -1 };
	struct knock k;

	if (!locate(&t, e, host) || !can_reach(&t)) {
		y->nfar++;
		return;
	}
	knock(&k, &t, e->prog, e->vers);
	if (interrupt_signal() == 0)
		note(y, e, &k, t.mech);
}

/*
 * rpcinfo takes numbers, in decimal. It removes all of a version: only where
 * nobody is left.
 */
static void
hint_stale(struct doctor *d, const struct tally *y,
    const struct binder_entry *e, const char *host)
{
	bool ours = strtoul(e->owner, NULL, 10) == geteuid() &&
	    e->owner[0] >= '0' && e->owner[0] <= '9';
	const char *sudo = geteuid() == 0 || ours ? "" : "sudo ";

	if (y->nwell + y->nbad > 0)
		diagnosis_hint(&d->found, "start its server again: it "
		    "registers anew");
	else
		diagnosis_hint(&d->found, "a dead server left it; start that "
		    "again, or remove it%s: %srpcinfo -d %u %u",
		    is_here(host) ? "" : " there", sudo, e->prog, e->vers);
}

static void
tell_trouble(struct doctor *d, const char *name, const struct binder_entry *e,
    size_t verdict)
{
	diagnosis_add(&d->found, verdicts[verdict].level, "%s is registered at "
	    "%s %.200s, but %s (owner %s)", name, e->netid, e->uaddr,
	    verdicts[verdict].text, e->owner);
}

/* What one command removes is one line. */
static void
tell_stale(struct doctor *d, const struct tally *y, const char *host)
{
	const struct stale *s = &y->stale;

	if (s->n == 0)
		return;
	if (s->n == 1)
		tell_trouble(d, y->name, s->first, s->verdict);
	else
		diagnosis_add(&d->found, LEVEL_FAIL, "%s is registered at %zu "
		    "%saddresses, but %s (owner %s)", y->name, s->n,
		    y->nwell + y->nbad > 0 ? "more " : "", s->differs ?
		    "no server there has it" : verdicts[s->verdict].text,
		    s->first->owner);
	hint_stale(d, y, s->first, host);
}

/* " rpc/tcp rpc/udp": the mechanisms over which it answered. */
static const char *
mechanisms(const struct tally *y, char out[NAMES])
{
	size_t n = 0;

	out[0] = '\0';
	for (int i = 0; i < MECH_COUNT; i++)
		if (y->well[i])
			n += (size_t)snprintf(out + n, NAMES - n, " %s",
			    mech_info[i].name);
	return out;
}

static void
tell(struct doctor *d, const struct tally *y, const char *host)
{
	bool slow = y->max_ns > SLOW_MS * NS_PER_MS;
	char names[NAMES];

	if (y->nwell > 0)
		diagnosis_add(&d->found, slow ? LEVEL_WARN : LEVEL_OK, "%s "
		    "answers:%s (%.0f to %.0f us)%s", y->name,
		    mechanisms(y, names), (double)y->min_ns / NS_PER_US,
		    (double)y->max_ns / NS_PER_US, slow ? ", slowly" : "");
	tell_stale(d, y, host);
	for (size_t i = 0; i < y->nbad && i < SHOWN; i++)
		tell_trouble(d, y->name, y->bad[i].entry,
		    verdict_of(&y->bad[i].knock));
	if (y->nbad > SHOWN)
		diagnosis_add(&d->found, LEVEL_FAIL, "%s: %zu more addresses "
		    "are as bad", y->name, y->nbad - SHOWN);
	if (y->nwell + y->nbad + y->stale.n == 0)
		diagnosis_add(&d->found, LEVEL_WARN, "%s is registered at %zu "
		    "addresses, none of which can be reached from here",
		    y->name, y->nfar);
}

size_t
registered_check(struct doctor *d, const char *host,
    const struct binder_entry *list, size_t n, size_t i)
{
	struct tally *y = calloc(1, sizeof(*y));
	char name[64];
	size_t count = 0;

	if (y == NULL) {
		d->found.err = -ENOMEM;
		return 0;
	}
	snprintf(y->name, sizeof(y->name), "%s/%u", program_name(list[i].prog,
	    name, sizeof(name)), list[i].vers);
	for (size_t k = i; k < n; k++)
		if (list[k].prog == list[i].prog &&
		    list[k].vers == list[i].vers) {
			visit(y, &list[k], host);
			count++;
		}
	tell(d, y, host);
	d->reflects |= list[i].prog == REFLECT_PROG && y->nwell > 0;
	free(y);
	return count;
}
