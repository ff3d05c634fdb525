/*
 * Paths of FILE: see file_path.h. Called by file_fs.c, and by the fuzzer.
 */
#include "server/file_path.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static bool
is_component(const char *text, size_t n)
{
	if (n == 0 || n > FILE_NAME_MAX)
		return false;
	return text[0] != '.' || (n != 1 && !(n == 2 && text[1] == '.'));
}

int
file_path_cut(struct file_where *w, const char *path)
{
	size_t len = strnlen(path, FILE_PATH_MAX + 1);
	const char *p = path, *slash;

	if (len > FILE_PATH_MAX)
		return -EINVAL;
	*w = (struct file_where){ .name = path, .rest = path + len };
	if (len == 0)
		return 0;
	for (; (slash = strchr(p, '/')) != NULL; p = slash + 1) {
		if (!is_component(p, (size_t)(slash - p)))
			return -EINVAL;
		if (p == path)
			w->rest = slash + 1;
	}
	if (!is_component(p, strlen(p)))
		return -EINVAL;
	w->name_len = strcspn(path, "/");
	return 0;
}

int
file_path_leaf(const char *rest, char dir[FILE_PATH_MAX + 1],
    const char **leaf)
{
	const char *slash = strrchr(rest, '/');
	size_t n = slash ? (size_t)(slash - rest) : 0;

	if (*rest == '\0')
		return -EINVAL;
	*leaf = slash ? slash + 1 : rest;
	memcpy(dir, rest, n);
	dir[n] = '\0';
	if (slash == NULL)
		strcpy(dir, ".");
	return 0;
}
