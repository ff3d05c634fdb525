/*
 * Members from the command line: see fields.h. The text becomes a tree,
 * members are put into it, and it is written again.
 */
#include "idl/fields.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "idl/arena.h"
#include "idl/input.h"

struct node {
	enum json_kind kind;	/* JSON_ARRAY, JSON_OBJECT; else .text is it */
	const char *name;	/* of a member; within the text, or a type's */
	size_t name_len;
	const char *text;
	size_t len;
	struct node *first, *next;
};

struct merge {
	struct arena arena;
	struct failure *f;
};

enum { ELEMENTS_MAX = 1024 };

static struct node *
new_node(struct merge *m, const char *name, size_t n)
{
	struct node *new = arena_alloc(&m->arena, sizeof(*new));

	if (new == NULL)
		failure_set(m->f, EXIT_OS, "no memory");
	else {
		*new = (struct node){ .kind = JSON_NULL, .name = name,
			.name_len = n, .text = "null", .len = 4 };
	}
	return new;
}

static struct node *tree_of(struct merge *m, const struct json *j,
    uint32_t token);

static int
add_children(struct merge *m, const struct json *j, uint32_t token,
    struct node *parent)
{
	const struct json_token *t = &j->tokens[token];
	struct node **last = &parent->first;
	uint32_t at = token + 1;

	for (uint32_t i = 0; i < t->count; i++) {
		const struct json_token *name = &j->tokens[at];
		bool member = t->kind == JSON_OBJECT;

		at += member;
		*last = tree_of(m, j, at);
		if (*last == NULL)
			return -1;
		if (member) {
			(*last)->name = j->text + name->at;
			(*last)->name_len = name->len;
		}
		last = &(*last)->next;
		at = j->tokens[at].next;
	}
	return 0;
}

/* No deeper than JSON_DEPTH: the reader sees to that. */
static struct node *
tree_of(struct merge *m, const struct json *j, uint32_t token)
{
	const struct json_token *t = &j->tokens[token];
	struct node *n = new_node(m, NULL, 0);
	bool quotes = t->kind == JSON_STRING;

	if (n == NULL)
		return NULL;
	n->text = j->text + t->at - quotes;
	n->len = t->len + 2 * quotes;
	if (t->kind != JSON_OBJECT && t->kind != JSON_ARRAY)
		return n;
	n->kind = t->kind;
	return add_children(m, j, token, n) == 0 ? n : NULL;
}

static void
make(struct node *n, enum json_kind kind)
{
	if (n->kind == kind)
		return;
	n->kind = kind;
	n->first = NULL;
}

static struct node *
member(struct merge *m, struct node *n, const char *name)
{
	struct node **last = &n->first;

	make(n, JSON_OBJECT);
	for (; *last != NULL; last = &(*last)->next)
		if ((*last)->name_len == strlen(name) &&
		    memcmp((*last)->name, name, (*last)->name_len) == 0)
			return *last;
	return *last = new_node(m, name, strlen(name));
}

static struct node *
element(struct merge *m, struct node *n, unsigned long index)
{
	struct node **last = &n->first;

	make(n, JSON_ARRAY);
	for (;; last = &(*last)->next) {
		if (*last == NULL && (*last = new_node(m, NULL, 0)) == NULL)
			return NULL;
		if (index-- == 0)
			return *last;
	}
}

const struct idl_type *
field_member(const struct idl_type *t, const char *name, size_t n,
    const char **key)
{
	int i;

	if (t->kind == TYPE_UNION && strlen(t->disc.name) == n &&
	    strncmp(t->disc.name, name, n) == 0) {
		*key = t->disc.name;
		return t->disc.type;
	}
	if (t->kind != TYPE_STRUCT && t->kind != TYPE_UNION)
		return NULL;
	i = type_field(t, name, n);
	if (i < 0)
		return NULL;
	*key = t->fields[i].key;
	return t->fields[i].type;
}

const struct idl_type *
field_container(const struct idl_type *t)
{
	t = type_real(t);
	while (t->kind == TYPE_OPTIONAL && !t->list)
		t = type_real(t->of);
	return t;
}

/* One segment of a path, "name" or "3": goes down, or says why not. */
static int
step_down(struct merge *m, const char *path, const char *name, size_t n,
    const struct idl_type **t, struct node **at)
{
	const struct idl_type *in = field_container(*t);
	const char *key;
	char type[80], list[320];

	if (in->kind == TYPE_ARRAY || in->kind == TYPE_OPTIONAL) {
		char *end;
		unsigned long index = strtoul(name, &end, 10);

		if (!isdigit((unsigned char)*name) || end != name + n ||
		    index >= ELEMENTS_MAX)
			return failure_set(m->f, EXIT_USAGE, "-f %.60s: an "
			    "index below 1024 is wanted, not \"%.*s\"", path,
			    (int)n, name);
		*t = in->of;
		*at = element(m, *at, index);
		return *at ? 0 : -1;
	}
	*t = field_member(in, name, n, &key);
	if (*t == NULL) {
		failure_set(m->f, EXIT_USAGE, "-f %.60s: %s has no "
		    "member \"%.*s\"", path, type_describe(in, type,
		    sizeof(type)), (int)n, name);
		if (type_members(in, in->nfields, list, sizeof(list))[0])
			failure_hint(m->f, "%s", list);
		return -1;
	}
	*at = member(m, *at, key);
	return *at ? 0 : -1;
}

