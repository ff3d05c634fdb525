/*
 * Files to JSON, part by part: see flow_file.h. Used by rpcall decode.
 */
#include "flow_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fd.h"

static int
cannot_read(struct flow_file *w, int err)
{
	return failure_set(w->f, EXIT_NOFILE, "cannot read %s (%s)", w->path,
	    strerror(-err));
}

static int
too_large(struct flow_file *w)
{
	if (w->f->code == 0) {
		failure_set(w->f, EXIT_DATA, "more than %llu bytes of XDR",
		    (unsigned long long)w->limit);
		failure_hint(w->f, FLOW_HINT);
	}
	return -w->f->code;
}

static ssize_t
flow_file_read(struct value_flow *flow, uint8_t *to, size_t room)
{
	struct flow_file *w = (struct flow_file *)flow;
	ssize_t n = fd_read(w->fd, to, room);

	if (n < 0)
		return cannot_read(w, (int)n);
	w->taken += (uint64_t)n;
	if (w->taken > w->limit)
		return too_large(w);
	w->flow.coming -= (size_t)n < w->flow.coming ? (size_t)n :
	    w->flow.coming;
	return n;
}

static int
flow_file_write(struct value_flow *flow, const void *data, size_t n)
{
	struct flow_file *w = (struct flow_file *)flow;

	return output_put(&w->out, data, n, w->f);
}

int
flow_file_open(struct flow_file *w)
{
	bool in = strcmp(w->path, "-") == 0;
	struct stat st;

	w->flow.read = flow_file_read;
	w->flow.write = flow_file_write;
	w->fd = in ? STDIN_FILENO : open(w->path, O_RDONLY | O_CLOEXEC);
	if (w->fd < 0)
		return cannot_read(w, -errno);
	/* Of a pipe the end shows when it is there. */
	w->flow.coming = w->limit < SIZE_MAX ? (size_t)w->limit : SIZE_MAX;
	w->flow.limited = true;
	/* Those of /proc say that they have 0 bytes. */
	if (fstat(w->fd, &st) != 0 || !S_ISREG(st.st_mode) || in ||
	    st.st_size == 0)
		return 0;
	if ((uint64_t)st.st_size > w->limit)
		return too_large(w);
	w->flow.coming = (size_t)st.st_size;
	w->flow.limited = false;
	return 0;
}

int
flow_file_close(struct flow_file *w)
{
	if (w->fd >= 0 && strcmp(w->path, "-") != 0)
		close(w->fd);
	output_end(&w->out, true, w->f);
	buf_release(&w->flow.data);
	buf_release(&w->flow.out);
	return -w->f->code;
}
