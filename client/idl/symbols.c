/*
 * The names of a schema, and the schema's own beginning and end: see
 * symbols.h, schema.h.
 */
#include "idl/symbols.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS_MIN = 1024 };

static int
grow(struct symbols *t)
{
	size_t n = t->nslots ? 2 * t->nslots : SLOTS_MIN;
	struct symbol **slots = calloc(n, sizeof(struct symbol *));

	if (slots == NULL)
		return -1;
	for (size_t i = 0; i < t->nslots; i++)
		while (t->slots[i] != NULL) {
			struct symbol *s = t->slots[i];

			t->slots[i] = s->next;
			s->next = slots[s->hash & (n - 1)];
			slots[s->hash & (n - 1)] = s;
		}
	free(t->slots);
	t->slots = slots;
	t->nslots = n;
	return 0;
}

static struct symbol *
look(const struct symbols *t, const char *name, size_t len, uint64_t hash)
{
	struct symbol *s;

	if (t->nslots == 0)
		return NULL;
	for (s = t->slots[hash & (t->nslots - 1)]; s != NULL; s = s->next)
		if (s->hash == hash && strncmp(s->name, name, len) == 0 &&
		    s->name[len] == '\0')
			return s;
	return NULL;
}

struct symbol *
symbol_find(const struct schema *s, const char *name, size_t len)
{
	const struct symbols *t = s->symbols;

	return look(t, name, len, keyed_hash(&t->keyed, name, len));
}

struct symbol *
symbol_intern(struct schema *s, const char *name, size_t len)
{
	struct symbols *t = s->symbols;
	uint64_t hash = keyed_hash(&t->keyed, name, len);
	struct symbol *y = look(t, name, len, hash);

	if (y != NULL)
		return y;
	if (t->n >= t->nslots && grow(t) != 0)
		return NULL;
	y = arena_alloc(&s->arena, sizeof(*y) + len + 1);
	if (y == NULL)
		return NULL;
	memcpy(y->name, name, len);
	y->hash = hash;
	y->next = t->slots[hash & (t->nslots - 1)];
	t->slots[hash & (t->nslots - 1)] = y;
	t->n++;
	return y;
}

struct symbol *
symbol_of(const char *name)
{
	return (struct symbol *)(uintptr_t)(name -
	    offsetof(struct symbol, name));
}

struct schema *
schema_new(void)
{
	struct schema *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->symbols = calloc(1, sizeof(*s->symbols));
	s->arena.limit = SCHEMA_MEMORY;
	if (s->symbols == NULL || keyed_init(&s->symbols->keyed) != 0) {
		free(s->symbols);
		free(s);
		return NULL;
	}
	return s;
}

void
schema_free(struct schema *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->nsources; i++) {
		free(s->sources[i]->name);
		free(s->sources[i]->text);
		free(s->sources[i]);
	}
	free(s->symbols->slots);
	free(s->symbols);
	arena_release(&s->arena);
	free(s);
}

const struct idl_def *
schema_type(const struct schema *s, const char *name)
{
	const struct symbol *y = symbol_find(s, name, strlen(name));

	return y ? y->type : NULL;
}

const struct idl_def *
schema_constant(const struct schema *s, const char *name)
{
	const struct symbol *y = symbol_find(s, name, strlen(name));
	const struct idl_def *d = y ? y->constant : NULL;

	if (d == NULL || d->type == NULL || d->type->name == NULL)
		return d;
	return symbol_of(d->type->name)->type;
}

const struct idl_program *
schema_program(const struct schema *s, int64_t number)
{
	for (size_t i = 0; i < s->ndefs; i++)
		if (s->defs[i]->program != NULL &&
		    s->defs[i]->program->number->value == number)
			return s->defs[i]->program;
	return NULL;
}
