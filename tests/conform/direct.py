"""Direct reading: a worker's thread waits for one peer alone, and nobody and
nothing else notices. A worker with one busy peer begins it by itself;
direct-ms is how long the peer may then be silent."""
import os
import socket
import subprocess
import time

from tests.lib import echo, proc
from tests.lib.daemon import Daemon
from tests.lib.direct import (FOR_EVER, blocks, call_until_direct, expect_ended, reads_directly,
                              start, terminate)
from tests.lib.envelope import SUCCESS, Lean
from tests.lib.harness import (PATIENCE, Failed, equal, expect, per_mechanism, program, test,
                               wait_until, while_it_lasts)
from tests.lib.mechanisms import Bystanders, connect, is_served, leave, server_pid
from tests.lib.peer import Closed, SocketPeer
from tests.lib.record import mark, record
from tests.lib.xdr import uint

KIB, MIB = 1024, 1024 * 1024
PATTERN = echo.payload(4 * MIB)
STREAMS = {"rpc/udp": "a datagram socket has no peers"}
PEERS = {**STREAMS, "pipe": "a server of its own has no other peer"}


def payload_call(peer, xid, size):
    args = echo.echo_args(PATTERN[xid:xid + size])
    return (record(peer.envelope.call(xid, echo.PROG, echo.VERS, echo.ECHO, args)),
            peer.envelope.reply(xid, SUCCESS, args))


def exchange(peer, size, xid=77):
    call, reply = payload_call(peer, xid, size)
    peer.send(call)
    equal(peer.recv_record(), reply, "reply")


@per_mechanism("while a thread waits for one peer, every other is served at once",
               unless=PEERS)
def others_served(name):
    with start() as daemon, Bystanders(daemon) as others:
        with connect(daemon, name) as peer:
            call_until_direct(daemon, peer)
            others.check(rounds=40)
            with connect(daemon, name) as newcomer:
                exchange(newcomer, 3000)
            # There was more to do than this peer's calls: the loop has it back.
            wait_until(lambda: not reads_directly(daemon), "the mode ends")
            peer.null()
            call_until_direct(daemon, peer)
            exchange(peer, 3000)


@per_mechanism("a peer that is read directly gets deferred answers, each once, in any order",
               unless=STREAMS)
def deferred(name):
    with start() as daemon, connect(daemon, name) as peer:
        call_until_direct(daemon, peer)
        late = [peer.start(echo.DELAY, uint(us)) for us in (30000, 20000, 1, 0)]
        soon = peer.start(echo.NULL)
        waiting = {xid: peer.envelope.reply(xid, SUCCESS) for xid in late + [soon]}
        while waiting:
            reply = peer.recv_record()
            found = [xid for xid, wanted in waiting.items() if wanted == reply]
            equal(len(found), 1, "calls that this answers")
            del waiting[found[0]]
        for _ in range(50):
            equal(peer.call(echo.DELAY, uint(100)), b"", "DELAY")
            peer.null()


@per_mechanism("a peer that is read directly is closed when it is idle", unless=STREAMS)
def idle(name):
    def attempt(ms):
        with start(idle_ms=ms) as daemon:
            base = proc.fd_count(daemon.pid)
            try:
                with connect(daemon, name) as peer:
                    call_until_direct(daemon, peer)
                    peer.expect_closed()
                with connect(daemon, name) as peer:
                    exchange(peer, 100)
            except Closed:
                return False  # before it was read directly
            wait_until(lambda: proc.fd_count(daemon.pid) == base, "descriptors are closed")
        return True
    while_it_lasts(1000, attempt, "calls before the peer is idle")


