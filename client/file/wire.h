/*
 * The three calls of a transfer, READ, WRITE and DIGEST, in XDR: written where
 * they are sent from and read where they arrived, since a block is too large
 * to be copied once more. idl/file.x says what they look like.
 */
#ifndef RPCALL_FILE_WIRE_H
#define RPCALL_FILE_WIRE_H

#include "file/transfer.h"

/*
 * Queues the call, with the block that is put read into it from the file or
 * from what was staged, and digested: 0 or f's code negated. Its xid is in c then.
 */
int wire_queue(struct transfer *t, struct transfer_call *c,
    struct failure *f);

/* Calls and waits, over datagrams. */
int wire_call(struct transfer *t, struct transfer_call *c, struct reply *r,
    struct failure *f);

/* Results: 0, or f's code negated for whatever is not FILE_OK. */
int wire_take_status(const struct reply *r, uint32_t proc, const char *path,
    struct failure *f);
int wire_take_data(const struct reply *r, const char *path, uint32_t length,
    const uint8_t **data, struct failure *f);
int wire_take_digest(const struct reply *r, const struct transfer *t,
    uint8_t digest[DIGEST_MAX], uint64_t *length, struct failure *f);

#endif
