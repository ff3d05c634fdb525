/*
 * Numbers of identities: see share.h.
 */
#include "server/share.h"

#include <string.h>
#include <sys/auxv.h>

enum { IPV6_NETWORK = 8 };

/* FNV-1a, from what the kernel drew for this process. */
static uint64_t
mix(uint64_t h, const void *data, size_t n)
{
	const uint8_t *p = data;

	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * 0x100000001b3;
	return h;
}

static uint64_t
seed(void)
{
	const void *drawn = (const void *)getauxval(AT_RANDOM);
	uint64_t h = 0xcbf29ce484222325;

	return drawn != NULL ? mix(h, drawn, 16) : h;
}

unsigned
share_of(const struct origin *o)
{
	uint64_t h = seed();

	if (o->identity != IDENTITY_ADDRESS) {
		uint32_t who[] = { (uint32_t)o->identity, o->uid };

		h = mix(h, who, sizeof(who));
	} else if (o->remote.sa.sa_family == AF_INET)
		h = mix(h, &o->remote.in.sin_addr,
		    sizeof(o->remote.in.sin_addr));
	else
		h = mix(h, &o->remote.in6.sin6_addr, IPV6_NETWORK);
	return (unsigned)((h ^ h >> 32) % SHARES);
}