static bool
is_number(const char *v)
{
	v += *v == '-';
	return isdigit((unsigned char)*v) && strncmp(v, "0x", 2) != 0;
}

/* Does JSON have this value of that type in quotes? */
static bool
quoted(const struct idl_type *t, const char *v)
{
	const struct idl_type *real = field_container(t);

	if (real != type_real(t) && strcmp(v, "null") == 0)
		return false;
	switch (real->kind) {
	case TYPE_STRING:
	case TYPE_OPAQUE:
		return true;
	case TYPE_ENUM:
	case TYPE_INT:
	case TYPE_HYPER:
	case TYPE_FLOAT:
	case TYPE_DOUBLE:
	case TYPE_QUAD:
		return !is_number(v);
	default:
		return false;
	}
}

/* An object or array: a tree, so that later fields are put into it. */
static int
set_tree(struct merge *m, struct node *n, const char *v)
{
	struct node *next = n->next, *tree;
	const char *name = n->name;
	size_t len = n->name_len;
	struct json j;
	int err = input_json(&j, "-f", v, strlen(v), m->f);

	if (err)
		return err;
	tree = tree_of(m, &j, 0);
	json_release(&j);
	if (tree == NULL)
		return -m->f->code;
	*n = *tree;
	n->name = name;
	n->name_len = len;
	n->next = next;
	return 0;
}

static int
set(struct merge *m, struct node *n, const struct idl_type *t, const char *v)
{
	struct buf text = { 0 };

	make(n, JSON_NULL);
	if (!quoted(t, v) && (*v == '{' || *v == '['))
		return set_tree(m, n, v);
	if (!quoted(t, v)) {
		n->text = v;
		n->len = strlen(v);
		return 0;
	}
	if (json_quote(&text, v, strlen(v)) == 0) {
		n->text = arena_copy(&m->arena, (char *)text.data, text.len);
		n->len = text.len;
	}
	buf_release(&text);
	return n->text ? 0 : failure_set(m->f, EXIT_OS, "no memory");
}

static int
put_field(struct merge *m, const struct idl_type *t, struct node *n,
    const char *field)
{
	const char *value = strchr(field, '='), *p = field;
	unsigned depth = 0;

	if (value == NULL)
		return failure_set(m->f, EXIT_USAGE, "-f %.60s: write "
		    "MEMBER=VALUE", field);
	while (p < value) {
		size_t len;

		/* Trees are written by recursion; JSON is no deeper, either. */
		if (++depth > JSON_DEPTH)
			return failure_set(m->f, EXIT_USAGE, "-f %.60s: more "
			    "than %d members deep", field, JSON_DEPTH);
		p += *p == '.' || *p == '[';
		len = strcspn(p, ".[]=");
		if (step_down(m, field, p, len, &t, &n) != 0)
			return -1;
		p += len;
		p += *p == ']';
	}
	return set(m, n, t, value + 1);
}

static int
write_tree(const struct node *n, struct buf *out)
{
	const char *brackets = n->kind == JSON_OBJECT ? "{}" : "[]";
	int err;

	if (n->kind != JSON_OBJECT && n->kind != JSON_ARRAY)
		return buf_append(out, n->text, n->len);
	err = buf_append(out, brackets, 1);
	for (const struct node *c = n->first; c != NULL && err == 0;
	    c = c->next) {
		if (c != n->first)
			err = buf_append(out, ", ", 2);
		if (n->kind == JSON_OBJECT && err == 0) {
			buf_append(out, "\"", 1);
			buf_append(out, c->name, c->name_len);
			err = buf_append(out, "\": ", 3);
		}
		if (err == 0)
			err = write_tree(c, out);
	}
	return err ? err : buf_append(out, brackets + 1, 1);
}

static int
merge(struct merge *m, const struct idl_type *t, struct node *root,
    const struct option_list *fields, struct buf *out)
{
	for (size_t i = 0; i < fields->n; i++)
		if (put_field(m, t, root, fields->items[i]) != 0)
			return -m->f->code;
	return write_tree(root, out) == 0 ? 0 :
	    failure_set(m->f, EXIT_OS, "no memory");
}

int
fields_merge(const struct idl_type *t, const char *base, size_t n,
    const struct option_list *fields, struct buf *out, struct failure *f)
{
	struct merge m = { .f = f };
	struct json j = { 0 };
	struct node *root;
	int err = 0;

	if (n == 0)
		root = new_node(&m, NULL, 0);
	else {
		err = input_json(&j, "argument", base, n, f);
		root = err ? NULL : tree_of(&m, &j, 0);
	}
	if (err == 0)
		err = root ? merge(&m, t, root, fields, out) : -f->code;
	json_release(&j);
	arena_release(&m.arena);
	return err;
}
