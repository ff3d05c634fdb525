/*
 * The tables of the HTML report, from the same figures as the terminal's.
 * Wide tables scroll within themselves; their first column stays in sight.
 */
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "report/facet.h"
#include "report/figures.h"
#include "report/html_out.h"
#include "report/html_page.h"
#include "report/honesty.h"
#include "report/remarks.h"
#include "report/sources.h"

void
html_open_table(FILE *out, const char *caption, const char *about,
    const char *class)
{
	/* Focusable, so that a keyboard can scroll it. */
	fputs("<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
	    "aria-label=\"", out);
	html_text(out, caption);
	fprintf(out, "\"><table class=\"%s\"><caption>", class);
	html_text(out, caption);
	if (about[0] != '\0') {
		fputs("<span class=\"store\">", out);
		html_text(out, about);
		fputs("</span>", out);
	}
	fputs("</caption>\n", out);
}

/* The upper heading: groups of columns, with what they have in common. */
static void
put_groups(FILE *out, const char *lead)
{
	size_t i, span;

	fprintf(out, "<tr><th scope=\"col\" class=\"lead\" rowspan=\"2\">%s"
	    "</th>", lead);
	for (i = 0; i < FIGURES; i += span) {
		for (span = 1; i + span < FIGURES; span++)
			if (strcmp(figures[i].group, figures[i + span].group))
				break;
		fprintf(out, "<th scope=\"colgroup\" class=\"group\" "
		    "colspan=\"%zu\">%s</th>", span, figures[i].group);
	}
}

/* With ratios, unless it is loads that have a line each. */
static void
put_heads(FILE *out, bool loads)
{
	static const char *const ratios[] = {
		"\u00d7 floor", "\u00d7 stock", "\u00d7 best"
	};
	size_t i;

	fputs("<thead>", out);
	put_groups(out, loads ? "load" : "mechanism");
	fprintf(out, "%s</tr>\n<tr>", loads ? "" : "<th scope=\"colgroup\" "
	    "class=\"group\" colspan=\"3\">median against</th>");
	for (i = 0; i < FIGURES; i++)
		fprintf(out, "<th scope=\"col\">%s%s%s</th>", figures[i].head,
		    figures[i].unit[0] ? "<br>" : "", figures[i].unit);
	for (i = 0; i < 3 && !loads; i++)
		fprintf(out, "<th scope=\"col\">%s</th>", ratios[i]);
	fputs("</tr></thead>\n", out);
}

static bool
starts_group(size_t i)
{
	return i == 0 || strcmp(figures[i].group, figures[i - 1].group) != 0;
}

static void
put_ratio(FILE *out, const struct interval *x, const char *class)
{
	fprintf(out, "<td%s>", class);
	html_ratio(out, x);
	fputs("</td>", out);
}

static void
put_figures(FILE *out, const struct table *t, const struct row *row)
{
	size_t i;

	for (i = 0; i < FIGURES; i++) {
		fputs(starts_group(i) ? "<td class=\"first\">" : "<td>", out);
		html_number(out, figure_get(&figures[i], row),
		    figure_decimals(&figures[i], t));
		fputs("</td>", out);
	}
}

static void
put_ratios(FILE *out, const struct row *row)
{
	put_ratio(out, &row->x_floor, " class=\"first\"");
	put_ratio(out, &row->x_stock, "");
	put_ratio(out, &row->x_best, "");
}

static void
put_excuse(FILE *out, const struct row *row, unsigned span)
{
	char excuse[RESULT_NOTE_MAX + 32];

	row_excuse(excuse, row);
	fprintf(out, "<td class=\"excuse\" colspan=\"%u\">", span);
	html_text(out, excuse);
	fputs("</td>", out);
}

static void
put_row(FILE *out, const struct result *r, const struct table *t,
    const struct row *row)
{
	fputs("<tr><th scope=\"row\" class=\"lead\">", out);
	if (row->kind == ROW_MECH)
		fprintf(out, "<i class=\"k%u\"></i>",
		    html_colour(r, row->name));
	else
		fputs("<i></i>", out);
	html_text(out, row->name);
	fputs("</th>", out);
	if (row_counts(row)) {
		put_figures(out, t, row);
		put_ratios(out, row);
	} else {
		put_excuse(out, row, FIGURES + 3);
	}
	fputs("</tr>\n", out);
}

/* All loads that were put on one mechanism. */
static void
put_loads(FILE *out, const struct facet *f)
{
	html_open_table(out, f->title, "", "figures");
	put_heads(out, true);
	fputs("<tbody class=\"mechanism\">", out);
	for (unsigned i = 0; i < f->nrows; i++) {
		const struct facet_row *at = &f->rows[i];

		fputs("<tr><th scope=\"row\" class=\"lead\">", out);
		html_text(out, at->name);
		fputs("</th>", out);
		if (row_counts(at->row))
			put_figures(out, at->t, at->row);
		else
			put_excuse(out, at->row, FIGURES);
		fputs("</tr>\n", out);
	}
	fputs("</tbody></table></div>\n", out);
}

static void
put_table(FILE *out, const struct result *r, const struct table *t)
{
	const struct row *row, *last = NULL;
	char store[STORE_TEXT];
	size_t i;

	store_print(store, t);
	html_open_table(out, t->title, store, "figures");
	put_heads(out, false);
	for (i = 0; (row = table_shown(t, i)); i++) {
		if (!last || last->kind != row->kind)
			fprintf(out, "%s<tbody class=\"%s\">",
			    last ? "</tbody>" : "", row_kind_name(row->kind));
		put_row(out, r, t, row);
		last = row;
	}
	fputs(last ? "</tbody></table></div>\n" : "</table></div>\n", out);
}

