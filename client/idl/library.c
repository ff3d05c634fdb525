/*
 * Collecting schemas: see library.h.
 */
#include "idl/library.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* module.mk says where they are installed. */
#ifndef IDLDIR
#define IDLDIR "/usr/local/share/rpcall/idl"
#endif

static const char *const system_dirs[] = { "/usr/include/rpcsvc",
	"/usr/include/tirpc/rpc" };

int
diags_failure(const struct diags *d, struct failure *f)
{
	for (unsigned i = 0; i < d->n; i++) {
		const struct diag *g = &d->list[i];

		if (g->kind != DIAG_ERROR)
			continue;
		failure_set(f, EXIT_DATA, "%s:%u:%u: %s", g->file,
		    g->excerpt.line, g->excerpt.column, g->text);
		excerpt_format(&g->excerpt, NULL, f->excerpt,
		    sizeof(f->excerpt));
		failure_hint(f, "all errors: rpcall check %s", g->file);
		return -EXIT_DATA;
	}
	/* An error for which there was no room. */
	return failure_set(f, EXIT_OS, "no memory");
}

int
library_add(struct library *l, struct schema *s, const char *path)
{
	char *copy = l->n < LIBRARY_FILES ? strdup(path) : NULL;

	if (copy == NULL) {
		schema_free(s);
		return l->n < LIBRARY_FILES ? -ENOMEM : -ENOSPC;
	}
	l->schemas[l->n] = s;
	l->borrowed[l->n] = false;
	l->paths[l->n++] = copy;
	return 0;
}

int
library_borrow(struct library *l, const struct library *from, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char *copy = l->n < LIBRARY_FILES ? strdup(from->paths[i]) :
		    NULL;

		if (copy == NULL)
			return l->n < LIBRARY_FILES ? -ENOMEM : -ENOSPC;
		l->schemas[l->n] = from->schemas[i];
		l->borrowed[l->n] = true;
		l->paths[l->n++] = copy;
	}
	return 0;
}

static int
add_file(struct library *l, const char *path, const struct schema_options *o,
    struct diags *d)
{
	struct schema *s = schema_new();
	int err = s ? schema_load_file(s, path, o, d) : -ENOMEM;

	if (err == 0)
		return library_add(l, s, path);
	schema_free(s);
	return err;
}

int
library_open(struct library *l, const struct schema_args *args,
    struct failure *f)
{
	struct schema_options o = { .include = args->include.items,
		.ninclude = args->include.n, .define = args->define.items,
		.ndefine = args->define.n };

	memset(l, 0, sizeof(*l));
	for (size_t i = 0; i < args->files.n; i++) {
		const char *path = args->files.items[i];
		struct diags d = { 0 };
		int err = add_file(l, path, &o, &d);

		if (err == -EBADMSG)
			diags_failure(&d, f);
		else if (err == -ENOMEM)
			failure_set(f, EXIT_OS, "no memory");
		else if (err == -EFBIG)
			failure_set(f, EXIT_DATA, "%s is larger than 4 MiB",
			    path);
		else if (err)
			failure_set(f, EXIT_NOFILE, "cannot read %s (%s)",
			    path, strerror(-err));
		diags_release(&d);
		if (err)
			return -f->code;
	}
	return 0;
}

static void
add_dir(struct library *l, const char *dir)
{
	struct schema_options o = { 0 };
	char pattern[PATH_MAX];
	glob_t found;

	if (snprintf(pattern, sizeof(pattern), "%s/*.x", dir) >=
	    (int)sizeof(pattern))
		return;
	if (glob(pattern, 0, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct diags d = { 0 };

		add_file(l, found.gl_pathv[i], &o, &d);
		diags_release(&d);
	}
	globfree(&found);
}

/* idl/ of the tree that this program was built in, if that is where it is. */
static bool
add_build_tree(struct library *l)
{
	char self[PATH_MAX], dir[PATH_MAX + 32], *slash;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n <= 0)
		return false;
	self[n] = '\0';
	/* build/rpcall, build/sanitize/rpcall */
	for (int up = 0; up < 3 && (slash = strrchr(self, '/')) != NULL; up++) {
		*slash = '\0';
		snprintf(dir, sizeof(dir), "%s/idl/services.def", self);
		if (access(dir, R_OK) != 0)
			continue;
		snprintf(dir, sizeof(dir), "%s/idl", self);
		add_dir(l, dir);
		snprintf(dir, sizeof(dir), "%s/idl/foreign", self);
		add_dir(l, dir);
		return true;
	}
	return false;
}

static void
add_path(struct library *l, const char *path)
{
	char *copy = strdup(path), *rest = copy, *dir;

	while (copy != NULL && (dir = strsep(&rest, ":")) != NULL)
		if (*dir != '\0')
			add_dir(l, dir);
	free(copy);
}

void
library_add_standard(struct library *l)
{
	const char *path = getenv("RPCALL_IDL_PATH");

	if (l->standard)
		return;
	l->standard = true;
	l->own = l->n;
	if (path != NULL) {
		add_path(l, path);
		return;
	}
	if (!add_build_tree(l))
		add_dir(l, IDLDIR);
	for (size_t i = 0; i < 2; i++)
		add_dir(l, system_dirs[i]);
}

void
library_close(struct library *l)
{
	for (size_t i = 0; i < l->n; i++) {
		if (!l->borrowed[i])
			schema_free(l->schemas[i]);
		free(l->paths[i]);
	}
	l->n = 0;
	l->standard = false;
}
