/*
 * Names of programs: see programs.h. Used by ping, list and doctor.
 */
#include "programs.h"

#include <ctype.h>
#include <errno.h>
#include <rpc/netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "idl/names.h"
#include "reflection.h"
#include "services.h"

static const struct {
	const char *name;
	uint32_t prog, vers;
} ours[] = {
#define SERVICE(file, prog, vers, table) { #file, prog, vers },
#include "idl/services.def"
#undef SERVICE
};

enum {
	OURS = sizeof(ours) / sizeof(ours[0]),
	/* RFC 5531 section 13: from here on numbers are the users' own. */
	USER_DEFINED = 0x20000000,
	RPCBIND = 100000,
};

static void
to_upper(char *text)
{
	for (; *text != '\0'; text++)
		*text = (char)toupper((unsigned char)*text);
}

/* Our name of a program, in capitals; NULL where we have none. */
static const char *
our_name(uint32_t prog, char *out, size_t size)
{
	for (int i = 0; i < OURS; i++)
		if (ours[i].prog == prog) {
			snprintf(out, size, "%s", ours[i].name);
			to_upper(out);
			return out;
		}
	return NULL;
}

const char *
program_name(uint32_t prog, char *out, size_t size)
{
	const struct rpcent *entry;

	/* Elsewhere everybody goes by the names of rpc(5). */
	if (prog >= USER_DEFINED && our_name(prog, out, size) != NULL)
		return out;
	entry = getrpcbynumber((int)prog);
	/* rpc(5) still has RFC 1057's name of it. */
	if (prog == RPCBIND)
		snprintf(out, size, "rpcbind");
	else if (entry != NULL)
		snprintf(out, size, "%s", entry->r_name);
	else if (our_name(prog, out, size) == NULL)
		/* As everybody writes them. */
		snprintf(out, size, prog < USER_DEFINED ? "%u" : "0x%x", prog);
	return out;
}

const char *
program_title(uint32_t prog, char *out, size_t size)
{
	struct library *l = calloc(1, sizeof(*l));
	const struct idl_program *g = NULL;

	if (l != NULL)
		library_add_standard(l);
	for (size_t i = 0; l != NULL && i < l->n && g == NULL; i++)
		g = schema_program(l->schemas[i], prog);
	if (g != NULL)
		program_short(g, out, size);
	else
		program_name(prog, out, size);
	if (l != NULL)
		library_close(l);
	free(l);
	return out;
}

static int
parse_number(const char *text, uint32_t *n)
{
	char *end;
	unsigned long value;

	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	value = strtoul(text, &end, 0);
	if (*end != '\0' || value > UINT32_MAX)
		return -EINVAL;
	*n = (uint32_t)value;
	return 0;
}

static int
find_program(const char *name, uint32_t *prog)
{
	const struct rpcent *entry;
	char lower[64];
	size_t n;

	if (parse_number(name, prog) == 0)
		return 0;
	for (int i = 0; i < OURS; i++)
		if (strcasecmp(ours[i].name, name) == 0) {
			*prog = ours[i].prog;
			return 0;
		}
	/* There they are in lower case. */
	for (n = 0; name[n] != '\0' && n < sizeof(lower) - 1; n++)
		lower[n] = (char)tolower((unsigned char)name[n]);
	lower[n] = '\0';
	entry = getrpcbyname(lower);
	if (entry == NULL)
		return -ENOENT;
	*prog = (uint32_t)entry->r_number;
	return 0;
}

static uint32_t
newest_version(uint32_t prog)
{
	uint32_t newest = 0;

	for (int i = 0; i < OURS; i++)
		if (ours[i].prog == prog && ours[i].vers > newest)
			newest = ours[i].vers;
	return newest ? newest : 1;
}

int
program_parse(struct program *p, const char *text)
{
	char *slash;

	if (strlen(text) >= sizeof(p->name))
		return -ENOENT;
	strcpy(p->name, text);
	slash = strchr(p->name, '/');
	p->any = slash == NULL;
	if (slash != NULL) {
		*slash = '\0';
		if (parse_number(slash + 1, &p->vers) != 0)
			return -ENOENT;
	}
	if (find_program(p->name, &p->prog) != 0)
		return -ENOENT;
	if (slash == NULL)
		p->vers = newest_version(p->prog);
	return 0;
}

int
program_lookup(struct program *p, const struct target *t, const char *text,
    struct failure *f)
{
	struct procedure found;
	struct library *l;

	if (program_parse(p, text) == 0)
		return 0;
	l = calloc(1, sizeof(*l));
	if (l == NULL)
		return failure_set(f, EXIT_OS, "no memory");
	if (reflection_add(l, t, text, f) == 0 &&
	    program_find(l, text, &found, f) == 0) {
		p->prog = found.prog;
		p->any = found.version == NULL;
		p->vers = p->any ? newest_version(p->prog) : found.vers;
		snprintf(p->name, sizeof(p->name), "%.*s",
		    (int)strcspn(text, "/"), text);
	}
	library_close(l);
	free(l);
	return -f->code;
}
