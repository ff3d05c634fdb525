/*
 * The HTML report: one file, forbidden by its own content security policy to
 * load anything or to run another script than its own, which it can be read
 * without. Verdicts first, then charts, then the figures they were drawn
 * from. formats.c lists report_html(); html_*.c are its parts.
 */
#include <errno.h>

#include "report/crossover.h"
#include "report/html_chart.h"
#include "report/html_out.h"
#include "report/html_page.h"
#include "report/html_style.h"
#include "report/remarks.h"
#include "report/report.h"
#include "report/stream.h"
#include "report/verdict.h"

static int
put_head(FILE *out, const struct result *r)
{
	int err;

	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\"", out);
	err = html_policy(out);
	fputs("\">\n<meta name=\"viewport\" content=\"width=device-width,"
	    "initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n"
	    "<title>rpcall ", out);
	html_text(out, r->env.verb);
	fputs(", ", out);
	html_text(out, r->env.date);
	fprintf(out, "</title>\n<style>%s</style>\n</head>\n<body>\n"
	    "<a class=\"skip\" href=\"#main\">To the results</a>\n",
	    html_style);
	return err;
}

static void
put_header(FILE *out, const struct result *r)
{
	fprintf(out, "<header>\n<h1>IPC mechanisms compared</h1>\n"
	    "<p class=\"lede\">%zu %s, %zu %s, on ", r->nmechs,
	    r->nmechs == 1 ? "mechanism" : "mechanisms", r->ntables,
	    r->ntables == 1 ? "workload" : "workloads");
	html_text(out, r->env.host);
	fputs(", ", out);
	html_text(out, r->env.cpu);
	fprintf(out, ", %u %s, ", r->env.cores,
	    r->env.cores == 1 ? "core" : "cores");
	html_text(out, r->env.date);
	fputs(".</p>\n<code class=\"cmd\">", out);
	html_text(out, r->env.command);
	fputs("</code>\n<nav aria-label=\"Sections\">"
	    "<a href=\"#what\">Which for what</a>"
	    "<a href=\"#latency\">Latency</a><a href=\"#size\">Payload size</a>"
	    "<a href=\"#cpu\">CPU time</a><a href=\"#tail\">Percentiles</a>"
	    "<a href=\"#figures\">Figures</a><a href=\"#facts\">Mechanisms</a>"
	    "<a href=\"#conditions\">Conditions</a></nav>\n</header>\n<main id=\"main\" tabindex=\"-1\">\n",
	    out);
}

static void
open_section(FILE *out, const char *id, const char *heading,
    const char *about)
{
	fprintf(out, "<section aria-labelledby=\"%s\">\n"
	    "<h2 id=\"%s\">%s</h2>\n<p class=\"about\">%s</p>\n", id, id,
	    heading, about);
}

static void
put_winners(FILE *out, const struct result *r, const struct verdict *v)
{
	size_t i;

	fputs("<p class=\"winner\">", out);
	for (i = 0; i < v->nwinners; i++) {
		fprintf(out, "<span><i class=\"k%u\"></i>",
		    html_colour(r, v->winner[i]));
		html_text(out, v->winner[i]);
		fputs("</span> ", out);
	}
	fputs("</p>", out);
}

static void
put_crossovers(FILE *out, const struct result *r)
{
	struct crossover c[CROSSOVERS_MAX];
	size_t n = crossovers(r, c);

	if (n == 0)
		return;
	fputs("<ul class=\"crossovers\">", out);
	for (size_t i = 0; i < n; i++) {
		fputs("<li>", out);
		html_text(out, c[i].text);
		fputs("</li>", out);
	}
	fputs("</ul>\n", out);
}

static void
put_verdicts(FILE *out, const struct result *r)
{
	struct verdict v[VERDICTS_MAX];
	size_t i, n = verdicts(r, v);

	open_section(out, "what", "Which mechanism for what",
	    n > 0 ? "" : "Nothing was measured that could be ranked.");
	fputs("<div class=\"cards\">", out);
	for (i = 0; i < n; i++) {
		fprintf(out, "<article class=\"card\"><h3>%s</h3>",
		    v[i].topic);
		put_winners(out, r, &v[i]);
		fputs("<p class=\"text\">", out);
		html_text(out, v[i].text);
		fputs("</p></article>\n", out);
	}
	fputs("</div>\n", out);
	put_crossovers(out, r);
}

/* One pass over the remarks keeps either the warnings or the rest. */
struct remark_filter {
	FILE *out;
	bool warning;
	unsigned n;
};

static void
put_remark(void *arg, bool warning, const char *text)
{
	struct remark_filter *f = arg;

	if (warning != f->warning)
		return;
	if (f->n++ == 0)
		fprintf(f->out, "<ul class=\"%s\">",
		    warning ? "warnings" : "remarks");
	fputs("<li>", f->out);
	html_text(f->out, text);
	fputs("</li>\n", f->out);
}

