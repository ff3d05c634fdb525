/*
 * The repl's history: see history.h. Not libedit's own file: that is written
 * as a whole at the end, so the last of two sessions wins and a kill loses all.
 */
#include "repl/history.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "fd.h"
#include "idl/bytes.h"

enum { FILE_SIZE = 2 * HISTORY_LINES * HISTORY_LINE };

static bool
is_there(const char *dir)
{
	struct stat st;

	return stat(dir, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Makes the directories of more below base, which has to be there. */
static int
make(char *out, size_t size, const char *base, const char *const *more)
{
	size_t n = (size_t)snprintf(out, size, "%s", base);

	if (base[0] != '/' || n >= size || !is_there(base))
		return -ENOENT;
	for (; *more != NULL; more++) {
		n += (size_t)snprintf(out + n, size - n, "/%s", *more);
		if (n >= size)
			return -ENAMETOOLONG;
		if (mkdir(out, 0700) != 0 && errno != EEXIST)
			return -errno;
	}
	return 0;
}

static int
directory(char *out, size_t size)
{
	static const char *const below_state[] = { "rpcall", NULL };
	static const char *const below_home[] = { ".local", "state", "rpcall",
		NULL };
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (state != NULL && state[0] != '\0')
		return make(out, size, state, below_state);
	return home ? make(out, size, home, below_home) : -ENOENT;
}

static void
push(struct history *h, const char *line)
{
	char *copy = strdup(line);

	if (copy == NULL)
		return;
	if (h->n == HISTORY_LINES) {
		free(h->lines[0]);
		memmove(h->lines, h->lines + 1,
		    --h->n * sizeof(h->lines[0]));
	}
	h->lines[h->n++] = copy;
}

/* Lines in the file; those that are too long are passed over. */
static size_t
read_lines(struct history *h)
{
	struct buf text = { 0 };
	char *rest, *line;
	size_t n = 0;

	if (access(h->path, R_OK) != 0 ||
	    bytes_read_file(h->path, FILE_SIZE, &text) != 0 ||
	    buf_append(&text, "", 1) != 0) {
		buf_release(&text);
		return SIZE_MAX;
	}
	rest = (char *)text.data;
	while ((line = strsep(&rest, "\n")) != NULL) {
		n++;
		if (*line != '\0' && strlen(line) <= HISTORY_LINE)
			push(h, line);
	}
	buf_release(&text);
	return n;
}

static void
append(int fd, const char *line)
{
	char text[HISTORY_LINE + 2];
	int n = snprintf(text, sizeof(text), "%s\n", line);

	/* In one piece, so that two sessions' lines do not mix. */
	if (n < (int)sizeof(text))
		fd_write_all(fd, text, (size_t)n);
}

/* The file anew with what is here: whole or not at all. */
static void
rewrite(struct history *h)
{
	char path[PATH_MAX + 8];
	int fd;

	snprintf(path, sizeof(path), "%s.XXXXXX", h->path);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return;
	for (size_t i = 0; i < h->n; i++)
		append(fd, h->lines[i]);
	close(fd);
	if (rename(path, h->path) != 0)
		unlink(path);
}

void
history_open(struct history *h)
{
	struct stat st;

	memset(h, 0, sizeof(*h));
	h->fd = -1;
	if (directory(h->path, sizeof(h->path) - 16) != 0) {
		h->path[0] = '\0';
		return;
	}
	strcat(h->path, "/history");
	if (read_lines(h) > 2 * HISTORY_LINES && access(h->path, F_OK) == 0)
		rewrite(h);
	h->fd = open(h->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC |
	    O_NOFOLLOW | O_NONBLOCK, 0600);
	if (h->fd >= 0 && (fstat(h->fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    st.st_uid != geteuid() || fchmod(h->fd, 0600) != 0)) {
		close(h->fd);
		h->fd = -1;
	}
}

void
history_add(struct history *h, const char *line)
{
	if (line[0] == '\0' || line[0] == ' ' || strlen(line) > HISTORY_LINE ||
	    (h->n > 0 && strcmp(h->lines[h->n - 1], line) == 0))
		return;
	push(h, line);
	if (h->fd >= 0)
		append(h->fd, line);
}

void
history_close(struct history *h)
{
	for (size_t i = 0; i < h->n; i++)
		free(h->lines[i]);
	h->n = 0;
	if (h->fd >= 0)
		close(h->fd);
	h->fd = -1;
}
