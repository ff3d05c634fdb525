/*
 * Targets: what target_parse() accepts, target_format() writes such that it
 * parses to the same target and is written the same way.
 */
#include <stdlib.h>
#include <string.h>

#include "roundtrip.h"
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { URI_MAX = 2 * TARGET_PATH_MAX, WHY_MAX = 512 };

static void
must_be_same(const struct target *a, const struct target *b)
{
	MUST(a->mech == b->mech);
	MUST(a->family == b->family);
	MUST(a->port == b->port);
	MUST(a->auth_sys == b->auth_sys);
	MUST(strcmp(a->host, b->host) == 0);
	MUST(strcmp(a->path, b->path) == 0);
}

static void
write_and_parse(const struct target *t)
{
	char uri[URI_MAX], again[URI_MAX], why[WHY_MAX];
	struct target u;

	target_format(t, uri, sizeof(uri));
	MUST(target_parse(&u, uri, why, sizeof(why)) == 0);
	must_be_same(t, &u);
	target_format(&u, again, sizeof(again));
	MUST(strcmp(uri, again) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *uri = malloc(n + 1), why[WHY_MAX] = "";
	struct target t;

	MUST(uri != NULL);
	if (n > 0)
		memcpy(uri, data, n);
	uri[n] = '\0';
	if (target_parse(&t, uri, why, sizeof(why)) == 0)
		write_and_parse(&t);
	else
		MUST(why[0] != '\0');
	free(uri);
	return 0;
}
