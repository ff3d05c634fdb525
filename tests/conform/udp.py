"""ONC RPC over datagrams: what only they can get wrong."""
import socket

from tests.lib import echo
from tests.lib.daemon import Daemon
from tests.lib.envelope import GARBAGE_ARGS, SUCCESS, SYSTEM_ERR, Rpc
from tests.lib.harness import equal, expect, skip, test
from tests.lib.mechanisms import connect, peer_of, shared_daemon
from tests.lib.peer import UdpPeer
from tests.lib.xdr import opaque, uint

SECRET = b"the previous client's bytes, which are nobody's business " * 3


def echo_call(xid, args):
    return Rpc.call(xid, echo.PROG, echo.VERS, echo.ECHO, args)


def stale_bytes(v6):
    with peer_of("rpc/udp", v6=v6) as victim, peer_of("rpc/udp", v6=v6) as thief:
        for xid in range(20):
            args = echo.echo_args(SECRET)
            victim.expect(echo_call(xid, args), Rpc.reply(xid, SUCCESS, args))
            lie = echo_call(xid, uint(120))
            equal(len(lie), 44, "datagram")
            thief.expect(lie, Rpc.reply(xid, GARBAGE_ARGS))


@test("a 44-byte datagram that claims 120 bytes gets GARBAGE_ARGS, never stale bytes")
def stale_bytes_ipv4():
    stale_bytes(v6=False)


@test("a 44-byte datagram that claims 120 bytes gets GARBAGE_ARGS over IPv6, too")
def stale_bytes_ipv6():
    stale_bytes(v6=True)


@test("a datagram that claims any length but its own gets GARBAGE_ARGS")
def every_claim():
    with peer_of("rpc/udp") as peer:
        for claim in list(range(17, 300)) + [8800, 65507, 1 << 20]:
            peer.expect(echo_call(claim, opaque(bytes(16), claim)),
                        Rpc.reply(claim, GARBAGE_ARGS))


@test("a datagram cut inside its header is ignored, cut inside its arguments GARBAGE_ARGS")
def truncated():
    whole = echo_call(9, echo.echo_args(b"abcd"))
    with peer_of("rpc/udp") as peer:
        for size in range(len(whole)):
            peer.send_record(whole[:size])
            if size >= Rpc.HEADER:
                equal(peer.recv_record(), Rpc.reply(9, GARBAGE_ARGS), f"reply to {size} bytes")
            else:
                peer.null()  # the next reply is NULL's, so there was none before


@test("a reply too large for a datagram is SYSTEM_ERR")
def reply_too_large():
    for v6 in (False, True):
        with peer_of("rpc/udp", v6=v6) as peer:
            for length in (65507, 100000, echo.MAX):
                peer.expect_status(SYSTEM_ERR, echo.SOURCE, echo.source_args(length, 1))
            equal(len(peer.call(echo.SOURCE, echo.source_args(60000, 1))), 60004, "SOURCE")


@test("rpc/udp serves every procedure over IPv6")
def over_ipv6():
    with peer_of("rpc/udp", v6=True) as peer:
        peer.null()
        args = echo.echo_args(echo.payload(5000))
        peer.expect_status(SUCCESS, echo.ECHO, args, args)
        peer.expect_status(SUCCESS, echo.DELAY, uint(1000))


@test("rpc/tcp and tcp serve over IPv6")
def streams_over_ipv6():
    for name in ("rpc/tcp", "tcp"):
        with peer_of(name, v6=True) as peer:
            args = echo.echo_args(echo.payload(100000))
            peer.expect_status(SUCCESS, echo.ECHO, args, args)


@test("a UDP reply leaves from the address that was asked")
def reply_source_address():
    with Daemon(listen=["rpc+udp://0.0.0.0:0"]) as daemon:
        port = int(daemon.uri("rpc+udp://").rpartition(":")[2])
        for address in ("127.0.0.1", "127.0.0.2", "127.1.2.3"):
            with UdpPeer(Rpc, (address, port)) as peer:  # hears only that address
                peer.null()


@test("a UDP reply to a delayed call leaves from the address that was asked")
def delayed_reply_source_address():
    with Daemon(listen=["rpc+udp://0.0.0.0:0"]) as daemon:
        port = int(daemon.uri("rpc+udp://").rpartition(":")[2])
        with UdpPeer(Rpc, ("127.0.0.3", port)) as peer:
            peer.expect_status(SUCCESS, echo.DELAY, uint(20000))


