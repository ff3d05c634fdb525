"""What each procedure of ECHO does, the same over every mechanism."""
import fcntl
import socket
import struct
import termios

from tests.lib import echo
from tests.lib.crc32c import crc32c
from tests.lib.envelope import SUCCESS
from tests.lib.harness import (NO_FRAMING, equal, expect, mechanism_names, per_mechanism, wait_until,
                               while_it_lasts)
from tests.lib.mechanisms import peer_of
from tests.lib.record import record
from tests.lib.xdr import uint

KIB, MIB = 1 << 10, 1 << 20
MS = 1000  # DELAY counts microseconds


def echoes(name, *sizes):
    with peer_of(name) as peer:
        for size in sizes:
            args = echo.echo_args(echo.payload(size))
            peer.expect_status(SUCCESS, echo.ECHO, args, args)


@per_mechanism("ECHO answers 0, 1, 3, 4, 5 and 64 bytes with the same bytes")
def echo_small(name):
    echoes(name, 0, 1, 3, 4, 5, 64)


@per_mechanism("ECHO answers 1 KiB and 8 KiB with the same bytes")
def echo_medium(name):
    echoes(name, KIB, 8 * KIB)


@per_mechanism("ECHO answers as much as a datagram holds")
def echo_datagram(name):
    echoes(name, 60000, 65460)  # 65507 less header, length and padding


@per_mechanism("ECHO answers 64 KiB, 1 MiB and 1 MiB - 1 with the same bytes", unless=NO_FRAMING)
def echo_large(name):
    echoes(name, 64 * KIB, MIB, MIB - 1)


@per_mechanism("ECHO answers 4 MiB, its maximum", unless=NO_FRAMING)
def echo_largest(name):
    echoes(name, echo.MAX)


@per_mechanism("SINK answers length and CRC32C")
def sink(name):
    with peer_of(name) as peer:
        for data in (b"", b"1", b"123456789", bytes(32), echo.payload(8000)):
            got = echo.decode_digest(peer.call(echo.SINK, echo.echo_args(data)))
            equal(got, (len(data), crc32c(data)), "digest")


@per_mechanism("SINK answers the CRC32C of 1 MiB + 1", unless=NO_FRAMING)
def sink_large(name):
    data = echo.payload(MIB + 1)
    with peer_of(name) as peer:
        got = echo.decode_digest(peer.call(echo.SINK, echo.echo_args(data)))
        equal(got, (len(data), crc32c(data)), "digest")


def source(peer, length, seed):
    data = echo.decode_opaque(peer.call(echo.SOURCE, echo.source_args(length, seed)))
    equal(len(data), length, "length")
    return data


@per_mechanism("SOURCE answers the length asked for, the same bytes for the same seed")
def source_is_deterministic(name):
    with peer_of(name) as peer, peer_of(name) as other:
        for length in (0, 1, 3, 4, 64, 4097):
            equal(source(peer, length, 7), source(other, length, 7), "pattern of seed 7")
        expect(source(peer, 64, 7) != source(peer, 64, 8), "seeds 7 and 8 look alike")
        expect(source(peer, 64, 0) != source(peer, 64, 0xFFFFFFFF), "seeds look alike")


@per_mechanism("SOURCE makes the same pattern over every mechanism")
def source_is_the_same(name):
    with peer_of(name) as peer, peer_of("rpc/tcp") as reference:
        equal(source(peer, 5000, 99), source(reference, 5000, 99), "pattern")


@per_mechanism("SOURCE answers 1 MiB and 4 MiB", unless=NO_FRAMING)
def source_large(name):
    with peer_of(name) as peer:
        data = source(peer, echo.MAX, 5)
        expect(data[:MIB] == source(peer, MIB, 5), "a shorter answer is another pattern")


@per_mechanism("SOURCE answers the right bytes, however late they are read and whatever else it answers",
               unless=NO_FRAMING)
def source_kept(name):
    """Up to 1 MiB is kept for the next call, and sent from there; beyond it is made for each."""
    calls = [(64 * KIB, 1), (MIB, 1), (MIB - 3, 2), (MIB, 2), (100001, 1), (MIB, 3), (MIB, 1)]
    with peer_of(name) as peer, peer_of(name) as other:
        made = {seed: source(other, MIB + 8, seed) for seed in (1, 2, 3)}
        xids = [peer.start(echo.SOURCE, echo.source_args(*call)) for call in calls]
        for xid, (length, seed) in zip(xids, calls):
            data = echo.decode_opaque(peer.result(xid, peer.recv_record()))
            expect(data == made[seed][:length], f"{length} bytes of seed {seed} are others")
            source(other, MIB, seed + 3)


@per_mechanism("a Unix socket holds more of a large answer than it would by itself",
               unless={name: "it is no Unix socket" for name in mechanism_names()
                       if name not in ("unix", "rpc/local")})
