/*
 * Charts of a result as one SVG file, as they stand in the HTML page: see
 * report.h. Its style is in it, and it refers to nothing.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report/html_sections.h"
#include "report/html_style.h"
#include "report/report.h"
#include "report/stream.h"

bool
report_has_chart(const char *name)
{
	for (size_t i = 0; i < SECTIONS; i++)
		if (strcmp(sections[i].id, name) == 0)
			return true;
	return false;
}

static bool
draw(struct canvas *c, const struct result *r, const char *name)
{
	bool any = false;

	for (size_t i = 0; i < SECTIONS; i++)
		if (name == NULL || strcmp(sections[i].id, name) == 0)
			any |= sections[i].draw(c, r);
	return any;
}

int
report_svg_chart(const struct result *r, const char *name, FILE *out)
{
	struct canvas c = { .alone = true, .y = CANVAS_EDGE };
	char *text = NULL;
	size_t size;
	bool any;

	errno = 0;
	c.out = open_memstream(&text, &size);
	if (c.out == NULL)
		return -errno;
	any = draw(&c, r, name);
	if (fclose(c.out) != 0) {
		free(text);
		return -ENOMEM;
	}
	if (any)
		fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" "
		    "width=\"%d\" height=\"%u\" viewBox=\"0 0 %d %u\">\n"
		    "<style>%s</style>\n<rect class=\"paper\" width=\"100%%\" "
		    "height=\"100%%\"/>\n%s</svg>\n", CANVAS_WIDTH,
		    c.y + CANVAS_EDGE, CANVAS_WIDTH, c.y + CANVAS_EDGE,
		    chart_style, text);
	free(text);
	return any ? stream_flush(out) : -ENODATA;
}

int
report_svg(const struct result *r, FILE *out)
{
	return report_svg_chart(r, NULL, out);
}
