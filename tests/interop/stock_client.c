/*
 * A client as rpcgen's users write it: stock stubs, stock libtirpc, nothing
 * of ours. Compiled by the tests against what `rpcgen -C -M` makes of echo.x.
 *
 *   stock_client NETID HOST none|sys LARGEST
 *
 * Prints one line per call that succeeded; exits 1 at the first that did not.
 */
#include <netconfig.h>
#include <rpc/rpc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "echo.h"

static void
check(CLIENT *clnt, enum clnt_stat status, const char *what)
{
	if (status == RPC_SUCCESS)
		return;
	clnt_perror(clnt, what);
	exit(1);
}

static void
call_null(CLIENT *clnt)
{
	check(clnt, echo_null_1(NULL, NULL, clnt), "NULL");
	puts("null");
}

static void
call_echo(CLIENT *clnt, u_int size)
{
	echo_payload arg = { size, malloc(size + 1) }, res = { 0, NULL };
	u_int i;

	for (i = 0; i < size; i++)
		arg.echo_payload_val[i] = (char)(i * 7 + i / 256);
	check(clnt, echo_echo_1(&arg, &res, clnt), "ECHO");
	if (res.echo_payload_len != size ||
	    memcmp(arg.echo_payload_val, res.echo_payload_val, size) != 0) {
		fprintf(stderr, "ECHO of %u bytes came back changed\n", size);
		exit(1);
	}
	printf("echo %u\n", size);
	clnt_freeres(clnt, (xdrproc_t)xdr_echo_payload, (caddr_t)&res);
	free(arg.echo_payload_val);
}

static void
call_sink(CLIENT *clnt)
{
	echo_payload arg = { 9, "123456789" };
	echo_digest res = { 0, 0 };

	check(clnt, echo_sink_1(&arg, &res, clnt), "SINK");
	printf("sink %u %08x\n", res.length, res.crc32c);
}

static void
call_source(CLIENT *clnt)
{
	echo_source_args arg = { 1000, 7 };
	echo_payload res = { 0, NULL };

	check(clnt, echo_source_1(&arg, &res, clnt), "SOURCE");
	printf("source %u\n", res.echo_payload_len);
	clnt_freeres(clnt, (xdrproc_t)xdr_echo_payload, (caddr_t)&res);
}

static void
call_delay(CLIENT *clnt)
{
	u_int arg = 1000;

	check(clnt, echo_delay_1(&arg, NULL, clnt), "DELAY");
	puts("delay");
}

static void
call_whoami(CLIENT *clnt)
{
	echo_whoami res;

	memset(&res, 0, sizeof(res));
	check(clnt, echo_whoami_1(NULL, &res, clnt), "WHOAMI");
	printf("whoami %s %s %d %d %u\n", res.mechanism, res.netid,
	       (int)res.identity, (int)res.uid_known, res.uid);
	clnt_freeres(clnt, (xdrproc_t)xdr_echo_whoami, (caddr_t)&res);
}

int
main(int argc, char **argv)
{
	struct netconfig *conf;
	CLIENT *clnt;
	u_int size, largest;

	if (argc != 5)
		return 64;
	largest = (u_int)strtoul(argv[4], NULL, 10);
	conf = getnetconfigent(argv[1]);
	clnt = clnt_tp_create(argv[2], ECHO_PROG, ECHO_V1, conf);
	if (clnt == NULL) {
		clnt_pcreateerror(argv[1]);
		return 1;
	}
	if (strcmp(argv[3], "sys") == 0) {
		auth_destroy(clnt->cl_auth);
		clnt->cl_auth = authunix_create_default();
	}
	call_null(clnt);
	for (size = 1; size <= largest; size *= 8)
		call_echo(clnt, size);
	call_echo(clnt, 0);
	call_echo(clnt, largest);
	call_sink(clnt);
	call_source(clnt);
	call_delay(clnt);
	call_whoami(clnt);
	auth_destroy(clnt->cl_auth);
	clnt_destroy(clnt);
	freenetconfigent(conf);
	return 0;
}
