/*
 * Writing pcapng: see pcapng.h. Used by pcap.c.
 *
 *	type, length, body, options, length	all multiples of 4 bytes
 *	option: code (2), length (2), value, padding; the last is 0, 0
 */
#include "wire/pcapng.h"

#include <errno.h>
#include <string.h>

#include "buf.h"
#include "fd.h"

enum block { INTERFACE = 1, PACKET = 6, SECTION = 0x0a0d0d0a };
enum option {
	END = 0, COMMENT = 1,
	SECTION_HARDWARE = 2, SECTION_OS = 3, SECTION_APPLICATION = 4,
	INTERFACE_NAME = 2, INTERFACE_DESCRIPTION = 3, INTERFACE_TSRESOL = 9,
};

enum { OPTION_MAX = 4096, NANOSECONDS = 9 };

static int
put32(struct buf *b, uint32_t v)
{
	return buf_append(b, &v, sizeof(v));
}

static int
put16(struct buf *b, uint16_t v)
{
	return buf_append(b, &v, sizeof(v));
}

static int
put_padded(struct buf *b, const void *data, size_t n)
{
	static const uint8_t zeros[4];
	int err = buf_append(b, data, n);

	return err ? err : buf_append(b, zeros, -n & 3);
}

static int
put_option(struct buf *b, uint16_t code, const void *value, size_t n)
{
	int err = put16(b, code);

	if (n > OPTION_MAX)
		n = OPTION_MAX;
	if (err == 0)
		err = put16(b, (uint16_t)n);
	return err ? err : put_padded(b, value, n);
}

static int
put_text(struct buf *b, uint16_t code, const char *text)
{
	return text ? put_option(b, code, text, strlen(text)) : 0;
}

static int
begin(struct buf *b, uint32_t type)
{
	int err = put32(b, type);

	return err ? err : put32(b, 0);
}

/* Ends the options and the block, and writes it; err is of what came before. */
static int
finish(struct buf *b, int fd, int err)
{
	uint32_t n;

	if (err == 0)
		err = put_option(b, END, NULL, 0);
	n = (uint32_t)b->len + 4;
	if (err == 0)
		err = put32(b, n);
	if (err == 0) {
		memcpy(b->data + 4, &n, sizeof(n));
		err = fd_write_all(fd, b->data, b->len);
	}
	buf_release(b);
	return err;
}

int
pcapng_section(int fd, const char *hardware, const char *os,
    const char *application)
{
	static const uint64_t unknown = UINT64_MAX;
	struct buf b = { 0 };
	int err = begin(&b, SECTION);

	if (err == 0)
		err = put32(&b, 0x1a2b3c4d);	/* tells the byte order */
	if (err == 0)
		err = put16(&b, 1);		/* version 1.0 */
	if (err == 0)
		err = put16(&b, 0);
	if (err == 0)
		err = buf_append(&b, &unknown, sizeof(unknown));
	if (err == 0)
		err = put_text(&b, SECTION_HARDWARE, hardware);
	if (err == 0)
		err = put_text(&b, SECTION_OS, os);
	if (err == 0)
		err = put_text(&b, SECTION_APPLICATION, application);
	return finish(&b, fd, err);
}

int
pcapng_interface(int fd, uint16_t link, const char *name,
    const char *description)
{
	static const uint8_t resolution = NANOSECONDS;
	struct buf b = { 0 };
	int err = begin(&b, INTERFACE);

	if (err == 0)
		err = put16(&b, link);
	if (err == 0)
		err = put16(&b, 0);
	if (err == 0)
		err = put32(&b, 0);		/* packets are never cut */
	if (err == 0)
		err = put_text(&b, INTERFACE_NAME, name);
	if (err == 0)
		err = put_text(&b, INTERFACE_DESCRIPTION, description);
	if (err == 0)
		err = put_option(&b, INTERFACE_TSRESOL, &resolution, 1);
	return finish(&b, fd, err);
}

int
pcapng_packet(int fd, uint32_t interface, uint64_t ns, const void *data,
    size_t n, const char *comment)
{
	struct buf b = { 0 };
	int err = begin(&b, PACKET);

	if (err == 0)
		err = put32(&b, interface);
	if (err == 0)
		err = put32(&b, (uint32_t)(ns >> 32));
	if (err == 0)
		err = put32(&b, (uint32_t)ns);
	if (err == 0)
		err = put32(&b, (uint32_t)n);	/* of that many: */
	if (err == 0)
		err = put32(&b, (uint32_t)n);
	if (err == 0)
		err = put_padded(&b, data, n);
	if (err == 0)
		err = put_text(&b, COMMENT, comment);
	return finish(&b, fd, err);
}
