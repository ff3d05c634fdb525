/*
 * Reading the files of a schema: see source.h. Used by the parser and by
 * #include.
 */
#include "idl/source.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fd.h"

/* Takes text. */
static struct source *
add(struct schema *s, const char *name, char *text, size_t len)
{
	struct source *src = calloc(1, sizeof(*src));

	if (src != NULL)
		src->name = strdup(name);
	if (text == NULL || src == NULL || src->name == NULL) {
		free(src);
		free(text);
		errno = ENOMEM;
		return NULL;
	}
	src->text = text;
	src->len = len;
	s->text += len;
	s->sources[s->nsources++] = src;
	return src;
}

static int
check_room(const struct schema *s, uint64_t len)
{
	if (s->nsources == SCHEMA_FILES)
		errno = EMFILE;
	else if (len > SCHEMA_TEXT - s->text)
		errno = EFBIG;
	else
		return 0;
	return -1;
}

struct source *
source_text(struct schema *s, const char *name, const char *text, size_t len)
{
	char *copy;

	if (check_room(s, len) != 0)
		return NULL;
	copy = malloc(len + 1);
	if (copy != NULL && len > 0)
		memcpy(copy, text, len);
	return add(s, name, copy, len);
}

static struct source *
read_file(struct schema *s, const char *path, int fd)
{
	struct stat st;
	size_t got = 0;
	ssize_t n = 1;
	char *text;

	if (fstat(fd, &st) != 0)
		return NULL;
	if (!S_ISREG(st.st_mode)) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
		return NULL;
	}
	if (check_room(s, (uint64_t)st.st_size) != 0)
		return NULL;
	text = malloc((size_t)st.st_size + 1);
	while (text != NULL && n > 0 && got < (size_t)st.st_size) {
		n = fd_read(fd, text + got, (size_t)st.st_size - got);
		if (n > 0)
			got += (size_t)n;
	}
	if (n < 0) {
		free(text);
		errno = (int)-n;
		return NULL;
	}
	return add(s, path, text, got);
}

struct source *
source_file(struct schema *s, const char *path)
{
	/* Not to hang on a FIFO of that name. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), err;
	struct source *src;

	if (fd < 0)
		return NULL;
	src = read_file(s, path, fd);
	err = errno;
	close(fd);
	errno = err;
	return src;
}

static struct source *
try_in(struct schema *s, const char *dir, size_t len, const char *name)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%.*s%s%s", (int)len, dir,
	    len > 0 ? "/" : "", name) >= (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	return source_file(s, path);
}

/* One of the texts that the caller gave instead of files. */
static struct source *
given(struct schema *s, const char *name, const struct schema_options *o)
{
	for (size_t i = 0; i < o->ntexts; i++) {
		const struct schema_text *t = &o->texts[i];

		if (strcmp(t->name, name) == 0)
			return source_text(s, t->label, t->text, t->len);
	}
	errno = ENOENT;
	return NULL;
}

struct source *
source_include(struct schema *s, const struct source *from, const char *name,
    bool angle, const struct schema_options *o)
{
	static const char *const system[] = { "/usr/include",
		"/usr/include/tirpc" };
	const char *slash = strrchr(from->name, '/');
	struct source *src = NULL;

	if (o->no_files)
		return given(s, name, o);
	errno = ENOENT;
	if (!angle)
		src = name[0] == '/' ? source_file(s, name) : try_in(s,
		    from->name, slash ? (size_t)(slash - from->name) : 0, name);
	for (size_t i = 0; src == NULL && errno == ENOENT &&
	    i < o->ninclude; i++)
		src = try_in(s, o->include[i], strlen(o->include[i]), name);
	for (size_t i = 0; src == NULL && errno == ENOENT && i < 2; i++)
		src = try_in(s, system[i], strlen(system[i]), name);
	return src;
}
