/*
 * rpcall list: what rpcbind of a host knows, a line per program: versions,
 * and the mechanisms that its netids are.
 */
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "binder.h"
#include "clock.h"
#include "open.h"
#include "programs.h"
#include "target.h"
#include "verb.h"

static const struct option_spec options[] = { { .name = NULL } };

/* A program as it is shown; gathered from its entries. */
struct shown {
	uint32_t prog;
	uint32_t versions[32];
	size_t nversions;
	const char *mechanisms[16];
	size_t nmechanisms;
};

/* "tcp6" is rpc/tcp; a netid that is none of ours stands for itself. */
static const char *
mechanism_of(const char *netid)
{
	size_t n = strlen(netid);

	for (int i = 0; i < MECH_COUNT; i++) {
		const char *ours = mech_info[i].netid;

		if (strcmp(ours, netid) == 0 || (n > 1 && netid[n - 1] == '6' &&
		    strlen(ours) == n - 1 && strncmp(ours, netid, n - 1) == 0))
			return mech_info[i].name;
	}
	return netid;
}

static void
add_version(struct shown *s, uint32_t vers)
{
	size_t i = 0;

	while (i < s->nversions && s->versions[i] < vers)
		i++;
	if ((i < s->nversions && s->versions[i] == vers) || s->nversions == 32)
		return;
	memmove(&s->versions[i + 1], &s->versions[i],
	    (s->nversions - i) * sizeof(s->versions[0]));
	s->versions[i] = vers;
	s->nversions++;
}

static void
add_mechanism(struct shown *s, const char *name)
{
	for (size_t i = 0; i < s->nmechanisms; i++)
		if (strcmp(s->mechanisms[i], name) == 0)
			return;
	if (s->nmechanisms < 16)
		s->mechanisms[s->nmechanisms++] = name;
}

static size_t
gather(const struct binder_entry *entries, size_t n, struct shown *shown)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (k < count && shown[k].prog != entries[i].prog)
			k++;
		if (k == count)
			shown[count++].prog = entries[i].prog;
		add_version(&shown[k], entries[i].vers);
		add_mechanism(&shown[k], mechanism_of(entries[i].netid));
	}
	return count;
}

static void
print_text(const struct shown *shown, size_t n)
{
	printf("%-14s %-12s %-10s %s\n", "PROGRAM", "NUMBER", "VERS",
	    "MECHANISMS");
	for (size_t i = 0; i < n; i++) {
		const struct shown *s = &shown[i];
		char name[64], number[16], versions[128] = "";
		size_t len = 0;

		for (size_t k = 0; k < s->nversions && len < 110; k++)
			len += (size_t)snprintf(versions + len,
			    sizeof(versions) - len, "%s%u", k ? "," : "",
			    s->versions[k]);
		snprintf(number, sizeof(number), s->prog >= 0x20000000 ?
		    "0x%x" : "%u", s->prog);
		printf("%-14s %-12s %-10s", program_name(s->prog, name,
		    sizeof(name)), number, versions);
		for (size_t k = 0; k < s->nmechanisms; k++)
			printf(" %s", s->mechanisms[k]);
		putchar('\n');
	}
}

/* Names and addresses come from rpcbind: quoted with what JSON forbids. */
static void
print_quoted(const char *text)
{
	putchar('"');
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}

static void
print_json(const struct binder_entry *entries, size_t n)
{
	printf("{\"schema\": \"rpcall/list/1\", \"entries\": [");
	for (size_t i = 0; i < n; i++) {
		char name[64];

		printf("%s\n  {\"program\": %u, \"name\": ", i ? "," : "",
		    entries[i].prog);
		print_quoted(program_name(entries[i].prog, name,
		    sizeof(name)));
		printf(", \"version\": %u, \"netid\": ", entries[i].vers);
		print_quoted(entries[i].netid);
		printf(", \"address\": ");
		print_quoted(entries[i].uaddr);
		printf(", \"owner\": ");
		print_quoted(entries[i].owner);
		putchar('}');
	}
	printf("\n]}\n");
}

static int
print(const struct binder_entry *entries, size_t n, struct failure *f)
{
	struct shown *shown = calloc(n + 1, sizeof(*shown));

	if (shown == NULL)
		return failure_set(f, EXIT_OS, "no memory");
	if (common.json)
		print_json(entries, n);
	else
		print_text(shown, gather(entries, n, shown));
	free(shown);
	return 0;
}

/* The host of "HOST", "rpc://HOST", or NULL for this machine's socket. */
static int
parse_host(const char *arg, struct target *t, const char **host,
    struct failure *f)
{
	*host = arg;
	if (arg == NULL || strchr(arg, ':') == NULL)
		return 0;
	if (target_parse_arg(t, arg, f) != 0)
		return -EXIT_USAGE;
	*host = t->mech == MECH_ID_rpc_local ? NULL : t->host;
	if (t->path[0] == '\0' && t->port < 0)
		return 0;
	failure_set(f, EXIT_USAGE, "%s is one endpoint; a host's rpcbind can "
	    "be listed", arg);
	failure_hint(f, "rpcall list %s   or call it: rpcall ping %s",
	    *host && **host ? *host : "", arg);
	return -EXIT_USAGE;
}

static int
list(const char *arg, struct failure *f)
{
	struct binder b = { .fd = -1 };
	struct binder_entry *entries;
	struct target t;
	const char *host;
	size_t n;
	int err = parse_host(arg, &t, &host, f);

	if (err)
		return err;
	err = binder_open(&b, host,
	    (uint32_t)(common.connect_timeout / NS_PER_MS));
	if (err)
		return no_rpcbind(host, err, f);
	entries = binder_dump(&b, &n);
	err = entries == NULL ? no_rpcbind(host, -errno, f) :
	    print(entries, n, f);
	free(entries);
	binder_close(&b);
	return err;
}

static int
run_list(int nargs, const char **args)
{
	struct failure f = { 0 };

	if (nargs > 1)
		return verb_usage(&verb_list);
	return list(nargs ? args[0] : NULL, &f) ? failure_print(&f) : 0;
}

const struct verb verb_list = {
	.name = "list", .group = "Look",
	.summary = "programs that rpcbind knows, on every mechanism",
	.usage = "[OPTIONS] [HOST | rpc://HOST]",
	.details = "Asks this machine's rpcbind through its socket where no "
	    "host is given.\n",
	.options = options,
	.run = run_list,
};
