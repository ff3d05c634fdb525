/*
 * Both envelopes, written and read in place, against the codecs they stand
 * in for: libtirpc's xdr_callmsg() and xdr_replymsg(), and what rpcgen makes
 * of idl/frame.x. Byte for byte in both directions. Run by main.c.
 */
#include <errno.h>
#include <rpc/rpc.h>
#include <stdlib.h>
#include <string.h>

#include "be.h"
#include "envelope.h"
#include "frame.h"
#include "suites.h"

enum { SIZE = 2048, XID = 0x89abcdef };

static uint8_t ours[SIZE], theirs[SIZE];

static const struct reply_status statuses[] = {
	{ .kind = REPLY_SUCCESS }, { .kind = REPLY_PROG_UNAVAIL },
	{ .kind = REPLY_PROG_MISMATCH, .low = 2, .high = 7 },
	{ .kind = REPLY_PROC_UNAVAIL }, { .kind = REPLY_GARBAGE_ARGS },
	{ .kind = REPLY_SYSTEM_ERR },
	{ .kind = REPLY_AUTH_ERROR, .auth = AUTH_TOOWEAK },
	{ .kind = REPLY_RPC_MISMATCH, .low = 2, .high = 2 },
};

enum { STATUSES = sizeof(statuses) / sizeof(statuses[0]) };

/* What libtirpc's or rpcgen's codec makes of object, in theirs. */
static size_t
encode(xdrproc_t proc, void *object)
{
	size_t n;
	XDR x;

	xdrmem_create(&x, (char *)theirs, SIZE, XDR_ENCODE);
	ck_assert(proc(&x, object));
	n = xdr_getpos(&x);
	xdr_destroy(&x);
	return n;
}

static void
must_equal(size_t n, size_t m)
{
	ck_assert_uint_eq(n, m);
	ck_assert_mem_eq(ours, theirs, n);
}

static struct call_head
a_call(uint32_t cred_len)
{
	static uint8_t cred[RPC_AUTH_MAX];

	for (uint32_t i = 0; i < sizeof(cred); i++)
		cred[i] = (uint8_t)(i + 1);
	return (struct call_head){ .xid = XID, .prog = 0x20525001, .vers = 3,
		.proc = 4, .flavor = cred_len ? AUTH_SYS : AUTH_NONE,
		.cred = cred, .cred_len = cred_len };
}

static size_t
libtirpc_call(const struct call_head *h)
{
	struct rpc_msg m = { .rm_xid = h->xid, .rm_direction = CALL };

	m.rm_call.cb_rpcvers = RPC_MSG_VERSION;
	m.rm_call.cb_prog = h->prog;
	m.rm_call.cb_vers = h->vers;
	m.rm_call.cb_proc = h->proc;
	m.rm_call.cb_cred.oa_flavor = (int)h->flavor;
	m.rm_call.cb_cred.oa_base = (char *)(uintptr_t)h->cred;
	m.rm_call.cb_cred.oa_length = h->cred_len;
	return encode((xdrproc_t)xdr_callmsg, &m);
}

START_TEST(a_call_is_written_as_libtirpc_writes_it)
{
	struct call_head h = a_call((uint32_t)_i);
	size_t n;

	memset(ours, 0xee, SIZE);
	n = rpcmsg_envelope.write_call(ours, &h);
	ck_assert_uint_le(n, ENVELOPE_CALL_MAX);
	must_equal(n, libtirpc_call(&h));
}
END_TEST

START_TEST(a_call_of_libtirpc_is_read_as_it_was_meant)
{
	struct call_head h = a_call((uint32_t)_i), got;
	struct reply_status st;
	size_t n = libtirpc_call(&h);

	ck_assert_int_eq(rpcmsg_envelope.parse_call(theirs, n + 8, &got, &st),
	    0);
	ck_assert(got.xid == h.xid && got.prog == h.prog &&
	    got.vers == h.vers && got.proc == h.proc);
	ck_assert(got.flavor == h.flavor && got.cred_len == h.cred_len);
	if (h.cred_len > 0)
		ck_assert_mem_eq(got.cred, h.cred, h.cred_len);
	ck_assert_uint_eq(got.size, n);
}
END_TEST

static bool_t
xdr_nothing(XDR *x, void *object)
{
	(void)x, (void)object;
	return TRUE;
}

