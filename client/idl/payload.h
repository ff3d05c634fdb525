/*
 * A message of which parts are in files: opaques that are given by "@FILE".
 * They are read when they are sent, FLOW_PART bytes at a time, so that their
 * size is not what is held of them; it is known before, and so is the
 * message's.
 */
#ifndef RPCALL_IDL_PAYLOAD_H
#define RPCALL_IDL_PAYLOAD_H

#include <stdint.h>
#include <sys/types.h>

#include "buf.h"

enum { PAYLOAD_MIN = 64 << 10 };	/* bytes; smaller files are read at once */

struct payload {
	size_t at;		/* of the bytes in memory, those before it */
	int fd;
	uint64_t len;		/* bytes, from the file's start */
};

struct payloads {
	struct payload *items;	/* in order */
	size_t n;
	uint64_t bytes;		/* of all of them */
};

/*
 * Adds the file at path[0..n): 1 with *len; 0 where it is none of that kind,
 * small or not a plain file, to be read otherwise; -EMSGSIZE over max; -errno.
 */
int payloads_add(struct payloads *p, const char *path, size_t n, size_t at,
    uint64_t max, uint64_t *len);
void payloads_release(struct payloads *p);

/* data[0..len) with p's files in between; p may be NULL. */
struct message {
	const uint8_t *data;
	size_t len;
	const struct payloads *payloads;
};

uint64_t message_size(const struct message *m);

/* { .message = m } reads from its start. */
struct message_reader {
	const struct message *message;
	size_t at, next;	/* in data, among the payloads */
	uint64_t done;		/* bytes of the next one */
	int err;		/* of a file */
	struct buf part;
};

/*
 * The next bytes, at *data until the next call: how many; 0 at the end; -errno
 * of a file, -ENODATA where it has become shorter, with err set to it.
 */
ssize_t message_next(struct message_reader *r, const uint8_t **data);
void message_reader_release(struct message_reader *r);

#endif
