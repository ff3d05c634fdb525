/* nng's REQ and REP: see echo.h. */
#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>
#include <nng/protocol/reqrep0/req.h>

#include "echo.h"

static int
call(void *arg, const uint8_t *out, uint8_t *in, size_t n)
{
	nng_socket *socket = arg;
	size_t got = n;

	/* nng takes a const buffer as one that it may not change. */
	return nng_send(*socket, (void *)(uintptr_t)out, n, 0) != 0 ||
	    nng_recv(*socket, in, &got, 0) != 0 || got != n;
}

static int
serve(nng_socket socket, const char *address)
{
	static uint8_t buffer[ECHO_BYTES_MAX];

	if (nng_listen(socket, address, NULL, 0) != 0)
		return 1;
	puts("ready");
	fflush(stdout);
	for (;;) {
		size_t n = sizeof(buffer);

		if (nng_recv(socket, buffer, &n, 0) != 0 ||
		    nng_send(socket, buffer, n, 0) != 0)
			return 1;
	}
}

int
main(int argc, char **argv)
{
	nng_socket socket;

	if (argc == 3 && strcmp(argv[1], "serve") == 0)
		return nng_rep0_open(&socket) != 0 || serve(socket, argv[2]);
	if (argc == 5 && strcmp(argv[1], "call") == 0)
		return nng_req0_open(&socket) != 0 ||
		    nng_dial(socket, argv[2], NULL, 0) != 0 ||
		    echo_measure(call, &socket, argv[3], argv[4]);
	return 64;
}
