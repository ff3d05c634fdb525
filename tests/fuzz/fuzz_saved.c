/*
 * A saved result that a stranger made: what is read can be reported, judged
 * and written again.
 */
#include <string.h>

#include "report/formats.h"
#include "report/regress.h"
#include "report/saved.h"
#include "roundtrip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
report_all(const struct result *r)
{
	FILE *out = fopen("/dev/null", "we");

	MUST(out != NULL);
	for (const struct report_format *f = report_formats; f->name; f++)
		MUST(f->write(r, out) == 0);
	fclose(out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct findings found;
	struct failure f = { 0 };
	struct result r = { 0 };
	int err = saved_parse(&r, "saved.json", (const char *)data, n, &f);

	MUST((err == 0) == (f.code == 0));
	if (err == 0) {
		report_all(&r);
		MUST(regress(&found, &r, &r, NULL, 0) == 0);
		findings_release(&found);
	}
	result_release(&r);
	return 0;
}
