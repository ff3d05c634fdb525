/*
 * What every XDR decoder of a table must hold to, whatever the bytes: used
 * by the targets of arguments and of results.
 */
#ifndef RPCALL_FUZZ_ROUNDTRIP_H
#define RPCALL_FUZZ_ROUNDTRIP_H

#include <rpc/rpc.h>
#include <stddef.h>
#include <stdint.h>

/* Says what does not hold, and aborts. */
#define MUST(condition) \
	((condition) ? (void)0 : must_failed(#condition, __FILE__, __LINE__))
_Noreturn void must_failed(const char *what, const char *file, int line);

/*
 * Decodes data as an object of size bytes: what that consumed is also what
 * encoding makes, decoding and encoding that gives the same bytes, and an
 * opaque that was lent equals one that was copied.
 */
void roundtrip(xdrproc_t proc, unsigned size, const uint8_t *data, size_t n);

#endif
