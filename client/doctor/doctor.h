/*
 * Looking at a host, through its rpcbind, or at one endpoint; for
 * verb_doctor.c. What is wrong there is a finding; an error only what keeps
 * from looking: an unknown host, no way to it.
 */
#ifndef RPCALL_DOCTOR_H
#define RPCALL_DOCTOR_H

#include "doctor/diagnosis.h"
#include "failure.h"
#include "programs.h"
#include "target.h"

enum {
	DOCTOR_ENDPOINTS = 512,		/* looked at; the rest is a warning */
	DOCTOR_SECONDS = 60,		/* after which no other is */
	SLOW_MS = 100,			/* NULL takes so long: a warning */
	SKEW_SECONDS = 2,		/* clocks differ by more: a warning */
};

struct doctor {
	struct diagnosis found;
	const char *uri;		/* as the user wrote it */
	struct program asked;
	const struct program *program;	/* it, or NULL: all */
	bool one_version;		/* and that version only */
	bool reflects;			/* a REFLECT of the host answered */
};

/* t leaves to rpcbind where its server is; host "": this machine's. */
int doctor_host(struct doctor *d, struct target *t, struct failure *f);

int doctor_endpoint(struct doctor *d, struct target *t, struct failure *f);

/* A socket's file or a FIFO's directory: can it be used, and by whom? */
bool doctor_path(struct doctor *d, const struct target *t);

/* Does the server tell of its interfaces, and are they sound? */
bool doctor_reflection(struct doctor *d, const struct target *t,
    bool expected);

#endif
