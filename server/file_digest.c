/*
 * DIGEST, slice by slice, so that a long one holds up nobody. Between slices
 * no descriptor is held: the file is opened again and must be the same one.
 * Called by svc_file.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <unistd.h>

#include "fd.h"
#include "server/file_fs.h"
#include "server/file_ops.h"

enum {
	SLICE = 4 << 20,	/* bytes between two turns */
	CHUNK = 64 << 10,	/* bytes of one read: they stay in the cache */
};

struct file_digesting {
	const char *path;
	EVP_MD_CTX *md;
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
	EVP_MD_CTX_free(d->md);
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
	d->md = EVP_MD_CTX_new();
	if (d->md != NULL && EVP_DigestInit_ex(d->md, EVP_sha256(), NULL))
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
		if (!EVP_DigestUpdate(d->md, chunk, (size_t)n))
			return -EIO;
		d->at += (uint64_t)n;
		d->length += (uint64_t)n;
	}
	return 1;
}

static int
finish(struct file_digesting *d, file_digest *digest)
{
	digest->length = d->length;
	return EVP_DigestFinal_ex(d->md, (uint8_t *)digest->sha256, NULL) ? 0 :
	    -EIO;
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
