/*
 * A file of this machine's to the server: see copy.h. It arrives there under
 * another name, with a key of the source in it, so that the same put goes on
 * with it and another one does not. Called by verb_put.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "crc32c.h"
#include "fd.h"
#include "file/copy.h"
#include "file/local.h"
#include "file/transfer.h"

struct source {
	const char *name;	/* for failures */
	int fd;
	bool is_file;		/* else a stream */
	bool has_holes;
	uint64_t size;
	uint32_t key;
};

/* Where it goes at the server. */
struct goal {
	char path[FILE_PATH_MAX + 1], part[FILE_PATH_MAX + 1];
};

/* The same source on the same host has the same key; never 0. */
static uint32_t
key_of(const struct stat *st)
{
	char host[256] = "";
	uint64_t ids[2] = { st->st_dev, st->st_ino };
	uint32_t key;

	gethostname(host, sizeof(host) - 1);
	key = crc32c(crc32c(0, host, strlen(host)), ids, sizeof(ids));
	return key ? key : 1;
}

static uint32_t
random_key(void)
{
	uint32_t key = 0;

	if (getrandom(&key, sizeof(key), 0) != sizeof(key))
		key = (uint32_t)clock_ns();
	return key ? key : 1;
}

static int
open_file(struct source *s, const char *path, struct failure *f)
{
	struct stat st;

	s->name = path;
	s->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (s->fd < 0)
		return failure_set(f, errno == EACCES ? EXIT_DENIED :
		    EXIT_NOFILE, "cannot read %s: %s", path, strerror(errno));
	if (fstat(s->fd, &st) < 0 || S_ISDIR(st.st_mode)) {
		fd_close(s->fd);
		return failure_set(f, EXIT_NOFILE, "%s: a directory", path);
	}
	s->is_file = S_ISREG(st.st_mode);
	s->size = s->is_file ? (uint64_t)st.st_size : 0;
	s->has_holes = st.st_blocks * 512 < st.st_size;
	s->key = s->is_file ? key_of(&st) : random_key();
	return 0;
}

static int
open_source(struct source *s, const char *path, struct failure *f)
{
	memset(s, 0, sizeof(*s));
	if (strcmp(path, "-") != 0)
		return open_file(s, path, f);
	s->name = "stdin";
	s->fd = STDIN_FILENO;
	s->key = random_key();
	return 0;
}

/* The path, or that of the source's name in it where it is a directory. */
static int
name_goal(struct remote *r, const struct copy *c, struct goal *g,
    struct failure *f)
{
	char given[FILE_PATH_MAX + 1];
	bool is_stdin = strcmp(c->local, "-") == 0, wants_dir;
	file_status status;
	file_attr attr;
	bool is_dir;
	int n;

	if (remote_path(c->remote, given, &wants_dir, f) != 0 ||
	    remote_stat(r, given, &status, &attr, f) != 0)
		return -f->code;
	is_dir = status == FILE_OK && attr.type == FILE_DIRECTORY;
	if (wants_dir && !is_dir)
		return remote_refused(f, c->remote, status == FILE_OK ?
		    FILE_NOTDIR : status);
	if (status == FILE_OK && attr.type == FILE_OTHER)
		return remote_refused(f, c->remote, FILE_REFUSED);
	if (is_dir && is_stdin)
		return failure_set(f, EXIT_USAGE, "%s is a directory, and "
		    "stdin has no name: write %s/NAME", given, given);
	if (c->keep && status == FILE_OK && !is_dir)
		return remote_refused(f, c->remote, FILE_EXIST);
	n = snprintf(g->path, sizeof(g->path), "%s%s%s", given,
	    is_dir ? "/" : "", is_dir ? path_leaf(c->local) : "");
	return n < 0 || (size_t)n >= sizeof(g->path) ?
	    remote_refused(f, c->remote, FILE_INVAL) : 0;
}

static int
find_goal(struct remote *r, struct copy *c, uint32_t key, struct goal *g,
    struct failure *f)
{
	char dir[FILE_PATH_MAX + 1];
	int err = name_goal(r, c, g, f);

	if (err)
		return err;
	strcpy(dir, g->path);
	dir[path_leaf(g->path) - g->path] = '\0';
	if (*dir == '\0' || strcmp(dir, "/") == 0)
		return remote_refused(f, c->remote, FILE_NOENT);
	dir[strlen(dir) - 1] = '\0';
	if (part_name(g->part, sizeof(g->part), dir, path_leaf(g->path),
	    key) != 0)
		return remote_refused(f, c->remote, FILE_INVAL);
	strcpy(c->path, g->path);
	return 0;
}

/* The part, empty or with what an earlier put left of it in *have. */
static int
open_part(struct remote *r, const struct goal *g, const struct source *s,
    bool resume, uint64_t *have, struct failure *f)
{
	file_status status;
	file_attr attr;
	int err = remote_create(r, g->part, g->path, f);

	*have = 0;
	if (err == 0)
		err = remote_stat(r, g->part, &status, &attr, f);
	if (err == 0 && status != FILE_OK)
		err = remote_refused(f, g->part, status);
	if (err)
		return err;
	if (resume && s->is_file)
		*have = attr.size < s->size ? attr.size : s->size;
	else if (attr.size > 0)
		err = remote_truncate(r, g->part, 0, f);
	/* What is not written must be there: the end of a sparse file; and
	 * nothing may be behind it. */
	if (err == 0 && s->is_file && (s->has_holes || attr.size > s->size))
		err = remote_truncate(r, g->part, s->size, f);
	return err;
}

static int
to_part(struct remote *r, struct copy *c, const struct source *s,
    const struct goal *g, struct failure *f)
{
	struct segments segs;
	struct transfer t = { .remote = r, .segs = &segs, .path = g->part,
		.is_put = true, .is_stream = !s->is_file, .fd = s->fd, .what = s->name,
		.local = s->name };
	uint64_t have;
	int err = open_part(r, g, s, c->resume, &have, f);

	if (err)
		return err;
	t.skip_holes = s->has_holes && have == 0;
	if (segments_init(&segs, s->size, s->is_file ? 0 : r->block) != 0)
		return failure_set(f, EXIT_OS, "no memory");
	err = copy_run(&t, c, have, f);
	segments_release(&segs);
	return err;
}

/* It is whole: it gets its name. */
static int
commit(struct remote *r, const struct copy *c, const struct goal *g,
    struct failure *f)
{
	int err = c->sync ? remote_sync(r, g->part, f) : 0;

	if (err == 0)
		err = remote_rename(r, g->part, g->path, !c->keep, f);
	if (err == 0 && c->sync)
		err = remote_sync(r, g->path, f);
	return err;
}

/* Best effort: whatever comes of it, the first failure is told. */
static void
remove_part(struct remote *r, const struct goal *g)
{
	struct failure ignored = { 0 };

	remote_remove(r, g->part, &ignored);
}

int
copy_put(struct copy *c, struct failure *f)
{
	uint64_t start = clock_ns();
	struct source s;
	struct remote r;
	struct goal g;
	int err = open_source(&s, c->local, f);

	if (err)
		return err;
	err = remote_open(&r, c->uri, f);
	if (err) {
		fd_close(s.fd);
		return err;
	}
	err = find_goal(&r, c, s.key, &g, f);
	if (err == 0) {
		err = to_part(&r, c, &s, &g, f);
		if (err == 0)
			err = commit(&r, c, &g, f);
		if (err && !(s.is_file && copy_can_go_on(f)))
			remove_part(&r, &g);
	}
	remote_close(&r);
	fd_close(s.fd);
	c->all_ns = clock_ns() - start;
	return err;
}
