/*
 * Named pipes: one hello, and the stream of hellos on the control FIFO.
 *
 *   input = kinds (1), then bytes taken as told by them
 *
 * Kind 0: the bytes are a hello whose checksum is put right; it is accepted
 * as its magic number, revision and zeroes say. Otherwise: clients' whole hellos and
 * junk of somebody else, one after the other in the pipe; every hello is
 * found, whatever stands before it. server/mech_fifo.c is included, with its
 * log counted: at a limit of no sessions each hello found is one refusal.
 */
#define log_event count_event
#include "server/mech_fifo.c"
#undef log_event

#include <sys/ioctl.h>

#include "be.h"
#include "crc32c.h"
#include "roundtrip.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { PIPE_BYTES = 60000 };

static unsigned found;
static int pipe_fds[2];
static struct server server;

void
count_event(enum log_level level, const char *event, const char *fmt, ...)
{
	(void)level, (void)fmt;
	found += strcmp(event, "fifo-refused") == 0;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	MUST(pipe2(pipe_fds, O_NONBLOCK | O_CLOEXEC) == 0);
	return 0;
}

/* The bytes as a hello, with the checksum that belongs to them. */
static void
one_hello(const uint8_t *data, size_t n)
{
	uint8_t hello[FIFO_HELLO_SIZE] = { 0 }, nonce[FIFO_NONCE_SIZE];
	size_t zeroes = 8 + FIFO_NONCE_SIZE;
	bool good;

	if (n > 0)
		memcpy(hello, data, n < sizeof(hello) ? n : sizeof(hello));
	be32_put(hello + sizeof(hello) - 4,
	    crc32c_table(0, hello, sizeof(hello) - 4));
	good = memcmp(hello, "rpcf\0\0\0\1", 8) == 0;
	while (zeroes < sizeof(hello) - 4)
		good = hello[zeroes++] == 0 && good;
	MUST(fifo_hello_read(hello, nonce) == (good ? 0 : -EBADMSG));
	MUST(!good || memcmp(nonce, hello + 8, sizeof(nonce)) == 0);
	hello[n % sizeof(hello)] ^= 1;
	MUST(fifo_hello_read(hello, nonce) == -EBADMSG);
}

static void
drain_pipe(struct fifo_ctl *ctl)
{
	int waiting = 1;

	while (ioctl(pipe_fds[0], FIONREAD, &waiting) == 0 && waiting > 0) {
		ctl_ready(&ctl->io, EPOLLIN);
		MUST(ctl->have < sizeof(ctl->buffer));
	}
}

static void
put(struct fifo_ctl *ctl, const uint8_t *data, size_t n)
{
	int waiting = 0;

	ioctl(pipe_fds[0], FIONREAD, &waiting);
	if ((size_t)waiting + n > PIPE_BYTES)
		drain_pipe(ctl);
	if (n > 0)
		MUST(write(pipe_fds[1], data, n) == (ssize_t)n);
}

static void
put_hello(struct fifo_ctl *ctl, uint8_t first)
{
	uint8_t hello[FIFO_HELLO_SIZE], nonce[FIFO_NONCE_SIZE] = { first };

	fifo_hello_write(hello, nonce);
	put(ctl, hello, sizeof(hello));
}

/*
 * Each byte is a hello (even) or junk that follows it in the input (odd, up
 * to 127 bytes); with the top bit set the server reads then.
 */
static void
stream(struct fifo_ctl *ctl, const uint8_t *data, size_t n)
{
	unsigned sent = 0;
	size_t at = 0;

	while (at < n) {
		uint8_t how = data[at++];
		size_t junk = how >> 1 & 0x3f;

		if (how & 1) {
			junk = junk < n - at ? junk : n - at;
			put(ctl, data + at, junk);
			at += junk;
		} else {
			put_hello(ctl, how);
			sent++;
		}
		if (how & 0x80)
			drain_pipe(ctl);
	}
	/* Junk at the end may look like the start of a hello: no more. */
	put_hello(ctl, 0);
	drain_pipe(ctl);
	MUST(found == sent + 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fifo_ctl *ctl;

	if (n == 0 || data[0] == 0) {
		one_hello(data + (n > 0), n - (n > 0));
		return 0;
	}
	ctl = calloc(1, sizeof(*ctl));
	MUST(ctl != NULL);
	ctl->server = &server;
	ctl->has_spare = true;	/* no timer is set to make one */
	ctl->io.fd = pipe_fds[0];
	found = 0;
	stream(ctl, data + 1, n - 1);
	free(ctl);
	return 0;
}
