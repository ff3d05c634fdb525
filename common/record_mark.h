/*
 * Marks of records: RFC 5531 section 11. A record is fragments, each behind
 * four bytes: a bit that is set for the last one, and 31 bits of length.
 */
#ifndef RPCALL_RECORD_MARK_H
#define RPCALL_RECORD_MARK_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "be.h"

enum { RECORD_MARK = 4 };	/* bytes of a mark */

#define RECORD_LAST 0x80000000u	/* no fragment follows */

/* Writes the mark of a record of one fragment. */
static inline void
record_mark(uint8_t out[RECORD_MARK], size_t len)
{
	assert(len < RECORD_LAST);
	be32_put(out, RECORD_LAST | (uint32_t)len);
}

/*
 * What most reads bring: are n bytes one record, whole, of one fragment and of
 * at most max bytes, which is less than RECORD_LAST? Its length, else 0. The
 * record begins behind its mark.
 */
static inline size_t
record_lone(const uint8_t *data, size_t n, uint32_t max)
{
	size_t len = n - RECORD_MARK;

	/* Nor is there one of 0 bytes, or of fewer than a mark has. */
	return len - 1 < max &&
	    be32_get(data) == (RECORD_LAST | (uint32_t)len) ? len : 0;
}

#endif