def unix_buffer(name):
    with peer_of(name) as peer:
        peer.start(echo.SOURCE, echo.source_args(MIB, 3))
        by_itself = peer.sock.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
        wait_until(lambda: struct.unpack("i", fcntl.ioctl(peer.sock, termios.FIONREAD, bytes(4)))[0]
                   > 1.25 * by_itself, "the answer")


@per_mechanism("a reply overtakes a call that takes longer")
def overtaking(name):
    with peer_of(name) as peer:
        slow = peer.start_delay(50)
        peer.result(slow, peer.recv_record())


@per_mechanism("a reply overtakes a slow call in the same write", unless=NO_FRAMING)
def overtaking_in_one_write(name):
    with peer_of(name) as peer:
        call = peer.envelope.call
        peer.send(record(call(1, echo.PROG, echo.VERS, echo.DELAY, uint(50 * MS)))
                  + record(call(2, echo.PROG, echo.VERS, echo.NULL)))
        equal(peer.recv_record(), peer.envelope.reply(2, SUCCESS), "first reply")
        equal(peer.recv_record(), peer.envelope.reply(1, SUCCESS), "second reply")


@per_mechanism("delayed calls are answered in the order in which they end")
def delays_in_order(name):
    with peer_of(name) as peer:
        def attempt(ms):
            xids = [peer.start(echo.DELAY, uint(i * ms * MS)) for i in (3, 2, 1, 0)]
            replies = [peer.envelope.reply(xid, SUCCESS) for xid in xids]
            got = [peer.recv_record() for _ in xids]
            equal(sorted(got), sorted(replies), "replies")
            return got == replies[::-1]
        while_it_lasts(50, attempt, "the last and shortest is answered first")


@per_mechanism("a hundred calls are delayed at the same time")
def many_delays(name):
    with peer_of(name) as peer:
        def attempt(ms):
            xids = {peer.start(echo.DELAY, uint(ms * MS)) for _ in range(100)}
            fast = peer.envelope.reply(peer.start(echo.NULL), SUCCESS)
            got = [peer.recv_record() for _ in range(101)]
            equal(set(got), {peer.envelope.reply(xid, SUCCESS) for xid in xids} | {fast},
                  "replies")
            return got[0] == fast
        while_it_lasts(100, attempt, "NULL is answered before every one of them")


@per_mechanism("a delayed call of one peer does not hold up another")
def delay_holds_up_nobody(name):
    with peer_of(name) as slow, peer_of(name) as peer:
        def attempt(ms):
            xid = slow.start(echo.DELAY, uint(ms * MS))
            for _ in range(20):
                peer.null()
            waits = not slow.has_input()
            slow.result(xid, slow.recv_record())
            return waits
        while_it_lasts(200, attempt, "others are answered while DELAY waits")


def pipelined(name, count):
    with peer_of(name) as peer:
        calls, wanted = [], set()
        for xid in range(count):
            args = echo.echo_args(echo.payload(xid % 100, seed=xid))
            calls.append(peer.envelope.call(xid, echo.PROG, echo.VERS, echo.ECHO, args))
            wanted.add(peer.envelope.reply(xid, SUCCESS, args))
        if peer.framed:
            peer.send(b"".join(map(record, calls)))
        else:
            for call in calls:
                peer.send_record(call)
        equal({peer.recv_record() for _ in calls}, wanted, "replies")


@per_mechanism("64 calls outstanding are all answered with their xids")
def pipelined_64(name):
    pipelined(name, 64)


@per_mechanism("500 calls outstanding are all answered with their xids",
               unless={"rpc/udp": "500 datagrams outstanding may overrun a socket's buffer"})
def pipelined_500(name):
    pipelined(name, 500)


@per_mechanism("after a half-close every reply still comes, then the end", unless=NO_FRAMING)
def half_close(name):
    with peer_of(name) as peer:
        xids = [peer.start(echo.ECHO, echo.echo_args(echo.payload(i))) for i in range(64)]
        peer.half_close()
        for i, xid in enumerate(xids):
            got = peer.result(xid, peer.recv_record())
            equal(got, echo.echo_args(echo.payload(i)), "ECHO")
        peer.expect_closed()


@per_mechanism("after a half-close a delayed reply still comes, then the end", unless=NO_FRAMING)
def half_close_delayed(name):
    with peer_of(name) as peer:
        xid = peer.start(echo.DELAY, uint(100 * MS))
        peer.half_close()
        peer.result(xid, peer.recv_record())
        peer.expect_closed()


@per_mechanism("half a record, then a half-close, ends that peer without a reply",
               unless=NO_FRAMING)
def half_close_half_record(name):
    with peer_of(name) as peer:
        call = record(peer.envelope.call(1, echo.PROG, echo.VERS, echo.NULL))
        peer.send(call + call[:10])
        peer.half_close()
        equal(peer.recv_record(), peer.envelope.reply(1, SUCCESS), "reply")
        peer.expect_closed()
        equal(peer.reader.take(), None, "record after the last reply")
