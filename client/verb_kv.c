/*
 * rpcall kv: keys of a key-value store. Changes are sent again, over the next
 * of the targets, until they are answered, and happen once.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "interrupt.h"
#include "kv_client.h"
#include "open.h"
#include "report/jsonw.h"
#include "verb.h"

enum { TARGETS_MAX = 8, LINE_SIZE = KV_KEY_MAX + KV_VALUE_MAX + 64 };

static struct {
	uint64_t patience, ttl;
} opt = { .patience = 30 * NS_PER_S };

static const struct option_spec options[] = {
	{ "patience", 0, OPTION_DURATION, "DUR", "how long a call is repeated "
	    "(30s); -t is for each time", &opt.patience },
	{ "ttl", 0, OPTION_DURATION, "DUR", "after which what is put is gone "
	    "(never)", &opt.ttl },
	{ .name = NULL },
};

static struct target targets[TARGETS_MAX];
static struct kv_client client;

/* TARGET[,TARGET...]: the targets' count, or f's code negated. */
static int
parse_targets(const char *list, struct failure *f)
{
	char text[4096], *rest = text, *word;
	int n = 0;

	if (strlen(list) >= sizeof(text))
		return failure_set(f, EXIT_USAGE, "too long a list of targets");
	strcpy(text, list);
	while ((word = strsep(&rest, ",")) != NULL) {
		if (n == TARGETS_MAX)
			return failure_set(f, EXIT_USAGE,
			    "more than %d targets", TARGETS_MAX);
		if (target_parse_arg(&targets[n], word, f) != 0)
			return -EXIT_USAGE;
		if (targets[n].mech == MECH_ID_ANY_RPC)
			targets[n].mech = MECH_ID_rpc_tcp;
		targets[n++].auth_sys |= strcmp(common.auth, "sys") == 0;
	}
	return n;
}

static int
make_key(kv_key *key, const char *text, struct failure *f)
{
	size_t len = strlen(text);

	if (len < 1 || len > KV_KEY_MAX)
		return failure_set(f, EXIT_USAGE,
		    "a key has 1 to %d bytes", KV_KEY_MAX);
	*key = (kv_key){ (u_int)len, (char *)text };
	return 0;
}

/* A document of its own; the caller closes it with json_end(). */
static void
json_begin(struct jsonw *w)
{
	jsonw_init(w, stdout);
	jsonw_open(w, NULL, '{');
	jsonw_string(w, "schema", "rpcall/kv/1");
}

static void
json_end(struct jsonw *w)
{
	jsonw_close(w, '}');
	putchar('\n');
}

/* As a string: readers that use doubles would round 64 bits. */
static void
json_hyper(struct jsonw *w, const char *name, uint64_t v)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)v);
	jsonw_string(w, name, text);
}

/* "hex:..." as every opaque. 0, or f's code negated. */
static int
json_opaque(struct jsonw *w, const char *name, const char *bytes, size_t n,
    struct failure *f)
{
	char *text = malloc(4 + 2 * n + 1);

	if (text == NULL)
		return failure_set(f, EXIT_OS, "no memory");
	strcpy(text, "hex:");
	for (size_t i = 0; i < n; i++)
		sprintf(text + 4 + 2 * i, "%02x", (uint8_t)bytes[i]);
	jsonw_string(w, name, text);
	free(text);
	return 0;
}

static void
print_revision(uint64_t revision)
{
	struct jsonw w;

	if (!common.json) {
		printf("revision %llu\n", (unsigned long long)revision);
		return;
	}
	json_begin(&w);
	json_hyper(&w, "revision", revision);
	json_end(&w);
}

/* What a change was answered with: 0, or f's code negated. */
static int
judge(const kv_write_result *res, struct failure *f)
{
	switch (res->status) {
	case KV_OK:
		print_revision(res->kv_write_result_u.done.revision);
		return 0;
	case KV_NOT_FOUND:
		return failure_set(f, EXIT_NO, "there is no such key");
	default:
		return failure_set(f, EXIT_INTERNAL, "the store refuses it "
		    "(%s)", kv_status_name(res->status));
	}
}

