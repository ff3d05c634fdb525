/*
 * Floating point of XDR as text that reads back to the same bits, and back:
 * IEEE 754 of 32, 64 and 128 bits, big-endian.
 */
#ifndef RPCALL_IDL_REAL_H
#define RPCALL_IDL_REAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REAL_TEXT = 64, REAL_NUMBER = 1024 };

/*
 * The bytes (4, 8 or 16) as a number, or as a word: *number tells. The
 * shortest text that reads back; out has REAL_TEXT bytes.
 */
void real_format(const uint8_t *bytes, size_t size, char *out, bool *number);

/*
 * The bytes of a number, or of a word ("NaN", "-Infinity", "NaN(0x7fc00001)"):
 * 0, -EINVAL, or -ERANGE where it is too large.
 */
int real_parse(const char *text, size_t n, bool number, uint8_t *bytes,
    size_t size);

#endif
