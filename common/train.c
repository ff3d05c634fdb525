/*
 * Trains of datagrams: see train.h. Called by both ends of rpc/udp.
 */
#include "train.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <unistd.h>

#include "fd.h"
#include "kernel.h"

void
train_accept(int fd)
{
	int on = 1;

	setsockopt(fd, SOL_UDP, UDP_GRO, &on, sizeof(on));
}

size_t
train_segment(struct msghdr *h, size_t n)
{
	struct cmsghdr *c;
	int size;

	for (c = CMSG_FIRSTHDR(h); c != NULL; c = CMSG_NXTHDR(h, c)) {
		if (c->cmsg_level != SOL_UDP || c->cmsg_type != UDP_GRO)
			continue;
		memcpy(&size, CMSG_DATA(c), sizeof(size));
		return size > 0 && (size_t)size < n ? (size_t)size : n;
	}
	return n;
}

void
train_mark(struct msghdr *h, size_t segment)
{
	uint16_t size = (uint16_t)segment;
	struct cmsghdr c = { .cmsg_level = SOL_UDP, .cmsg_type = UDP_SEGMENT,
		.cmsg_len = CMSG_LEN(sizeof(size)) };
	uint8_t *end = (uint8_t *)h->msg_control + h->msg_controllen;

	memset(end, 0, CMSG_SPACE(sizeof(size)));
	memcpy(end, &c, sizeof(c));
	memcpy(end + CMSG_LEN(0), &size, sizeof(size));
	h->msg_controllen += CMSG_SPACE(sizeof(size));
}

int
train_send_apart(int fd, const struct msghdr *h, uint8_t *data, size_t n,
    size_t segment)
{
	struct msghdr one = *h;
	struct iovec iov;
	int err = 0;

	one.msg_iov = &iov;
	one.msg_iovlen = 1;
	for (size_t at = 0; at < n; at += segment) {
		iov.iov_base = data + at;
		iov.iov_len = n - at < segment ? n - at : segment;
		if (sendmsg(fd, &one, h->msg_flags) < 0)
			err = -errno;
		kernel_called((long)iov.iov_len);
	}
	return err;
}

int
train_send(int fd, uint8_t *data, size_t n, size_t segment)
{
	_Alignas(struct cmsghdr) uint8_t control[TRAIN_CONTROL];
	struct iovec iov = { data, n };
	struct msghdr h = { .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control };
	ssize_t put;

	if (n <= segment) {
		put = fd_write(fd, data, n);
		return put < 0 ? (int)put : 0;
	}
	train_mark(&h, segment);
	do {
		put = kernel_call(SYS_sendmsg, fd, (long)&h, 0);
		kernel_called(put);
	} while (put == -EINTR);
	if (put >= 0 || put == -EAGAIN || put == -ECONNREFUSED)
		return put < 0 ? (int)put : 0;
	h.msg_controllen = 0;
	h.msg_control = NULL;
	return train_send_apart(fd, &h, data, n, segment);
}

ssize_t
train_receive(int fd, void *data, size_t size, size_t *segment)
{
	_Alignas(struct cmsghdr) uint8_t control[TRAIN_CONTROL];
	struct iovec iov = { data, size };
	struct msghdr h = { .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control) };
	ssize_t n = kernel_call(SYS_recvmsg, fd, (long)&h, 0);

	kernel_called(n);
	if (n < 0)
		return n;
	*segment = h.msg_controllen > 0 ? train_segment(&h, (size_t)n) :
	    (size_t)n;
	return n;
}

long
train_moved(const struct mmsghdr *msgs, int n)
{
	long sum = 0;

	for (int i = 0; i < n; i++)
		sum += (long)msgs[i].msg_len;
	return sum;
}
