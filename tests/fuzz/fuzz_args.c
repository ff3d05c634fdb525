/*
 * The decoder of every procedure's argument, in every service of
 * services.def: any bytes decode and encode to themselves, or are refused.
 */
#include "roundtrip.h"
#include "server/service.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	services_init();
	for (unsigned i = 0; i < nservices; i++)
		for (uint32_t p = 0; p < services[i].nrows; p++)
			roundtrip(services[i].rows[p].xdr_arg,
			    services[i].rows[p].len_arg, data, n);
	return 0;
}
