/*
 * Replies to datagrams: see udp_replies.h. Called by udp_socket.c, with the
 * turn of its worker.
 */
#include "server/udp_replies.h"

#include <errno.h>
#include <string.h>

#include "kernel.h"

static void
set_reply(struct udp_replies *rs, unsigned i)
{
	struct udp_run *r = &rs->runs[i];
	struct msghdr *h = &rs->msgs[i].msg_hdr;

	r->iov.iov_base = rs->out->data + r->start;
	r->iov.iov_len = r->len;
	*h = (struct msghdr){
		.msg_name = r->to->msg_name,
		.msg_namelen = r->to->msg_namelen,
		.msg_iov = &r->iov,
		.msg_iovlen = 1,
		.msg_control = r->control,
		.msg_controllen = r->control_len,
		.msg_flags = MSG_DONTWAIT,
	};
	if (r->len > r->segment)
		train_mark(h, r->segment);
}

/* One that did not go: without trains, perhaps? */
static void
send_apart(struct udp_replies *rs, unsigned i)
{
	struct udp_run *r = &rs->runs[i];
	struct msghdr *h = &rs->msgs[i].msg_hdr;

	if (r->len == r->segment)
		return;
	h->msg_controllen = r->control_len;
	train_send_apart(rs->fd, h, r->iov.iov_base, r->len, r->segment);
}

void
udp_replies_send(struct udp_replies *rs)
{
	unsigned sent = 0;

	for (unsigned i = 0; i < rs->n; i++)
		set_reply(rs, i);
	while (sent < rs->n) {
		int n = sendmmsg(rs->fd, rs->msgs + sent, rs->n - sent,
		    MSG_DONTWAIT);

		kernel_called(train_moved(rs->msgs + sent, n));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			send_apart(rs, sent);
		sent += n > 0 ? (unsigned)n : 1;
	}
	rs->n = 0;
	rs->out->len = 0;
}

void
udp_replies_add(struct udp_replies *rs, struct msghdr *to,
    const struct origin *o, size_t start)
{
	struct udp_run *r = &rs->runs[rs->n];
	size_t len = rs->out->len - start;

	if (rs->n > 0 && r[-1].to == to && r[-1].segment == len &&
	    r[-1].len + len <= TRAIN_BYTES && r[-1].len < TRAIN_MAX * len) {
		r[-1].len += len;
		return;
	}
	r->to = to;
	r->start = start;
	r->len = r->segment = len;
	r->control_len = o->control_len;
	memcpy(r->control, o->control, r->control_len);
	rs->n++;
}
