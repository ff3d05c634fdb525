/*
 * Paths of FILE: what file_path_cut() accepts has an export's name and a rest
 * whose components are all plain, so that nothing in it leads up or is empty;
 * and cutting off the last component loses nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "roundtrip.h"
#include "server/file_path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
must_be_plain(const char *rest)
{
	char copy[FILE_PATH_MAX + 1], *state = NULL;
	size_t sum = 0, parts = 0;

	strcpy(copy, rest);
	for (char *c = strtok_r(copy, "/", &state); c != NULL;
	    c = strtok_r(NULL, "/", &state)) {
		MUST(strcmp(c, ".") != 0 && strcmp(c, "..") != 0);
		MUST(strlen(c) <= FILE_NAME_MAX);
		sum += strlen(c);
		parts++;
	}
	/* strtok skips what is empty: then bytes would be missing. */
	MUST(sum + (parts > 0 ? parts - 1 : 0) == strlen(rest));
}

static void
must_join(const char *rest)
{
	char dir[FILE_PATH_MAX + 1], joined[FILE_PATH_MAX + 3];
	const char *leaf;

	if (file_path_leaf(rest, dir, &leaf) != 0) {
		MUST(*rest == '\0');
		return;
	}
	MUST(*leaf != '\0' && strchr(leaf, '/') == NULL);
	strcpy(joined, dir);
	strcat(joined, "/");
	strcat(joined, leaf);
	MUST(strcmp(strcmp(dir, ".") == 0 ? joined + 2 : joined, rest) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *path = malloc(n + 1);
	struct file_where w;

	MUST(path != NULL);
	if (n > 0)
		memcpy(path, data, n);
	path[n] = '\0';
	if (file_path_cut(&w, path) == 0) {
		MUST(strlen(path) <= FILE_PATH_MAX);
		MUST(w.name == path && (w.name_len > 0 || *path == '\0'));
		MUST(memchr(w.name, '/', w.name_len) == NULL);
		MUST(w.rest + strlen(w.rest) == path + strlen(path));
		must_be_plain(w.rest);
		must_join(w.rest);
	}
	free(path);
	return 0;
}
