/*
 * rpcall report: saved results in any of the forms that results have.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "outfile.h"
#include "report/formats.h"
#include "report/report.h"
#include "report/saved.h"
#include "verb.h"

static struct {
	const char *format, *output, *table, *row, *chart;
} opt;

static const struct option_spec options[] = {
	{ "format", 0, OPTION_TEXT, "FORM", "text, json, csv, markdown, html, "
	    "svg, junit or hgrm (by the ending of FILE, else text)", &opt.format },
	{ "output", 'o', OPTION_TEXT, "FILE", "write there, not to stdout",
	    &opt.output },
	{ "table", 0, OPTION_TEXT, "TEXT", "only tables that have this in "
	    "their title", &opt.table },
	{ "row", 0, OPTION_TEXT, "NAME", "only rows of this name", &opt.row },
	{ "chart", 0, OPTION_TEXT, "NAME", "of svg: latency, size, concurrency, "
	    "rate, cpu or percentiles; default: all", &opt.chart },
	{ .name = NULL },
};

static void
unknown_format(struct failure *f)
{
	bool named = opt.format != NULL;
	char list[160] = "";
	size_t len = 0;

	for (const struct report_format *k = report_formats; k->name; k++)
		len += (size_t)snprintf(list + len, sizeof(list) - len,
		    "%s%s%s", len == 0 ? "" : k[1].name ? ", " : " and ",
		    named ? "" : ".", named ? k->name : k->ending);
	if (named)
		failure_set(f, EXIT_USAGE, "--format %s: there are %s",
		    opt.format, list);
	else
		failure_set(f, EXIT_USAGE, "%s: its ending is that of no form "
		    "of results; there are %s", opt.output, list);
	if (!named)
		failure_hint(f, "or name the form: --format text -o %s",
		    opt.output);
}

static const struct report_format *
choose_format(struct failure *f)
{
	const struct report_format *form = NULL;

	if (opt.format != NULL)
		form = report_format_find(opt.format);
	else if (common.json)
		form = report_format_find("json");
	else if (opt.output != NULL)
		form = report_format_of(opt.output);
	else
		form = &report_formats[0];
	if (form == NULL)
		unknown_format(f);
	return form;
}

/* Each file's tables are told apart by its name, where there are several. */
static void
name_source(struct table *t, const char *path)
{
	const char *name = strrchr(path, '/');
	size_t n = strlen(t->title);

	snprintf(t->title + n, sizeof(t->title) - n, " (%s)", path);
	name = name != NULL ? name + 1 : path;
	snprintf(t->source, sizeof(t->source), "%.*s",
	    (int)strcspn(name, "."), name);
}

static int
read_files(struct result *r, int nargs, const char **args, struct failure *f)
{
	int err = 0;

	for (int i = 0; i < nargs && err == 0; i++) {
		size_t first = r->ntables;

		err = saved_read(r, args[i], f);
		for (; nargs > 1 && first < r->ntables; first++)
			name_source(&r->tables[first], args[i]);
	}
	return err;
}

/* An HdrHistogram file holds one distribution. */
static int
check_one_row(const struct result *r, struct failure *f)
{
	size_t n = 0;

	for (size_t i = 0; i < r->ntables; i++)
		for (size_t k = 0; k < r->tables[i].nrows; k++)
			n += row_counts(&r->tables[i].rows[k]);
	if (n == 1)
		return 0;
	failure_set(f, EXIT_USAGE, "an hgrm file has one row, and %zu are "
	    "chosen", n);
	failure_hint(f, "choose with --table TEXT and --row NAME: rpcall "
	    "report FILE shows both");
	return -EXIT_USAGE;
}

static int
choose(struct result *r, const struct report_format *form, struct failure *f)
{
	result_select(r, opt.table, opt.row);
	if (r->ntables == 0)
		return failure_set(f, EXIT_USAGE, "no table%s%s%s%s",
		    opt.table ? " with " : "", opt.table ? opt.table : "",
		    opt.row ? " has a row " : "", opt.row ? opt.row : "");
	if (opt.chart != NULL && form->write != report_svg)
		return failure_set(f, EXIT_USAGE, "--chart: of --format svg");
	if (opt.chart != NULL && !report_has_chart(opt.chart))
		return failure_set(f, EXIT_USAGE, "--chart %s: there are "
		    "latency, size, concurrency, rate, cpu and percentiles",
		    opt.chart);
	return form->write == report_hgrm ? check_one_row(r, f) : 0;
}

static int
write_form(const struct result *r, const struct report_format *form, FILE *out)
{
	if (out == stdout && form == &report_formats[0])
		return report_text(r, out, option_color(out));
	return form->write == report_svg ? report_svg_chart(r, opt.chart, out) :
	    form->write(r, out);
}

static int
write_out(const struct result *r, const struct report_format *form,
    struct failure *f)
{
	struct outfile to;
	int err;

	if (opt.output == NULL)
		err = write_form(r, form, stdout);
	else
		err = outfile_open(&to, opt.output);
	if (err == 0 && opt.output != NULL)
		err = outfile_end(&to, write_form(r, form, to.out));
	if (err == -ENODATA)
		return failure_set(f, EXIT_DATA, "nothing to draw there");
	return err ? failure_set(f, EXIT_CANTCREATE, "cannot write %s (%s)",
	    opt.output ? opt.output : "to stdout", strerror(-err)) : 0;
}

static int
run_report(int nargs, const char **args)
{
	const struct report_format *form;
	struct failure f = { 0 };
	struct result r = { 0 };
	int err;

	if (nargs < 1)
		return verb_usage(&verb_report);
	form = choose_format(&f);
	err = form ? read_files(&r, nargs, args, &f) : -EXIT_USAGE;
	if (err == 0) {
		result_finish(&r);
		err = choose(&r, form, &f);
	}
	if (err == 0)
		err = write_out(&r, form, &f);
	result_release(&r);
	return err ? failure_print(&f) : 0;
}

const struct verb verb_report = {
	.name = "report", .group = "Measure",
	.summary = "saved results as text, Markdown, CSV, JUnit, HTML, SVG ...",
	.usage = "[OPTIONS] FILE.json...",
	.details =
	    "Reads what bench --json and compare --json or --out saved. Several "
	    "files are put\ntogether, their tables told apart by the files' "
	    "names; they were measured one\nafter the other, so that only rows "
	    "of one file were interleaved. hgrm is the text\nformat of "
	    "HdrHistogram, in microseconds, of one row.\n",
	.options = options,
	.run = run_report,
};
