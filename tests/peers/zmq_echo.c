/* ZeroMQ's REQ and REP: see echo.h. */
#include <zmq.h>

#include "echo.h"

static int
call(void *socket, const uint8_t *out, uint8_t *in, size_t n)
{
	return zmq_send(socket, out, n, 0) < 0 ||
	    zmq_recv(socket, in, n, 0) != (int)n;
}

static int
serve(void *socket, const char *address)
{
	static uint8_t buffer[ECHO_BYTES_MAX];

	if (zmq_bind(socket, address) != 0)
		return 1;
	puts("ready");
	fflush(stdout);
	for (;;) {
		int n = zmq_recv(socket, buffer, sizeof(buffer), 0);

		if (n < 0 || n > (int)sizeof(buffer) ||
		    zmq_send(socket, buffer, (size_t)n, 0) < 0)
			return 1;
	}
}

int
main(int argc, char **argv)
{
	void *context = zmq_ctx_new();

	if (argc == 3 && strcmp(argv[1], "serve") == 0)
		return serve(zmq_socket(context, ZMQ_REP), argv[2]);
	if (argc == 5 && strcmp(argv[1], "call") == 0) {
		void *socket = zmq_socket(context, ZMQ_REQ);

		if (zmq_connect(socket, argv[2]) != 0)
			return 1;
		return echo_measure(call, socket, argv[3], argv[4]);
	}
	return 64;
}
