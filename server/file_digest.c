/*
 * DIGEST, slice by slice, so that a long one holds up nobody. Between slices
 * no descriptor is held: the file is opened again and must be the same one.
 * Called by svc_file.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "digest.h"
#include "fd.h"
#include "server/file_fs.h"
#include "server/file_ops.h"

enum {
	SLICE = 4 << 20,	/* bytes between two turns */
	CHUNK = 64 << 10,	/* bytes of one read: they stay in the cache */
};

_Static_assert((int)DIGEST_SHA256 == (int)FILE_SHA256 &&
    (int)DIGEST_XXH128 == (int)FILE_XXH128, "file.x");

struct file_digesting {
	const char *path;
	enum digest_kind kind;
	struct digest *digest;
	uint64_t at, end;	/* what is left */
	uint64_t length;	/* what went in */
	bool begun;
	dev_t dev;
	ino_t ino;
};

void
file_digest_free(struct file_digesting *d)
{
	if (d == NULL)
		return;
	digest_free(d->digest);
	free(d);
}

struct file_digesting *
file_digest_begin(const file_digest_args *a)
{
	struct file_digesting *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	d->path = a->path;
	d->at = a->offset;
	/* No file goes beyond the largest offset. */
	d->end = a->length > INT64_MAX - a->offset ? INT64_MAX :
	    a->offset + a->length;
	d->kind = (enum digest_kind)a->kind;
	d->digest = digest_new(d->kind);
	if (d->digest != NULL)
		return d;
	file_digest_free(d);
	return NULL;
}

/* The file of the first slice, cut to what it has: a descriptor. */
static int
open_again(struct file_digesting *d)
{
	struct stat st;
	int fd = file_fs_open(d->path, O_RDONLY, false, &st);

	if (fd < 0)
		return fd;
	if (d->begun && (st.st_dev != d->dev || st.st_ino != d->ino)) {
		fd_close(fd);
		return -ESTALE;
	}
	d->begun = true;
	d->dev = st.st_dev;
	d->ino = st.st_ino;
	return fd;
}

/* 1 when there is more, 0 at the end, or -errno. */
static int
take_slice(struct file_digesting *d, int fd)
{
	char chunk[CHUNK];

	for (uint64_t stop = d->at + SLICE; d->at < stop;) {
		uint64_t want = d->end - d->at < CHUNK ? d->end - d->at :
		    CHUNK;
		ssize_t n = want == 0 ? 0 : pread(fd, chunk, (size_t)want,
		    (off_t)d->at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		if (digest_add(d->digest, chunk, (size_t)n) != 0)
			return -EIO;
		d->at += (uint64_t)n;
		d->length += (uint64_t)n;
	}
	return 1;
}

static int
finish(struct file_digesting *d, file_digest *res)
{
	uint8_t bytes[DIGEST_MAX];
	int err = digest_end(d->digest, bytes);

	res->length = d->length;
	res->sum.kind = (file_digest_kind)d->kind;
	/* Both arms begin at the same place. */
	memcpy(&res->sum.file_sum_u, bytes, digest_size(d->kind));
	return err;
}

bool
file_digest_go_on(struct file_digesting *d, file_digest_res *res)
{
	int fd = open_again(d);
	int r = fd < 0 ? fd : take_slice(d, fd);

	if (fd >= 0)
		fd_close(fd);
	if (r == 1)
		return true;
	if (r == 0)
		r = finish(d, &res->file_digest_res_u.digest);
	res->status = file_status_of(r);
	return false;
}
