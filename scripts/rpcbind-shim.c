/*
 * Preloaded into rpcbind by with-rpcbind in an unprivileged user namespace.
 *
 * Debian's rpcbind drops to user _rpc at start. A user namespace made without
 * privilege maps one user only, so that fails and rpcbind exits. Here the
 * drop does nothing: the process is as unprivileged as it can be already.
 */
#include <grp.h>
#include <sys/types.h>
#include <unistd.h>

int
setgroups(size_t n, const gid_t *groups)
{
	(void)n;
	(void)groups;
	return 0;
}

int
setgid(gid_t gid)
{
	(void)gid;
	return 0;
}

int
setuid(uid_t uid)
{
	(void)uid;
	return 0;
}
