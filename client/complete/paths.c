/*
 * Paths at the cursor: see sources.h.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "complete/sources.h"

enum { ENTRIES_MAX = 1 << 16 };	/* of a directory that are looked at */

static bool
is_idl(const char *name)
{
	size_t n = strlen(name);

	return n > 2 && strcmp(name + n - 2, ".x") == 0;
}

static bool
is_wanted(const char *name, const struct stat *st, enum path_kind kind)
{
	switch (kind) {
	case PATH_FILE:
		return true;
	case PATH_IDL:
		return is_idl(name);
	case PATH_SOCKET:
		return S_ISSOCK(st->st_mode);
	case PATH_DIR:
	case PATH_FIFO:
		break;
	}
	return false;
}

/* Does a daemon, or did it, listen there? */
static bool
has_control(int dir, const char *name)
{
	char path[NAME_MAX + 8];
	struct stat st;

	snprintf(path, sizeof(path), "%.*s/ctl", NAME_MAX, name);
	return fstatat(dir, path, &st, 0) == 0 && S_ISFIFO(st.st_mode);
}

static void
add_entry(struct candidates *c, int dir, const char *name,
    enum path_kind kind)
{
	struct stat st;

	if (strncmp(name, c->word, strlen(c->word)) != 0 ||
	    (name[0] == '.' && c->word[0] != '.') ||
	    strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	    fstatat(dir, name, &st, 0) != 0)
		return;
	if (S_ISDIR(st.st_mode) && kind == PATH_FIFO && has_control(dir, name))
		candidates_add(c, name, false);
	else if (S_ISDIR(st.st_mode))
		candidates_addf(c, true, "%s/", name);
	else if (is_wanted(name, &st, kind))
		candidates_add(c, name, false);
}

void
complete_path(struct candidates *c, enum path_kind kind)
{
	const char *slash = strrchr(c->word, '/');
	char path[PATH_MAX] = ".";
	const struct dirent *entry;
	int left = ENTRIES_MAX;
	DIR *dir;

	if (slash != NULL && snprintf(path, sizeof(path), "%.*s",
	    (int)(slash + 1 - c->word), c->word) >= (int)sizeof(path))
		return;
	dir = opendir(path);
	if (dir == NULL)
		return;
	if (slash != NULL)
		candidates_skip(c, (size_t)(slash + 1 - c->word));
	while (left-- > 0 && (entry = readdir(dir)) != NULL)
		add_entry(c, dirfd(dir), entry->d_name, kind);
	closedir(dir);
}
