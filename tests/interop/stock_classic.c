/*
 * A client of rstat and spray as rpcgen's users write it, for the .x files of
 * rpcsvc-proto. Compiled by the tests; nothing of ours is in it.
 *
 *   stock_classic HOST tcp|udp
 *
 * Prints one line per answer; exits 1 at the first call without one.
 */
#include <rpc/rpc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rstat.h"
#include "spray.h"

enum { SPRAYED = 7 };

static CLIENT *
open_program(char **argv, u_long prog, u_long vers)
{
	CLIENT *clnt = clnt_create(argv[1], prog, vers, argv[2]);

	if (clnt == NULL) {
		clnt_pcreateerror(argv[2]);
		exit(1);
	}
	return clnt;
}

static void
check(CLIENT *clnt, enum clnt_stat status, const char *what)
{
	if (status == RPC_SUCCESS)
		return;
	clnt_perror(clnt, what);
	exit(1);
}

static void
call_rstat(char **argv)
{
	CLIENT *clnt = open_program(argv, RSTATPROG, RSTATVERS_TIME);
	statstime now;
	statsswtch before;
	stats first;

	check(clnt, rstatproc_stats_3(NULL, &now, clnt), "version 3");
	clnt_destroy(clnt);
	clnt = open_program(argv, RSTATPROG, RSTATVERS_SWTCH);
	check(clnt, rstatproc_stats_2(NULL, &before, clnt), "version 2");
	clnt_destroy(clnt);
	clnt = open_program(argv, RSTATPROG, RSTATVERS_ORIG);
	check(clnt, rstatproc_stats_1(NULL, &first, clnt), "version 1");
	clnt_destroy(clnt);
	printf("boot %u %u\n", now.boottime.tv_sec, before.boottime.tv_sec);
	printf("now %u\n", now.curtime.tv_sec);
	puts(first.cp_time[3] - now.cp_time[3] < 1000000 ? "idle" : "?");
}

/* SPRAY has no reply: a stream does not wait for one. With no time at all
 * libtirpc sends no datagram. */
static void
call_spray(char **argv)
{
	struct timeval wait = { 0, strcmp(argv[2], "udp") ? 0 : 1000 };
	CLIENT *clnt = open_program(argv, SPRAYPROG, SPRAYVERS);
	char data[86] = "";
	sprayarr arg = { sizeof(data), data };
	spraycumul sum;
	int i;

	check(clnt, sprayproc_clear_1(NULL, NULL, clnt), "CLEAR");
	for (i = 0; i < SPRAYED; i++)
		clnt_call(clnt, SPRAYPROC_SPRAY, (xdrproc_t)xdr_sprayarr,
		    (caddr_t)&arg, (xdrproc_t)xdr_void, NULL, wait);
	check(clnt, sprayproc_get_1(NULL, &sum, clnt), "GET");
	printf("sprayed %u\n", sum.counter);
	clnt_destroy(clnt);
}

int
main(int argc, char **argv)
{
	if (argc != 3)
		return 64;
	call_rstat(argv);
	call_spray(argv);
	return 0;
}
