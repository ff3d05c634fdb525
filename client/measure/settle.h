/*
 * Which mechanism is measured where a target leaves that to rpcbind.
 */
#ifndef RPCALL_SETTLE_H
#define RPCALL_SETTLE_H

#include "failure.h"
#include "idl/names.h"
#include "measure/compare.h"
#include "measure/subject.h"

/* s's target is t, or rpc/tcp in its place where it names no mechanism. */
void subject_set_target(struct subject *s, const struct target *t);

/*
 * The program is known: where s's target named no mechanism, the first that
 * rpcbind has the program for. 0, or f's code negated.
 */
int subject_settle(struct subject *s, uint32_t prog, uint32_t vers,
    struct failure *f);

/* The same of each of a comparison. Where that fails it stays rpc/tcp, and
 * its row says why it is not measured. */
void settle_all(struct comparison *c, const struct procedure *p);

/* compare's arguments: where the first is a target, f's code negated,
 * EXIT_USAGE, with how it is meant; else 0. */
int settle_misplaced(int nargs, const char **args, struct failure *f);

#endif
