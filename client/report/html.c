/*
 * The HTML report: one file, forbidden by its own content security policy to
 * load anything or to run another script than its own, which it can be read
 * without. Verdicts first, then charts, then the figures they were drawn
 * from. formats.c lists report_html(); html_*.c are its parts.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report/crossover.h"
#include "report/html_out.h"
#include "report/html_page.h"
#include "report/html_sections.h"
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

/* What the sections of charts hold, drawn before the page names them. */
struct drawn {
	char *text[SECTIONS];	/* NULL: there is nothing to draw */
};

static int
draw_section(char **text, const struct section *section,
    const struct result *r)
{
	struct canvas s = { 0 };
	size_t size;
	bool any;

	s.out = open_memstream(text, &size);
	if (s.out == NULL)
		return -errno;
	any = section->draw(&s, r);
	if (fclose(s.out) != 0)
		return -ENOMEM;
	if (!any) {
		free(*text);
		*text = NULL;
	}
	return 0;
}

static void
drawn_release(struct drawn *d)
{
	for (size_t i = 0; i < SECTIONS; i++)
		free(d->text[i]);
}

static int
draw_all(struct drawn *d, const struct result *r)
{
	int err = 0;

	for (size_t i = 0; i < SECTIONS && err == 0; i++)
		err = draw_section(&d->text[i], &sections[i], r);
	return err;
}

static void
put_count(FILE *out, size_t n, const char *what)
{
	fprintf(out, "%zu %s%s, ", n, what, n == 1 ? "" : "s");
}

static void
put_links(FILE *out, const struct result *r, const struct drawn *d)
{
	fputs("<nav aria-label=\"Sections\"><a href=\"#what\">In short</a>",
	    out);
	for (size_t i = 0; i < SECTIONS; i++)
		if (d->text[i] != NULL)
			fprintf(out, "<a href=\"#%s\">%s</a>",
			    sections[i].id, sections[i].link);
	fprintf(out, "<a href=\"#figures\">Figures</a>%s"
	    "<a href=\"#conditions\">Conditions</a></nav>\n",
	    r->nmechs > 0 ? "<a href=\"#facts\">Mechanisms</a>" : "");
}

/* "2 files, 7 mechanisms, 5 workloads, on host, a processor, 2 cores, date." */
static void
put_lede(FILE *out, const struct result *r)
{
	bool loads = facets_of_loads(r);

	fputs("<p class=\"lede\">", out);
	if (r->nfiles > 1)
		put_count(out, r->nfiles, "file");
	if (loads || r->nmechs > 0)
		put_count(out, loads ? facets_count(r) : r->nmechs,
		    "mechanism");
	put_count(out, r->ntables, "workload");
	fputs("on ", out);
	html_text(out, r->env.host);
	fputs(", ", out);
	html_text(out, r->env.cpu);
	fputs(", ", out);
	put_count(out, r->env.cores, "core");
	html_text(out, r->env.date);
	fputs(r->nfiles > 1 ? "; of the other files see "
	    "<a href=\"#conditions\">Conditions</a>.</p>\n" : ".</p>\n", out);
}

