/*
 * The cache of served interfaces: see cache.h. Used by reflect/served.c.
 */
#include "idl/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fd.h"
#include "idl/bytes.h"

/* Makes what of the directory is missing: 0 or -errno. */
static int
directory(char *out, size_t size)
{
	const char *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	static const char *const parts[] = { "/rpcall", "/idl" };
	size_t n;

	if (base != NULL && base[0] == '/')
		n = (size_t)snprintf(out, size, "%s", base);
	else if (home != NULL && home[0] == '/')
		n = (size_t)snprintf(out, size, "%s/.cache", home);
	else
		return -ENOENT;
	if (n + 16 >= size)
		return -ENAMETOOLONG;
	mkdir(out, 0700);
	for (int i = 0; i < 2; i++) {
		strcpy(out + n, parts[i]);
		n += strlen(parts[i]);
		if (mkdir(out, 0700) != 0 && errno != EEXIST)
			return -errno;
	}
	return 0;
}

static int
path_of(const uint8_t *digest, char *out, size_t size)
{
	int err = directory(out, size);
	size_t n = strlen(out);

	if (err || n + 2 * SHA256_SIZE + 4 > size)
		return err ? err : -ENAMETOOLONG;
	out[n++] = '/';
	for (int i = 0; i < SHA256_SIZE; i++)
		n += (size_t)sprintf(out + n, "%02x", digest[i]);
	strcpy(out + n, ".x");
	return 0;
}

int
cache_get(const uint8_t digest[SHA256_SIZE], size_t max, struct buf *out)
{
	char path[PATH_MAX];
	size_t start = out->len;

	if (path_of(digest, path, sizeof(path)) == 0 &&
	    bytes_read_file(path, max, out) == 0)
		return 0;
	out->len = start;
	return -ENOENT;
}

void
cache_put(const uint8_t digest[SHA256_SIZE], const void *text, size_t n)
{
	char path[PATH_MAX], new[PATH_MAX + 16];
	int fd, err;

	if (path_of(digest, path, sizeof(path)) != 0)
		return;
	/* Whole or not at all, whoever else does the same. */
	snprintf(new, sizeof(new), "%s.XXXXXX", path);
	fd = mkostemp(new, O_CLOEXEC);
	if (fd < 0)
		return;
	err = fd_write_all(fd, text, n);
	close(fd);
	if (err || rename(new, path) != 0)
		unlink(new);
}
