/*
 * Parsing and writing targets: see target.h. Used by rpcalld --listen, by
 * every verb of rpcall, and for the daemon's own list of endpoints.
 */
#include "target.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "envelope.h"

const struct mech_info mech_info[MECH_COUNT] = {
#define MECH(symbol, name_, scheme_, envelope_, netid_, kind_)	\
	[MECH_ID_##symbol] = { name_, scheme_, &envelope_##_envelope, netid_, \
	    kind_ },
#include "mechs.def"
#undef MECH
};

int
mech_by_name(const char *name)
{
	for (int i = 0; i < MECH_COUNT; i++)
		if (strcmp(mech_info[i].name, name) == 0)
			return i;
	return -ENOENT;
}

__attribute__((format(printf, 3, 4))) static int
fail(char *why, size_t size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, size, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

/* Does uri start with scheme (and "6")? Bytes of it, without the colon. */
static size_t
scheme_match(const char *uri, const char *scheme, int *family)
{
	size_t n = strlen(scheme);

	if (strncmp(uri, scheme, n) != 0)
		return 0;
	if (uri[n] == ':')
		return n;
	if (uri[n] == '6' && uri[n + 1] == ':') {
		*family = AF_INET6;
		return n + 1;
	}
	return 0;
}

static const char *
find_scheme(struct target *t, const char *uri)
{
	size_t n;

	t->family = AF_UNSPEC;
	if (strncmp(uri, "rpc:", 4) == 0) {
		t->mech = MECH_ID_ANY_RPC;
		return uri + 4;
	}
	for (int i = 0; i < MECH_COUNT; i++) {
		n = scheme_match(uri, mech_info[i].scheme, &t->family);
		if (n > 0 && (t->family == AF_UNSPEC ||
		    i == MECH_ID_rpc_tcp || i == MECH_ID_rpc_udp)) {
			t->mech = (enum mech_id)i;
			return uri + n + 1;
		}
	}
	return NULL;
}

static bool
is_inet(enum mech_id mech)
{
	return mech == MECH_ID_rpc_tcp || mech == MECH_ID_rpc_udp ||
	    mech == MECH_ID_tcp || mech == MECH_ID_ANY_RPC;
}

static int
parse_port(struct target *t, const char *text, char *why, size_t size)
{
	char *end;
	long port = strtol(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0' || port > 65535)
		return fail(why, size, "port \"%s\" is not 0 to 65535", text);
	t->port = (int)port;
	return 0;
}

/* Splits "[::1]:99", "host:99" or "host" in place. */
static int
parse_host(struct target *t, char *text, char *why, size_t size)
{
	char *host = text, *port;

	if (*text == '[') {
		char *close = strchr(++host, ']');

		if (close == NULL)
			return fail(why, size, "no ] after \"%s\"", host);
		*close = '\0';
		port = close + 1;
		if (*port != '\0' && *port != ':')
			return fail(why, size, "\"%s\" after ]", port);
		if (strchr(host, ':') == NULL)
			return fail(why, size,
			    "\"%s\" is no IPv6 address", host);
		if (t->family == AF_UNSPEC)
			t->family = AF_INET6;
	} else {
		port = strchr(text, ':');
		if (port != NULL && strchr(port + 1, ':') != NULL)
			return fail(why, size,
			    "an IPv6 address needs brackets: [%s]", text);
	}
	t->port = -1;
	if (port != NULL && *port == ':') {
		*port++ = '\0';
		if (parse_port(t, port, why, size) < 0)
			return -EINVAL;
	}
	if (strlen(host) >= sizeof(t->host))
		return fail(why, size, "host name is too long");
	strcpy(t->host, host);
	return 0;
}

/* Cuts "?auth=sys" from text; the only parameter there is. */
static int
parse_params(struct target *t, char *text, char *why, size_t size)
{
	char *params = strchr(text, '?');

	if (params == NULL)
		return 0;
	*params++ = '\0';
	t->auth_sys = strcmp(params, "auth=sys") == 0;
	if (!t->auth_sys && strcmp(params, "auth=none") != 0)
		return fail(why, size, "unknown parameter \"%s\"\n"
		    "there are ?auth=sys and ?auth=none", params);
	return 0;
}

static int
parse_inet(struct target *t, char *rest, char *why, size_t size)
{
	int err;

	if (strncmp(rest, "//", 2) != 0)
		return fail(why, size, "// is missing before \"%s\"", rest);
	err = parse_params(t, rest, why, size);
	if (err == 0)
		err = parse_host(t, rest + 2, why, size);
	if (err)
		return err;
	if (t->host[0] == '\0')
		return fail(why, size, "no host");
	if (t->mech == MECH_ID_tcp && t->port < 0)
		t->port = TARGET_PORT;
	return 0;
}

static int
parse_path(struct target *t, char *rest, char *why, size_t size)
{
	if (t->mech != MECH_ID_pipe && parse_params(t, rest, why, size) < 0)
		return -EINVAL;
	if (strncmp(rest, "//", 2) == 0 && t->mech != MECH_ID_pipe)
		rest += 2;
	if (strncmp(rest, "//", 2) == 0 && t->mech != MECH_ID_pipe)
		return fail(why, size, "\"%s\" begins with //", rest);
	if (*rest == '\0' && t->mech != MECH_ID_rpc_local)
		return fail(why, size, "no %s",
		    t->mech == MECH_ID_pipe ? "command" : "path");
	if (*rest != '\0' && *rest != '/' && t->mech != MECH_ID_pipe)
		return fail(why, size, "\"%s\" is not an absolute path", rest);
	strcpy(t->path, rest);
	return 0;
}

static int
unknown_scheme(const char *uri, char *why, size_t size)
{
	if (strchr(uri, ':') != NULL && strstr(uri, "://") == NULL &&
	    *uri != ':')
		snprintf(why, size, "target \"%.128s\" does not say how\n"
		    "rpc+tcp://%.128s is ONC RPC, tcp://%.128s the lean frame",
		    uri, uri, uri);
	else if (*uri == '/' || strncmp(uri, "./", 2) == 0 ||
	    strncmp(uri, "../", 3) == 0)
		snprintf(why, size, "target \"%.128s\" has no known scheme\n"
		    "of a socket: unix:%s%.128s is the lean frame, "
		    "rpc+local:%s%.128s ONC RPC", uri, *uri == '/' ? "" :
		    "$PWD/", uri, *uri == '/' ? "" : "$PWD/", uri);
	else
		snprintf(why, size, "target \"%.128s\" has no known scheme\n"
		    "rpc:// rpc+tcp:// rpc+udp:// rpc+local: tcp:// unix: "
		    "fifo: pipe:", uri);
	return -EINVAL;
}

int
target_parse(struct target *t, const char *uri, char *why, size_t size)
{
	char rest[TARGET_PATH_MAX];
	const char *after;

	memset(t, 0, sizeof(*t));
	t->port = -1;
	after = find_scheme(t, uri);
	if (after == NULL)
		return unknown_scheme(uri, why, size);
	if (strlen(after) >= sizeof(rest))
		return fail(why, size, "target is too long");
	strcpy(rest, after);
	return is_inet(t->mech) ? parse_inet(t, rest, why, size) :
	    parse_path(t, rest, why, size);
}

const char *
target_format(const struct target *t, char *out, size_t size)
{
	bool six = t->family == AF_INET6;
	bool bracket = strchr(t->host, ':') != NULL;
	const char *scheme = t->mech == MECH_ID_ANY_RPC ? "rpc" :
	    mech_info[t->mech].scheme;
	int n;

	if (!is_inet(t->mech)) {
		snprintf(out, size, "%s:%s%s", scheme, t->path,
		    t->auth_sys ? "?auth=sys" : "");
		return out;
	}
	n = snprintf(out, size, "%s%s://%s%s%s", scheme,
	    six && t->mech != MECH_ID_tcp && t->mech != MECH_ID_ANY_RPC ?
	    "6" : "", bracket ? "[" : "", t->host, bracket ? "]" : "");
	if (t->port >= 0 && n > 0 && (size_t)n < size)
		n += snprintf(out + n, size - (size_t)n, ":%d", t->port);
	if (t->auth_sys && n > 0 && (size_t)n < size)
		snprintf(out + n, size - (size_t)n, "?auth=sys");
	return out;
}
