/*
 * Memory that is freed all at once, up to a limit: everything that a schema
 * is made of. Zeroed memory is an empty arena.
 */
#ifndef RPCALL_IDL_ARENA_H
#define RPCALL_IDL_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena {
	struct arena_chunk *chunks;
	size_t left;		/* bytes of the first chunk */
	size_t used, limit;	/* bytes in all; limit 0: none */
	bool starved;		/* there was no memory, within the limit */
};

/* n zeroed bytes, aligned for anything; NULL over the limit. */
void *arena_alloc(struct arena *a, size_t n);

/* A copy of text[0..n), ended by NUL; or NULL. */
char *arena_copy(struct arena *a, const char *text, size_t n);

/*
 * Room for one element more, zeroed, after the n of size bytes at array
 * (NULL where n is 0), which it was always grown by this: the array, moved
 * perhaps, or NULL.
 */
void *arena_append(struct arena *a, void *array, size_t n, size_t size);

/* Frees all; a is empty and usable. */
void arena_release(struct arena *a);

#endif
