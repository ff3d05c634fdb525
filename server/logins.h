/*
 * Who is logged in, by utmp(5), for svc_rusers.c. The file is read here and
 * not by getutxent(3), which has one position for all threads.
 */
#ifndef RPCALLD_LOGINS_H
#define RPCALLD_LOGINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	LOGINS_MAX = 100,	/* in one answer; MAXUSERS of rusers.x */
	LOGINS_RECORDS = 4096,	/* of the file that are looked at */
};

struct login {
	char user[33], line[33], host[257];
	int type;		/* ut_type: the numbers of rusers.x */
	uint32_t time;		/* seconds since 1970 */
};

/*
 * Fills list with at most max of those in the file at path: users' logins,
 * or every record that is in use. Returns how many there are. A file that is
 * missing, or is none, holds nobody.
 */
size_t logins_read(const char *path, bool all, struct login *list, size_t max);

/* Minutes since something was typed there; 0 where that cannot be known. */
uint32_t login_idle(const struct login *l);

#endif
