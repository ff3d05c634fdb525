/*
 * Digests: see digest.h. The only place that knows libcrypto and libxxhash.
 */
#include "digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

static const struct {
	const char *name;
	size_t size;
} kinds[] = {
	[DIGEST_SHA256] = { "sha256", 32 },
	[DIGEST_XXH128] = { "xxh128", sizeof(XXH128_canonical_t) },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

struct digest {
	EVP_MD_CTX *md;
	XXH3_state_t *xxh;	/* the other is NULL */
	size_t size;
};

size_t
digest_size(enum digest_kind kind)
{
	return kinds[kind].size;
}

const char *
digest_name(enum digest_kind kind)
{
	return kinds[kind].name;
}

int
digest_kind_of(const char *name, enum digest_kind *kind)
{
	for (unsigned i = DIGEST_SHA256; i < KINDS; i++)
		if (strcmp(name, kinds[i].name) == 0) {
			*kind = (enum digest_kind)i;
			return 0;
		}
	return -EINVAL;
}

struct digest *
digest_new(enum digest_kind kind)
{
	struct digest *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	d->size = digest_size(kind);
	if (kind == DIGEST_SHA256)
		d->md = EVP_MD_CTX_new();
	else
		d->xxh = XXH3_createState();
	if ((d->md != NULL || d->xxh != NULL) && digest_begin(d) == 0)
		return d;
	digest_free(d);
	return NULL;
}

void
digest_free(struct digest *d)
{
	if (d == NULL)
		return;
	EVP_MD_CTX_free(d->md);
	XXH3_freeState(d->xxh);
	free(d);
}

int
digest_begin(struct digest *d)
{
	if (d->xxh != NULL)
		return XXH3_128bits_reset(d->xxh) == XXH_OK ? 0 : -EIO;
	return EVP_DigestInit_ex(d->md, EVP_sha256(), NULL) ? 0 : -EIO;
}

int
digest_add(struct digest *d, const void *data, size_t n)
{
	if (d->xxh != NULL)
		return XXH3_128bits_update(d->xxh, data, n) == XXH_OK ? 0 :
		    -EIO;
	return EVP_DigestUpdate(d->md, data, n) ? 0 : -EIO;
}

int
digest_end(struct digest *d, uint8_t out[DIGEST_MAX])
{
	XXH128_canonical_t canonical;

	memset(out, 0, DIGEST_MAX);
	if (d->xxh == NULL)
		return EVP_DigestFinal_ex(d->md, out, NULL) ? 0 : -EIO;
	XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(d->xxh));
	memcpy(out, canonical.digest, d->size);
	return 0;
}
