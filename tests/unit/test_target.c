/*
 * Targets and universal addresses: what is accepted, what it means, and the
 * words with which the rest is refused. Run by main.c.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "binder.h"
#include "suites.h"
#include "target.h"

enum { TEXT = 1024 };

struct good {
	const char *uri;
	enum mech_id mech;
	int family;
	const char *host;
	int port;
	const char *path;
	const char *written;	/* NULL: as uri */
};

static const struct good good[] = {
	{ "rpc://host", MECH_ID_ANY_RPC, AF_UNSPEC, "host", -1, "", NULL },
	{ "rpc://[::1]", MECH_ID_ANY_RPC, AF_INET6, "::1", -1, "", NULL },
	{ "rpc+tcp://127.0.0.1:7411", MECH_ID_rpc_tcp, AF_UNSPEC,
	    "127.0.0.1", 7411, "", NULL },
	{ "rpc+tcp://host", MECH_ID_rpc_tcp, AF_UNSPEC, "host", -1, "", NULL },
	{ "rpc+tcp6://host:1", MECH_ID_rpc_tcp, AF_INET6, "host", 1, "",
	    NULL },
	{ "rpc+tcp://[::1]:1", MECH_ID_rpc_tcp, AF_INET6, "::1", 1, "",
	    "rpc+tcp6://[::1]:1" },
	{ "rpc+udp://h:0", MECH_ID_rpc_udp, AF_UNSPEC, "h", 0, "", NULL },
	{ "rpc+udp6://[fe80::1%eth0]:65535", MECH_ID_rpc_udp, AF_INET6,
	    "fe80::1%eth0", 65535, "", NULL },
	{ "rpc+local:", MECH_ID_rpc_local, AF_UNSPEC, "", -1, "", NULL },
	{ "rpc+local:/run/s", MECH_ID_rpc_local, AF_UNSPEC, "", -1, "/run/s",
	    NULL },
	{ "rpc+local:///run/s", MECH_ID_rpc_local, AF_UNSPEC, "", -1,
	    "/run/s", "rpc+local:/run/s" },
	{ "tcp://host:80", MECH_ID_tcp, AF_UNSPEC, "host", 80, "", NULL },
	{ "tcp://host", MECH_ID_tcp, AF_UNSPEC, "host", TARGET_PORT, "",
	    "tcp://host:7411" },
	{ "tcp://[::1]:80", MECH_ID_tcp, AF_INET6, "::1", 80, "", NULL },
	{ "unix:/run/s", MECH_ID_unix, AF_UNSPEC, "", -1, "/run/s", NULL },
	{ "fifo:/run/f", MECH_ID_fifo, AF_UNSPEC, "", -1, "/run/f", NULL },
	{ "pipe:ssh -T h 'a b?c=d'", MECH_ID_pipe, AF_UNSPEC, "", -1,
	    "ssh -T h 'a b?c=d'", NULL },
};

static void
must_parse(struct target *t, const char *uri)
{
	char why[TEXT] = "";

	ck_assert_msg(target_parse(t, uri, why, sizeof(why)) == 0,
	    "\"%s\": %s", uri, why);
}

START_TEST(a_target_means_what_it_says_and_is_written_so)
{
	const struct good *g = &good[_i];
	char uri[TEXT];
	struct target t;

	must_parse(&t, g->uri);
	ck_assert_int_eq(t.mech, g->mech);
	ck_assert_int_eq(t.family, g->family);
	ck_assert_str_eq(t.host, g->host);
	ck_assert_int_eq(t.port, g->port);
	ck_assert_str_eq(t.path, g->path);
	ck_assert(!t.auth_sys);
	ck_assert_str_eq(target_format(&t, uri, sizeof(uri)),
	    g->written ? g->written : g->uri);
}
END_TEST

