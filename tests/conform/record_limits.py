"""Limits on a record: size, declared length, time. All at small values."""
from tests.lib import echo, proc
from tests.lib.envelope import SUCCESS
from tests.lib.harness import (NO_FRAMING, NO_LISTENER, Failed, equal, expect,
                               per_mechanism, while_it_lasts)
from tests.lib.mechanisms import connect, leave, peer_of, session, shared_daemon
from tests.lib.peer import Closed
from tests.lib.record import LAST, fragments, mark, record

CAP = 1024
DEFAULT_CAP = 4 * 1024 * 1024 + 4096
MIB = 1024  # in KiB, as /proc has it
NEVER = 600000  # ms: another limit than the one under test


def call_of_size(peer, size, xid=1):
    """An ECHO call of exactly size bytes (a multiple of 4), and its reply."""
    empty = peer.envelope.call(xid, echo.PROG, echo.VERS, echo.ECHO, echo.echo_args(b""))
    args = echo.echo_args(echo.payload(size - len(empty)))
    call = peer.envelope.call(xid, echo.PROG, echo.VERS, echo.ECHO, args)
    assert len(call) == size
    return call, peer.envelope.reply(xid, SUCCESS, args)


@per_mechanism("a record of exactly the limit is served", unless=NO_FRAMING)
def at_the_cap(name):
    with session(name, {"record": CAP}) as (_, peer):
        call, reply = call_of_size(peer, CAP)
        peer.send_record(call)
        equal(peer.recv_record(), reply, "reply")
        peer.send(fragments(call, [CAP // 2, CAP // 2]))
        equal(peer.recv_record(), reply, "reply to two fragments")


@per_mechanism("an oversized record closes only that peer", unless=NO_FRAMING)
def over_the_cap(name):
    with session(name, {"record": CAP}) as (daemon, peer):
        with leave(connect(daemon, name)) as bystander:
            bystander.null()
            peer.send(mark(CAP + 4))
            peer.expect_closed()
            bystander.null()


@per_mechanism("fragments that together pass the limit close the peer", unless=NO_FRAMING)
def over_the_cap_in_pieces(name):
    with session(name, {"record": CAP}) as (_, peer):
        call, _ = call_of_size(peer, CAP)
        peer.send(mark(CAP, last=False) + call)
        peer.wait_read()
        expect(not peer.is_closed(), "closed at the limit, not over it")
        peer.send(mark(1))
        peer.expect_closed()


@per_mechanism("a call before an oversized record is still answered", unless=NO_FRAMING)
def served_then_over(name):
    with session(name, {"record": CAP}) as (_, peer):
        call, reply = call_of_size(peer, 64)
        peer.send(record(call) + mark(CAP + 4))
        equal(peer.recv_record(), reply, "reply")
        peer.expect_closed()


@per_mechanism("the limit of a record is 4 MiB + 4 KiB unless told otherwise",
               unless=NO_FRAMING)
def default_cap(name):
    with peer_of(name) as peer:
        peer.send(mark(DEFAULT_CAP))
        peer.wait_read()
        expect(not peer.is_closed(), "closed at the limit, not over it")
    with peer_of(name) as peer:
        peer.send(mark(DEFAULT_CAP + 1))
        peer.expect_closed()


@per_mechanism("a huge declared length is refused", unless=NO_FRAMING)
def huge_length(name):
    for head in (0x7FFFFFFF, 0x7FFFFFFF | LAST, 0x40000000, DEFAULT_CAP + 1):
        with peer_of(name) as peer:
            peer.send(head.to_bytes(4, "big"))
            peer.expect_closed()


@per_mechanism("nothing is allocated for a huge declared length",
               unless={**NO_FRAMING, **NO_LISTENER})
def huge_length_memory(name):
    with peer_of(name) as bystander:
        bystander.null()
        before = proc.vm_peak_kib(shared_daemon().pid)
        huge_length_of(name)
        grown = proc.vm_peak_kib(shared_daemon().pid) - before
        expect(grown < 64 * MIB, f"{grown} KiB were mapped for a declared length")


def huge_length_of(name):
    with peer_of(name) as peer:
        peer.send(mark(0x7FFFFFFF))
        peer.expect_closed()


@per_mechanism("two bytes of a record, then silence, are closed at header-ms",
               unless=NO_FRAMING)
def header_timeout(name):
    with session(name, {"header-ms": 200, "record-ms": NEVER, "idle-ms": NEVER}) as (_, peer):
        peer.send(mark(100)[:2])
        peer.expect_closed()


@per_mechanism("half a record, then silence, is closed at record-ms", unless=NO_FRAMING)
def record_timeout(name):
    limits = {"header-ms": NEVER, "record-ms": 200, "idle-ms": NEVER}
    with session(name, limits) as (_, peer):
        call, _ = call_of_size(peer, 200)
        peer.send(record(call)[:100])
        peer.expect_closed()


@per_mechanism("a record that drips in byte by byte is closed at record-ms",
               unless=NO_FRAMING)
def dripping_record(name):
    limits = {"header-ms": 400, "record-ms": 500, "idle-ms": NEVER}
    with session(name, limits) as (_, peer):
        for byte in record(call_of_size(peer, CAP)[0]):
            if peer.is_closed(0.02) or not still_open(peer, bytes([byte])):
                return  # one byte each 20 ms: the whole would take 20 s
        raise Failed("the server waited for the whole record")


@per_mechanism("record-ms holds for a record whose mark came in two parts, too",
               unless=NO_FRAMING)
def mark_in_parts(name):
    limits = {"header-ms": NEVER, "record-ms": 300, "idle-ms": NEVER}
    with session(name, limits) as (_, peer):
        peer.send(mark(200)[:2])
        peer.wait_read()
        still_open(peer, mark(200)[2:] + bytes(50))
        peer.expect_closed()


def still_open(peer, data):
    """Sends data; False if the server has closed meanwhile."""
    try:
        peer.send(data)
    except Closed:
        return False
    return True


@per_mechanism("a peer with half a record stalls nobody, and may finish it",
               unless=NO_FRAMING)
def half_record_stalls_nobody(name):
    with peer_of(name) as bystander, peer_of(name) as peer:
        call, reply = call_of_size(peer, 200)
        at = 0
        for stop in (2, 4, 10, 60, 203):
            peer.send(record(call)[at:stop])
            peer.wait_read()
            for _ in range(20):
                bystander.null()
            at = stop
        peer.send(record(call)[at:])
        equal(peer.recv_record(), reply, "reply")


@per_mechanism("an idle peer is closed at idle-ms", unless=NO_FRAMING)
def idle(name):
    def attempt(ms):
        with session(name, {"idle-ms": ms}) as (_, peer):
            try:
                peer.null()
            except Closed:
                return False  # it had said nothing for too long already
            peer.expect_closed()
        return True
    while_it_lasts(200, attempt, "a call before the peer is idle")


@per_mechanism("a peer that never said a word is closed at idle-ms", unless=NO_FRAMING)
def idle_from_birth(name):
    with session(name, {"idle-ms": 200}) as (_, peer):
        peer.expect_closed()


@per_mechanism("a peer that waits for a reply is not idle", unless=NO_FRAMING)
def waiting_is_not_idle(name):
    def attempt(ms):
        with session(name, {"idle-ms": ms}) as (_, peer):
            try:
                return peer.call(echo.DELAY, (4000 * ms).to_bytes(4, "big")) == b""
            except Closed:
                return False  # perhaps before it called
    while_it_lasts(200, attempt, "a reply that takes longer than idle-ms")
