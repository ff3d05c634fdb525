/*
 * The reader of XDR by a schema: what a server may answer. The first byte
 * picks the type (value_types.c), the rest is XDR.
 */
#include "roundtrip.h"
#include "value_types.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n > 0)
		value_roundtrip(value_type(data[0]), data + 1, n - 1);
	return 0;
}