/* What is refused, and what the message must say of it. */
static const char *const bad[][2] = {
	{ "host:80", "rpc+tcp://host:80" }, { "127.0.0.1:7411", "tcp://" },
	{ "host", "no known scheme" }, { "", "no known scheme" },
	{ ":80", "no known scheme" }, { "http://host", "no known scheme" },
	{ "tcp:host:80", "//" }, { "rpc+tcp:host", "//" },
	{ "tcp://", "no host" }, { "tcp://:80", "no host" },
	{ "tcp://[]:80", "" }, { "tcp://[::1", "]" },
	{ "tcp://[::1]80", "after ]" }, { "tcp://::1:80", "brackets" },
	{ "tcp://h:65536", "65535" }, { "tcp://h:-1", "65535" },
	{ "tcp://h: 1", "65535" }, { "tcp://h:+1", "65535" },
	{ "tcp://h:1x", "65535" }, { "tcp://h:", "65535" },
	{ "tcp://h:99999999999999999999", "65535" },
	{ "rpc+tcp://h?auth=gss", "auth=gss" },
	{ "rpc+tcp://h?", "parameter" }, { "unix:", "no path" },
	{ "unix:relative", "absolute" }, { "fifo:", "no path" },
	{ "fifo://x", "absolute" }, { "pipe:", "no command" },
	{ "rpc+local:x", "absolute" },
};

enum { BAD = sizeof(bad) / sizeof(bad[0]) };

START_TEST(what_is_no_target_is_refused_in_words)
{
	char why[TEXT] = "";
	struct target t;

	ck_assert_int_eq(target_parse(&t, bad[_i][0], why, sizeof(why)),
	    -EINVAL);
	ck_assert_msg(strstr(why, bad[_i][1]) != NULL, "\"%s\" says \"%s\"",
	    bad[_i][0], why);
	ck_assert(why[0] != '\0');
}
END_TEST

START_TEST(a_bare_host_and_port_gets_both_ways_to_say_it_as_a_hint)
{
	char why[TEXT];
	struct target t;

	ck_assert_int_eq(target_parse(&t, "db:7411", why, sizeof(why)),
	    -EINVAL);
	ck_assert_str_eq(why, "target \"db:7411\" does not say how\n"
	    "rpc+tcp://db:7411 is ONC RPC, tcp://db:7411 the lean frame");
}
END_TEST

START_TEST(only_the_mechanisms_of_onc_rpc_have_a_6)
{
	static const char *const uris[] = { "unix6:/p", "fifo6:/p",
		"pipe6:cat", "rpc+local6:/p" };
	char why[TEXT];
	struct target t;

	for (size_t i = 0; i < sizeof(uris) / sizeof(uris[0]); i++)
		ck_assert_msg(target_parse(&t, uris[i], why, sizeof(why)) ==
		    -EINVAL, "%s", uris[i]);
}
END_TEST

START_TEST(a_parameter_is_kept_when_a_target_is_written)
{
	char uri[TEXT];
	struct target t;

	must_parse(&t, "rpc+tcp://h:1?auth=sys");
	ck_assert(t.auth_sys && strcmp(t.host, "h") == 0 && t.port == 1);
	ck_assert_str_eq(target_format(&t, uri, sizeof(uri)),
	    "rpc+tcp://h:1?auth=sys");
	must_parse(&t, "rpc+local:/p?auth=sys");
	ck_assert(t.auth_sys && strcmp(t.path, "/p") == 0);
	ck_assert_str_eq(target_format(&t, uri, sizeof(uri)),
	    "rpc+local:/p?auth=sys");
	must_parse(&t, "rpc+tcp://h?auth=none");
	ck_assert(!t.auth_sys && t.port == -1);
}
END_TEST

START_TEST(what_was_written_parses_to_the_same_target)
{
	static const char *const odd[] = { "unix:////x", "tcp://[[x:1",
		"tcp://[host]:1", "unix:/a b", "tcp://a]b:1", "fifo:///" };
	char uri[TEXT], again[TEXT], why[TEXT];
	struct target t, u;

	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		if (target_parse(&t, odd[i], why, sizeof(why)) != 0)
			continue;
		target_format(&t, uri, sizeof(uri));
		must_parse(&u, uri);
		ck_assert_str_eq(target_format(&u, again, sizeof(again)), uri);
		ck_assert_int_eq(t.family, u.family);
	}
}
END_TEST

START_TEST(a_host_or_path_that_is_too_long_is_refused)
{
	char uri[TEXT], why[TEXT], x[TEXT];
	struct target t;

	memset(x, 'x', sizeof(x));
	snprintf(uri, sizeof(uri), "tcp://%.*s", TARGET_HOST_MAX - 1, x);
	must_parse(&t, uri);
	snprintf(uri, sizeof(uri), "tcp://%.*s", TARGET_HOST_MAX, x);
	ck_assert_int_eq(target_parse(&t, uri, why, sizeof(why)), -EINVAL);
	snprintf(uri, sizeof(uri), "unix:/%.*s", TARGET_PATH_MAX - 2, x);
	must_parse(&t, uri);
	snprintf(uri, sizeof(uri), "unix:/%.*s", TARGET_PATH_MAX - 1, x);
	ck_assert_int_eq(target_parse(&t, uri, why, sizeof(why)), -EINVAL);
}
END_TEST

