/*
 * A file of the server's to this machine: see copy.h. Called by verb_get.c.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "file/copy.h"
#include "file/local.h"
#include "file/transfer.h"

/* A regular file, and its size. */
static int
find_remote(struct remote *r, struct copy *c, struct failure *f)
{
	file_status status;
	file_attr attr;
	int err = remote_stat(r, c->remote, &status, &attr, f);

	if (err == 0 && status == FILE_OK && attr.type != FILE_REGULAR)
		status = attr.type == FILE_DIRECTORY ? FILE_ISDIR :
		    FILE_REFUSED;
	if (err == 0 && status != FILE_OK)
		err = remote_refused(f, c->remote, status);
	c->bytes = err ? 0 : attr.size;
	return err;
}

static int
to_stream(struct remote *r, struct copy *c, struct failure *f)
{
	struct segments segs;
	struct transfer t = { .remote = r, .segs = &segs, .path = c->remote,
		.is_stream = true, .fd = STDOUT_FILENO, .what = c->remote, .local = "stdout" };
	int err = segments_init(&segs, c->bytes, r->block);

	if (err == -EFBIG) {
		failure_set(f, EXIT_DATA, "%s is too large for stdout: %llu "
		    "bytes", c->remote, (unsigned long long)c->bytes);
		failure_hint(f, "get it into a file");
		return -EXIT_DATA;
	}
	if (err)
		return failure_set(f, EXIT_OS, "no memory");
	err = copy_run(&t, c, 0, f);
	segments_release(&segs);
	return err;
}

static int
to_part(struct remote *r, struct copy *c, struct local *l, struct failure *f)
{
	struct segments segs;
	struct transfer t = { .remote = r, .segs = &segs, .path = c->remote,
		.fd = l->fd, .what = c->remote, .local = l->path,
		.skip_holes = l->have == 0 };
	int err = segments_init(&segs, c->bytes, 0);

	if (err)
		return failure_set(f, EXIT_OS, "no memory");
	/* What is skipped at the end must be there to be read. */
	if (ftruncate(l->fd, (off_t)c->bytes) < 0)
		err = failure_set(f, EXIT_CANTCREATE, "cannot create %s: %s",
		    l->path, strerror(errno));
	if (err == 0)
		err = copy_run(&t, c, l->have < c->bytes ? l->have : c->bytes, f);
	segments_release(&segs);
	return err;
}

static int
to_file(struct remote *r, struct copy *c, struct failure *f)
{
	const char *leaf = path_leaf(c->remote);
	struct local l;
	int err = local_open(&l, c->local ? c->local : leaf, leaf, c->resume,
	    f);

	if (err)
		return err;
	strcpy(c->path, l.path);
	if (c->keep && access(l.path, F_OK) == 0)
		err = failure_set(f, EXIT_CANTCREATE, "%s exists", l.path);
	if (err == 0)
		err = to_part(r, c, &l, f);
	if (err == 0)
		err = local_commit(&l, c->bytes, c->sync, !c->keep, f);
	local_close(&l, err == 0 || copy_can_go_on(f));
	return err;
}

int
copy_get(struct copy *c, struct failure *f)
{
	uint64_t start = clock_ns();
	struct remote r;
	int err = remote_open(&r, c->uri, f);

	if (err)
		return err;
	err = find_remote(&r, c, f);
	if (err == 0)
		err = c->local != NULL && strcmp(c->local, "-") == 0 ?
		    to_stream(&r, c, f) : to_file(&r, c, f);
	remote_close(&r);
	c->all_ns = clock_ns() - start;
	return err;
}
