/*
 * Sockets and FIFOs as files: see doctor.h. Looks only; what the server has
 * to say is endpoint.c's.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "doctor/doctor.h"

enum { WORD = TARGET_PATH_MAX + 64, RIGHTS = 07777 };

/* stat(2) of path; what is not there is told of, with what would make it. */
static bool
look_at(struct doctor *d, const char *path, struct stat *st)
{
	char word[WORD];

	if (stat(path, st) == 0)
		return true;
	diagnosis_add(&d->found, LEVEL_FAIL, "%s: %s", path, strerror(errno));
	if (errno == ENOENT)
		diagnosis_hint(&d->found, "start its server: rpcalld --listen "
		    "%s", shell_word(d->uri, word, sizeof(word)));
	else
		diagnosis_hint(&d->found, "see who may: namei -l %s",
		    shell_word(path, word, sizeof(word)));
	return false;
}

static bool
check_rights(struct doctor *d, const char *path, const struct stat *st,
    int mode)
{
	char word[WORD];

	if (access(path, mode) == 0)
		return true;
	diagnosis_add(&d->found, LEVEL_FAIL, "%s may not be used by uid %u "
	    "(mode %04o, owner uid %u)", path, (unsigned)geteuid(),
	    st->st_mode & RIGHTS, (unsigned)st->st_uid);
	diagnosis_hint(&d->found, "as its owner: sudo -u '#%u' rpcall doctor "
	    "%s", (unsigned)st->st_uid, shell_word(d->uri, word,
	    sizeof(word)));
	return false;
}

static bool
check_socket(struct doctor *d, const char *path)
{
	struct stat st;

	if (!look_at(d, path, &st))
		return false;
	if (!S_ISSOCK(st.st_mode)) {
		diagnosis_add(&d->found, LEVEL_FAIL, "%s is no socket", path);
		return false;
	}
	if (!check_rights(d, path, &st, W_OK))
		return false;
	diagnosis_add(&d->found, LEVEL_OK, "%s is a socket (mode %04o, owner "
	    "uid %u)", path, st.st_mode & RIGHTS, (unsigned)st.st_uid);
	return true;
}

/* Who may write into the directory can put FIFOs of his own there. */
static bool
check_directory(struct doctor *d, const char *dir)
{
	char word[WORD];
	struct stat st;

	if (!look_at(d, dir, &st))
		return false;
	if (!S_ISDIR(st.st_mode)) {
		diagnosis_add(&d->found, LEVEL_FAIL, "%s is no directory", dir);
		return false;
	}
	if (!check_rights(d, dir, &st, X_OK))
		return false;
	if ((st.st_mode & (S_IWOTH | S_IWGRP)) == 0) {
		diagnosis_add(&d->found, LEVEL_OK, "%s is a directory (mode "
		    "%04o, owner uid %u)", dir, st.st_mode & RIGHTS,
		    (unsigned)st.st_uid);
		return true;
	}
	diagnosis_add(&d->found, LEVEL_FAIL, "%s may write into %s (mode "
	    "%04o): FIFOs there are anybody's", st.st_mode & S_IWOTH ?
	    "everybody" : "its group", dir, st.st_mode & RIGHTS);
	diagnosis_hint(&d->found, "chmod go-w %s", shell_word(dir, word,
	    sizeof(word)));
	return true;
}

static bool
check_fifo(struct doctor *d, const char *dir)
{
	char path[TARGET_PATH_MAX + 8], word[WORD];
	struct stat st;

	if (!check_directory(d, dir))
		return false;
	snprintf(path, sizeof(path), "%s/ctl", dir);
	if (!look_at(d, path, &st))
		return false;
	if (!S_ISFIFO(st.st_mode)) {
		diagnosis_add(&d->found, LEVEL_FAIL, "%s is no FIFO", path);
		return false;
	}
	if (!check_rights(d, path, &st, W_OK))
		return false;
	if ((st.st_mode & (S_IRGRP | S_IROTH)) == 0)
		return true;
	/* To read it is to take the hellos that are meant for the server. */
	diagnosis_add(&d->found, LEVEL_WARN, "%s may be read by others than "
	    "its owner (mode %04o)", path, st.st_mode & RIGHTS);
	diagnosis_hint(&d->found, "chmod go-r %s", shell_word(path, word,
	    sizeof(word)));
	return true;
}

bool
doctor_path(struct doctor *d, const struct target *t)
{
	switch ((int)t->mech) {
	case MECH_ID_rpc_local:
	case MECH_ID_unix:
		return check_socket(d, t->path);
	case MECH_ID_fifo:
		return check_fifo(d, t->path);
	default:
		return true;
	}
}
