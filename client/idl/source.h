/*
 * The texts of a schema: files and what a server sent, within SCHEMA_TEXT.
 */
#ifndef RPCALL_IDL_SOURCE_H
#define RPCALL_IDL_SOURCE_H

#include "idl/schema.h"

/* A text in a file's place: its name in #include, and in errors. */
struct schema_text {
	const char *name, *label, *text;
	size_t len;
};

/*
 * Adds a source with a copy of text, or with the contents of a regular file:
 * NULL with errno: EFBIG over SCHEMA_TEXT, EMFILE over SCHEMA_FILES.
 */
struct source *source_text(struct schema *s, const char *name,
    const char *text, size_t len);
struct source *source_file(struct schema *s, const char *path);

/*
 * The file that #include "name" in from, or #include <name> (angle), means.
 * As source_file(); ENOENT where it is nowhere.
 */
struct source *source_include(struct schema *s, const struct source *from,
    const char *name, bool angle, const struct schema_options *o);

#endif