static size_t
libtirpc_reply(const struct reply_status *st)
{
	struct rpc_msg m = { .rm_xid = XID, .rm_direction = REPLY };
	struct rejected_reply *no = &m.rm_reply.rp_rjct;
	struct accepted_reply *yes = &m.rm_reply.rp_acpt;

	m.rm_reply.rp_stat = st->kind >= REPLY_AUTH_ERROR ? MSG_DENIED :
	    MSG_ACCEPTED;
	if (st->kind == REPLY_AUTH_ERROR) {
		no->rj_stat = AUTH_ERROR;
		no->rj_why = (enum auth_stat)st->auth;
	} else if (st->kind == REPLY_RPC_MISMATCH) {
		no->rj_stat = RPC_MISMATCH;
		no->rj_vers.low = st->low;
		no->rj_vers.high = st->high;
	} else {
		yes->ar_stat = (enum accept_stat)st->kind;
		yes->ar_vers.low = st->low;
		yes->ar_vers.high = st->high;
	}
	if (st->kind == REPLY_SUCCESS)
		yes->ar_results.proc = (xdrproc_t)xdr_nothing;
	return encode((xdrproc_t)xdr_replymsg, &m);
}

static void
must_read(const struct envelope *e, const uint8_t *msg, size_t n,
    const struct reply_status *st)
{
	struct reply_head h = { 0 };

	ck_assert_int_eq(e->parse_reply(msg, n, &h), 0);
	ck_assert_uint_eq(h.xid, XID);
	ck_assert_uint_eq(h.size, n);
	ck_assert(h.status.kind == st->kind && h.status.low == st->low &&
	    h.status.high == st->high && h.status.auth == st->auth);
	for (size_t cut = 0; cut < n; cut++)
		ck_assert_int_eq(e->parse_reply(msg, cut, &h), -EBADMSG);
}

START_TEST(a_reply_is_written_and_read_as_libtirpc_does)
{
	const struct reply_status *st = &statuses[_i];
	size_t n = rpcmsg_envelope.write_reply(ours, XID, st);

	ck_assert_uint_le(n, ENVELOPE_REPLY_MAX);
	must_equal(n, libtirpc_reply(st));
	must_read(&rpcmsg_envelope, theirs, n, st);
}
END_TEST

START_TEST(a_verifier_of_a_reply_is_skipped)
{
	struct reply_head h;

	memset(ours, 0, SIZE);
	be32_put(ours, XID);
	be32_put(ours + 4, REPLY);
	be32_put(ours + 12, AUTH_SHORT);
	be32_put(ours + 16, 5);
	ck_assert_int_eq(rpcmsg_envelope.parse_reply(ours, 32, &h), 0);
	ck_assert(h.status.kind == REPLY_SUCCESS && h.size == 32);
	be32_put(ours + 16, RPC_AUTH_MAX + 1);
	ck_assert_int_eq(rpcmsg_envelope.parse_reply(ours, SIZE, &h),
	    -EBADMSG);
}
END_TEST

/* A reply of libtirpc's with one word changed is no reply. */
static void
must_refuse_word(const struct reply_status *st, size_t at, uint32_t word)
{
	size_t n = libtirpc_reply(st);
	struct reply_head h;

	be32_put(theirs + at, word);
	ck_assert_int_eq(rpcmsg_envelope.parse_reply(theirs, n, &h),
	    -EBADMSG);
}

START_TEST(a_reply_that_is_none_is_refused)
{
	must_refuse_word(&statuses[REPLY_SUCCESS], 4, CALL);
	must_refuse_word(&statuses[REPLY_SUCCESS], 8, 2);
	must_refuse_word(&statuses[REPLY_SUCCESS], 20, 6);
	must_refuse_word(&statuses[REPLY_SUCCESS], 20, 0xffffffff);
	must_refuse_word(&statuses[REPLY_AUTH_ERROR], 12, 2);
	must_refuse_word(&statuses[REPLY_SUCCESS], 16, 0xffffffff);
}
END_TEST

/* Parses a sound call with the word at changed: what comes of it. */
static int
parse_with(size_t at, uint32_t word, struct reply_status *st)
{
	struct call_head h = a_call(8);
	size_t n = libtirpc_call(&h);

	memset(theirs + n, 0, SIZE - n);
	be32_put(theirs + at, word);
	h.xid = 0;
	n = (size_t)rpcmsg_envelope.parse_call(theirs, SIZE, &h, st);
	ck_assert((int)n < 0 || h.xid == (at == 0 ? word : XID));
	return (int)n;
}

START_TEST(a_call_that_cannot_be_served_is_denied_with_its_reason)
{
	struct reply_status st;

	ck_assert_int_eq(parse_with(4, REPLY, &st), -EBADMSG);
	ck_assert_int_eq(parse_with(8, 3, &st), 1);
	ck_assert(st.kind == REPLY_RPC_MISMATCH && st.low == 2 &&
	    st.high == 2);
	ck_assert_int_eq(parse_with(28, RPC_AUTH_MAX, &st), 0);
	ck_assert_int_eq(parse_with(28, RPC_AUTH_MAX + 1, &st), 1);
	ck_assert(st.kind == REPLY_AUTH_ERROR && st.auth == AUTH_BADCRED);
	ck_assert_int_eq(parse_with(28, 0xfffffffd, &st), 1);
	ck_assert(st.auth == AUTH_BADCRED);
	ck_assert_int_eq(parse_with(44, RPC_AUTH_MAX, &st), 0);
	ck_assert_int_eq(parse_with(44, RPC_AUTH_MAX + 1, &st), 1);
	ck_assert(st.kind == REPLY_AUTH_ERROR && st.auth == AUTH_BADVERF);
}
END_TEST