static void
put_remarks(FILE *out, const struct result *r, bool warning)
{
	struct remark_filter f = { out, warning, 0 };

	remarks(r, put_remark, &f);
	if (f.n > 0)
		fputs("</ul>\n", out);
}

static void
put_mech_legend(FILE *out, const struct result *r)
{
	size_t i;

	fputs("<ul class=\"legend\">", out);
	for (i = 0; i < r->nmechs; i++) {
		fprintf(out, "<li><i class=\"k%u\"></i>",
		    html_colour(r, r->mechs[i].name));
		html_text(out, r->mechs[i].name);
		fputs("</li>", out);
	}
	fputs("</ul>\n", out);
}

static void
put_latency(FILE *out, const struct result *r)
{
	open_section(out, "latency", "Latency by mechanism",
	    "Values in \u00b5s; all workloads share one logarithmic axis.");
	fputs("<ul class=\"legend\">"
	    "<li><svg><circle class=\"dot\" cx=\"15\" cy=\"8\" r=\"5\"/></svg>"
	    "p50</li><li><svg><rect class=\"range\" y=\"4\" width=\"30\" "
	    "height=\"8\" rx=\"4\"/></svg>up to p99</li>"
	    "<li><svg><line class=\"floor\" x1=\"15\" x2=\"15\" y1=\"0\" "
	    "y2=\"16\"/></svg>floor, p50: bare ping-pong on the same kind of "
	    "descriptor</li><li><svg><path class=\"stock\" "
	    "d=\"M15 3l5 5-5 5-5-5Z\"/></svg>stock, p50: libtirpc\u2019s own "
	    "server and client</li></ul>\n<div class=\"charts\">\n", out);
	chart_latency_panels(out, r);
	fputs("</div></section>\n", out);
}

static void
put_sizes(FILE *out, const struct result *r)
{
	open_section(out, "size", "What payload size costs",
	    "Throughput counts the payload of both directions.");
	put_mech_legend(out, r);
	fputs("<div class=\"charts\">\n", out);
	chart_latency_by_size(out, r);
	chart_throughput_by_size(out, r);
	fputs("</div></section>\n", out);
}

static void
put_cpu(FILE *out, const struct result *r)
{
	open_section(out, "cpu", "CPU time per call",
	    "User and system time in \u00b5s, client and server stacked; each "
	    "workload has its own axis.");
	fputs("<ul class=\"legend\"><li><svg><rect class=\"client\" y=\"2\" "
	    "width=\"30\" height=\"12\" rx=\"2\"/></svg>client</li>"
	    "<li><svg><rect class=\"server\" y=\"2\" width=\"30\" "
	    "height=\"12\" rx=\"2\"/></svg>server</li></ul>\n"
	    "<div class=\"charts\">\n", out);
	chart_cpu_panels(out, r);
	fputs("</div></section>\n", out);
}

static void
put_percentiles(FILE *out, const struct result *r)
{
	size_t i;

	open_section(out, "tail", "Latency by percentile",
	    "Each step to the right is ten times rarer. A line ends where "
	    "fewer than 10 samples lie beyond.");
	put_mech_legend(out, r);
	fputs("<div class=\"charts\">\n", out);
	for (i = 0; i < r->ntables; i++)
		chart_percentiles(out, r, &r->tables[i]);
	fputs("</div></section>\n", out);
}

static int
put_tables(FILE *out, const struct result *r)
{
	size_t i;
	int err;

	open_section(out, "figures", "Figures",
	    "Ratios compare medians; the interval beside each is at 95 %, "
	    "bootstrapped over paired rounds.");
	for (i = 0; i < r->ntables; i++)
		html_table(out, r, &r->tables[i]);
	err = html_sheets(out, r);
	html_honesty(out, r);
	fputs("</section>\n", out);
	return err;
}

static void
put_facts(FILE *out, const struct result *r)
{
	open_section(out, "facts", "The mechanisms",
	    "Found by probing the open endpoints, not from documentation.");
	html_facts(out, r);
	fputs("</section>\n", out);
}

int
report_html(const struct result *r, FILE *out)
{
	int err;

	errno = 0;
	err = put_head(out, r);
	put_header(out, r);
	put_verdicts(out, r);
	put_remarks(out, r, true);
	fputs("</section>\n", out);
	put_latency(out, r);
	put_sizes(out, r);
	put_cpu(out, r);
	put_percentiles(out, r);
	if (err == 0)
		err = put_tables(out, r);
	if (r->nmechs > 0)
		put_facts(out, r);
	open_section(out, "conditions", "Conditions",
	    "What is needed to measure it again.");
	html_env(out, &r->env);
	put_remarks(out, r, false);
	fputs("</section>\n</main>\n<footer></footer>\n", out);
	fprintf(out, "<script>%s</script>\n</body>\n</html>\n", html_script);
	return err ? err : stream_flush(out);
}
