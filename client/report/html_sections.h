/*
 * The charts by subject: sections of the HTML page, and what an SVG file can
 * be asked for.
 */
#ifndef RPCALL_HTML_SECTIONS_H
#define RPCALL_HTML_SECTIONS_H

#include "report/html_chart.h"

struct section {
	const char *id;		/* "rate": names it in links and options */
	const char *link;	/* in the page's navigation */
	const char *heading, *about;
	const char *legend;	/* HTML, or "" */
	/* False where r has nothing to draw. */
	bool (*draw)(struct canvas *s, const struct result *r);
};

enum { SECTIONS = 6 };

extern const struct section sections[SECTIONS];

#endif