START_TEST(a_small_buffer_cuts_what_is_said_and_written)
{
	char small[8] = "";
	struct target t;

	ck_assert_int_eq(target_parse(&t, "nothing", small, sizeof(small)),
	    -EINVAL);
	ck_assert_str_eq(small, "target ");
	must_parse(&t, "rpc+tcp://host:80");
	ck_assert_str_eq(target_format(&t, small, sizeof(small)), "rpc+tcp");
}
END_TEST

START_TEST(every_mechanism_is_found_by_its_name)
{
	for (int i = 0; i < MECH_COUNT; i++)
		ck_assert_int_eq(mech_by_name(mech_info[i].name), i);
	ck_assert_int_eq(mech_by_name("rpc"), -ENOENT);
}
END_TEST

static const struct {
	const char *uaddr, *host;	/* NULL: refused */
	int port;
} uaddrs[] = {
	{ "127.0.0.1.28.243", "127.0.0.1", 7411 },
	{ "0.0.0.0.0.0", "0.0.0.0", 0 },
	{ "1.2.3.4.255.255", "1.2.3.4", 65535 },
	{ "::1.0.111", "::1", 111 }, { "::ffff:1.2.3.4.0.7",
	    "::ffff:1.2.3.4", 7 },
	{ "1.2.3.4.256.1", NULL, 0 }, { "1.2.3.4.1.256", NULL, 0 },
	{ "", NULL, 0 }, { ".", NULL, 0 }, { "1.2", NULL, 0 },
	{ ".1.2", NULL, 0 }, { "h.1.", NULL, 0 }, { "h..1", NULL, 0 },
	{ "h.1.2x", NULL, 0 }, { "h.1x.2", NULL, 0 }, { "h.1. 2", NULL, 0 },
	{ "h.1.+2", NULL, 0 }, { "h.1.-2", NULL, 0 }, { "h.1.1000", NULL, 0 },
	{ "/run/rpcbind.sock", NULL, 0 },
	{ "a-host-that-has-32-bytes-exactly.1.2", NULL, 0 },
	{ "a-host-that-has-31-bytes-in-all.1.2",
	    "a-host-that-has-31-bytes-in-all", 258 },
};

enum { UADDRS = sizeof(uaddrs) / sizeof(uaddrs[0]) };

START_TEST(a_universal_address_is_host_and_two_bytes_to_its_end)
{
	char host[32] = "";
	int port = -1;
	int err = binder_parse_uaddr(uaddrs[_i].uaddr, host, sizeof(host),
	    &port);

	ck_assert_msg(err == (uaddrs[_i].host ? 0 : -EINVAL), "\"%s\": %d",
	    uaddrs[_i].uaddr, err);
	if (err == 0) {
		ck_assert_str_eq(host, uaddrs[_i].host);
		ck_assert_int_eq(port, uaddrs[_i].port);
	}
}
END_TEST

Suite *
target_suite(void)
{
	Suite *s = suite_create("target");
	TCase *t = tcase_create("target");

	tcase_add_loop_test(t, a_target_means_what_it_says_and_is_written_so,
	    0, sizeof(good) / sizeof(good[0]));
	tcase_add_loop_test(t, what_is_no_target_is_refused_in_words, 0, BAD);
	tcase_add_test(t,
	    a_bare_host_and_port_gets_both_ways_to_say_it_as_a_hint);
	tcase_add_test(t, only_the_mechanisms_of_onc_rpc_have_a_6);
	tcase_add_test(t, a_parameter_is_kept_when_a_target_is_written);
	tcase_add_test(t, what_was_written_parses_to_the_same_target);
	tcase_add_test(t, a_host_or_path_that_is_too_long_is_refused);
	tcase_add_test(t, a_small_buffer_cuts_what_is_said_and_written);
	tcase_add_test(t, every_mechanism_is_found_by_its_name);
	tcase_add_loop_test(t,
	    a_universal_address_is_host_and_two_bytes_to_its_end, 0, UADDRS);
	suite_add_tcase(s, t);
	return s;
}
