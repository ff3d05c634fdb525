/*
 * The workloads of KV: what is sent is what idl/kv.x says, each PUT with an
 * opid of its own, and only the right answer is taken. Run by main.c.
 */
#include <stdlib.h>
#include <string.h>

#include "measure/work_kv.h"
#include "suites.h"
#include "xbuf.h"

enum { SIZE = 101, OUTSTANDING = 4 };

static struct work w;

static void
set_up(const char *workload, unsigned puts)
{
	struct work_spec spec = { .workload = workload, .size = SIZE,
		.seed = 7, .puts = puts, .outstanding = OUTSTANDING };

	ck_assert_int_eq(work_init(&w, &spec), 0);
	kv_work_state(&w)->writer = &kv_work_state(&w)->writers[3];
	memset(kv_work_state(&w)->writer->id, 0xab, KV_CLIENT_SIZE);
}

static void
tear_down(void)
{
	work_release(&w);
}

/* What w says of an answer to rq that is this object in XDR. */
static const char *
verdict(const struct request *rq, xdrproc_t proc, void *object)
{
	struct buf b = { 0 };
	struct reply r = { 0 };
	const char *why;
	XDR x;

	xbuf_encode(&x, &b, 1 << 20);
	ck_assert(proc(&x, object));
	r.body = b.data;
	r.len = b.len;
	why = w.wrong(&w, rq, &r);
	buf_release(&b);
	return why;
}

/* The number of the key that rq asks for. */
static unsigned
key_of(const struct request *rq)
{
	char expected[KV_WORK_KEY];
	kv_key key = { 0 };
	unsigned n;
	XDR x;

	xbuf_decode(&x, rq->args, rq->args_len, true);
	ck_assert(xdr_kv_key(&x, &key));
	ck_assert_uint_eq(xbuf_left(&x), 0);
	n = (unsigned)atoi(memchr(key.kv_key_val + 13, '/', 8) + 1);
	ck_assert_uint_eq(kv_make_key(&w, n, expected).kv_key_len,
	    key.kv_key_len);
	ck_assert_mem_eq(expected, key.kv_key_val, key.kv_key_len);
	return n;
}

START_TEST(a_get_takes_the_value_of_its_key_and_no_other)
{
	uint8_t value[SIZE];
	kv_get_result res = { .status = KV_OK };
	struct request *rq;

	set_up("kv-get", 5);
	rq = work_next(&w);
	kv_make_value(&w, key_of(rq), value);
	res.kv_get_result_u.entry = (kv_entry){ .revision = 7,
		.value = { SIZE, (char *)value } };
	ck_assert_ptr_null(verdict(rq, (xdrproc_t)xdr_kv_get_result, &res));
	value[SIZE - 1] ^= 1;
	ck_assert_str_eq(verdict(rq, (xdrproc_t)xdr_kv_get_result, &res),
	    "a wrong value came back");
	value[SIZE - 1] ^= 1;
	res.kv_get_result_u.entry.value.kv_value_len--;
	ck_assert_ptr_nonnull(verdict(rq, (xdrproc_t)xdr_kv_get_result, &res));
	kv_make_value(&w, key_of(rq) + 1, value);
	res.kv_get_result_u.entry.value.kv_value_len = SIZE;
	ck_assert_ptr_nonnull(verdict(rq, (xdrproc_t)xdr_kv_get_result, &res));
	res.status = KV_NOT_FOUND;
	ck_assert_str_eq(verdict(rq, (xdrproc_t)xdr_kv_get_result, &res),
	    "a key was not found");
}
END_TEST

static void
decode_put(const struct request *rq, kv_put_args *args)
{
	XDR x;

	memset(args, 0, sizeof(*args));
	xbuf_decode(&x, rq->args, rq->args_len, true);
	ck_assert(xdr_kv_put_args(&x, args));
	ck_assert_uint_eq(xbuf_left(&x), 0);
}

START_TEST(each_put_has_the_next_sequence_of_one_client)
{

	set_up("kv-put", 5);
	for (unsigned i = 1; i <= 3 * WORK_TURNS; i++) {
		struct request *rq = work_next(&w);
		kv_put_args args;

		decode_put(rq, &args);
		ck_assert_mem_eq(args.opid.client,
		    kv_work_state(&w)->writer->id, KV_CLIENT_SIZE);
		ck_assert_uint_eq(args.opid.sequence, i);
		/* What may still be outstanding is not said to be done. */
		ck_assert_uint_eq(args.opid.done,
		    i > OUTSTANDING ? i - OUTSTANDING : 0);
		ck_assert_uint_eq(args.value.kv_value_len, SIZE);
		ck_assert_uint_eq(rq->carries,
		    SIZE + args.key.kv_key_len);
	}
}
END_TEST

