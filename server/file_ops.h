/*
 * What the procedures of FILE do, without any RPC: each fills *res, which is
 * zeroed, from *args (idl/file.x). They wait for disks and run in any thread;
 * svc_file.c calls them.
 */
#ifndef RPCALLD_FILE_OPS_H
#define RPCALLD_FILE_OPS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "file.h"

/* All with the types of their procedure, so that a table can hold them. */
typedef void file_op(void *args, void *res);

file_op file_op_stat, file_op_list, file_op_write,
    file_op_create, file_op_truncate, file_op_rename, file_op_remove,
    file_op_mkdir, file_op_sync;

/* Bytes of READ's results in XDR before those of the file. */
enum { FILE_READ_HEAD = 12 };

/*
 * READ into to, which has room for a's count, or where that is NULL into
 * memory of the result's own.
 */
void file_read(const file_read_args *a, file_read_res *res, uint8_t *to);

/* The same of what is in memory already: false when a disk is needed. */
bool file_read_cached(const file_read_args *a, file_read_res *res,
    uint8_t *to);

/* WRITE into a file system that has no disk: false when it has one. */
bool file_write_cached(const file_write_args *a, file_status *res);

/* A DIGEST that goes on slice by slice. */
struct file_digesting;

/* Keeps a's path. NULL without memory. */
struct file_digesting *file_digest_begin(const file_digest_args *a);

/* One slice: true when there is more to do; then *res is not filled yet. */
bool file_digest_go_on(struct file_digesting *d, file_digest_res *res);

void file_digest_free(struct file_digesting *d);

#endif
