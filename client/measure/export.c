/*
 * A directory with a file of known bytes: see export.h. Called by daemon.c.
 */
#include "measure/export.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fd.h"
#include "measure/work.h"
#include "pattern.h"

enum { FILE_BYTES = 16 << 20, PATH_SIZE = 512 };

static int
write_all(int fd, const uint8_t *data, size_t n)
{
	while (n > 0) {
		ssize_t put = fd_write(fd, data, n);

		if (put < 0)
			return (int)put;
		data += put;
		n -= (size_t)put;
	}
	return 0;
}

static int
fill(int fd)
{
	uint8_t *bytes = malloc(FILE_BYTES);
	int err;

	if (bytes == NULL)
		return -ENOMEM;
	pattern_fill(bytes, FILE_BYTES, WORK_FILE_SEED);
	err = write_all(fd, bytes, FILE_BYTES);
	free(bytes);
	return err;
}

int
export_make(const char *dir)
{
	char path[PATH_SIZE];
	int fd, err;

	if (snprintf(path, sizeof(path), "%s/data", dir) >= PATH_SIZE)
		return -ENAMETOOLONG;
	if (mkdir(dir, 0700) < 0)
		return -errno;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	err = fill(fd);
	fd_close(fd);
	return err;
}
