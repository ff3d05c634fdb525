/*
 * What it costs to set up each mechanism, as a sheet.
 */
#include "report/sheet.h"

#include <math.h>
#include <stdio.h>

#include "report/figures.h"
#include "report/setup_parts.h"

/* "41.2 ±.8": half of the distance between the quartiles. */
static void
put_spread(struct sheet *sheet, const struct spread *s)
{
	char text[2 * FIGURE_TEXT + 4];

	figure_spread(text, s->n > 0 ? s->median_ns / 1000 : NAN,
	    s->n > 1 ? (s->high_ns - s->low_ns) / 2000 : NAN);
	sheet_cell(sheet, text);
}

static unsigned
repeats(const struct result *r)
{
	unsigned n = 0;

	for (size_t i = 0; i < r->nsetups; i++)
		if (r->setups[i].part[SETUP_CLOSE].n > n)
			n = r->setups[i].part[SETUP_CLOSE].n;
	return n;
}

static void
say(struct sheet *sheet, const struct result *r)
{
	sheet_say(sheet, "Medians of %u repeats in \u00b5s, interleaved over "
	    "the mechanisms; \u00b1 is half of what lies between the "
	    "quartiles; - does not apply. rpc/udp's connect sends nothing. "
	    "A pipe's process was started when it says that it is ready; "
	    "its close waits until that has ended.", repeats(r));
	if (r->nfiles > 1)
		sheet_say(sheet, "Of each mechanism it is what the first of "
		    "the files says that has it.");
	for (size_t i = 0; i < r->nsetups; i++)
		if (r->setups[i].note[0] != '\0')
			sheet_say(sheet, "%s: %s.", r->setups[i].name,
			    r->setups[i].note);
}

int
setup_sheet(const struct result *r, sheet_fn *lay_out, void *arg)
{
	struct sheet sheet;
	int err;

	if (r->nsetups == 0)
		return 0;
	sheet_init(&sheet, "Setting up", 1 + SETUP_PARTS);
	say(&sheet, r);
	sheet_cell(&sheet, "set-up");
	for (int i = 0; i < SETUP_PARTS; i++)
		sheet_cell(&sheet, setup_parts[i].head);
	for (size_t i = 0; i < r->nsetups; i++) {
		sheet_cell(&sheet, r->setups[i].name);
		for (int k = 0; k < SETUP_PARTS; k++)
			put_spread(&sheet, &r->setups[i].part[k]);
	}
	err = sheet.err ? sheet.err : lay_out(arg, &sheet);
	sheet_release(&sheet);
	return err;
}
