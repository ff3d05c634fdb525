/*
 * Exports: directories that FILE serves, each under a name. Filled from the
 * command line (--export NAME=DIR[:rw]) and opened once, when the service
 * starts: an export is that directory, wherever it is moved afterwards.
 */
#ifndef RPCALLD_EXPORT_H
#define RPCALLD_EXPORT_H

#include <stdbool.h>
#include <stddef.h>

enum { EXPORTS_MAX = 64, EXPORT_NAME_MAX = 64, EXPORT_DIR_MAX = 1024 };

struct export {
	char name[EXPORT_NAME_MAX + 1];
	char dir[EXPORT_DIR_MAX + 1];
	bool writable;
	int fd;			/* O_PATH; -1: not open */
};

struct exports {
	struct export list[EXPORTS_MAX];
	size_t n;
};

/*
 * Adds "NAME=DIR", read-only, or with ":ro" or ":rw" behind it. 0; -EINVAL
 * when it is not that; -EEXIST when there is an export of that name; -E2BIG.
 */
int exports_add(struct exports *x, const char *text);

/* Opens all: 0, or -errno with the one that could not be opened in *failed. */
int exports_open(struct exports *x, const struct export **failed);
void exports_close(struct exports *x);

/* Why e could not be opened, for a message, and on a second line a hint. */
void exports_why(const struct export *e, int err, char *text, size_t size);

/* The one with that name of n bytes, or NULL. */
const struct export *exports_find(const struct exports *x, const char *name,
    size_t n);

#endif
