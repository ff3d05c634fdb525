/*
 * Exports: see export.h. Filled by options.c, opened and used by file_fs.c.
 */
#include "server/export.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "fd.h"

static bool
is_name(const char *text, size_t n)
{
	if (n == 0 || n > EXPORT_NAME_MAX || text[0] == '.')
		return false;
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)text[i]) &&
		    strchr("._-", text[i]) == NULL)
			return false;
	return true;
}

/* Is there such an end? Then it is cut off from *n. */
static bool
cut_end(const char *text, size_t *n, const char *end)
{
	size_t len = strlen(end);

	if (*n < len || memcmp(text + *n - len, end, len) != 0)
		return false;
	*n -= len;
	return true;
}

int
exports_add(struct exports *x, const char *text)
{
	const char *eq = strchr(text, '=');
	size_t name = eq ? (size_t)(eq - text) : 0;
	size_t dir = eq ? strlen(eq + 1) : 0;
	struct export *e = &x->list[x->n];
	bool writable;

	if (!is_name(text, name))
		return -EINVAL;
	writable = cut_end(eq + 1, &dir, ":rw");
	if (!writable)
		cut_end(eq + 1, &dir, ":ro");
	if (dir == 0 || dir > EXPORT_DIR_MAX)
		return -EINVAL;
	if (exports_find(x, text, name) != NULL)
		return -EEXIST;
	if (x->n == EXPORTS_MAX)
		return -E2BIG;
	*e = (struct export){ .writable = writable, .fd = -1 };
	memcpy(e->name, text, name);
	memcpy(e->dir, eq + 1, dir);
	x->n++;
	return 0;
}

int
exports_open(struct exports *x, const struct export **failed)
{
	for (size_t i = 0; i < x->n; i++) {
		struct export *e = &x->list[i];

		e->fd = open(e->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (e->fd < 0) {
			int err = -errno;

			*failed = e;
			exports_close(x);
			return err;
		}
	}
	return 0;
}

void
exports_close(struct exports *x)
{
	for (size_t i = 0; i < x->n; i++) {
		fd_close(x->list[i].fd);
		x->list[i].fd = -1;
	}
}

void
exports_why(const struct export *e, int err, char *text, size_t size)
{
	snprintf(text, size, "export %s: %s: %s\nhint: %s %s, or leave out "
	    "--export %s=%s", e->name, e->dir, strerror(-err),
	    err == -ENOENT ? "mkdir -p" : "ls -ld", e->dir, e->name, e->dir);
}

const struct export *
exports_find(const struct exports *x, const char *name, size_t n)
{
	for (size_t i = 0; i < x->n; i++)
		if (strlen(x->list[i].name) == n &&
		    memcmp(x->list[i].name, name, n) == 0)
			return &x->list[i];
	return NULL;
}