def call_for(peer, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        peer.null()


@per_mechanism("a peer that is read directly is not idle while it calls", unless=STREAMS)
def busy(name):
    def attempt(ms):
        with start(idle_ms=ms) as daemon, connect(daemon, name) as peer:
            try:
                call_until_direct(daemon, peer)
                call_for(peer, 4 * ms / 1000)
            except Closed:
                return False
            return reads_directly(daemon, peer)
    while_it_lasts(100, attempt, "calls for longer than idle-ms")


@per_mechanism("who calls and is read directly gives way to nobody; who is idle does",
               unless=PEERS)
def evicted(name):
    with start(peers=2) as daemon, connect(daemon, name) as peer:
        idle_one = connect(daemon, name)
        call_until_direct(daemon, peer)
        idle_one.null()  # later than the loop has seen the other one call

        def served():
            call_until_direct(daemon, peer)
            return is_served(daemon, name)
        wait_until(served, "an idle peer gives way")
        peer.null()
        idle_one.expect_closed()
        idle_one.close()


@per_mechanism("half a record in direct reading is closed at record-ms", unless=STREAMS)
def half(name):
    with start(record_ms=150, header_ms=150) as daemon:
        for cut in (1, 4, 50, 9000):
            with connect(daemon, name) as peer:
                call_until_direct(daemon, peer)
                peer.push(payload_call(peer, 5, 10000)[0][:cut])
                peer.expect_closed()


@per_mechanism("half a record outlasts the mode, whoever is served meanwhile",
               unless=STREAMS)
def half_left(name):
    with start(direct_ms=50) as daemon, connect(daemon, name) as other:
        for cut in (1, 4, 50, 9000):
            with connect(daemon, name) as peer:
                call, reply = payload_call(peer, 5, 10000)
                call_until_direct(daemon, peer)
                peer.push(call[:cut])
                wait_until(lambda: not reads_directly(daemon, peer), "the silence ends the mode")
                exchange(other, 20000)
                peer.push(call[cut:])
                equal(peer.recv_record(), reply, "reply")


@per_mechanism("SIGTERM finds a thread that waits in a read, which ends at once",
               unless=STREAMS)
def drain_idle(name):
    with start(drain_ms=FOR_EVER) as daemon, connect(daemon, name) as peer:
        call_until_direct(daemon, peer)
        terminate(daemon, peer)
        expect_ended(daemon, peer)
        peer.expect_closed()


@per_mechanism("a call that came before SIGTERM to a waiting thread is answered",
               unless=STREAMS)
def drain_call(name):
    for i in range(4):
        with start(drain_ms=FOR_EVER) as daemon, connect(daemon, name) as peer:
            call, reply = payload_call(peer, 5, 50000)
            call_until_direct(daemon, peer)
            peer.send(call)
            if "tcp" in name or i % 2:
                peer.wait_read()  # TCP: it has arrived
            terminate(daemon, peer)
            equal(peer.recv_record(), reply, "reply")
            peer.expect_closed()
            expect_ended(daemon, peer)


@per_mechanism("a deferred call of a peer that is read directly is answered after SIGTERM",
               unless=STREAMS)
def drain_deferred(name):
    with start(drain_ms=FOR_EVER) as daemon, connect(daemon, name) as peer:
        call_until_direct(daemon, peer)
        xid = peer.start(echo.DELAY, uint(300000))
        peer.wait_read()
        terminate(daemon, peer)
        equal(peer.recv_record(), peer.envelope.reply(xid, SUCCESS), "reply")
        peer.expect_closed()
        expect_ended(daemon, peer)


@per_mechanism("the drain deadline ends a server whose thread waits in a read",
               unless=STREAMS)
def drain_deadline(name):
    with start(drain_ms=100) as daemon, connect(daemon, name) as peer:
        call_until_direct(daemon, peer)
        peer.start(echo.DELAY, uint(echo.DELAY_MAX))
        peer.wait_read()
        terminate(daemon, peer)
        expect_ended(daemon, peer)


@per_mechanism("the death of a client that is read directly leaves nothing", unless=PEERS)
def death(name):
    with start() as daemon, connect(daemon, name) as other:
        other.null()
        base = proc.fd_count(daemon.pid)
        for round_ in range(8):
            peer = connect(daemon, name)
            call_until_direct(daemon, peer)
            if round_ % 4 >= 2:
                peer.push(payload_call(peer, 5, 64 * KIB)[0][:-1])
            if round_ % 2 and hasattr(peer, "reset"):
                peer.reset()
            else:
                peer.close()
            other.null()
            wait_until(lambda: proc.fd_count(daemon.pid) == base, "its descriptor is closed")


@per_mechanism("a peer that shuts its sending end in direct reading gets its last reply",
               unless=STREAMS)
def half_close(name):
    with start() as daemon, connect(daemon, name) as peer:
        call_until_direct(daemon, peer)
        xid = peer.start(echo.DELAY, uint(20000))
        peer.half_close()
        equal(peer.recv_record(), peer.envelope.reply(xid, SUCCESS), "reply")
        peer.expect_closed()


@per_mechanism("at the limit of peers one that is read directly gives way", unless=PEERS)
def eviction(name):
    with start(peers=1) as daemon, connect(daemon, name) as peer:
        call_until_direct(daemon, peer)
        # A session of named pipes is refused there; nobody gives way to it.
        newcomer = "unix" if name == "fifo" else name
        wait_until(lambda: served(daemon, newcomer), "a new peer is served")
        peer.expect_closed()


def served(daemon, name):
    try:
        with connect(daemon, name) as peer:
            peer.null()
        return True
    except (Closed, OSError):
        return False


@per_mechanism("two peers that take turns are both served", unless=PEERS)
def alternation(name):
    with start() as daemon, connect(daemon, name) as one, connect(daemon, name) as two:
        call_until_direct(daemon, one)
        for i in range(200):
            exchange(one, 10 + i)
            exchange(two, 1000 + i)
        call_until_direct(daemon, two)
        for i in range(10):
            exchange(one, 20 + i)


@per_mechanism("large records in direct reading arrive whole", unless=STREAMS)
def large(name):
    with start() as daemon, connect(daemon, name) as peer:
        for size in (64 * KIB, 300 * KIB, MIB, 3 * MIB, 64 * KIB):
            call_until_direct(daemon, peer)
            for i in range(2):
                exchange(peer, size, 100 + i)


@per_mechanism("a flood from another peer does not hold up one that is read directly",
               unless=PEERS)
def flood(name):
    with start() as daemon, connect(daemon, name) as peer, connect(daemon, name) as flooder:
        call_until_direct(daemon, peer)
        call = record(flooder.envelope.call(1, echo.PROG, echo.VERS, echo.NULL))
        left = flooder.push(call * 20000, patience=0.2)
        for i in range(50):
            exchange(peer, 100 + i)
        flooder.send((call * 20000)[len(call) * 20000 - left:])
        for _ in range(20000):
            equal(flooder.recv_record(), flooder.envelope.reply(1, SUCCESS), "reply")


@per_mechanism("a slow reader that is read directly blocks nobody, and is served when it reads",
               unless=STREAMS)
def slow_reader(name):
    with start() as daemon, Bystanders(daemon) as others:
        with leave(connect(daemon, name)) as peer:
            call_until_direct(daemon, peer)
            call, reply = payload_call(peer, 5, 64 * KIB)
            left = peer.push(call * 600, patience=0.5)
            expect(left > 0, "the server took 37 MiB for a peer that reads nothing")
            others.check()
            peer.send((call * 600)[-left:])
            for _ in range(600):
                equal(peer.recv_record(), reply, "reply")
            call_until_direct(daemon, peer)


@per_mechanism("a slow reader that is read directly is closed at stall-ms", unless=STREAMS)
def stalled(name):
    with start(stall_ms=300, pause=64 * MIB, queue=64 * MIB) as daemon:
        with connect(daemon, name) as peer, connect(daemon, name) as other:
            call_until_direct(daemon, peer)
            peer.send(payload_call(peer, 5, 4 * MIB - 5)[0], deaf=True)
            exchange(other, 100)
            wait_until(lambda: peer_gone(peer), "it is closed")
            exchange(other, 100)


def peer_gone(peer):
    """Has the server closed? Reads nothing."""
    try:
        os.write(peer.wfd, b"\0")
        return False
    except BlockingIOError:
        return False
    except OSError:
        return True


@per_mechanism("the memory of one that is read directly goes to those who need it",
               unless=PEERS)
def memory(name):
    with start(buffers=2 * MIB) as daemon:
        for _ in range(3):
            with connect(daemon, name) as peer, connect(daemon, name) as other:
                call_until_direct(daemon, peer)
                holds(peer, 900 * KIB)
                holds(other, MIB)
                with connect(daemon, name) as third:
                    exchange(third, 100 * KIB)
    with start(buffers=2 * MIB) as daemon, connect(daemon, name) as peer:
        call_until_direct(daemon, peer)
        exchange(peer, 300 * KIB)


def holds(peer, size):
    """Sends a part of a record of 4 MiB, as far as the server goes along."""
    try:
        peer.push(mark(4 * MIB) + bytes(size), patience=1.0)
        wait_until(lambda: peer.unread() == 0 or peer.is_closed(), "it is read", 5)
    except (Closed, Failed):
        pass


@per_mechanism("the mode may begin and end as often as it likes", unless=STREAMS)
def cycles(name):
    with start(direct_ms=40) as daemon, connect(daemon, name) as peer:
        before = proc.threads(server_pid(daemon, peer))
        for i in range(6):
            call_until_direct(daemon, peer)
            wait_until(lambda: not reads_directly(daemon, peer), "silence ends the mode")
            exchange(peer, 100 * i)
        equal(proc.threads(server_pid(daemon, peer)), before + 1, "threads")


@test("a server whose stdin and stdout are one socket writes to it without waiting")
def one_socket():
    ours, theirs = socket.socketpair()
    with ours, theirs, subprocess.Popen(
            [program("rpcalld"), "--stdio", "--spin", "off"], stdin=theirs, stdout=theirs,
            stderr=subprocess.DEVNULL) as child, SocketPeer(Lean, ours) as peer:
        theirs.close()
        for _ in range(1000):
            peer.null()
        expect(not blocks(f"/proc/{child.pid}"), "its socket is a blocking one")
        peer.half_close()
        peer.expect_closed()
        equal(child.wait(PATIENCE), 0, "exit status")


@test("with direct-ms=0 and with polling nobody is read directly")
def never():
    for args, limits in ((("--spin", "off"), {"direct-ms": 0}), (("--spin", "20"), {})):
        with Daemon(limits, workers=1, args=args) as daemon:
            before = proc.threads(daemon.pid)
            for name in ("unix", "rpc/tcp", "fifo"):
                with connect(daemon, name) as peer:
                    for _ in range(100):
                        peer.null()
                    expect(not reads_directly(daemon), f"{name}: read directly")
            equal(proc.threads(daemon.pid), before, "threads")