void
html_facet(FILE *out, const struct result *r, size_t i)
{
	struct facet f;

	if (!facets_of_loads(r)) {
		put_table(out, r, &r->tables[i]);
		return;
	}
	facet_fill(&f, r, i);
	put_loads(out, &f);
}

struct honest {
	FILE *out;
	const struct result *r;
};

static void
put_honesty_line(void *arg, const char *label, const struct table *t,
    const struct row *row)
{
	const struct honest *h = arg;
	FILE *out = h->out;

	fputs("<tr><th scope=\"row\" class=\"lead\">", out);
	html_text(out, label);
	fputs("</th>", out);
	for (size_t i = 0; i < HONESTY_COLUMNS; i++) {
		if (!honesty_applies(&honesty[i], h->r))
			continue;
		fputs("<td>", out);
		html_number(out, honesty_get(&honesty[i], t, row) *
		    honesty[i].scale, honesty[i].decimals);
		fputs("</td>", out);
	}
	fputs("</tr>\n", out);
}

void
html_honesty(FILE *out, const struct result *r)
{
	struct honest h = { out, r };
	char about[REMARK_MAX];

	honesty_print(about, sizeof(about), r);
	html_open_table(out, "Honesty", about, "figures");
	fputs("<thead><tr><th scope=\"col\" class=\"lead\">load</th>", out);
	for (size_t i = 0; i < HONESTY_COLUMNS; i++)
		if (honesty_applies(&honesty[i], r))
			fprintf(out, "<th scope=\"col\">%s<br>%s</th>",
			    honesty[i].head, honesty[i].group);
	fputs("</tr></thead>\n<tbody class=\"mechanism\">", out);
	honesty_lines(r, put_honesty_line, &h);
	fputs("</tbody></table></div>\n", out);
}

static void
put_fact(FILE *out, const char *fact)
{
	fputs("<td>", out);
	if (fact[0])
		html_text(out, fact);
	else
		html_number(out, NAN, 0);
	fputs("</td>", out);
}

static void
put_mech(FILE *out, const struct result *r, const struct mech_facts *m)
{
	fprintf(out, "<tr><th scope=\"row\" class=\"lead\">"
	    "<i class=\"k%u\"></i>", html_colour(r, m->name));
	html_text(out, m->name);
	fputs("</th>", out);
	put_fact(out, m->direction);
	fputs("<td>", out);
	html_text(out, m->endpoint);
	fputs("<br><code>", out);
	html_text(out, m->target);
	fputs("</code></td>", out);
	put_fact(out, m->reach);
	put_fact(out, m->outlives);
	put_fact(out, m->boundaries);
	put_fact(out, m->atomic_write);
	put_fact(out, m->kernel_buffer);
	put_fact(out, m->peer_known);
	fputs("</tr>\n", out);
}

void
html_facts(FILE *out, const struct result *r)
{
	static const char *const heads[] = {
		"mechanism", "direction", "endpoint", "reach",
		"outlives its process", "message boundaries", "atomic write",
		"kernel buffer", "peer known by",
	};
	size_t i;

	html_open_table(out, "What each mechanism is", "", "facts");
	fputs("<thead><tr>", out);
	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		fprintf(out, "<th scope=\"col\"%s>%s</th>",
		    i == 0 ? " class=\"lead\"" : "", heads[i]);
	fputs("</tr></thead>\n<tbody class=\"mechanism\">", out);
	for (i = 0; i < r->nmechs; i++)
		put_mech(out, r, &r->mechs[i]);
	fputs("</tbody></table></div>\n", out);
}

__attribute__((format(printf, 3, 4)))
static void
put_term(FILE *out, const char *term, const char *format, ...)
{
	char text[ENV_FACT_TEXT];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	fprintf(out, "<dt>%s</dt><dd>", term);
	html_text(out, text[0] ? text : "unknown");
	fputs("</dd>\n", out);
}

static void
put_alike(FILE *out, const struct result *r)
{
	char text[ENV_FACT_TEXT];

	fputs("<dl>", out);
	for (int i = 0; i < ENV_FACTS; i++)
		if (sources_agree(text, r, &env_facts[i]))
			put_term(out, env_facts[i].name, "%s", text);
	fputs("</dl>\n", out);
}

void
html_env(FILE *out, const struct result *r)
{
	const struct env *e = &r->env;

	if (r->nfiles > 1) {
		put_alike(out, r);
		return;
	}
	fputs("<dl>", out);
	put_term(out, "rpcall", "%s", e->version);
	put_term(out, "Host", "%s", e->host);
	put_term(out, "Kernel", "%s", e->kernel);
	put_term(out, "Processor", "%s, %u %s%s", e->cpu, e->cores,
	    e->cores == 1 ? "core" : "cores",
	    e->virtual_machine ? ", in a virtual machine" : "");
	put_term(out, "Governor", "%s", e->governor);
	put_term(out, "Clock source", "%s, %.0f ns a reading",
	    e->clocksource, e->clock_cost_ns);
	put_term(out, "Placement", "%s", e->placement);
	put_term(out, "Spin", "%s", e->spin);
	put_term(out, "Seed", "%llu", (unsigned long long)e->seed);
	put_term(out, "Took", "%.0f s", e->seconds);
	fputs("</dl>\n", out);
}
