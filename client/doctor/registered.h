/*
 * A program and version that rpcbind has, at each of its endpoints.
 */
#ifndef RPCALL_DOCTOR_REGISTERED_H
#define RPCALL_DOCTOR_REGISTERED_H

#include "binder.h"
#include "doctor/doctor.h"

/*
 * Looks at all entries of the list that have the program and version of entry
 * i, the first of them: how many there were.
 */
size_t registered_check(struct doctor *d, const char *host,
    const struct binder_entry *list, size_t n, size_t i);

#endif
