/*
 * Bytes as text: "hex:5245", "base64:UkU=", "text:RE", "@file".
 */
#ifndef RPCALL_IDL_BYTES_H
#define RPCALL_IDL_BYTES_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

/*
 * Appends what text[0..n) stands for, at most max bytes: 0; -EINVAL: none of
 * these forms; -EBADMSG: its digits are wrong; -EMSGSIZE: over max; -EACCES:
 * @file where files are not allowed; -errno of the file.
 */
int bytes_parse(const char *text, size_t n, bool files, size_t max,
    struct buf *out);

/* Appends the form "hex:..." or "base64:..."; 0 or -ENOMEM. */
int bytes_format(const void *data, size_t n, bool base64, struct buf *out);

/* The same without what it begins with: the digits alone. */
int bytes_digits(const void *data, size_t n, bool base64, struct buf *out);

/* Appends the contents of a file, or of stdin for "-": as bytes_parse(). */
int bytes_read_file(const char *path, size_t max, struct buf *out);

#endif
