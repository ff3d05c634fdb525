/*
 * utmp(5): see logins.h.
 */
#include "server/logins.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <utmp.h>

#include "fd.h"

_Static_assert(UT_NAMESIZE < sizeof(((struct login *)0)->user) &&
    UT_LINESIZE < sizeof(((struct login *)0)->line) &&
    UT_HOSTSIZE < sizeof(((struct login *)0)->host),
    "texts of utmp fit, with a NUL that they may lack");

static bool
is_wanted(const struct utmp *u, bool all)
{
	if (all)
		return u->ut_type != EMPTY;
	return u->ut_type == USER_PROCESS && u->ut_user[0] != '\0';
}

static void
take(struct login *l, const struct utmp *u)
{
	snprintf(l->user, sizeof(l->user), "%.*s", UT_NAMESIZE, u->ut_user);
	snprintf(l->line, sizeof(l->line), "%.*s", UT_LINESIZE, u->ut_line);
	snprintf(l->host, sizeof(l->host), "%.*s", UT_HOSTSIZE, u->ut_host);
	l->type = u->ut_type;
	l->time = (uint32_t)u->ut_tv.tv_sec;
}

/* A FIFO in its place must not hold up a worker. */
static FILE *
open_regular(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	FILE *in;

	if (fd < 0)
		return NULL;
	in = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? fdopen(fd, "r") :
	    NULL;
	if (in == NULL)
		fd_close(fd);
	return in;
}

size_t
logins_read(const char *path, bool all, struct login *list, size_t max)
{
	FILE *in = open_regular(path);
	struct utmp u;
	size_t n = 0;

	if (in == NULL)
		return 0;
	for (int i = 0; i < LOGINS_RECORDS &&
	    fread(&u, sizeof(u), 1, in) == 1; i++) {
		if (!is_wanted(&u, all))
			continue;
		if (n < max)
			take(&list[n], &u);
		n++;
	}
	fclose(in);
	return n;
}

uint32_t
login_idle(const struct login *l)
{
	char path[sizeof("/dev/") + sizeof(l->line)];
	time_t now = time(NULL);
	struct stat st;

	/* What stands in the file is not to lead out of /dev. */
	if (l->line[0] == '\0' || l->line[0] == '/' ||
	    strstr(l->line, "..") != NULL)
		return 0;
	snprintf(path, sizeof(path), "/dev/%s", l->line);
	if (stat(path, &st) != 0 || !S_ISCHR(st.st_mode) || st.st_atime > now)
		return 0;
	return (uint32_t)((now - st.st_atime) / 60);
}
