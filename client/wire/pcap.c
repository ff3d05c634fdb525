/*
 * --pcap: see pcap.h. A listener of trace.h; blocks are pcapng.c's, headers
 * packet.c's.
 */
#include "wire/pcap.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "be.h"
#include "conn.h"
#include "trace.h"
#include "wire/onc.h"
#include "wire/packet.h"
#include "wire/pcapng.h"

enum {
	FLOWS = 64,		/* the last ones; the next takes a place */
	PORTMAP = 111,
	FIRST_PORT = 1024,	/* of clients that have none */
};

struct conversation {
	unsigned conn;		/* its id; 0: none */
	struct flow flow;
};

static struct {
	struct tracer tracer;
	char path[TARGET_PATH_MAX];	/* for errors; "": there is none */
	int fd;
	int err;		/* of the first write that failed */
	struct conversation flows[FLOWS];
	uint32_t interfaces[MECH_COUNT];	/* their numbers, from 1 */
	uint32_t n;
} pcap;

static uint64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* Real addresses, where its socket has them; else of the loopback. */
static void
set_ends(struct flow *f, const struct conn *c)
{
	f->datagram = c->link.datagram;
	f->ends[0].len = f->ends[1].len = sizeof(f->ends[0].ss);
	if (c->link.rfd == c->link.wfd &&
	    getsockname(c->link.rfd, &f->ends[0].sa, &f->ends[0].len) == 0 &&
	    getpeername(c->link.rfd, &f->ends[1].sa, &f->ends[1].len) == 0 &&
	    f->ends[1].sa.sa_family != AF_UNIX)
		return;
	for (int i = 0; i < 2; i++)
		f->ends[i].in = (struct sockaddr_in){ .sin_family = AF_INET,
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
			.sin_port = htons(PORTMAP) };
	f->ends[0].in.sin_port = htons((uint16_t)(FIRST_PORT +
	    c->id % (UINT16_MAX - FIRST_PORT)));
}

static struct flow *
flow_of(const struct conn *c)
{
	struct conversation *v = &pcap.flows[c->id % FLOWS];

	if (v->conn != c->id) {
		memset(v, 0, sizeof(*v));
		v->conn = c->id;
		set_ends(&v->flow, c);
	}
	return &v->flow;
}

/* The number of the mechanism's interface, made when it is first used. */
static uint32_t
interface_of(const struct conn *c)
{
	const struct mech_info *info = &mech_info[c->link.mech];
	uint32_t *number = &pcap.interfaces[c->link.mech];
	char text[128];

	if (*number != 0)
		return *number - 1;
	snprintf(text, sizeof(text), "rpcall over %s, %s", info->name,
	    info->envelope == &frame_envelope ?
	    "the lean frame shown as ONC RPC" : "ONC RPC");
	if (pcap.err == 0)
		pcap.err = pcapng_interface(pcap.fd, PCAPNG_LINK_RAW,
		    info->name, text);
	*number = ++pcap.n;
	return *number - 1;
}

/* What the packet was in truth. */
static void
comment_on(const struct trace_message *m, size_t grown, char *out,
    size_t size)
{
	const struct conn *c = m->conn;
	size_t n = (size_t)snprintf(out, size, "%s, %s%s", mech_info[
	    c->link.mech].name, c->link.path, c->link.path[0] ? ", " : "");

	if (n < size && grown > 0)
		n += (size_t)snprintf(out + n, size - n, "a lean frame of "
		    "%zu bytes, ", m->whole);
	if (n < size && (m->flaw != NULL || m->len < m->whole))
		n += (size_t)snprintf(out + n, size - n, "%zu of %zu bytes: "
		    "%s, ", m->len, m->whole, m->flaw ? m->flaw :
		    "a large message's first");
	if (n < size && m->aside)
		n += (size_t)snprintf(out + n, size - n,
		    "about the interface, ");
	if (n < size)
		snprintf(out + n, size - n, "%s by rpcall", m->sent ? "sent" :
		    "taken");
}

