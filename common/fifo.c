/*
 * Hello and names of named pipe sessions: see fifo.h. No I/O but the pipe
 * size; the rendezvous itself is in mech_fifo.c of each side.
 */
#include "fifo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "be.h"
#include "crc32c.h"
#include "frame.h"

enum { CRC_AT = FIFO_HELLO_SIZE - 4 };

_Static_assert(FIFO_HELLO_SIZE == FRAME_HELLO_SIZE, "idl/frame.x");

void
fifo_hello_write(uint8_t out[FIFO_HELLO_SIZE],
    const uint8_t nonce[FIFO_NONCE_SIZE])
{
	memset(out, 0, FIFO_HELLO_SIZE);
	be32_put(out, FRAME_HELLO_MAGIC);
	be32_put(out + 4, FRAME_HELLO_VERSION);
	memcpy(out + 8, nonce, FIFO_NONCE_SIZE);
	be32_put(out + CRC_AT, crc32c(0, out, CRC_AT));
}

int
fifo_hello_read(const uint8_t hello[FIFO_HELLO_SIZE],
    uint8_t nonce[FIFO_NONCE_SIZE])
{
	static const uint8_t zeroes[CRC_AT - 8 - FIFO_NONCE_SIZE];

	if (memcmp(hello + 8 + FIFO_NONCE_SIZE, zeroes, sizeof(zeroes)) != 0)
		return -EBADMSG;
	if (be32_get(hello) != FRAME_HELLO_MAGIC ||
	    be32_get(hello + 4) != FRAME_HELLO_VERSION ||
	    be32_get(hello + CRC_AT) != crc32c(0, hello, CRC_AT))
		return -EBADMSG;
	memcpy(nonce, hello + 8, FIFO_NONCE_SIZE);
	return 0;
}

static size_t
next_magic(const uint8_t *buffer, size_t at, size_t have)
{
	while (have - at >= 4 && be32_get(buffer + at) != FRAME_HELLO_MAGIC)
		at++;
	return at;
}

size_t
fifo_hellos_take(uint8_t *buffer, size_t have,
    void (*found)(void *arg, const uint8_t nonce[FIFO_NONCE_SIZE]), void *arg)
{
	uint8_t nonce[FIFO_NONCE_SIZE];
	size_t at = next_magic(buffer, 0, have);

	while (have - at >= FIFO_HELLO_SIZE) {
		if (fifo_hello_read(buffer + at, nonce) == 0) {
			found(arg, nonce);
			at += FIFO_HELLO_SIZE;
		} else
			at++;
		at = next_magic(buffer, at, have);
	}
	memmove(buffer, buffer + at, have - at);
	return have - at;
}

int
fifo_session_path(char *out, size_t size, const char *dir,
    const uint8_t nonce[FIFO_NONCE_SIZE], const char *leaf)
{
	char hex[2 * FIFO_NONCE_SIZE + 1];
	int n;

	for (int i = 0; i < FIFO_NONCE_SIZE; i++)
		snprintf(hex + 2 * i, 3, "%02x", nonce[i]);
	n = snprintf(out, size, "%s/s-%s%s", dir, hex, leaf);
	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

void
fifo_enlarge(int fd)
{
	for (int size = FIFO_PIPE_SIZE; size > 65536; size /= 2)
		if (fcntl(fd, F_SETPIPE_SZ, size) >= 0)
			return;
}
