/*
 * A line of somebody's text with a caret under the place that an error is
 * about. What is shown is one line, cut around the caret, without control
 * characters: the text may come from a server.
 */
#ifndef RPCALL_EXCERPT_H
#define RPCALL_EXCERPT_H

#include <stddef.h>
#include <stdint.h>

enum { EXCERPT_WIDTH = 72, EXCERPT_MAX = 320 };

struct excerpt {
	uint32_t line, column;	/* of the place, counted from 1 */
	unsigned caret;		/* columns before the caret in shown[] */
	char shown[EXCERPT_MAX];
};

/* The line of text[0..len) that holds the byte at offset (len: the end). */
void excerpt_at(struct excerpt *e, const char *text, size_t len,
    size_t offset);

/*
 * "  3 |   the line\n    |   ^ label\n" into out, cut to size; label may be
 * NULL. Returns out.
 */
char *excerpt_format(const struct excerpt *e, const char *label, char *out,
    size_t size);

#endif
