/*
 * The repl's session: see session.h. Used by verb_repl.c.
 */
#include "repl/session.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "binder.h"
#include "clock.h"
#include "complete/slots.h"
#include "idl/names.h"
#include "invoke.h"
#include "kept.h"
#include "open.h"
#include "reflection.h"

int
session_init(struct session *s)
{
	int err = options_save(&s->saved, common_specs);

	for (int i = 0; err == 0 && verbs[i] != NULL; i++)
		err = options_save(&s->saved, verbs[i]->options);
	s->known.loaded = true;	/* of nobody, yet */
	kept_begin();
	return err;
}

void
session_release(struct session *s)
{
	reflection_keep(NULL, NULL, 0);
	known_release(&s->known);
	options_saved_release(&s->saved);
	kept_drop();
	for (size_t i = 0; i < s->nsettings; i++)
		free(s->settings[i]);
	s->nsettings = 0;
}

/* A connection to s's target, to be kept; or rpcbind answers, at least. */
static int
reach(struct session *s, struct failure *f)
{
	struct binder b = { .fd = -1 };
	struct invocation v = { 0 };
	struct target t = s->target;
	const char *host = t.mech == MECH_ID_rpc_local ? NULL : t.host;
	uint32_t ms = (uint32_t)(common.connect_timeout / NS_PER_MS);
	int err;

	if (!target_asks_rpcbind(&t)) {
		err = invocation_open(&v, &t, 0, 0, f);
		invocation_close(&v);
		return err;
	}
	err = binder_open(&b, host, ms);
	if (err)
		return no_rpcbind(host, err, ms, f);
	binder_close(&b);
	return 0;
}

static void
forget(struct session *s)
{
	reflection_keep(NULL, NULL, 0);
	known_release(&s->known);
	s->known.loaded = true;
	kept_drop();
}

static int
connect_again(struct session *s, struct failure *f)
{
	int err;

	forget(s);
	err = reach(s, f);
	if (err)
		return err;
	known_ask(&s->known, &s->target);
	reflection_keep(&s->target, &s->known.library, s->known.own);
	return 0;
}

int
session_connect(struct session *s, const char *uri, struct failure *f)
{
	struct target t;

	if (strlen(uri) >= sizeof(s->uri))
		return failure_set(f, EXIT_USAGE, "too long a target");
	if (target_parse_arg(&t, uri, f) != 0)
		return -f->code;
	s->target = t;
	memmove(s->uri, uri, strlen(uri) + 1);	/* it may be uri itself */
	return connect_again(s, f);
}

bool
session_lost(struct session *s, struct failure *f)
{
	if (s->uri[0] == '\0' || !kept_lost())
		return false;
	connect_again(s, f);
	return true;
}

/* A verb that takes JSON, or a procedure in the place of a verb. */
int
session_json_from(const char *line)
{
	const char *word = line + strspn(line, " \t\n");
	size_t n = strcspn(word, " \t\n");
	char name[32];
	const struct verb *v;

	if (memchr(word, '.', n) != NULL || memchr(word, '/', n) != NULL)
		return 1;
	if (n >= sizeof(name))
		return WORDS_NO_JSON;
	memcpy(name, word, n);
	name[n] = '\0';
	v = verb_find(name);
	if (v == NULL)
		return isupper((unsigned char)name[0]) ? 1 : WORDS_NO_JSON;
	return strstr(v->usage, "JSON") != NULL ? 1 : WORDS_NO_JSON;
}

bool
session_goes_on(const char *line)
{
	struct words_end end = { .json_from = session_json_from(line) };
	char *copy = strdup(line), *words[WORDS_MAX];
	bool open = copy != NULL && words_split_open(copy, words, &end) > 0 &&
	    end.quote != '\0';

	free(copy);
	return open;
}

/* What a verb's first argument may be. */
struct first {
	bool target, must, file;
};

static void
note_slot(void *context, const struct slot *s, int which)
{
	struct first *x = context;

	(void)which;
	x->target |= strstr(s->text, "TARGET") != NULL;
	x->must |= strstr(s->text, "TARGET") != NULL && !s->optional;
	x->file |= strstr(s->text, ".x") != NULL;
}

/* Does v begin with a target that the line's arguments do not name? */
static bool
wants_target(const struct verb *v, char *const *words, int n, bool *must)
{
	const char *line[WORDS_MAX + 1], *first;
	struct first x = { .target = false };
	struct line l;
	size_t len;

	for (int i = 0; i < n; i++)
		line[i] = words[i];
	line[0] = v->name;
	line[n] = "";
	line_read(&l, line, n + 1);
	slots_next(v->usage, NULL, 0, note_slot, &x);
	first = l.nargs > 0 ? l.args[0] : "";
	len = strlen(first);
	*must = x.must;
	if (!x.target || slots_is_target(first))
		return false;
	return !(x.file && len > 2 && strcmp(first + len - 2, ".x") == 0);
}

/* The verb of a line; first: the word that is its first argument. */
static const struct verb *
verb_of(const struct session *s, const char *word, int *first)
{
	const struct verb *v = verb_find(word);

	*first = v != NULL;
	if (v != NULL)
		return v->group != NULL && v != &verb_repl ? v : NULL;
	if (strpbrk(word, "./") != NULL ||
	    procedure_known(&s->known.library, word))
		return verb_find("call");
	return NULL;
}

static int
no_command(const char *word, struct failure *f)
{
	failure_set(f, EXIT_USAGE, "neither a command nor a procedure: "
	    "\"%.60s\"", word);
	failure_hint(f, "help");
	return -EXIT_USAGE;
}

/* Those settings that v has an option for. */
static int
add_settings(const struct session *s, const struct verb *v,
    const char *argv[SESSION_ARGV], int argc)
{
	for (size_t i = 0; i < s->nsettings; i++) {
		const char *name = s->settings[i] + 2;

		if (option_find(v->options, name, strcspn(name, "="), 0))
			argv[argc++] = s->settings[i];
	}
	return argc;
}

int
session_argv(struct session *s, char *const *words, int n,
    const char *argv[SESSION_ARGV], struct failure *f)
{
	int first, argc = 0;
	const struct verb *v = verb_of(s, words[0], &first);
	bool target = true, must = true;

	if (v == NULL)
		return no_command(words[0], f);
	/* A procedure is call's argument; before it stands the verb. */
	if (first)
		target = wants_target(v, words, n, &must);
	if (target && must && s->uri[0] == '\0')
		return failure_set(f, EXIT_USAGE, "no target: connect TARGET");
	argv[argc++] = v->name;
	argc = add_settings(s, v, argv, argc);
	if (target && s->uri[0] != '\0')
		argv[argc++] = s->uri;
	for (int i = first; i < n; i++)
		argv[argc++] = words[i];
	argv[argc] = NULL;
	return argc;
}
