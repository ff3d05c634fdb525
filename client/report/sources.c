/*
 * The facts of sources.h, and a table of the files. Called by text.c,
 * markdown.c and html.c.
 */
#include "report/sources.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "report/sheet.h"

static void
print_version(char text[ENV_FACT_TEXT], const struct env *e)
{
	snprintf(text, ENV_FACT_TEXT, "%s", e->version);
}

static void
print_date(char text[ENV_FACT_TEXT], const struct env *e)
{
	char planned[48] = "";

	if (e->planned_seconds > 0)
		snprintf(planned, sizeof(planned), " of %.0f s planned",
		    e->planned_seconds);
	snprintf(text, ENV_FACT_TEXT, "%s, took %.0f s%s%s", e->date,
	    e->seconds, planned, e->partial ? ", interrupted" : "");
}

static void
print_command(char text[ENV_FACT_TEXT], const struct env *e)
{
	snprintf(text, ENV_FACT_TEXT, "%s", e->command);
}

static void
print_host(char text[ENV_FACT_TEXT], const struct env *e)
{
	snprintf(text, ENV_FACT_TEXT, "%s, %s", e->host, e->kernel);
}

static void
print_cpu(char text[ENV_FACT_TEXT], const struct env *e)
{
	snprintf(text, ENV_FACT_TEXT, "%s, %u %s, governor %s, clock source "
	    "%s%s", e->cpu, e->cores, e->cores == 1 ? "core" : "cores",
	    e->governor[0] ? e->governor : "unknown", e->clocksource,
	    e->virtual_machine ? ", virtual machine" : "");
}

static void
print_placement(char text[ENV_FACT_TEXT], const struct env *e)
{
	snprintf(text, ENV_FACT_TEXT, "%s, spin %s", e->placement, e->spin);
}

const struct env_fact env_facts[ENV_FACTS] = {
	{ "rpcall", print_version },
	{ "measured", print_date },
	{ "command", print_command },
	{ "host", print_host },
	{ "CPU", print_cpu },
	{ "placement", print_placement },
};

bool
sources_agree(char text[ENV_FACT_TEXT], const struct result *r,
    const struct env_fact *fact)
{
	char other[ENV_FACT_TEXT];

	fact->print(text, &r->env);
	for (size_t i = 1; i < r->nfiles; i++) {
		fact->print(other, &r->files[i].env);
		if (strcmp(other, text) != 0)
			return false;
	}
	return true;
}

/* What is not alike in all files. */
static unsigned
choose(const struct env_fact *chosen[ENV_FACTS], const struct result *r)
{
	char text[ENV_FACT_TEXT];
	unsigned n = 0;

	for (int i = 0; i < ENV_FACTS; i++)
		if (!sources_agree(text, r, &env_facts[i]))
			chosen[n++] = &env_facts[i];
	return n;
}

int
sources_sheet(const struct result *r, sheet_fn *lay_out, void *arg)
{
	const struct env_fact *chosen[ENV_FACTS];
	char text[ENV_FACT_TEXT];
	struct sheet sheet;
	unsigned n;
	int err;

	if (r->nfiles < 2)
		return 0;
	n = choose(chosen, r);
	sheet_init(&sheet, "Files", 1 + n);
	sheet.words = true;
	sheet_say(&sheet, "Only rows of one file were measured in turn. What "
	    "has no column was alike.");
	sheet_cell(&sheet, "file");
	for (unsigned k = 0; k < n; k++)
		sheet_cell(&sheet, chosen[k]->name);
	for (size_t i = 0; i < r->nfiles; i++) {
		sheet_cell(&sheet, r->files[i].path);
		for (unsigned k = 0; k < n; k++) {
			chosen[k]->print(text, &r->files[i].env);
			sheet_cell(&sheet, text);
		}
	}
	err = sheet.err ? sheet.err : lay_out(arg, &sheet);
	sheet_release(&sheet);
	return err;
}
