/*
 * Interfaces that servers tell of: see served.h. Used by reflection.c.
 */
#include "reflect/served.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "idl/cache.h"
#include "idl/source.h"
#include "xbuf.h"

/* A part of a file from offset on; without text where it ends before. */
static int
ask_part(const struct served *s, CLIENT *clnt, u_int file, u_int offset,
    reflect_idl *r)
{
	reflect_idl_args args = { s->prog, s->vers, file, offset };

	struct rpc_err e;

	memset(r, 0, sizeof(*r));
	if (reflect_idl_1(&args, r, clnt) == RPC_SUCCESS &&
	    r->status == REFLECT_OK)
		return 0;
	xbuf_free((xdrproc_t)xdr_reflect_idl, r, NULL, 0);
	clnt_geterr(clnt, &e);
	return e.re_status == RPC_SYSTEMERROR && e.re_errno == ENOMEM ?
	    -ENOMEM : -ENOENT;
}

/* err is what kept from it: its own memory, or what the server told. */
static int
not_announced(const struct served *s, int err, struct failure *f)
{
	return err == -ENOMEM ? failure_set(f, EXIT_OS, "no memory") :
	    failure_set(f, EXIT_PROTOCOL, "the server's interface of %u/%u "
	    "is not the one that it announced", s->prog, s->vers);
}

static bool
is_shown(char c)
{
	return c > ' ' && c < 0x7f;
}

/* What a terminal can be shown of a stranger's name. */
static void
set_label(struct served_file *file)
{
	char *to = file->label + sprintf(file->label, "reflection:");

	for (const char *p = file->name; *p != '\0'; p++)
		*to++ = is_shown(*p) ? *p : '?';
}

/* What to say of it. */
static const char *
shown_name(const struct served_file *file)
{
	return file->label + strlen("reflection:");
}

/* Is it the name of a file in one directory, and nobody's before it? */
static bool
is_plain(const struct served *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->files[i].name, name) == 0)
			return false;
	for (const char *p = name; *p != '\0'; p++)
		if (!is_shown(*p) || *p == '/' || *p == '\\')
			return false;
	return name[0] != '\0' && name[0] != '.';
}

/* Takes note of a file; its number is s->n. */
static int
note(struct served *s, const reflect_idl_part *part, struct failure *f)
{
	struct served_file *file = &s->files[s->n];

	snprintf(file->name, sizeof(file->name), "%s", part->name);
	set_label(file);
	file->size = part->size;
	memcpy(file->digest, part->digest, sizeof(file->digest));
	/* The program's own name is for messages; the others open files. */
	if (s->n > 0 && !is_plain(s, file->name))
		return failure_set(f, EXIT_PROTOCOL, "the server's interface "
		    "of %u/%u includes a file of the name \"%s\"", s->prog,
		    s->vers, shown_name(file));
	s->n++;
	return 0;
}

/* The files after the first one, of which there are n in all. */
static int
note_included(struct served *s, CLIENT *clnt, u_int n, struct failure *f)
{
	int err = 0;

	if (n > SCHEMA_FILES)
		return failure_set(f, EXIT_PROTOCOL, "the server's interface "
		    "of %u/%u has %u files: more than %d are not read",
		    s->prog, s->vers, n, SCHEMA_FILES);
	while (err == 0 && s->n < n) {
		reflect_idl r;

		err = ask_part(s, clnt, (u_int)s->n, UINT32_MAX, &r);
		if (err)
			return not_announced(s, err, f);
		err = note(s, &r.reflect_idl_u.part, f);
		xbuf_free((xdrproc_t)xdr_reflect_idl, &r, NULL, 0);
	}
	return err;
}

/* One file goes by its own digest, several by that of all names and digests. */
static void
set_key(struct served *s)
{
	if (s->n == 1)
		memcpy(s->key, s->files[0].digest, sizeof(s->key));
	else
		sha256(s->files, s->n * sizeof(s->files[0]), s->key);
}

static int
check_size(const struct served *s, struct failure *f)
{
	uint64_t size = 0;

	for (size_t i = 0; i < s->n; i++)
		size += s->files[i].size;
	if (size <= SCHEMA_TEXT)
		return 0;
	return failure_set(f, EXIT_PROTOCOL, "the server's interface of %u/%u "
	    "has %llu bytes: more than 4 MiB are not read", s->prog, s->vers,
	    (unsigned long long)size);
}