START_TEST(a_call_that_ends_early_is_none_and_not_read_beyond)
{
	struct call_head h = a_call((uint32_t)_i), got;
	size_t whole = libtirpc_call(&h);
	struct reply_status st;

	for (size_t n = 0; n < whole; n++) {
		uint8_t *exact = malloc(n + 1);

		ck_assert_ptr_nonnull(exact);
		memcpy(exact + 1, theirs, n);
		ck_assert_int_eq(rpcmsg_envelope.parse_call(exact + 1, n,
		    &got, &st), -EBADMSG);
		free(exact);
	}
}
END_TEST

START_TEST(a_frame_call_is_as_rpcgen_makes_it)
{
	struct call_head h = a_call(0), got;
	frame_call c = { h.xid, h.prog, h.vers, h.proc };
	struct reply_status st;
	size_t n = frame_envelope.write_call(ours, &h);

	must_equal(n, encode((xdrproc_t)xdr_frame_call, &c));
	ck_assert_int_eq(frame_envelope.parse_call(theirs, n, &got, &st), 0);
	ck_assert(got.xid == h.xid && got.prog == h.prog &&
	    got.vers == h.vers && got.proc == h.proc && got.size == n);
	ck_assert(got.flavor == AUTH_NONE && got.cred_len == 0);
	for (size_t cut = 0; cut < n; cut++)
		ck_assert_int_eq(frame_envelope.parse_call(theirs, cut, &got,
		    &st), -EBADMSG);
}
END_TEST

/* frame_reply, then what idl/frame.x says follows this status. */
static bool_t
xdr_whole_reply(XDR *x, const struct reply_status *st)
{
	frame_reply r = { XID, st->kind == REPLY_AUTH_ERROR ? FRAME_DENIED :
	    (frame_status)st->kind };
	frame_versions v = { st->low, st->high };
	int why = (int)st->auth;

	return xdr_frame_reply(x, &r) &&
	    (st->kind != REPLY_PROG_MISMATCH || xdr_frame_versions(x, &v)) &&
	    (st->kind != REPLY_AUTH_ERROR || xdr_int(x, &why));
}

START_TEST(a_frame_reply_is_as_rpcgen_makes_it)
{
	const struct reply_status *st = &statuses[_i];
	size_t n = frame_envelope.write_reply(ours, XID, st);

	ck_assert_uint_le(n, ENVELOPE_REPLY_MAX);
	must_equal(n, encode((xdrproc_t)(void (*)(void))xdr_whole_reply,
	    (void *)(uintptr_t)st));
	must_read(&frame_envelope, theirs, n, st);
}
END_TEST

START_TEST(a_frame_status_that_is_not_declared_is_refused)
{
	struct reply_head h;

	for (uint32_t status = FRAME_DENIED + 1; status < 1000; status++) {
		be32_put(ours + 4, status);
		ck_assert_int_eq(frame_envelope.parse_reply(ours, SIZE, &h),
		    -EBADMSG);
	}
	be32_put(ours + 4, 0xffffffff);
	ck_assert_int_eq(frame_envelope.parse_reply(ours, SIZE, &h), -EBADMSG);
}
END_TEST

Suite *
envelope_suite(void)
{
	Suite *s = suite_create("envelope");
	TCase *t = tcase_create("envelope");

	tcase_add_loop_test(t, a_call_is_written_as_libtirpc_writes_it, 0,
	    RPC_AUTH_MAX + 1);
	tcase_add_loop_test(t, a_call_of_libtirpc_is_read_as_it_was_meant, 0,
	    RPC_AUTH_MAX + 1);
	tcase_add_loop_test(t, a_reply_is_written_and_read_as_libtirpc_does, 0,
	    STATUSES);
	tcase_add_test(t, a_verifier_of_a_reply_is_skipped);
	tcase_add_test(t, a_reply_that_is_none_is_refused);
	tcase_add_test(t,
	    a_call_that_cannot_be_served_is_denied_with_its_reason);
	tcase_add_loop_test(t, a_call_that_ends_early_is_none_and_not_read_beyond,
	    0, 9);
	tcase_add_test(t, a_frame_call_is_as_rpcgen_makes_it);
	/* The last status, RPC_MISMATCH, is not one of the lean frame. */
	tcase_add_loop_test(t, a_frame_reply_is_as_rpcgen_makes_it, 0,
	    STATUSES - 1);
	tcase_add_test(t, a_frame_status_that_is_not_declared_is_refused);
	suite_add_tcase(s, t);
	return s;
}