static void
write_packets(const struct trace_message *m, struct buf *bytes,
    const char *comment)
{
	uint32_t interface = interface_of(m->conn);
	struct flow *flow = flow_of(m->conn);
	size_t most = flow->datagram ? DATAGRAM_MAX : SEGMENT_MAX, n;
	uint64_t ns = now_ns();

	for (size_t at = 0; at < bytes->len; at += n) {
		struct buf packet = { 0 };

		n = bytes->len - at < most ? bytes->len - at : most;
		if (pcap.err == 0)
			pcap.err = packet_append(flow, !m->sent,
			    bytes->data + at, n, &packet);
		if (pcap.err == 0)
			pcap.err = pcapng_packet(pcap.fd, interface, ns,
			    packet.data, packet.len, comment);
		buf_release(&packet);
	}
}

static void
message(struct tracer *t, const struct trace_message *m)
{
	bool lean = m->conn->envelope == &frame_envelope;
	bool marked = !m->conn->link.datagram && !m->stray;
	uint8_t mark[4] = { 0 };
	char comment[TARGET_PATH_MAX + 200];
	struct buf bytes = { 0 };
	size_t grown = 0;
	int err = 0;

	(void)t;
	if (m->len == 0)
		return;
	if (marked)
		err = buf_append(&bytes, mark, sizeof(mark));
	if (err == 0)
		err = lean && !m->stray ? onc_of_frame(m->data, m->len, m->sent,
		    &bytes, &grown) : buf_append(&bytes, m->data, m->len);
	if (err == 0 && marked)
		/* What follows must not look like the rest of this one. */
		record_mark(bytes.data, (m->flaw ? m->whole : m->len) + grown);
	if (pcap.err == 0)
		pcap.err = err;
	comment_on(m, grown, comment, sizeof(comment));
	write_packets(m, &bytes, comment);
	buf_release(&bytes);
}

/* Ours from now on; what is printed goes to stderr. */
static int
take_stdout(void)
{
	int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);

	if (fd >= 0 && dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

int
pcap_start(const char *path, struct failure *f)
{
	bool out = strcmp(path, "-") == 0;
	struct utsname u = { .machine = "" };
	char os[256];

	if (out && isatty(STDOUT_FILENO)) {
		failure_set(f, EXIT_USAGE, "--pcap -: stdout is a terminal, "
		    "which cannot show it");
		failure_hint(f, "--pcap - | tshark -r -");
		return -f->code;
	}
	/* A repl has one after the other, each a file of its own. */
	if (pcap.path[0] != '\0' && pcap.fd >= 0)
		close(pcap.fd);
	memset(&pcap, 0, sizeof(pcap));
	snprintf(pcap.path, sizeof(pcap.path), "%s", out ? "to stdout" : path);
	pcap.fd = out ? take_stdout() : open(path, O_WRONLY | O_CREAT |
	    O_TRUNC | O_CLOEXEC, 0600);
	if (pcap.fd < 0)
		return failure_set(f, EXIT_CANTCREATE, "cannot create %s (%s)",
		    path, strerror(errno));
	uname(&u);
	snprintf(os, sizeof(os), "%.60s %.120s", u.sysname, u.release);
	pcap.err = pcapng_section(pcap.fd, u.machine, os,
	    "rpcall " RPCALL_VERSION);
	pcap.tracer.message = message;
	trace_add(&pcap.tracer);
	return 0;
}

int
pcap_finish(struct failure *f)
{
	int err = pcap.err;

	if (pcap.path[0] == '\0' || pcap.fd < 0)
		return 0;
	if (close(pcap.fd) != 0 && err == 0)
		err = -errno;
	return err ? failure_set(f, err == -EPIPE ? 128 + SIGPIPE :
	    EXIT_CANTCREATE, "cannot write %s (%s)", pcap.path,
	    strerror(-err)) : 0;
}
