/*
 * A hostile daemon's REFLECT: what it says of itself, decoded by rpcgen's
 * code, checked, and printed in each format that `rpcall stats` has.
 *
 * Input: the results of LIST, then of STATS as far as there is more.
 */
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "reflect/stats_out.h"
#include "roundtrip.h"
#include "xbuf.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static FILE *out;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	out = fopen("/dev/null", "w");
	MUST(out != NULL);
	return 0;
}

static void
print_all(const struct snapshot *s, double seconds)
{
	struct stats_view v = { .s = s, .uri = "unix:/x", .seconds = seconds };

	MUST(stats_text(out, &v) == 0);
	MUST(stats_json(out, &v) == 0);
	MUST(stats_prometheus(out, &v) == 0);
}

static void
use(struct snapshot *s)
{
	struct snapshot delta = { .info = s->info, .list = s->list };
	struct snapshot before = { 0 };

	print_all(s, 0);
	MUST(snapshot_since(&delta, s, &before) == 0);
	print_all(&delta, 0.5);
	snapshot_clear_rows(&delta);
	MUST(snapshot_since(&delta, s, s) == 0);
	for (u_int i = 0; i < delta.stats.rows.rows_len; i++)
		MUST(delta.stats.rows.rows_val[i].calls == 0 &&
		    row_errors_sum(&delta.stats.rows.rows_val[i]) == 0);
	snapshot_clear_rows(&delta);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static char empty[] = "";
	struct snapshot s = { 0 };
	struct failure f = { 0 };
	XDR x;

	xbuf_decode(&x, data, n, false);
	if (xdr_reflect_list(&x, &s.list) && xdr_reflect_stats(&x, &s.stats) &&
	    snapshot_check(&s, &f) == 0) {
		s.info.product = s.info.release = s.info.host = empty;
		use(&s);
		s.info.product = s.info.release = s.info.host = NULL;
	}
	snapshot_release(&s);
	return 0;
}
