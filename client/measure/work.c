/*
 * The work of a measurement and the server's account of it: see subject.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "be.h"
#include "crc32c.h"
#include "measure/subject.h"
#include "pattern.h"

static const struct {
	const char *name;
	uint32_t proc;
} procedures[] = {
	{ "ECHO.NULL", ECHO_NULL },
	{ "ECHO.ECHO", ECHO_ECHO },
	{ "ECHO.SINK", ECHO_SINK },
};

/* "ECHO/1.NULL" and "null" mean what "ECHO.NULL" means. */
static int
find_procedure(const char *name)
{
	const char *dot = strrchr(name, '.');

	if (dot != NULL && strncasecmp(name, "ECHO", 4) != 0)
		return -ENOENT;
	name = dot ? dot + 1 : name;
	for (int i = 0; i < 3; i++)
		if (strcasecmp(procedures[i].name + 5, name) == 0)
			return i;
	return -ENOENT;
}

/* The argument in XDR: length, bytes, padding. */
static int
encode(struct work *w)
{
	w->args_len = 4 + (size_t)xdr_padded(w->size);
	w->payload = malloc(w->size + 1);
	w->args = calloc(1, w->args_len);
	if (w->payload == NULL || w->args == NULL)
		return -ENOMEM;
	pattern_fill(w->payload, w->size, w->size);
	w->crc = crc32c(0, w->payload, w->size);
	be32_put(w->args, w->size);
	memcpy(w->args + 4, w->payload, w->size);
	if (w->proc == ECHO_NULL)
		w->args_len = 0;
	return 0;
}

int
work_init(struct work *w, const char *name, uint32_t size)
{
	int i = find_procedure(name);
	int err;

	memset(w, 0, sizeof(*w));
	if (i < 0)
		return i;
	if (size > ECHO_MAX)
		return -EMSGSIZE;
	w->name = procedures[i].name;
	w->proc = procedures[i].proc;
	w->size = w->proc == ECHO_NULL ? 0 : size;
	err = encode(w);
	if (err)
		work_release(w);
	return err;
}

void
work_release(struct work *w)
{
	free(w->payload);
	free(w->args);
	memset(w, 0, sizeof(*w));
}

static const char *
identity_words(echo_identity id)
{
	static const char *const words[] = {
		[ECHO_ID_ANONYMOUS] = "nobody",
		[ECHO_ID_ADDRESS] = "address only",
		[ECHO_ID_AUTH_SYS] = "its own claim",
		[ECHO_ID_FIFO] = "may open the FIFO",
		[ECHO_ID_PEERCRED] = "SO_PEERCRED",
		[ECHO_ID_PARENT] = "parent process",
	};

	return words[id];
}

void
ledger_from(struct ledger *l, const echo_whoami *who)
{
	const echo_usage *u = &who->usage;

	l->usage = (struct usage){ (double)u->user_ns, (double)u->system_ns,
		(double)u->voluntary, (double)u->involuntary };
	l->calls = u->calls;
	l->bytes_in = u->bytes_in;
	l->bytes_out = u->bytes_out;
	l->counts = true;
	if (who->uid_known)
		snprintf(l->who, sizeof(l->who), "uid %u (%s)", who->uid,
		    identity_words(who->identity));
	else
		snprintf(l->who, sizeof(l->who), "%s",
		    identity_words(who->identity));
}