static void
put_header(FILE *out, const struct result *r, const struct drawn *d)
{
	bool alone = facets_of_loads(r) && facets_count(r) == 1;

	fprintf(out, "<header>\n<h1>%s</h1>\n",
	    strcmp(r->env.verb, "bench") == 0 ? "A server under load" :
	    alone ? "An IPC mechanism measured" : "IPC mechanisms compared");
	put_lede(out, r);
	fputs("<code class=\"cmd\">", out);
	html_text(out, r->env.command);
	fputs("</code>\n", out);
	put_links(out, r, d);
	fputs("</header>\n<main id=\"main\" tabindex=\"-1\">\n", out);
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
put_cards(FILE *out, const struct result *r, const struct verdict *v, size_t n)
{
	fputs("<div class=\"cards\">", out);
	for (size_t i = 0; i < n; i++) {
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

static void
put_verdicts(FILE *out, const struct result *r)
{
	struct verdict v[VERDICTS_MAX];
	size_t n = verdicts(r, v);

	if (n > 0) {
		open_section(out, "what", "Which mechanism for what", "");
		put_cards(out, r, v, n);
	} else {
		open_section(out, "what", "In short", r->found.text[0] ? "" :
		    facets_count(r) == 1 && facets_of_loads(r) ?
		    "One mechanism alone: there is nothing to rank it by." :
		    "Nothing was measured that could be ranked.");
	}
	if (r->found.text[0] != '\0') {
		fputs("<p class=\"found\">", out);
		html_text(out, r->found.text);
		fputs(".</p>\n", out);
	}
}

enum { WARNINGS_SHOWN = 8 };	/* the others are there when asked for */

/* One pass over the remarks keeps either the warnings or the rest. */
struct remark_filter {
	FILE *out;
	bool warning;
	unsigned n, all;
};

static void
count_remark(void *arg, bool warning, const char *text)
{
	struct remark_filter *f = arg;

	(void)text;
	f->all += warning == f->warning;
}

static void
put_remark(void *arg, bool warning, const char *text)
{
	struct remark_filter *f = arg;

	if (warning != f->warning)
		return;
	if (warning && f->n++ == WARNINGS_SHOWN)
		fprintf(f->out, "</ul><details><summary>%u more</summary><ul>",
		    f->all - WARNINGS_SHOWN);
	fputs("<li>", f->out);
	html_text(f->out, text);
	fputs("</li>\n", f->out);
}

static void
put_remarks(FILE *out, const struct result *r, bool warning)
{
	struct remark_filter f = { out, warning, 0, 0 };

	remarks(r, count_remark, &f);
	if (f.all == 0)
		return;
	fprintf(out, "<div class=\"%s\"><ul>",
	    warning ? "warnings" : "remarks");
	remarks(r, put_remark, &f);
	fputs(f.n > WARNINGS_SHOWN ? "</ul></details></div>\n" :
	    "</ul></div>\n", out);
}

static void
put_charts(FILE *out, const struct drawn *d)
{
	for (size_t i = 0; i < SECTIONS; i++) {
		const struct section *s = &sections[i];

		if (d->text[i] == NULL)
			continue;
		open_section(out, s->id, s->heading, s->about);
		fprintf(out, "%s<div class=\"charts\">\n%s</div></section>\n",
		    s->legend, d->text[i]);
	}
}

static int
put_tables(FILE *out, const struct result *r)
{
	size_t i;
	int err;

	open_section(out, "figures", "Figures",
	    "Ratios compare medians; the interval beside each is at 95 %, "
	    "bootstrapped over paired rounds.");
	for (i = 0; i < facets_count(r); i++)
		html_facet(out, r, i);
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

static int
put_page(FILE *out, const struct result *r, const struct drawn *d)
{
	int err;

	put_header(out, r, d);
	put_verdicts(out, r);
	put_remarks(out, r, true);
	fputs("</section>\n", out);
	put_charts(out, d);
	err = put_tables(out, r);
	if (r->nmechs > 0)
		put_facts(out, r);
	open_section(out, "conditions", "Conditions",
	    "What is needed to measure it again.");
	html_env(out, r);
	if (err == 0)
		err = html_sources(out, r);
	put_remarks(out, r, false);
	fputs("</section>\n</main>\n<footer></footer>\n", out);
	fprintf(out, "<script>%s</script>\n</body>\n</html>\n", html_script);
	return err;
}

int
report_html(const struct result *r, FILE *out)
{
	struct drawn d = { 0 };
	int err = draw_all(&d, r);

	errno = 0;
	if (err == 0)
		err = put_head(out, r);
	if (err == 0)
		err = put_page(out, r, &d);
	drawn_release(&d);
	return err ? err : stream_flush(out);
}
