/*
 * One endpoint: see doctor.h. Its file, whether anybody answers, in which
 * envelope, whether it tells of itself, and each of its programs.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "doctor/doctor.h"
#include "doctor/knock.h"
#include "doctor/process.h"
#include "open.h"
#include "options.h"
#include "reflect/snapshot.h"
#include "reflection.h"

enum { WORD = TARGET_PATH_MAX + 64, NAMES = 200 };

/* The mechanism of the other envelope on the same descriptors. */
static int
other_envelope(enum mech_id mech)
{
	switch ((int)mech) {
	case MECH_ID_rpc_tcp: return MECH_ID_tcp;
	case MECH_ID_tcp: return MECH_ID_rpc_tcp;
	case MECH_ID_rpc_local: return MECH_ID_unix;
	case MECH_ID_unix: return MECH_ID_rpc_local;
	default: return -1;
	}
}

/* Somebody is there, but did not answer: does he speak the other one? */
static void
try_other(struct doctor *d, const struct target *t)
{
	int mech = other_envelope(t->mech);
	char uri[TARGET_PATH_MAX + 64], word[WORD];
	struct target other = *t;
	struct knock k;

	if (mech < 0)
		return;
	other.mech = (enum mech_id)mech;
	knock(&k, &other, REFLECT_PROG, REFLECT_V1);
	if (!knock_heard(&k))
		return;
	target_format(&other, uri, sizeof(uri));
	diagnosis_hint(&d->found, "it speaks %s: rpcall doctor %s",
	    mech == MECH_ID_tcp || mech == MECH_ID_unix ? "the lean frame" :
	    "ONC RPC", shell_word(uri, word, sizeof(word)));
}

/* Nobody, or somebody who is no server of ours. */
static void
unheard(struct doctor *d, const struct target *t, const struct knock *k)
{
	bool file = t->mech == MECH_ID_rpc_local || t->mech == MECH_ID_unix;
	char word[WORD];

	diagnosis_add(&d->found, LEVEL_FAIL, "%s", k->why.text);
	if (k->opened && t->mech != MECH_ID_rpc_udp)
		try_other(d, t);
	else if (t->mech != MECH_ID_pipe)
		diagnosis_hint(&d->found, "%sstart its server%s: rpcalld "
		    "--listen %s", file ? "a dead server left the file; " : "",
		    file ? " again" : "", shell_word(d->uri, word,
		    sizeof(word)));
}

/* Is anybody there at all? f is of what keeps from knowing. */
static bool
check_answer(struct doctor *d, const struct target *t, struct failure *f)
{
	uint32_t prog = d->program ? d->program->prog : REFLECT_PROG;
	uint32_t vers = d->program ? d->program->vers : REFLECT_V1;
	const char *name = mech_info[t->mech].name;
	pid_t server = -ESRCH;
	struct knock k;

	/* Whom we started ourselves is no news. */
	knock_who(&k, t, prog, vers, t->mech != MECH_ID_pipe ? &server : NULL);
	if (k.why.code == 0)
		diagnosis_add(&d->found, k.ns > SLOW_MS * NS_PER_MS ?
		    LEVEL_WARN : LEVEL_OK, "answers over %s, after %.1f us",
		    name, (double)k.ns / NS_PER_US);
	else if (knock_heard(&k))
		diagnosis_add(&d->found, LEVEL_OK, "answers over %s", name);
	else if (k.why.code == EXIT_NOHOST ||
	    (k.why.code == EXIT_TIMEOUT && !k.opened))
		*f = k.why;
	else
		unheard(d, t, &k);
	process_tell(&d->found, server);
	return knock_heard(&k);
}