static int
put_bytes(const char *key, char *value, size_t len, struct failure *f)
{
	kv_put_args args = { .value = { (u_int)len, value },
		.ttl_ms = opt.ttl / NS_PER_MS };
	kv_write_result res;
	int err = make_key(&args.key, key, f);

	if (err == 0 && len > KV_VALUE_MAX)
		err = failure_set(f, EXIT_USAGE,
		    "a value has at most %d bytes", KV_VALUE_MAX);
	if (err == 0)
		err = kv_client_change(&client, KV_PUT,
		    (xdrproc_t)xdr_kv_put_args, &args, &args.opid, &res, f);
	return err ? err : judge(&res, f);
}

/* All of a file, or of stdin for "-"; at most a value and a byte. */
static ssize_t
slurp(const char *path, char *out, size_t size, struct failure *f)
{
	FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	size_t n;
	bool bad;

	if (in == NULL)
		return failure_set(f, EXIT_NOFILE, "cannot open %s (%s)", path,
		    strerror(errno));
	n = fread(out, 1, size, in);
	bad = ferror(in);
	if (in != stdin)
		fclose(in);
	return bad ? failure_set(f, EXIT_NOFILE, "cannot read %s", path) :
	    (ssize_t)n;
}

static int
do_put(const char **args, struct failure *f)
{
	const size_t size = KV_VALUE_MAX + 1;
	char *bytes;
	ssize_t n;

	if (args[1][0] != '@')
		return put_bytes(args[0], (char *)args[1], strlen(args[1]), f);
	bytes = malloc(size);
	if (bytes == NULL)
		return failure_set(f, EXIT_OS, "no memory");
	n = slurp(args[1] + 1, bytes, size, f);
	if (n >= 0)
		n = put_bytes(args[0], bytes, (size_t)n, f);
	free(bytes);
	return (int)n;
}

static int
print_entry(const kv_key *key, const kv_entry *e, struct failure *f)
{
	struct jsonw w;
	int err;

	if (!common.json) {
		fwrite(e->value.kv_value_val, 1, e->value.kv_value_len,
		    stdout);
		return 0;
	}
	json_begin(&w);
	err = json_opaque(&w, "key", key->kv_key_val, key->kv_key_len, f);
	json_hyper(&w, "revision", e->revision);
	json_hyper(&w, "ttl_ms", e->ttl_ms);
	if (err == 0)
		err = json_opaque(&w, "value", e->value.kv_value_val,
		    e->value.kv_value_len, f);
	json_end(&w);
	return err;
}

static int
do_get(const char **args, struct failure *f)
{
	kv_get_result res = { 0 };
	kv_key key;
	int err = make_key(&key, args[0], f);

	if (err == 0)
		err = kv_client_ask(&client, KV_GET, (xdrproc_t)xdr_kv_key,
		    &key, (xdrproc_t)xdr_kv_get_result, &res, f);
	if (err)
		return err;
	err = res.status == KV_OK ?
	    print_entry(&key, &res.kv_get_result_u.entry, f) :
	    failure_set(f, EXIT_NO, "there is no such key");
	kv_free((xdrproc_t)xdr_kv_get_result, &res);
	return err;
}

static int
do_delete(const char **args, struct failure *f)
{
	kv_delete_args del = { 0 };
	kv_write_result res;
	int err = make_key(&del.key, args[0], f);

	if (err == 0)
		err = kv_client_change(&client, KV_DELETE,
		    (xdrproc_t)xdr_kv_delete_args, &del, &del.opid, &res, f);
	return err ? err : judge(&res, f);
}

static void
print_stat(const kv_stat *st)
{
	const struct {
		const char *name;
		uint64_t value;
	} figures[] = {
		{ "revision", st->revision }, { "keys", st->keys },
		{ "bytes", st->bytes }, { "used_bytes", st->used_bytes },
		{ "map_bytes", st->map_bytes }, { "clients", st->clients },
		{ "mutations", st->mutations }, { "commits", st->commits },
		{ "syncs", st->syncs }, { "watches", st->watches },
	};
	const char *durability = st->durability == KV_SYNC ? "sync" : "async";
	struct jsonw w;

	if (common.json) {
		json_begin(&w);
		jsonw_string(&w, "durability", durability);
	} else
		printf("durability  %s\n", durability);
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
		if (common.json)
			json_hyper(&w, figures[i].name, figures[i].value);
		else
			printf("%-11s %llu\n", figures[i].name,
			    (unsigned long long)figures[i].value);
	if (common.json)
		json_end(&w);
}

