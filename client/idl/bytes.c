/*
 * Bytes as text: see bytes.h. For opaques in JSON, and --raw.
 */
#include "idl/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "fd.h"

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int
hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ?
	    c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int
parse_hex(const char *text, size_t n, size_t max, struct buf *out)
{
	int err = n % 2 ? -EBADMSG : n / 2 > max ? -EMSGSIZE :
	    buf_reserve(out, n / 2);

	for (size_t i = 0; err == 0 && i < n; i += 2) {
		int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);

		if (high < 0 || low < 0)
			return -EBADMSG;
		out->data[out->len++] = (uint8_t)(high << 4 | low);
	}
	return err;
}

static int
base64_digit(char c)
{
	const char *p = c ? strchr(base64_digits, c) : NULL;

	return p ? (int)(p - base64_digits) : -1;
}

/* RFC 4648 section 4, padded, without anything else in between. */
static int
parse_base64(const char *text, size_t n, size_t max, struct buf *out)
{
	size_t pad = n >= 4 ? (text[n - 1] == '=') + (text[n - 1] == '=' &&
	    text[n - 2] == '=') : 0;
	size_t size = n / 4 * 3 - pad;
	int err = n % 4 ? -EBADMSG : size > max ? -EMSGSIZE :
	    buf_reserve(out, size);
	uint32_t bits = 0;

	for (size_t i = 0; err == 0 && i < n; i++) {
		int digit = i >= n - pad ? 0 : base64_digit(text[i]);

		if (digit < 0)
			return -EBADMSG;
		bits = bits << 6 | (uint32_t)digit;
		if (i % 4 != 3)
			continue;
		for (unsigned k = 0; k < (i == n - 1 ? 3 - pad : 3); k++)
			out->data[out->len++] = (uint8_t)(bits >> (16 - 8 * k));
		/* Bits that nothing shows have to be zero. */
		if (i == n - 1 && pad > 0 && bits << (32 - 8 * pad) != 0)
			return -EBADMSG;
		bits = 0;
	}
	return err;
}

int
bytes_read_file(const char *path, size_t max, struct buf *out)
{
	bool in = strcmp(path, "-") == 0;
	int fd = in ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	size_t start = out->len;
	ssize_t n = fd < 0 ? -errno : 1;

	while (n > 0) {
		n = buf_reserve(out, 64 << 10);
		if (n == 0)
			n = fd_read(fd, out->data + out->len, 64 << 10);
		if (n > 0)
			out->len += (size_t)n;
		if (out->len - start > max)
			n = -EMSGSIZE;
	}
	if (fd >= 0 && !in)
		close(fd);
	return (int)n;
}

static int
parse_file(const char *text, size_t n, bool files, size_t max,
    struct buf *out)
{
	char path[PATH_MAX];

	if (!files)
		return -EACCES;
	if (n >= sizeof(path) || memchr(text, '\0', n) != NULL)
		return -ENAMETOOLONG;
	memcpy(path, text, n);
	path[n] = '\0';
	return bytes_read_file(path, max, out);
}

static bool
begins(const char *text, size_t n, const char *prefix)
{
	return n >= strlen(prefix) && memcmp(text, prefix, strlen(prefix)) == 0;
}

int
bytes_parse(const char *text, size_t n, bool files, size_t max,
    struct buf *out)
{
	if (begins(text, n, "hex:"))
		return parse_hex(text + 4, n - 4, max, out);
	if (begins(text, n, "base64:"))
		return parse_base64(text + 7, n - 7, max, out);
	if (begins(text, n, "text:"))
		return n - 5 > max ? -EMSGSIZE :
		    buf_append(out, text + 5, n - 5);
	if (begins(text, n, "@"))
		return parse_file(text + 1, n - 1, files, max, out);
	return -EINVAL;
}

static int
format_base64(const uint8_t *p, size_t n, struct buf *out)
{
	uint8_t *to;

	if (buf_reserve(out, (n + 2) / 3 * 4) != 0)
		return -ENOMEM;
	to = out->data + out->len;
	for (size_t i = 0; i < n; i += 3, to += 4) {
		uint32_t bits = (uint32_t)p[i] << 16 |
		    (uint32_t)(i + 1 < n ? p[i + 1] : 0) << 8 |
		    (i + 2 < n ? p[i + 2] : 0);

		for (unsigned k = 0; k < 4; k++)
			to[k] = i + k > n ? '=' :
			    (uint8_t)base64_digits[bits >> (18 - 6 * k) & 63];
	}
	out->len += (n + 2) / 3 * 4;
	return 0;
}

static int
format_hex(const uint8_t *p, size_t n, struct buf *out)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t *to;

	if (buf_reserve(out, 2 * n) != 0)
		return -ENOMEM;
	to = out->data + out->len;
	for (size_t i = 0; i < n; i++) {
		to[2 * i] = (uint8_t)digits[p[i] >> 4];
		to[2 * i + 1] = (uint8_t)digits[p[i] & 15];
	}
	out->len += 2 * n;
	return 0;
}

int
bytes_digits(const void *data, size_t n, bool base64, struct buf *out)
{
	return base64 ? format_base64(data, n, out) : format_hex(data, n, out);
}

int
bytes_format(const void *data, size_t n, bool base64, struct buf *out)
{
	const char *form = base64 ? "base64:" : "hex:";
	int err = buf_append(out, form, strlen(form));

	return err ? err : bytes_digits(data, n, base64, out);
}
