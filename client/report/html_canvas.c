/*
 * Figures of the page, and of an SVG file: see html_canvas.h.
 */
#include "report/html_canvas.h"

#include <string.h>

#include "report/html_out.h"

enum {
	HEAD = 34,		/* pixels of a figure's title */
	NOTE = 18,		/* and of a line that is said below that */
	ABOUT_COLUMNS = 108,
};

/* What the page has as padding in its style sheet. */
static const struct margins {
	const char *class;
	unsigned left, right, top, bottom;
} margins[] = {
	[PLOT_BARS] = { "bars", 100, 122, 4, 0 },
	[PLOT_LINES] = { "lines", 64, 100, 20, 48 },
};

static void
open_alone(struct canvas *s, const struct margins *m, const char *title,
    const char *note, unsigned height)
{
	s->y += s->nfigures++ > 0 ? CANVAS_EDGE : 0;
	fprintf(s->out, "<text class=\"title\" x=\"%d\" y=\"%u\">", CANVAS_EDGE,
	    s->y + HEAD / 2);
	html_text(s->out, title);
	fputs("</text>\n", s->out);
	s->y += HEAD;
	if (note[0] != '\0') {
		fprintf(s->out, "<text class=\"tick\" x=\"%d\" y=\"%u\">",
		    CANVAS_EDGE, s->y);
		html_text(s->out, note);
		fputs("</text>\n", s->out);
		s->y += NOTE;
	}
	fprintf(s->out, "<svg x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\">\n",
	    CANVAS_EDGE + m->left, s->y + m->top, CANVAS_WIDTH - 2 * CANVAS_EDGE - m->left -
	    m->right, height);
	s->y += m->top + height + m->bottom;
}

void
canvas_open(struct canvas *s, enum plot plot, const char *what,
    const char *title, const char *note, unsigned height)
{
	const struct margins *m = &margins[plot];

	if (s->alone) {
		open_alone(s, m, title, note, height);
		return;
	}
	fputs("<figure class=\"panel\"><figcaption><h3>", s->out);
	html_text(s->out, title);
	fputs("</h3>", s->out);
	if (note[0] != '\0') {
		fputs("<p>", s->out);
		html_text(s->out, note);
		fputs("</p>", s->out);
	}
	fprintf(s->out, "</figcaption><div class=\"plot %s\"><svg role=\"img\""
	    " width=\"100%%\" height=\"%u\" aria-label=\"", m->class, height);
	html_text(s->out, what);
	fputs(": ", s->out);
	html_text(s->out, title);
	fputs(". Its values are in the table below it.\">\n", s->out);
}

void
canvas_close(struct canvas *s)
{
	fputs(s->alone ? "</svg>\n" : "</svg></div>", s->out);
}

void
canvas_none(struct canvas *s, const char *title, const char *why)
{
	if (s->alone)
		return;
	fputs("<figure class=\"panel\"><figcaption><h3>", s->out);
	html_text(s->out, title);
	fprintf(s->out, "</h3></figcaption><p class=\"none\">%s</p></figure>\n",
	    why);
}

void
canvas_values_open(struct canvas *s, const char *title)
{
	fputs("<details><summary>Values</summary><div class=\"scroll\" "
	    "tabindex=\"0\" role=\"region\" aria-label=\"Values of ", s->out);
	html_text(s->out, title);
	fputs("\"><table class=\"values\">", s->out);
}

/* Ends the figure, too. */
void
canvas_values_close(struct canvas *s)
{
	fputs("</div></details></figure>\n", s->out);
}

/* Of text what a line holds: to the last blank within it. */
static size_t
line_length(const char *text)
{
	size_t n = strlen(text);

	if (n <= ABOUT_COLUMNS)
		return n;
	for (n = ABOUT_COLUMNS; n > 0 && text[n] != ' '; n--)
		;
	return n > 0 ? n : ABOUT_COLUMNS;
}

/* The page says it above its charts. */
void
canvas_about(struct canvas *s, const char *text)
{
	char line[ABOUT_COLUMNS + 1];

	if (!s->alone)
		return;
	s->y += s->nfigures > 0 ? CANVAS_EDGE : 0;
	for (size_t n; *text != '\0'; text += n + (text[n] == ' ')) {
		n = line_length(text);
		snprintf(line, sizeof(line), "%.*s", (int)n, text);
		fprintf(s->out, "<text class=\"tick\" x=\"%d\" y=\"%u\">",
		    CANVAS_EDGE, s->y + NOTE / 2);
		html_text(s->out, line);
		fputs("</text>\n", s->out);
		s->y += NOTE;
	}
}