int
served_announced(struct served *s, CLIENT *clnt, struct failure *f)
{
	reflect_idl r;
	u_int n;
	int err;

	/* No text yet: it may be in the cache. */
	err = ask_part(s, clnt, 0, UINT32_MAX, &r);
	if (err)
		return err == -ENOMEM ? not_announced(s, err, f) : 0;
	n = r.reflect_idl_u.part.files;
	err = note(s, &r.reflect_idl_u.part, f);
	xbuf_free((xdrproc_t)xdr_reflect_idl, &r, NULL, 0);
	if (err == 0)
		err = note_included(s, clnt, n, f);
	if (err == 0)
		err = check_size(s, f);
	if (err == 0)
		set_key(s);
	return err;
}

/* All bytes of a file, in parts. */
static int
fetch_file(struct served *s, CLIENT *clnt, u_int file)
{
	size_t start = s->text.len, size = s->files[file].size;

	while (s->text.len - start < size) {
		reflect_idl r;
		u_int n;
		int err = ask_part(s, clnt, file,
		    (u_int)(s->text.len - start), &r);

		if (err)
			return err;
		n = r.reflect_idl_u.part.text.text_len;
		err = n == 0 ? -EBADMSG :
		    buf_append(&s->text, r.reflect_idl_u.part.text.text_val, n);
		xbuf_free((xdrproc_t)xdr_reflect_idl, &r, NULL, 0);
		if (err)
			return err;
	}
	return 0;
}

/* Does text hold what was announced, and nothing else? */
static bool
is_announced(const struct served *s)
{
	size_t at = 0;
	uint8_t found[SHA256_SIZE];

	for (size_t i = 0; i < s->n; at += s->files[i++].size) {
		if (s->files[i].size > s->text.len - at)
			return false;
		sha256(s->text.data + at, s->files[i].size, found);
		if (memcmp(found, s->files[i].digest, sizeof(found)) != 0)
			return false;
	}
	return at == s->text.len;
}

int
served_fetch(struct served *s, CLIENT *clnt, struct failure *f)
{
	int err = 0;

	if (cache_get(s->key, SCHEMA_TEXT, &s->text) == 0 && is_announced(s))
		return 0;
	s->text.len = 0;
	for (size_t i = 0; err == 0 && i < s->n; i++)
		err = fetch_file(s, clnt, (u_int)i);
	if (err || !is_announced(s))
		return not_announced(s, err, f);
	cache_put(s->key, s->text.data, s->text.len);
	return 0;
}

/* What is wrong with a stranger's text, and what to do about it. */
static int
wrong_text(const struct diags *d, struct failure *f)
{
	if (diags_failure(d, f) != -EXIT_DATA)
		return -f->code;
	f->code = EXIT_PROTOCOL;
	f->hint[0] = '\0';
	failure_hint(f, "the server told this; use a file of your own: "
	    "-i FILE");
	return -EXIT_PROTOCOL;
}

int
served_add(const struct served *s, struct library *l, struct failure *f)
{
	struct schema_text texts[SCHEMA_FILES];
	struct schema_options o = { .no_files = true, .texts = texts,
		.ntexts = s->n > 1 ? s->n : 0 };
	struct schema *schema = schema_new();
	const char *text = s->text.data ? (const char *)s->text.data : "";
	struct diags d = { 0 };
	int err;

	for (size_t i = 0; i < s->n; text += s->files[i++].size)
		texts[i] = (struct schema_text){ s->files[i].name,
			s->files[i].label, text, s->files[i].size };
	err = schema ? schema_load_text(schema, texts[0].label, texts[0].text,
	    texts[0].len, &o, &d) : -ENOMEM;
	if (err == 0)
		err = library_add(l, schema, texts[0].label);
	else
		schema_free(schema);
	if (err == -ENOMEM)
		err = failure_set(f, EXIT_OS, "no memory");
	else if (err == -ENOSPC)
		err = failure_set(f, EXIT_DATA, "more than %d interfaces",
		    LIBRARY_FILES);
	else if (err != 0)
		err = wrong_text(&d, f);
	diags_release(&d);
	return err;
}

void
served_free(struct served *s)
{
	if (s != NULL)
		buf_release(&s->text);
	free(s);
}
