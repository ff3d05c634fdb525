/*
 * Arenas: see arena.h.
 */
#include "idl/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 64 << 10, APPEND_MIN = 4 };

struct arena_chunk {
	struct arena_chunk *next;
	size_t size;
	alignas(max_align_t) unsigned char data[];
};

static int
add_chunk(struct arena *a, size_t n)
{
	size_t size = n > CHUNK ? n : CHUNK;
	struct arena_chunk *c;

	if (a->limit > 0 && (size > a->limit || a->used > a->limit - size))
		return -1;
	c = calloc(1, sizeof(*c) + size);
	if (c == NULL) {
		a->starved = true;
		return -1;
	}
	a->used += size;
	c->size = a->left = size;
	c->next = a->chunks;
	a->chunks = c;
	return 0;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	size_t align = alignof(max_align_t);
	void *p;

	n = (n + align - 1) / align * align;
	if (n > a->left && add_chunk(a, n) != 0)
		return NULL;
	p = a->chunks->data + (a->chunks->size - a->left);
	a->left -= n;
	return p;
}

char *
arena_copy(struct arena *a, const char *text, size_t n)
{
	char *copy = arena_alloc(a, n + 1);

	if (copy != NULL && n > 0)
		memcpy(copy, text, n);
	return copy;
}

void *
arena_append(struct arena *a, void *array, size_t n, size_t size)
{
	void *grown;

	/* Full at each power of two, for it doubles. */
	if (n != 0 && (n < APPEND_MIN || (n & (n - 1)) != 0))
		return array;
	grown = arena_alloc(a, (n ? 2 * n : APPEND_MIN) * size);
	if (grown != NULL && n > 0)
		memcpy(grown, array, n * size);
	return grown;
}

void
arena_release(struct arena *a)
{
	while (a->chunks != NULL) {
		struct arena_chunk *next = a->chunks->next;

		free(a->chunks);
		a->chunks = next;
	}
	a->left = a->used = 0;
}
