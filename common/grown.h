/*
 * Arrays that double, without a count of the room that they have: those that
 * grew by one element each time were copied whole for each.
 */
#ifndef RPCALL_GROWN_H
#define RPCALL_GROWN_H

#include <stddef.h>

/*
 * Room for one element more in an array that has n, each size bytes long, and
 * that grew by this alone: it moves when n is 0 or a power of two. NULL without
 * memory; the array is then as it was.
 */
void *grown(void *array, size_t n, size_t size);

#endif
