/*
 * The texts of html_style.h, which the build makes of the files, and what the
 * page's policy calls them by.
 */
#include "report/html_style.h"

#include <string.h>

#include "idl/bytes.h"
#include "sha256.h"

const char chart_style[] =
#include "report/chart.css.inc"
    ;
const char html_style[] =
#include "report/chart.css.inc"
#include "report/page.css.inc"
    ;
const char html_script[] =
#include "report/page.js.inc"
    ;

static int
put_source(FILE *out, const char *directive, const char *text)
{
	uint8_t digest[SHA256_SIZE];
	struct buf name = { 0 };
	int err;

	sha256(text, strlen(text), digest);
	err = bytes_format(digest, sizeof(digest), true, &name);
	if (err == 0)
		fprintf(out, "; %s 'sha256-%.*s'", directive,
		    (int)(name.len - strlen("base64:")),
		    (const char *)name.data + strlen("base64:"));
	buf_release(&name);
	return err;
}

int
html_policy(FILE *out)
{
	int err;

	fputs("default-src 'none'; base-uri 'none'; form-action 'none'", out);
	err = put_source(out, "style-src", html_style);
	return err ? err : put_source(out, "script-src", html_script);
}
