/*
 * What serves most calls without reading their heads: a head that repeats
 * the last one, and the reply that stands ready. Run by main.c.
 */
#include <string.h>

#include "be.h"
#include "envelope.h"
#include "repeat.h"
#include "suites.h"

enum { SIZE = 256, AUTH_SYS_FLAVOR = 1 };

static uint8_t ours[SIZE];

static struct call_head
a_call(uint32_t cred_len)
{
	static const uint8_t cred[8];

	return (struct call_head){ .xid = 0x89abcdef, .prog = 0x20525001,
		.vers = 3, .proc = 4, .flavor = cred_len ? AUTH_SYS_FLAVOR : 0,
		.cred = cred, .cred_len = cred_len };
}

static const struct envelope *const envelopes[] = {
	&rpcmsg_envelope, &frame_envelope
};

START_TEST(a_reply_that_stands_ready_is_as_it_would_be_written)
{
	static const struct reply_status ok = { .kind = REPLY_SUCCESS };
	const struct envelope *e = envelopes[_i];
	size_t n = e->write_reply(ours + 4, 0, &ok);

	be32_put(ours, 0x80000000u | (uint32_t)n);
	ck_assert_uint_eq(e->done_size, n);
	ck_assert_uint_le(n, ENVELOPE_DONE_MAX);
	ck_assert_mem_eq(e->done, ours, 4 + n);
}
END_TEST

/* A head of this size is repeated by what differs in the xid alone. */
static void
must_repeat(const struct repeat *r, size_t size)
{
	ck_assert(repeat_is(r, ours, size) && repeat_is(r, ours, SIZE));
	for (size_t i = 0; i < size; i++) {
		ours[i] ^= 1;
		ck_assert(repeat_is(r, ours, size) == (i < REPEAT_XID));
		ck_assert(!repeat_is(r, ours, i));
		ours[i] ^= 1;
	}
}

START_TEST(a_call_repeats_another_when_all_but_its_xid_is_the_same)
{
	struct call_head h = a_call(0);
	size_t n = envelopes[_i]->write_call(ours, &h);
	struct repeat r = { 0 };

	ck_assert(!repeat_is(&r, ours, n));
	repeat_keep(&r, ours, n);
	must_repeat(&r, n);
	repeat_forget(&r);
	ck_assert(!repeat_is(&r, ours, n));
}
END_TEST

START_TEST(a_call_with_a_credential_is_repeated_by_none)
{
	struct call_head h = a_call(4);
	size_t n = rpcmsg_envelope.write_call(ours, &h);
	struct repeat r = { 0 };

	repeat_keep(&r, ours, n);
	ck_assert(!repeat_is(&r, ours, n));
}
END_TEST

Suite *
repeat_suite(void)
{
	Suite *s = suite_create("repeat");
	TCase *t = tcase_create("repeat");

	tcase_add_loop_test(t,
	    a_reply_that_stands_ready_is_as_it_would_be_written, 0, 2);
	tcase_add_loop_test(t,
	    a_call_repeats_another_when_all_but_its_xid_is_the_same, 0, 2);
	tcase_add_test(t, a_call_with_a_credential_is_repeated_by_none);
	suite_add_tcase(s, t);
	return s;
}
