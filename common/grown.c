/*
 * Room in an array that doubles: grown.h.
 */
#include "grown.h"

#include <stdlib.h>

void *
grown(void *array, size_t n, size_t size)
{
	if ((n & (n - 1)) != 0)
		return array;
	return reallocarray(array, n ? 2 * n : 1, size);
}