static int
do_stat(const char **args, struct failure *f)
{
	kv_stat st = { 0 };
	int err = kv_client_ask(&client, KV_STAT, NULL, NULL,
	    (xdrproc_t)xdr_kv_stat, &st, f);

	(void)args;
	if (err == 0)
		print_stat(&st);
	return err;
}

/* "put KEY VALUE" or "delete KEY": 0, or f's code negated. */
static int
do_line(char *line, struct failure *f)
{
	const char *args[2];
	char *rest = line, *word = strsep(&rest, " ");

	args[0] = strsep(&rest, " ");
	args[1] = rest;
	if (strcmp(word, "put") == 0 && args[1] != NULL)
		return put_bytes(args[0], rest, strlen(rest), f);
	if (strcmp(word, "delete") == 0 && args[0] != NULL && rest == NULL)
		return do_delete(args, f);
	return failure_set(f, EXIT_USAGE, "stdin: \"%.60s\" is not put KEY "
	    "VALUE or delete KEY", word);
}

/* Each answer is told before the next line is read. */
static int
do_lines(const char **args, struct failure *f)
{
	char *line;
	int err = 0;

	if (strcmp(args[0], "@-") != 0)
		return failure_set(f, EXIT_USAGE, "lines are read from @-");
	line = malloc(LINE_SIZE);
	if (line == NULL)
		return failure_set(f, EXIT_OS, "no memory");
	while (err == 0 && interrupt_signal() == 0 &&
	    fgets(line, LINE_SIZE, stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		err = do_line(line, f);
		/* A key that is not there is an answer like another. */
		if (f->code == EXIT_NO) {
			printf("not found\n");
			memset(f, 0, sizeof(*f));
			err = 0;
		}
		fflush(stdout);
	}
	free(line);
	return err;
}

static const struct command {
	const char *name;
	int nargs;
	int (*run)(const char **args, struct failure *f);
} commands[] = {
	{ "get", 1, do_get }, { "put", 2, do_put }, { "delete", 1, do_delete },
	{ "stat", 0, do_stat }, { "lines", 1, do_lines },
};

static const struct command *
find_command(const char *name, int nargs)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(commands[i].name, name) == 0 &&
		    commands[i].nargs == nargs)
			return &commands[i];
	return NULL;
}

static int
run_kv(int nargs, const char **args)
{
	const struct command *cmd = nargs < 2 ? NULL :
	    find_command(args[1], nargs - 2);
	struct failure f = { 0 };
	int n, err;

	if (cmd == NULL)
		return verb_usage(&verb_kv);
	n = parse_targets(args[0], &f);
	if (n < 0)
		return failure_print(&f);
	interrupt_catch();
	if (kv_client_init(&client, targets, (size_t)n) != 0)
		failure_set(&f, EXIT_OS, "no random numbers");
	client.attempt_ns = common.timeout;
	client.patience_ns = opt.patience;
	err = f.code ? -f.code : cmd->run(args + 2, &f);
	kv_client_release(&client);
	return err ? failure_print(&f) : 0;
}

const struct verb verb_kv = {
	.name = "kv", .group = "Do",
	.summary = "keys of a store; every change happens once",
	.usage = "[OPTIONS] TARGET[,TARGET...] get KEY | put KEY VALUE|@FILE|@- "
	    "| delete KEY | stat | lines @-",
	.details = "Several targets are several ways to one store: a change "
	    "that is not answered is\nsent again over the next of them, and "
	    "happens once however often it is sent.\n\"lines\" reads put KEY "
	    "VALUE and delete KEY from stdin, a line each, and answers\neach "
	    "with a line.\n",
	.options = options,
	.run = run_kv,
};
