/*
 * The other end of get, put and ls: FILE (idl/file.x) at a target. Calls that
 * go one at a time; transfer.h keeps many in flight over the same connection.
 */
#ifndef RPCALL_REMOTE_H
#define RPCALL_REMOTE_H

#include <rpc/rpc.h>
#include <stdint.h>

#include "conn.h"
#include "failure.h"
#include "file.h"

struct remote {
	struct conn conn;
	uint32_t block;		/* bytes of a READ or WRITE that fit */
	uint32_t page;		/* entries of a LIST that fit */
};

/* What every call of FILE has but its procedure. */
#define REMOTE_HEAD(proc_) \
	{ .prog = FILE_PROG, .vers = FILE_V1, .proc = (proc_) }

/* Opens the target, with the common options: 0, or f's code negated. */
int remote_open(struct remote *r, const char *uri, struct failure *f);
void remote_close(struct remote *r);

/*
 * Calls a procedure and decodes its results into zeroed *res, to be freed
 * with remote_free(): 0, or f's code negated. what is for the failure.
 */
int remote_call(struct remote *r, uint32_t proc, xdrproc_t xdr_args,
    void *args, xdrproc_t xdr_res, void *res, struct failure *f);
void remote_free(xdrproc_t xdr_res, void *res);

/* The name of a procedure: "FILE.READ". */
const char *remote_proc(uint32_t proc);

/* A status that is not FILE_OK, of path: f's code negated. */
int remote_refused(struct failure *f, const char *path, file_status status);

/* path without the slashes at its end, which *dir tells of: what is meant is a
 * directory. 0 or f's code negated. */
int remote_path(const char *path, char out[FILE_PATH_MAX + 1], bool *dir,
    struct failure *f);

/* STAT; where *status says FILE_NOENT there is nothing, which is no failure. */
int remote_stat(struct remote *r, const char *path, file_status *status,
    file_attr *attr, struct failure *f);

/*
 * Those that only have a status: 0 or f's code negated. CREATE of path is
 * told to the user as that of goal.
 */
int remote_create(struct remote *r, const char *path, const char *goal,
    struct failure *f);
int remote_truncate(struct remote *r, const char *path, uint64_t size,
    struct failure *f);
int remote_rename(struct remote *r, const char *from, const char *to,
    bool replace, struct failure *f);
int remote_remove(struct remote *r, const char *path, struct failure *f);
int remote_sync(struct remote *r, const char *path, struct failure *f);

#endif