@test("calls that come as a train are answered one by one, the shorter last one, too")
def train():
    with peer_of("rpc/udp") as peer:
        args = [echo.echo_args(uint(i) * 4) for i in range(30)]
        calls = [echo_call(i, a) for i, a in enumerate(args)]
        calls[7] = b"\xff" * len(calls[0])  # it is no call
        peer.send_train([*calls, echo_call(30, echo.echo_args(b""))])
        for i, a in enumerate(args):
            if i != 7:
                equal(peer.recv_record(), Rpc.reply(i, SUCCESS, a), "reply")
        equal(peer.recv_record(), Rpc.reply(30, SUCCESS, echo.echo_args(b"")), "the last reply")
        peer.null()


@test("a train of calls whose replies are all of different sizes is answered")
def train_of_sizes():
    with peer_of("rpc/udp") as peer:
        sizes = [4 * i for i in range(60)]
        peer.send_train([Rpc.call(n, echo.PROG, echo.VERS, echo.SOURCE,
                                   echo.source_args(n, 1)) for n in sizes])
        for n in sizes:
            equal(len(peer.recv_record()), len(Rpc.reply(0, SUCCESS)) + 4 + n, "reply")


@test("a socket that is polled serves who polls it and who does not")
def polled_socket():
    with Daemon(workers=1, args=("--spin", "1000")) as daemon:
        with connect(daemon, "rpc/udp") as busy, connect(daemon, "tcp") as other:
            for i in range(300):
                args = echo.echo_args(uint(i))
                equal(busy.call(echo.ECHO, args), args, "reply")
                if i % 50 == 0:
                    other.null()


@test("replies go to the socket that asked, with 50 sockets asking")
def many_sockets():
    peers = [connect(shared_daemon(), "rpc/udp") for _ in range(50)]
    try:
        for i, peer in enumerate(peers):
            peer.start(echo.ECHO, echo.echo_args(uint(i)), xid=i + 1)
        for i, peer in enumerate(peers):
            equal(peer.recv_record(), Rpc.reply(i + 1, SUCCESS, echo.echo_args(uint(i))), "reply")
    finally:
        for peer in peers:
            peer.close()


@test("datagrams from a socket that is gone when the reply comes disturb nobody")
def gone_sender():
    with peer_of("rpc/udp") as bystander:
        for _ in range(100):
            with peer_of("rpc/udp") as peer:
                peer.start(echo.ECHO, echo.echo_args(bytes(100)))
        for _ in range(20):
            bystander.null()


@test("an empty datagram is ignored")
def empty_datagram():
    with peer_of("rpc/udp") as peer:
        for _ in range(5):
            peer.send_record(b"")
        peer.null()


@test("UDP that other hosts can reach is warned of in the log, and on loopback it is not")
def exposed():
    for host, warned in (("0.0.0.0", True), ("127.0.0.1", False), ("127.9.9.9", False)):
        with Daemon(listen=[f"rpc+udp://{host}:0"]) as daemon:
            # Warnings of endpoints are written before the line that says ready.
            equal("warn event=udp-exposed" in daemon.stderr(), warned, f"warning about {host}")


@test("a broadcast call is answered on success only")
def broadcast():
    with Daemon(listen=["rpc+udp://0.0.0.0:0"]) as daemon:
        port = int(daemon.uri("rpc+udp://").rpartition(":")[2])
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            s.settimeout(5)
            to = ("127.255.255.255", port)
            try:
                s.sendto(Rpc.call(1, echo.PROG + 9, 1, 0), to)
                s.sendto(Rpc.call(2, echo.PROG, 9, 0), to)
                s.sendto(Rpc.call(3, echo.PROG, 1, 99), to)
                # Refused by its handler, not before that.
                s.sendto(Rpc.call(5, echo.PROG, 1, echo.DELAY, uint(echo.DELAY_MAX + 1)), to)
                s.sendto(Rpc.call(4, echo.PROG, 1, 0), to)
                reply, sender = s.recvfrom(2000)
            except OSError as e:
                skip(f"the loopback carries no broadcast: {e}")
        equal(reply, Rpc.reply(4, SUCCESS), "first reply")
        expect(sender[1] == port, f"from {sender}")
