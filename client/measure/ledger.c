/*
 * The server's account of itself, from ECHO.WHOAMI: see subject.h.
 */
#include <stdio.h>

#include "measure/subject.h"

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
	l->used = true;
	l->calls = u->calls;
	l->bytes_in = u->bytes_in;
	l->bytes_out = u->bytes_out;
	l->counts = l->counts_bytes = true;
	if (who->uid_known)
		snprintf(l->who, sizeof(l->who), "uid %u (%s)", who->uid,
		    identity_words(who->identity));
	else
		snprintf(l->who, sizeof(l->who), "%s",
		    identity_words(who->identity));
}
