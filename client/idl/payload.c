/*
 * Messages with files in them: see payload.h. Made by encode_text.c, sent by
 * conn_parts.c and written by rpcall encode.
 */
#include "idl/payload.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "idl/flow.h"

static int
open_path(const char *text, size_t n)
{
	char path[PATH_MAX];
	struct stat st;
	int fd;

	if (n >= sizeof(path) || memchr(text, '\0', n) != NULL)
		return -ENAMETOOLONG;
	memcpy(path, text, n);
	path[n] = '\0';
	/* A FIFO that is opened and closed ends who writes to it. */
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return -ESPIPE;
	/* One that has come to be there meanwhile is not waited for. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

/* Takes fd, even on failure. */
static int
keep(struct payloads *p, size_t at, int fd, uint64_t len)
{
	struct payload *items = reallocarray(p->items, p->n + 1,
	    sizeof(*items));

	if (items == NULL) {
		close(fd);
		return -ENOMEM;
	}
	p->items = items;
	items[p->n++] = (struct payload){ .at = at, .fd = fd, .len = len };
	p->bytes += len;
	return 1;
}

int
payloads_add(struct payloads *p, const char *path, size_t n, size_t at,
    uint64_t max, uint64_t *len)
{
	int fd, err = 0;
	struct stat st;

	if (n == 1 && *path == '-')
		return 0;
	fd = open_path(path, n);
	if (fd < 0)
		return fd == -ESPIPE ? 0 : fd;
	if (fstat(fd, &st) != 0)
		err = -errno;
	else if (!S_ISREG(st.st_mode) || st.st_size < PAYLOAD_MIN)
		max = 0;
	else if ((uint64_t)st.st_size > max)
		err = -EMSGSIZE;
	if (err || max == 0) {
		close(fd);
		return err;
	}
	*len = (uint64_t)st.st_size;
	return keep(p, at, fd, *len);
}

void
payloads_release(struct payloads *p)
{
	for (size_t i = 0; i < p->n; i++)
		close(p->items[i].fd);
	free(p->items);
	*p = (struct payloads){ .items = NULL };
}

uint64_t
message_size(const struct message *m)
{
	return m->len + (m->payloads != NULL ? m->payloads->bytes : 0);
}

static ssize_t
read_payload(struct message_reader *r, const struct payload *p,
    const uint8_t **data)
{
	uint64_t left = p->len - r->done;
	size_t n = left < FLOW_PART ? (size_t)left : FLOW_PART;
	ssize_t got;

	if (buf_reserve(&r->part, FLOW_PART) != 0)
		return -ENOMEM;
	do
		got = pread(p->fd, r->part.data, n, (off_t)r->done);
	while (got < 0 && errno == EINTR);
	if (got <= 0)
		return got < 0 ? -errno : -ENODATA;
	*data = r->part.data;
	r->done += (uint64_t)got;
	if (r->done == p->len) {
		r->next++;
		r->done = 0;
	}
	return got;
}

ssize_t
message_next(struct message_reader *r, const uint8_t **data)
{
	const struct message *m = r->message;
	const struct payloads *all = m->payloads;
	const struct payload *p = all != NULL && r->next < all->n ?
	    &all->items[r->next] : NULL;
	size_t n = (p != NULL ? p->at : m->len) - r->at;
	ssize_t got;

	if (n > 0) {
		*data = m->data + r->at;
		r->at += n;
		return (ssize_t)n;
	}
	if (p == NULL)
		return 0;
	got = read_payload(r, p, data);
	r->err = got < 0 ? (int)got : 0;
	return got;
}

void
message_reader_release(struct message_reader *r)
{
	buf_release(&r->part);
}
