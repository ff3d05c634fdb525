/*
 * The list of formats.h.
 */
#include "report/formats.h"

#include <errno.h>
#include <string.h>

#include "report/regress.h"
#include "report/report.h"

static int
plain_text(const struct result *r, FILE *out)
{
	return report_text(r, out, false);
}

/* A row fails when it was not measured, is void, or lost calls. */
static int
junit(const struct result *r, FILE *out)
{
	struct failure f = { 0 };
	struct findings findings;
	struct threshold t;
	int err = threshold_parse(&t, "", "errors > 0", &f);

	if (err)
		return -EINVAL;
	err = regress(&findings, NULL, r, &t, 1);
	if (err == 0)
		err = regress_junit(&findings, out);
	findings_release(&findings);
	return err;
}

const struct report_format report_formats[] = {
	{ "text", "txt", plain_text },
	{ "json", "json", report_json },
	{ "csv", "csv", report_csv },
	{ "markdown", "md", report_markdown },
	{ "html", "html", report_html },
	{ "svg", "svg", report_svg },
	{ "junit", "xml", junit },
	{ "hgrm", "hgrm", report_hgrm },
	{ .name = NULL },
};

const struct report_format *
report_format_find(const char *name)
{
	const struct report_format *f = report_formats;

	while (f->name != NULL && strcmp(f->name, name) != 0)
		f++;
	return f->name != NULL ? f : NULL;
}

const struct report_format *
report_format_of(const char *path)
{
	const struct report_format *f = report_formats;
	const char *dot = strrchr(path, '.');

	if (dot == NULL || strchr(dot, '/') != NULL)
		return NULL;
	while (f->name != NULL && strcmp(f->ending, dot + 1) != 0)
		f++;
	return f->name != NULL ? f : NULL;
}
