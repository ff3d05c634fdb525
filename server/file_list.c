/*
 * LIST: a page of a directory. The cookie is the kernel's own (d_off of
 * getdents64), which file systems keep stable while entries come and go; it
 * is given back with lseek on a directory that is opened for each page. The
 * list of exports counts instead. Called by svc_file.c.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fd.h"
#include "server/file_fs.h"
#include "server/file_ops.h"

enum { BATCH = 16 << 10 };	/* bytes of entries in one system call */

static bool
add(file_entries *page, const char *name, const struct stat *st,
    uint64_t cookie, bool writable)
{
	file_entry *e = &page->list.list_val[page->list.list_len];

	e->name = strdup(name);
	if (e->name == NULL)
		return false;
	file_fs_attr(&e->attr, st, writable);
	e->cookie = cookie;
	page->list.list_len++;
	return true;
}

static int
list_exports(const file_list_args *a, file_entries *page)
{
	uint64_t i = a->cookie;

	for (; i < file_exports.n && page->list.list_len < a->count; i++) {
		const struct export *e = &file_exports.list[i];
		struct stat st;

		if (fstat(e->fd, &st) < 0)
			return -errno;
		if (!add(page, e->name, &st, i + 1, e->writable))
			return -ENOMEM;
	}
	page->eof = i >= file_exports.n;
	return 0;
}

static bool
is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* An entry that has gone meanwhile is left out. */
static int
add_entry(int dir, const struct dirent64 *d, file_entries *page,
    bool writable)
{
	struct stat st;

	if (is_dots(d->d_name) || strlen(d->d_name) > FILE_NAME_MAX)
		return 0;
	if (fstatat(dir, d->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	return add(page, d->d_name, &st, (uint64_t)d->d_off, writable) ? 0 :
	    -ENOMEM;
}

/* Until the page is full: 0, or 1 at the end of the directory. */
static int
fill_page(int dir, uint32_t count, file_entries *page, bool writable)
{
	_Alignas(struct dirent64) char batch[BATCH];

	for (;;) {
		ssize_t n = getdents64(dir, batch, sizeof(batch));
		char *p = batch;

		if (n <= 0)
			return n < 0 ? -errno : 1;
		while (p < batch + n) {
			struct dirent64 *d = (struct dirent64 *)(void *)p;
			int err;

			if (page->list.list_len == count)
				return 0;
			err = add_entry(dir, d, page, writable);
			if (err)
				return err;
			p += d->d_reclen;
		}
	}
}

static int
list_dir(const file_list_args *a, file_entries *page)
{
	const struct export *e;
	const char *rest;
	int dir, r = file_fs_find(a->path, false, &e, &rest);

	if (r)
		return r;
	dir = file_fs_open_dir(a->path);
	if (dir < 0)
		return dir;
	r = a->cookie != 0 && lseek(dir, (off_t)a->cookie, SEEK_SET) < 0 ?
	    -EINVAL : fill_page(dir, a->count, page, e->writable);
	fd_close(dir);
	page->eof = r == 1;
	return r < 0 ? r : 0;
}

static void
free_page(file_entries *page)
{
	for (u_int i = 0; i < page->list.list_len; i++)
		free(page->list.list_val[i].name);
	free(page->list.list_val);
	memset(page, 0, sizeof(*page));
}

void
file_op_list(void *args, void *res)
{
	const file_list_args *a = args;
	file_list_res *r = res;
	file_entries *page = &r->file_list_res_u.entries;
	int err = -ENOMEM;

	r->status = FILE_INVAL;
	if (a->count == 0 || a->count > FILE_LIST_MAX ||
	    a->cookie > INT64_MAX)
		return;
	page->list.list_val = calloc(a->count, sizeof(file_entry));
	if (page->list.list_val != NULL)
		err = *a->path == '\0' ? list_exports(a, page) :
		    list_dir(a, page);
	if (err)
		free_page(page);
	r->status = file_status_of(err);
}
