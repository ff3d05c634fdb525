/*
 * Names of targets: see targets_conf.h. Used where targets are parsed, and to
 * complete them.
 */
#include "targets_conf.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "idl/bytes.h"

static int
path_of(char *out, size_t size)
{
	const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	int n;

	if (base != NULL && base[0] == '/')
		n = snprintf(out, size, "%s/rpcall/targets.conf", base);
	else if (home != NULL && home[0] == '/')
		n = snprintf(out, size, "%s/.config/rpcall/targets.conf",
		    home);
	else
		return -1;
	return n < (int)size ? 0 : -1;
}

/* Cuts a line into its name and URI; false where it has none. */
static bool
read_line(char *line, char **name, char **uri)
{
	size_t n;

	*name = line + strspn(line, " \t");
	n = strcspn(*name, " \t");
	*uri = *name + n + strspn(*name + n, " \t");
	if (**name == '#' || n == 0 || **uri == '\0')
		return false;
	(*name)[n] = '\0';
	for (n = strlen(*uri); strchr(" \t\r", (*uri)[n - 1]) != NULL; n--)
		(*uri)[n - 1] = '\0';
	return true;
}

void
targets_conf_each(void (*tell)(void *context, const char *name,
    const char *uri), void *context)
{
	char path[PATH_MAX], *rest, *line, *name, *uri;
	struct buf text = { 0 };

	if (path_of(path, sizeof(path)) == 0 &&
	    bytes_read_file(path, TARGETS_CONF_SIZE, &text) == 0 &&
	    buf_append(&text, "", 1) == 0) {
		rest = (char *)text.data;
		while ((line = strsep(&rest, "\n")) != NULL)
			if (read_line(line, &name, &uri))
				tell(context, name, uri);
	}
	buf_release(&text);
}

struct search {
	const char *name;
	char *uri;
	size_t size;
	bool found;
};

static void
look(void *context, const char *name, const char *uri)
{
	struct search *s = context;

	if (!s->found && strcmp(name, s->name) == 0) {
		s->found = true;
		snprintf(s->uri, s->size, "%s", uri);
	}
}

int
targets_conf_find(const char *name, char *uri, size_t size, struct failure *f)
{
	struct search s = { name, uri, size, false };
	char path[PATH_MAX] = "targets.conf";

	targets_conf_each(look, &s);
	if (s.found)
		return 0;
	path_of(path, sizeof(path));
	failure_set(f, EXIT_USAGE, "@%.60s: no such name in %.300s", name,
	    path);
	failure_hint(f, "write a line there: %.60s rpc+tcp://HOST:PORT", name);
	return -EXIT_USAGE;
}