bool
doctor_reflection(struct doctor *d, const struct target *t, bool expected)
{
	struct library *l = calloc(1, sizeof(*l));
	struct failure f = { 0 };

	if (l == NULL) {
		d->found.err = -ENOMEM;
		return false;
	}
	reflection_add_all(l, t, &f);
	if (f.code == 0)
		diagnosis_add(&d->found, LEVEL_OK, "REFLECT tells of its "
		    "interfaces (%zu files)", l->n);
	else if (f.code != EXIT_PROG_UNAVAIL)
		diagnosis_add(&d->found, LEVEL_FAIL, "REFLECT: %s", f.text);
	else if (expected)
		diagnosis_add(&d->found, LEVEL_WARN, "does not tell of its "
		    "interfaces (no REFLECT)");
	if (f.code == EXIT_PROG_UNAVAIL && expected)
		diagnosis_hint(&d->found, "name a program to have it looked "
		    "at; its .x file with -i FILE for call and describe");
	library_close(l);
	free(l);
	return f.code == 0;
}

/* A program that was asked for. */
static void
check_named(struct doctor *d, const struct target *t)
{
	const struct program *p = d->program;
	char word[WORD];
	struct knock k;

	if (knock(&k, t, p->prog, p->vers)) {
		diagnosis_add(&d->found, LEVEL_OK, "%s/%u answers NULL",
		    p->name, p->vers);
		return;
	}
	diagnosis_add(&d->found, k.why.code == EXIT_DENIED ? LEVEL_WARN :
	    LEVEL_FAIL, "%s", k.why.text);
	if (k.why.code == EXIT_DENIED)
		diagnosis_hint(&d->found, "with a credential: rpcall doctor "
		    "--auth sys %s %s", shell_word(d->uri, word, sizeof(word)),
		    p->name);
	else if (k.why.code == EXIT_PROG_UNAVAIL)
		diagnosis_hint(&d->found, "see what it has: rpcall list %s",
		    shell_word(d->uri, word, sizeof(word)));
}

/* Every program and version that it tells of, each once. */
static void
check_told(struct doctor *d, const struct target *t,
    const reflect_list *list)
{
	const reflect_procedure *last = NULL;
	char names[NAMES] = "";
	size_t well = 0, len = 0;
	struct knock k;

	for (u_int i = 0; i < list->procedures.procedures_len &&
	    well + d->found.count[LEVEL_FAIL] < DOCTOR_ENDPOINTS; i++) {
		const reflect_procedure *p =
		    &list->procedures.procedures_val[i];

		if (last != NULL && last->prog == p->prog &&
		    last->vers == p->vers)
			continue;
		last = p;
		if (!knock(&k, t, p->prog, p->vers)) {
			diagnosis_add(&d->found, LEVEL_FAIL, "%s/%u is told "
			    "of, but: %s", p->service, p->vers, k.why.text);
			continue;
		}
		well++;
		if (len + 80 < sizeof(names))
			len += (size_t)snprintf(names + len,
			    sizeof(names) - len, " %s/%u", p->service,
			    p->vers);
	}
	if (well > 0)
		diagnosis_add(&d->found, LEVEL_OK, "%zu program%s answer%s "
		    "NULL:%s", well, well == 1 ? "" : "s", well == 1 ? "s" : "",
		    names);
}

static void
check_programs(struct doctor *d, struct target *t)
{
	struct snapshot s = { 0 };
	struct failure f = { 0 };
	CLIENT *clnt = reflect_open(t, common.connect_timeout, common.timeout,
	    &f);

	if (clnt != NULL && snapshot_list(&s, clnt, &f) == 0)
		check_told(d, t, &s.list);
	else
		diagnosis_add(&d->found, LEVEL_FAIL, "%s", f.text);
	snapshot_release(&s);
	if (clnt != NULL)
		clnt_destroy(clnt);
}

int
doctor_endpoint(struct doctor *d, struct target *t, struct failure *f)
{
	struct target copy = *t;

	if (!doctor_path(d, t) || !check_answer(d, t, f))
		return -f->code;
	if (d->program != NULL)
		check_named(d, t);
	if (doctor_reflection(d, t, d->program == NULL) && d->program == NULL)
		check_programs(d, &copy);
	return 0;
}