/* The opid of the next PUT on a connection. */
static kv_opid
opid_of(uint32_t connection)
{
	kv_put_args args;

	w.connection = connection;
	decode_put(work_next(&w), &args);
	return args.opid;
}

START_TEST(each_connection_is_a_client_that_counts_for_itself)
{
	kv_opid first, other;

	set_up("kv-put", 5);
	kv_work_state(&w)->writer->sequence = 100;
	first = opid_of(0);
	other = opid_of(1);
	ck_assert_mem_ne(first.client, other.client, KV_CLIENT_SIZE);
	ck_assert_uint_eq(first.sequence, 101);
	ck_assert_uint_eq(other.sequence, 101);
	/* However far the others are: nothing of this one is said to be done. */
	for (unsigned i = 0; i < 10 * OUTSTANDING; i++)
		first = opid_of(0);
	other = opid_of(1);
	ck_assert_uint_eq(first.done, first.sequence - OUTSTANDING);
	ck_assert_uint_eq(other.sequence, 102);
	ck_assert_uint_eq(other.done, 0);
}
END_TEST

START_TEST(a_put_is_right_when_the_store_says_so)
{
	kv_write_result res = { .status = KV_OK };
	struct request *rq;

	set_up("kv-put", 5);
	rq = work_next(&w);
	ck_assert_ptr_null(verdict(rq, (xdrproc_t)xdr_kv_write_result, &res));
	res.status = KV_NOSPACE;
	ck_assert_str_eq(verdict(rq, (xdrproc_t)xdr_kv_write_result, &res),
	    "the store is full");
	res.status = KV_OPID_REUSED;
	ck_assert_ptr_nonnull(verdict(rq, (xdrproc_t)xdr_kv_write_result,
	    &res));
}
END_TEST

static unsigned
puts_among_turns(unsigned percent)
{
	unsigned n = 0;

	set_up("kv-mixed", percent);
	for (unsigned i = 0; i < WORK_TURNS; i++)
		n += work_next(&w)->proc == KV_PUT;
	work_release(&w);
	return n;
}

START_TEST(mixed_has_as_many_puts_as_were_asked_for)
{
	unsigned n = puts_among_turns(5);

	ck_assert_uint_eq(puts_among_turns(0), 0);
	ck_assert_uint_eq(puts_among_turns(100), WORK_TURNS);
	/* 205 are expected, give or take 14; and the seed is fixed. */
	ck_assert(n > 205 - 84 && n < 205 + 84);
	ck_assert_uint_eq(puts_among_turns(5), n);
}
END_TEST

START_TEST(only_puts_count_as_changes)
{
	struct work_done d = { 0 };
	unsigned puts = 0;

	set_up("kv-mixed", 50);
	for (unsigned i = 0; i < 100; i++)
		puts += work_next(&w)->proc == KV_PUT;
	work_did(&w, &d);
	ck_assert_uint_eq(d.calls, 100);
	ck_assert_uint_eq(d.changes, puts);
	ck_assert_uint_eq(d.brought, (100 - puts) * SIZE);
}
END_TEST

START_TEST(large_values_have_fewer_keys)
{
	struct work_spec spec = { .workload = "kv-get", .seed = 1 };
	static const struct {
		uint32_t size;
		unsigned keys;
	} list[] = { { 0, 1024 }, { 16384, 1024 }, { 65536, 256 },
		{ KV_VALUE_MAX, 16 } };

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		spec.size = list[i].size;
		ck_assert_int_eq(work_init(&w, &spec), 0);
		ck_assert_uint_eq(kv_work_state(&w)->keys, list[i].keys);
		work_release(&w);
	}
}
END_TEST

Suite *
work_kv_suite(void)
{
	Suite *s = suite_create("work_kv");
	TCase *t = tcase_create("work_kv");

	tcase_set_timeout(t, 30);
	tcase_add_checked_fixture(t, NULL, tear_down);
	tcase_add_test(t, a_get_takes_the_value_of_its_key_and_no_other);
	tcase_add_test(t, each_put_has_the_next_sequence_of_one_client);
	tcase_add_test(t, each_connection_is_a_client_that_counts_for_itself);
	tcase_add_test(t, a_put_is_right_when_the_store_says_so);
	tcase_add_test(t, mixed_has_as_many_puts_as_were_asked_for);
	tcase_add_test(t, only_puts_count_as_changes);
	tcase_add_test(t, large_values_have_fewer_keys);
	suite_add_tcase(s, t);
	return s;
}
