/*
 * Asking a server for its interfaces: see reflection.h. Used before the
 * installed ones are looked through: the server knows best.
 */
#include "reflection.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "clock.h"
#include "idl/cache.h"
#include "options.h"
#include "reflect/snapshot.h"
#include "xbuf.h"

enum {
	SERVICES_MAX = 64,	/* programs and versions */
	ASK_MS = 2000,		/* a call; who has no REFLECT may not answer */
};

struct told {
	uint32_t prog, vers;
	char service[REFLECT_NAME_MAX + 1];
};

struct asking {
	CLIENT *clnt;
	struct told services[SERVICES_MAX];
	size_t n;
	uint8_t loaded[SERVICES_MAX][SHA256_SIZE];	/* digests */
	size_t nloaded;
};

static void
note(struct asking *a, const reflect_procedure *p)
{
	struct told *t = &a->services[a->n];

	for (size_t i = 0; i < a->n; i++)
		if (a->services[i].prog == p->prog &&
		    a->services[i].vers == p->vers)
			return;
	if (a->n == SERVICES_MAX)
		return;
	t->prog = p->prog;
	t->vers = p->vers;
	snprintf(t->service, sizeof(t->service), "%s", p->service);
	a->n++;
}

/* What is served: 0, or f's code negated. */
static int
list(struct asking *a, struct failure *f)
{
	struct snapshot s = { 0 };
	int err = snapshot_list(&s, a->clnt, f);

	for (u_int i = 0; err == 0 && i < s.list.procedures.procedures_len;
	    i++)
		note(a, &s.list.procedures.procedures_val[i]);
	snapshot_release(&s);
	return err;
}

/* A part of the file from offset on; without text where it ends before. */
static int
ask_part(struct asking *a, const struct told *t, u_int offset, reflect_idl *r)
{
	reflect_idl_args args = { t->prog, t->vers, 0, offset };

	memset(r, 0, sizeof(*r));
	if (reflect_idl_1(&args, r, a->clnt) == RPC_SUCCESS &&
	    r->status == REFLECT_OK)
		return 0;
	xbuf_free((xdrproc_t)xdr_reflect_idl, r, NULL, 0);
	return -ENOENT;
}

/* All size bytes, in parts. */
static int
fetch(struct asking *a, const struct told *t, uint32_t size, struct buf *out)
{
	while (out->len < size) {
		reflect_idl r;
		u_int n;
		int err = ask_part(a, t, (u_int)out->len, &r);

		if (err)
			return err;
		n = r.reflect_idl_u.part.text.text_len;
		err = n == 0 || n > size - out->len ? -EBADMSG :
		    buf_append(out, r.reflect_idl_u.part.text.text_val, n);
		xbuf_free((xdrproc_t)xdr_reflect_idl, &r, NULL, 0);
		if (err)
			return err;
	}
	return 0;
}

static int
load(struct library *l, const char *name, const struct buf *text,
    struct failure *f)
{
	struct schema_options o = { .no_files = true };
	struct schema *s = schema_new();
	struct diags d = { 0 };
	int err = s ? schema_load_text(s, name, (const char *)text->data,
	    text->len, &o, &d) : -ENOMEM;

	if (err == 0)
		err = library_add(l, s, name);
	else {
		schema_free(s);
		diags_failure(&d, f);
		f->code = EXIT_PROTOCOL;
		f->hint[0] = '\0';
		failure_hint(f, "the server told this; use a file of your "
		    "own: -i FILE");
	}
	diags_release(&d);
	return err ? -EBADMSG : 0;
}

/* From the cache, or from the server with the digest that it claims. */
static int
get_text(struct asking *a, const struct told *t, uint32_t size,
    const uint8_t *digest, struct buf *out, struct failure *f)
{
	uint8_t found[SHA256_SIZE];

	if (cache_get(digest, SCHEMA_TEXT, out) == 0)
		return 0;
	if (size > SCHEMA_TEXT)
		return failure_set(f, EXIT_PROTOCOL, "the server's interface "
		    "of %u/%u has %u bytes: more than 4 MiB are not read",
		    t->prog, t->vers, size);
	if (fetch(a, t, size, out) == 0) {
		sha256(out->data, out->len, found);
		if (memcmp(found, digest, sizeof(found)) == 0) {
			cache_put(digest, out->data, out->len);
			return 0;
		}
	}
	return failure_set(f, EXIT_PROTOCOL, "the server's interface of %u/%u "
	    "is not the one that it announced", t->prog, t->vers);
}

