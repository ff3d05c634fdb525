/*
 * IP, TCP and UDP headers (RFC 791, 8200, 9293, 768): see packet.h. Used by
 * pcap.c.
 */
#include "wire/packet.h"

#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <string.h>

enum { HOPS = 64, WINDOW = 65535, FIRST_SEQUENCE = 1 };

/* The sum of 16-bit words in network order (RFC 1071). */
static uint32_t
sum(uint32_t so_far, const void *data, size_t n)
{
	const uint8_t *p = data;

	for (size_t i = 0; i + 1 < n; i += 2)
		so_far += (uint32_t)p[i] << 8 | p[i + 1];
	if (n % 2 != 0)
		so_far += (uint32_t)p[n - 1] << 8;
	while (so_far >> 16 != 0)
		so_far = (so_far & 0xffff) + (so_far >> 16);
	return so_far;
}

static uint16_t
checksum(uint32_t s)
{
	return htons((uint16_t)~s);
}

static const void *
address(const struct addr *a, size_t *n)
{
	*n = a->sa.sa_family == AF_INET6 ? 16 : 4;
	return a->sa.sa_family == AF_INET6 ? (const void *)&a->in6.sin6_addr :
	    (const void *)&a->in.sin_addr;
}

static int
put_ip4(const struct flow *f, unsigned from, uint8_t protocol, size_t n,
    struct buf *out)
{
	struct ip h = { .ip_hl = 5, .ip_v = 4, .ip_ttl = HOPS,
		.ip_len = htons((uint16_t)(sizeof(h) + n)),
		.ip_off = htons(IP_DF), .ip_p = protocol,
		.ip_src = f->ends[from].in.sin_addr,
		.ip_dst = f->ends[!from].in.sin_addr };

	h.ip_sum = checksum(sum(0, &h, sizeof(h)));
	return buf_append(out, &h, sizeof(h));
}

static int
put_ip6(const struct flow *f, unsigned from, uint8_t protocol, size_t n,
    struct buf *out)
{
	struct ip6_hdr h = { .ip6_src = f->ends[from].in6.sin6_addr,
		.ip6_dst = f->ends[!from].in6.sin6_addr };

	h.ip6_flow = htonl((uint32_t)6 << 28);
	h.ip6_plen = htons((uint16_t)n);
	h.ip6_nxt = protocol;
	h.ip6_hlim = HOPS;
	return buf_append(out, &h, sizeof(h));
}

/* Of the addresses, the protocol and the length, which checksums include. */
static uint32_t
pseudo_header(const struct flow *f, unsigned from, uint8_t protocol,
    size_t n)
{
	uint8_t rest[4] = { 0, protocol, (uint8_t)(n >> 8), (uint8_t)n };
	size_t len;
	const void *a = address(&f->ends[from], &len);
	uint32_t s = sum(sum(0, rest, sizeof(rest)), a, len);

	a = address(&f->ends[!from], &len);
	return sum(s, a, len);
}

static uint16_t
port(const struct flow *f, unsigned end)
{
	return htons((uint16_t)addr_port(&f->ends[end]));
}

static int
put_tcp(const struct flow *f, unsigned from, const void *data, size_t n,
    struct buf *out)
{
	struct tcphdr h = { .th_sport = port(f, from),
		.th_dport = port(f, !from), .th_off = 5,
		.th_seq = htonl(FIRST_SEQUENCE + f->sent[from]),
		.th_ack = htonl(FIRST_SEQUENCE + f->sent[!from]),
		.th_flags = TH_ACK | TH_PUSH, .th_win = htons(WINDOW) };
	uint32_t s = pseudo_header(f, from, IPPROTO_TCP, sizeof(h) + n);

	h.th_sum = checksum(sum(sum(s, &h, sizeof(h)), data, n));
	return buf_append(out, &h, sizeof(h));
}

static int
put_udp(const struct flow *f, unsigned from, const void *data, size_t n,
    struct buf *out)
{
	struct udphdr h = { .uh_sport = port(f, from),
		.uh_dport = port(f, !from),
		.uh_ulen = htons((uint16_t)(sizeof(h) + n)) };
	uint32_t s = pseudo_header(f, from, IPPROTO_UDP, sizeof(h) + n);

	h.uh_sum = checksum(sum(sum(s, &h, sizeof(h)), data, n));
	if (h.uh_sum == 0)	/* 0 would mean: none was made */
		h.uh_sum = 0xffff;
	return buf_append(out, &h, sizeof(h));
}

int
packet_append(struct flow *f, unsigned from, const void *data, size_t n,
    struct buf *out)
{
	uint8_t protocol = f->datagram ? IPPROTO_UDP : IPPROTO_TCP;
	size_t all = n + (f->datagram ? sizeof(struct udphdr) :
	    sizeof(struct tcphdr));
	int err = f->ends[0].sa.sa_family == AF_INET6 ?
	    put_ip6(f, from, protocol, all, out) :
	    put_ip4(f, from, protocol, all, out);

	if (err == 0)
		err = f->datagram ? put_udp(f, from, data, n, out) :
		    put_tcp(f, from, data, n, out);
	if (err == 0)
		err = buf_append(out, data, n);
	f->sent[from] += (uint32_t)n;
	return err;
}
