/*
 * Segments of a file: see segments.h. Called by transfer.c, get.c and put.c.
 */
#include "file/segments.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SEGMENT = 8 << 20,	/* bytes; more of very large files */
	SEGMENTS_MAX = 1 << 16,
	BLOCKS_MAX = 1 << 20,	/* of a stream: 1 TiB in blocks of 1 MiB */
};

int
segments_init(struct segments *s, uint64_t size, uint64_t each)
{
	memset(s, 0, sizeof(*s));
	s->size = size;
	s->each = each ? each :
	    (size / SEGMENTS_MAX / SEGMENT + 1) * (uint64_t)SEGMENT;
	/* A size is a server's word: it must not take what memory there is. */
	if (size / s->each >= BLOCKS_MAX)
		return -EFBIG;
	s->n = s->room = (size_t)(size / s->each + (size % s->each != 0));
	s->list = calloc(s->n + 1, sizeof(*s->list));
	if (s->list == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < s->n; i++) {
		struct segment *seg = &s->list[i];

		seg->offset = i * s->each;
		seg->length = size - seg->offset < s->each ?
		    size - seg->offset : s->each;
		seg->missing = seg->length;
	}
	return 0;
}

void
segments_release(struct segments *s)
{
	free(s->list);
	s->list = NULL;
	s->n = s->room = 0;
}

int
segments_grow(struct segments *s, uint64_t length)
{
	if (s->n == s->room) {
		size_t room = s->room * 2 + 16;
		struct segment *list = realloc(s->list,
		    room * sizeof(*list));

		if (list == NULL)
			return -ENOMEM;
		s->list = list;
		s->room = room;
	}
	s->list[s->n++] = (struct segment){ .offset = s->size,
		.length = length, .missing = length };
	s->size += length;
	return 0;
}

struct segment *
segments_at(struct segments *s, uint64_t offset)
{
	return &s->list[offset / s->each];
}

bool
segments_equal(const struct segments *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct segment *seg = &s->list[i];

		if (!seg->is_here || !seg->is_there ||
		    memcmp(seg->here, seg->there, DIGEST_MAX) != 0)
			return false;
	}
	return true;
}

int
segments_digest(const struct segments *s, struct digest *d,
    enum digest_kind kind, char hex[2 * DIGEST_MAX + 1])
{
	size_t size = digest_size(kind);
	uint8_t sum[DIGEST_MAX];
	int err = digest_begin(d);

	for (size_t i = 0; err == 0 && i < s->n; i++)
		err = digest_add(d, s->list[i].here, size);
	if (err == 0)
		err = digest_end(d, sum);
	for (size_t i = 0; err == 0 && i < size; i++)
		snprintf(hex + 2 * i, 3, "%02x", sum[i]);
	return err;
}