/* Is the file of that digest there already, for another version? Notes it. */
static bool
is_loaded(struct asking *a, const uint8_t *digest)
{
	for (size_t i = 0; i < a->nloaded; i++)
		if (memcmp(a->loaded[i], digest, SHA256_SIZE) == 0)
			return true;
	memcpy(a->loaded[a->nloaded++], digest, SHA256_SIZE);
	return false;
}

static int
add_one(struct asking *a, const struct told *t, struct library *l,
    struct failure *f)
{
	char name[REFLECT_NAME_MAX + 16];
	struct buf text = { 0 };
	uint8_t digest[SHA256_SIZE];
	reflect_idl r;
	uint32_t size;
	int err;

	/* No text yet: it may be in the cache. */
	if (ask_part(a, t, UINT32_MAX, &r) != 0)
		return 0;
	size = r.reflect_idl_u.part.size;
	memcpy(digest, r.reflect_idl_u.part.digest, sizeof(digest));
	snprintf(name, sizeof(name), "reflection:%.60s",
	    r.reflect_idl_u.part.name);
	xbuf_free((xdrproc_t)xdr_reflect_idl, &r, NULL, 0);
	for (char *p = name; *p != '\0'; p++)
		if ((unsigned char)*p <= ' ' || (unsigned char)*p >= 0x7f)
			*p = '?';
	if (is_loaded(a, digest))
		return 0;
	err = get_text(a, t, size, digest, &text, f);
	if (err == 0)
		err = load(l, name, &text, f);
	buf_release(&text);
	return err;
}

/* Is it the program that name begins with? */
static bool
is_named(const struct told *t, const char *name)
{
	size_t n = strcspn(name, "/.");
	char number[16];

	if (strlen(t->service) == n && strncasecmp(t->service, name, n) == 0)
		return true;
	snprintf(number, sizeof(number), "%u", t->prog);
	if (strlen(number) == n && strncmp(number, name, n) == 0)
		return true;
	snprintf(number, sizeof(number), "0x%x", t->prog);
	return strlen(number) == n && strncasecmp(number, name, n) == 0;
}

/* Those that name is about; all, where it is NULL or none is named so. */
static int
add_named(struct asking *a, const char *name, struct library *l,
    struct failure *f)
{
	bool named = false;
	int err = 0;

	for (size_t i = 0; name != NULL && i < a->n; i++)
		named |= is_named(&a->services[i], name);
	for (size_t i = 0; i < a->n && err == 0; i++)
		if (!named || is_named(&a->services[i], name))
			err = add_one(a, &a->services[i], l, f);
	return err ? -f->code : 0;
}

/* A server that is not there, or tells nothing, is told of in absent. */
static int
ask(struct library *l, const struct target *t, const char *name,
    struct failure *absent, struct failure *f)
{
	uint64_t ns = ASK_MS * NS_PER_MS;
	struct asking *a = calloc(1, sizeof(*a));
	struct target copy = *t;
	int err = 0;

	if (a == NULL)
		return failure_set(f, EXIT_OS, "no memory");
	if (ns > common.connect_timeout)
		ns = common.connect_timeout;
	a->clnt = reflect_open(&copy, ns, ns, absent);
	if (a->clnt != NULL) {
		if (list(a, absent) == 0)
			err = add_named(a, name, l, f);
		clnt_destroy(a->clnt);
	}
	free(a);
	return err;
}

int
reflection_add(struct library *l, const struct target *t, const char *name,
    struct failure *f)
{
	struct failure quiet = { 0 };

	return ask(l, t, name, &quiet, f);
}

int
reflection_add_all(struct library *l, const struct target *t,
    struct failure *f)
{
	ask(l, t, NULL, f, f);
	return -f->code;
}
