/*
 * A host: see doctor.h. Its rpcbind, through every door, and whoever is
 * registered there, at every endpoint.
 */
#include <errno.h>
#include <rpc/rpc.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "be.h"
#include "binder.h"
#include "clock.h"
#include "doctor/doctor.h"
#include "doctor/knock.h"
#include "doctor/registered.h"
#include "interrupt.h"
#include "invoke.h"
#include "open.h"
#include "options.h"

enum { PROG = RPCBPROG, VERS = RPCBVERS4, WORD = TARGET_HOST_MAX + 64 };

static const char *
door(const char *host)
{
	return host[0] != '\0' ? "tcp port 111" : BINDER_SOCKET;
}

/*
 * What rpcbind has, to be freed. NULL where it does not answer, which is a
 * finding; an error, in f, only where there is no way to the host.
 */
static struct binder_entry *
ask_rpcbind(struct doctor *d, const char *host, size_t *n, struct failure *f)
{
	const char *name = host[0] != '\0' ? host : NULL;
	struct binder b = { .fd = -1 };
	struct binder_entry *list = NULL;
	uint64_t start = clock_ns();
	int err = binder_open(&b, name,
	    (uint32_t)(common.connect_timeout / NS_PER_MS));

	if (err == -ENXIO || err == -ETIMEDOUT || err == -EHOSTUNREACH ||
	    err == -ENETUNREACH) {
		no_rpcbind(name, err, (uint32_t)(common.connect_timeout /
		    NS_PER_MS), f);
		return NULL;
	}
	if (err == 0) {
		list = binder_dump(&b, n);
		err = list == NULL ? -errno : 0;
		binder_close(&b);
	}
	if (list != NULL)
		diagnosis_add(&d->found, LEVEL_OK, "rpcbind answers at %s: %zu "
		    "registrations, after %.1f ms", door(host), *n,
		    (double)(clock_ns() - start) / NS_PER_MS);
	else
		diagnosis_add(&d->found, LEVEL_FAIL, "rpcbind does not answer "
		    "at %s (%s)", door(host), strerror(-err));
	if (list == NULL)
		diagnosis_hint(&d->found, "start it%s: systemctl start "
		    "rpcbind.socket; or name a port: rpcall doctor "
		    "rpc+tcp://%s:PORT", name ? " there" : "", name ? name :
		    "127.0.0.1");
	return list;
}

/* rpcbind through another door than the one that was used. */
static void
check_door(struct doctor *d, const char *host, enum mech_id mech)
{
	struct target t = { .mech = mech, .port = BINDER_PORT };
	const char *kind = mech == MECH_ID_rpc_udp ? "udp" : "tcp";
	char word[WORD];
	struct knock k;

	snprintf(t.host, sizeof(t.host), "%s", host[0] ? host : "127.0.0.1");
	if (knock(&k, &t, PROG, VERS)) {
		diagnosis_add(&d->found, LEVEL_OK, "rpcbind answers at %s port "
		    "111", kind);
		return;
	}
	diagnosis_add(&d->found, LEVEL_WARN, "rpcbind does not answer at %s "
	    "port 111 (%s)", kind, k.why.text);
	diagnosis_hint(&d->found, "is it filtered, or not listening? rpcinfo "
	    "-T %s %s rpcbind 4", kind, shell_word(t.host, word,
	    sizeof(word)));
}

/* GETTIME of rpcbind: seconds since 1970 there, or -1. */
static int64_t
time_there(const char *host)
{
	struct target t = { .mech = MECH_ID_rpc_tcp, .port = BINDER_PORT };
	struct call_head head = { .prog = PROG, .vers = VERS,
		.proc = RPCBPROC_GETTIME };
	struct invocation v = { 0 };
	struct failure quiet = { 0 };
	int64_t seconds = -1;
	struct reply r;

	snprintf(t.host, sizeof(t.host), "%s", host);
	if (invocation_open(&v, &t, PROG, VERS, &quiet) == 0 &&
	    invocation_call(&v, &head, "GETTIME", NULL, 0, &r, &quiet) == 0 &&
	    r.len >= 4)
		seconds = be32_get(r.body);
	invocation_close(&v);
	return seconds;
}

static void
check_clock(struct doctor *d, const char *host)
{
	int64_t before = time(NULL), there = time_there(host);
	int64_t off = there < before ? there - before :
	    there - (int64_t)time(NULL);

	if (there < 0)
		return;		/* no rpcbind of version 4: nothing is wrong */
	if (there >= before && off < 0)
		off = 0;
	if (off >= -SKEW_SECONDS && off <= SKEW_SECONDS) {
		diagnosis_add(&d->found, LEVEL_OK, "its clock agrees with this "
		    "one's, to %d s", SKEW_SECONDS);
		return;
	}
	diagnosis_add(&d->found, LEVEL_WARN, "its clock is %lld s %s this one's",
	    (long long)(off < 0 ? -off : off), off < 0 ? "behind" :
	    "ahead of");
	diagnosis_hint(&d->found, "look at both: timedatectl status");
}

static bool
is_wanted(const struct doctor *d, const struct binder_entry *e)
{
	return d->program == NULL || (d->program->prog == e->prog &&
	    (!d->one_version || d->program->vers == e->vers));
}

static bool
is_first(const struct binder_entry *list, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (list[k].prog == list[i].prog &&
		    list[k].vers == list[i].vers)
			return false;
	return true;
}

static void
not_registered(struct doctor *d, const char *host)
{
	const struct program *p = d->program;
	char version[16] = "", word[WORD];

	if (d->one_version)
		snprintf(version, sizeof(version), "/%u", p->vers);
	diagnosis_add(&d->found, LEVEL_FAIL, "%s%s (program %u) is not "
	    "registered", p->name, version, p->prog);
	diagnosis_hint(&d->found, "start its server, or see what is there: "
	    "rpcall list%s%s", host[0] ? " " : "", host[0] ?
	    shell_word(host, word, sizeof(word)) : "");
}

static void
check_entries(struct doctor *d, const char *host,
    const struct binder_entry *list, size_t n)
{
	uint64_t end = clock_ns() + DOCTOR_SECONDS * NS_PER_S;
	size_t looked = 0, wanted = 0;

	for (size_t i = 0; i < n && interrupt_signal() == 0; i++) {
		if (!is_wanted(d, &list[i]))
			continue;
		wanted++;
		if (!is_first(list, i) || looked >= DOCTOR_ENDPOINTS ||
		    clock_ns() > end)
			continue;
		looked += registered_check(d, host, list, n, i);
	}
	if (wanted == 0 && d->program != NULL)
		not_registered(d, host);
	else if (looked < wanted)
		diagnosis_add(&d->found, LEVEL_WARN, "%zu of %zu endpoints were "
		    "looked at: at most %d, and for %d s", looked, wanted,
		    DOCTOR_ENDPOINTS, DOCTOR_SECONDS);
}

int
doctor_host(struct doctor *d, struct target *t, struct failure *f)
{
	size_t n = 0;
	struct binder_entry *list = ask_rpcbind(d, t->host, &n, f);

	if (list == NULL)
		return -f->code;
	if (t->host[0] == '\0')
		check_door(d, t->host, MECH_ID_rpc_tcp);
	check_door(d, t->host, MECH_ID_rpc_udp);
	if (t->host[0] != '\0')
		check_clock(d, t->host);
	check_entries(d, t->host, list, n);
	if (d->reflects && d->program == NULL)
		doctor_reflection(d, t, true);
	free(list);
	return 0;
}
