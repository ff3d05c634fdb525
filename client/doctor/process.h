/*
 * Who serves an endpoint, as a process of this machine: told where it is known
 * for sure, and else not at all.
 */
#ifndef RPCALL_DOCTOR_PROCESS_H
#define RPCALL_DOCTOR_PROCESS_H

#include <sys/types.h>

#include "doctor/diagnosis.h"

/* Adds "served by NAME, pid N". pid as of peer_find(): negative adds nothing,
 * nor does one that has ended. */
void process_tell(struct diagnosis *found, pid_t pid);

#endif
