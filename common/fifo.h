/*
 * Named pipes: the names and the hello of a session, for both ends.
 *
 *   DIR/ctl               control FIFO: clients write a hello here
 *   DIR/s-<32 hex>/in     client to server
 *   DIR/s-<32 hex>/out    server to client
 *   DIR/next              the server's: what will be the next session
 *
 * The hello (idl/frame.x, struct frame_hello) is 512 bytes in one write, less
 * than PIPE_BUF, so those of many clients never mix (pipe(7)).
 */
#ifndef RPCALL_FIFO_H
#define RPCALL_FIFO_H

#include <stddef.h>
#include <stdint.h>

enum {
	FIFO_HELLO_SIZE = 512,
	FIFO_NONCE_SIZE = 16,
	FIFO_PIPE_SIZE = 1 << 20,	/* asked of the kernel, bytes */
};

void fifo_hello_write(uint8_t out[FIFO_HELLO_SIZE],
    const uint8_t nonce[FIFO_NONCE_SIZE]);

/* 0 with the nonce, or -EBADMSG. */
int fifo_hello_read(const uint8_t hello[FIFO_HELLO_SIZE],
    uint8_t nonce[FIFO_NONCE_SIZE]);

/*
 * Hellos come whole, in one piece each; what else somebody writes must not
 * put those of others out of step, so each is looked for by its magic number.
 * Calls found(arg, nonce) for each in the have bytes of buffer, and moves what
 * may be the beginning of another to its front: bytes of that.
 */
size_t fifo_hellos_take(uint8_t *buffer, size_t have,
    void (*found)(void *arg, const uint8_t nonce[FIFO_NONCE_SIZE]),
    void *arg);

/* "DIR/s-HEX" and "/in" or "/out" or "": 0 or -ENAMETOOLONG. */
int fifo_session_path(char *out, size_t size, const char *dir,
    const uint8_t nonce[FIFO_NONCE_SIZE], const char *leaf);

/*
 * Asks for pipes of FIFO_PIPE_SIZE, or as large as an unprivileged user may
 * have; best effort, as less only costs speed.
 */
void fifo_enlarge(int fd);

#endif
