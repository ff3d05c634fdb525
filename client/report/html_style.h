/*
 * The style sheets and the script of the HTML report, written into the page so
 * that it is one file: chart.css, page.css and page.js.
 */
#ifndef RPCALL_HTML_STYLE_H
#define RPCALL_HTML_STYLE_H

#include <stdio.h>

extern const char chart_style[];	/* of a chart alone */
extern const char html_style[];		/* of the page: that, and its own */
extern const char html_script[];

/*
 * The page's content security policy: nothing may be loaded, and only that
 * style and that script count, known by their SHA-256 (CSP level 2, hashes).
 * 0 or -ENOMEM.
 */
int html_policy(FILE *out);

#endif
