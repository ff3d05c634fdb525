/*
 * systemd's two small protocols: telling that the service is ready, and
 * taking over listening sockets (sd_notify(3), sd_listen_fds(3)). A datagram
 * and two variables; systemd's own manual advises to write them out rather
 * than to link a library with all that it brings.
 */
#ifndef RPCALLD_SYSD_H
#define RPCALLD_SYSD_H

/* Sends state ("READY=1") to $NOTIFY_SOCKET, if there is one. */
void sysd_notify(const char *state);

/*
 * Calls take(name, fd) for each socket passed to this process; name is from
 * FileDescriptorName=, "" without. Returns their count, or the first
 * negative value of take.
 */
int sysd_listen(int (*take)(const char *name, int fd, void *arg), void *arg);

#endif
