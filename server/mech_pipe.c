/*
 * Ordinary pipes: stdin and stdout, which the parent made (rpcalld --stdio).
 * One peer, known to be our parent; the daemon ends with it. main() has moved
 * the two descriptors out of the way of anything that prints.
 */
#include <errno.h>

#include "fd.h"
#include "fifo.h"
#include "server/mech.h"
#include "server/mech_pipe.h"
#include "server/server.h"
#include "server/worker.h"

#include <unistd.h>

int mech_pipe_stdin = -1, mech_pipe_stdout = -1;

static int
pipe_open(struct server *s, struct endpoint *e)
{
	struct origin o = {
		.mech = MECH_ID_pipe,
		.netid = e->netid,
		.identity = IDENTITY_PARENT,
		.uid = getuid(),
	};
	int err = fd_set_nonblock(mech_pipe_stdin, 1);

	if (err == 0)
		err = fd_set_nonblock(mech_pipe_stdout, 1);
	if (err)
		return err;
	fifo_enlarge(mech_pipe_stdout);
	return server_adopt(s, &s->workers[0], mech_pipe_stdin,
	    mech_pipe_stdout, &o, NULL);
}

static void
pipe_quiet(struct endpoint *e, struct worker *w)
{
	(void)e, (void)w;
}

static void
pipe_close(struct endpoint *e)
{
	(void)e;
}

const struct mech mech_pipe = {
	.open = pipe_open,
	.quiet = pipe_quiet,
	.close = pipe_close,
};
