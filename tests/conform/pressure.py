"""Peers that take more than they give: slow readers, and limits in all."""
import contextlib
import os
import resource
import signal

from tests.lib import echo, proc
from tests.lib.daemon import Daemon
from tests.lib.envelope import SUCCESS, Lean
from tests.lib.harness import (NO_CONNECTION, NO_LISTENER, PATIENCE, Failed, equal,
                               expect, per_mechanism, sanitized, skip, test, wait_until)
from tests.lib.mechanisms import Bystanders, connect, is_served, leave, server_pid, session
from tests.lib.peer import Closed
from tests.lib.pipes import FifoPeer, hello, session_path, write_control
from tests.lib.record import mark, record
from tests.lib.xdr import uint

KIB, MIB = 1 << 10, 1 << 20
# What is asked for is a multiple of what a server may hold; more proves no more.
SLOW = 256  # answers of 64 KiB, of which it may hold 8 MiB
LARGE = 24  # answers of 4 MiB, of which it may hold 32 MiB
STREAMS_ONLY = NO_CONNECTION
NO_QUARANTINE = {"ASAN_OPTIONS": "quarantine_size_mb=1"}


def echo_record(peer, xid, size):
    args = echo.echo_args(echo.payload(size))
    return (record(peer.envelope.call(xid, echo.PROG, echo.VERS, echo.ECHO, args)),
            peer.envelope.reply(xid, SUCCESS, args))


@per_mechanism("a peer that never reads is paused and bounded, and served when it reads",
               unless=STREAMS_ONLY)
def slow_reader(name):
    with Daemon(env=NO_QUARANTINE) as daemon, Bystanders(daemon) as others:
        with leave(connect(daemon, name)) as peer:
            peer.null()
            before = proc.rss_kib(server_pid(daemon, peer))
            call, reply = echo_record(peer, 5, 64 * KIB)
            left = peer.push(call * SLOW, patience=1.0)
            expect(left > 0, "the server took 16 MiB for a peer that reads nothing")
            grown = proc.rss_kib(server_pid(daemon, peer)) - before
            expect(grown < 8 * KIB, f"the server holds {grown} KiB for it")
            others.check()
            peer.send((call * SLOW)[-left:])
            for _ in range(SLOW):
                equal(peer.recv_record(), reply, "reply")


@per_mechanism(f"a peer that asks for {4 * LARGE} MiB in one write and reads late is bounded, then served",
               unless=STREAMS_ONLY)
def large_replies(name):
    with Daemon(env=NO_QUARANTINE) as daemon, Bystanders(daemon) as others:
        with leave(connect(daemon, name)) as peer:
            peer.null()
            before = proc.rss_kib(server_pid(daemon, peer))
            call = record(peer.envelope.call(6, echo.PROG, echo.VERS, echo.SOURCE,
                                             echo.source_args(echo.MAX, 1)))
            peer.push(call * LARGE, patience=1.0)
            others.check()
            grown = proc.rss_kib(server_pid(daemon, peer)) - before
            expect(grown < 32 * KIB, f"the server holds {grown} KiB for it")
            for _ in range(LARGE):
                equal(len(peer.result(6, peer.recv_record())), echo.MAX + 4, "SOURCE")


@per_mechanism("a peer that does not read its replies is closed at stall-ms",
               unless=STREAMS_ONLY)
def stalled(name):
    with session(name, {"stall-ms": 300}) as (daemon, peer):
        with leave(connect(daemon, name)) as bystander:
            call, _ = echo_record(peer, 5, 64 * KIB)
            try:
                # Until the server closes; a paused one would take nothing more.
                left = peer.push(call * SLOW, patience=PATIENCE)
            except Closed:
                left = None
            expect(left is None, f"not closed: {left} bytes are left")
            bystander.null()


@per_mechanism("a peer over a small queue is paused or closed, and nobody else is",
               unless=STREAMS_ONLY)
def small_queue(name):
    with session(name, {"queue": 64 * KIB, "stall-ms": 600000}) as (daemon, peer):
        with leave(connect(daemon, name)) as bystander:
            try:
                left = peer.push(echo_record(peer, 5, 16 * KIB)[0] * 1000, patience=1.0)
                expect(left > 0, "the server took everything")
            except Closed:
                pass
            bystander.null()


@per_mechanism("a peer with no end of delayed calls is bounded", unless=STREAMS_ONLY)
def endless_delays(name):
    with Daemon(env=NO_QUARANTINE) as daemon, Bystanders(daemon) as others:
        with connect(daemon, name) as peer:
            peer.null()
            pid = server_pid(daemon, peer)
            before = proc.rss_kib(pid)
            call = record(peer.envelope.call(1, echo.PROG, echo.VERS, echo.DELAY, uint(5000000)))
            try:
                peer.push(call * 300000, patience=1.0)
            except Closed:
                pass
            others.check()
            grown = proc.rss_kib(pid) - before if os.path.exists(f"/proc/{pid}/status") else 0
            expect(grown < 64 * KIB, f"the server holds {grown} KiB for it")


@per_mechanism("a hundred slow readers at once hold up nobody",
               unless={**STREAMS_ONLY, **NO_LISTENER})
def many_slow_readers(name):
    with Daemon(env=NO_QUARANTINE) as daemon, Bystanders(daemon) as others:
        peers = [connect(daemon, name) for _ in range(100)]
        try:
            for peer in peers:
                peer.push(echo_record(peer, 5, 64 * KIB)[0] * 40, patience=0.02)
            others.check(rounds=10)
        finally:
            for peer in peers:
                peer.close()
        others.check()


@per_mechanism("the buffers of all peers together are bounded",
               unless={**STREAMS_ONLY, **NO_LISTENER})
def buffers(name):
    with Daemon({"buffers": 8 * MIB}, env=NO_QUARANTINE) as daemon, Bystanders(daemon) as others:
        before = proc.rss_kib(daemon.pid)
        peers = [connect(daemon, name) for _ in range(30)]
        try:
            for peer in peers:
                holds_a_mebibyte(peer)
            others.check()
            grown = proc.rss_kib(daemon.pid) - before
            # Those that held the most gave way to those that came later.
            holding = sum(not peer.is_closed() for peer in peers)
            expect(holding <= 8, f"{holding} peers hold 1 MiB each of 8")
            expect(grown < 16 * KIB, f"the server grew by {grown} KiB")
        finally:
            for peer in peers:
                peer.close()


@per_mechanism("who does not read large answers gives way when buffers run out",
               unless={**STREAMS_ONLY, **NO_LISTENER})
def buffers_of_answers(name):
    """Each answer waits in the memory that its call came in."""
    with Daemon({"buffers": 13 * MIB}, env=NO_QUARANTINE) as daemon, \
            contextlib.ExitStack() as stack:
        deaf = [stack.enter_context(leave(connect(daemon, name))) for _ in range(3)]
        for peer in deaf:
            with contextlib.suppress(Closed):  # one of them may have to go for another
                peer.start(echo.ECHO, echo.echo_args(bytes(4 * MIB - 64)))
                peer.wait_read()
        with connect(daemon, name) as peer:
            wanted = echo.echo_args(echo.payload(MIB))
            for _ in range(4):
                equal(peer.call(echo.ECHO, wanted), wanted, "the answer to one who reads")
            peer.null()


def holds_a_mebibyte(peer):
    """Sends 1 MiB of a record of 4; False if it is closed or not read."""
    try:
        if peer.push(mark(4 * MIB) + bytes(MIB), patience=1.0):
            return False
        wait_until(lambda: peer.unread() == 0, "it is read", deadline=1)
    except (Closed, Failed):
        return False
    return not peer.is_closed()


@per_mechanism("peers over the limit are refused until others leave",
               unless={**STREAMS_ONLY, **NO_LISTENER, "fifo": "its limit is fifo-sessions"})
def peers_limit(name):
    with Daemon({"peers": 4}) as daemon:
        peers = [connect(daemon, name) for _ in range(4)]
        for peer in peers:
            peer.null()
        with connect(daemon, name) as fifth:
            fifth.expect_closed()
        for peer in peers:
            peer.null()
        peers.pop().close()
        wait_until(lambda: is_served(daemon, name), "a new peer is served")
        for peer in peers:
            peer.null()
            peer.close()


@test("FIFO sessions over the limit are refused until others leave")
def fifo_sessions_limit():
    with Daemon({"fifo-sessions": 2}) as daemon:
        directory = daemon.uri("fifo:").partition(":")[2]
        first, second = connect(daemon, "fifo"), connect(daemon, "fifo")
        nonce = os.urandom(16)
        write_control(directory, hello(nonce))
        first.null()
        second.null()
        expect(not os.path.exists(session_path(directory, nonce)), "a third session was made")
        first.close()
        wait_until(lambda: not os.path.exists(first.path), "the session is removed")
        with FifoPeer(Lean, directory) as third:
            third.null()
        second.null()
        second.close()


@test("2,000 idle connections are held, and every mechanism is served")
def idle_peers():
    with Daemon() as daemon, Bystanders(daemon) as others:
        before = proc.rss_kib(daemon.pid)
        peers = [connect(daemon, "rpc/tcp") for _ in range(2000)]
        try:
            wait_until(lambda: proc.fd_count(daemon.pid) >= 2000, "all are accepted")
            others.check(rounds=20)
            grown = proc.rss_kib(daemon.pid) - before
            expect(grown < 64 * KIB, f"memory grew by {grown} KiB")
            peers[0].null()
            peers[-1].null()
        finally:
            for peer in peers:
                peer.close()


@test("10,000 idle peers are held in 64 MiB, and every mechanism is served")
def ten_thousand_idle_peers():
    count, reserve = 10000, 300
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count + reserve:
        skip(f"a process may have {hard} descriptors only")
    if sanitized():
        skip("a sanitizer's memory is not the daemon's")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, count + reserve), hard))
    peers = []
    try:
        with Daemon() as daemon, Bystanders(daemon) as others:
            before = proc.rss_kib(daemon.pid)
            for _ in range(count):
                peers.append(connect(daemon, "unix"))
            wait_until(lambda: proc.fd_count(daemon.pid) >= count, "all are accepted")
            others.check(rounds=20)
            grown = proc.rss_kib(daemon.pid) - before
            expect(grown < 64 * KIB, f"memory grew by {grown} KiB")
            for peer in peers[::100]:
                peer.null()
            others.check()
            close_all(peers)
    finally:
        close_all(peers)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def close_all(peers):
    while peers:
        peers.pop().close()


@test("a peer with a receive buffer of one byte, reading one byte at a time, is served")
def tiny_window():
    with Daemon() as daemon, leave(connect(daemon, "rpc/tcp", rcvbuf=1)) as peer:
        call, reply = echo_record(peer, 5, 2000)
        peer.send(call)
        got = b""
        peer.sock.setblocking(True)
        peer.sock.settimeout(PATIENCE)
        while len(got) < len(reply) + 4:
            byte = peer.sock.recv(1)
            expect(byte, "closed")
            got += byte
        equal(got, record(reply), "reply")


@per_mechanism("a channel with much to do does not starve another", unless=STREAMS_ONLY)
def fairness(name):
    with Daemon() as daemon, leave(connect(daemon, name)) as busy:
        with leave(connect(daemon, name)) as peer:
            call = record(busy.envelope.call(1, echo.PROG, echo.VERS, echo.NULL))
            left = busy.push(call * 5000, patience=0.2)
            for _ in range(50):
                peer.null()
            busy.send((call * 5000)[len(call) * 5000 - left:])
            for _ in range(5000):
                equal(busy.recv_record(), busy.envelope.reply(1, SUCCESS), "reply")
            equal(peer.call(echo.DELAY, uint(0)), b"", "DELAY")


def calls_before_another(name, calls, **limits):
    """How many of the calls that one peer has sent are served before that of another which
    came behind them: both come while the daemon is stopped."""
    with (Daemon({"direct-ms": 0, **limits}, workers=1, args=("--spin", "off")) as daemon,
          leave(connect(daemon, name)) as busy, leave(connect(daemon, "unix")) as other):
        busy.null()
        before = echo.decode_whoami(other.call(echo.WHOAMI)).usage.calls
        # It waits, so that the order in which peers have something is that of their calls.
        wait_until(lambda: proc.all_in(daemon.pid, "S"), "the daemon waits")
        daemon.signal(signal.SIGSTOP)
        try:
            wait_until(lambda: proc.all_in(daemon.pid, "T"), "it is stopped")
            busy.push(record(busy.envelope.call(1, echo.PROG, echo.VERS, echo.NULL)) * calls)
            xid = other.start(echo.WHOAMI)
        finally:
            daemon.signal(signal.SIGCONT)
        usage = echo.decode_whoami(other.result(xid, other.recv_record())).usage
        for _ in range(calls):
            equal(busy.recv_record(), busy.envelope.reply(1, SUCCESS), "reply")
        return usage.calls - before


@per_mechanism("a turn is turn-records, and goes on while it takes less than turn-us",
               unless={**STREAMS_ONLY, **NO_LISTENER})
def turns(name):
    equal(calls_before_another(name, 200, turn_us=0), 16, "calls before another peer's")
    equal(calls_before_another(name, 200, turn_us=0, turn_records=5, turn_bytes=500), 5,
          "calls before another peer's")
    equal(calls_before_another(name, 200, turn_us=60000000), 200, "calls before another peer's")


@per_mechanism("calls that wait hold their arguments: over the queue's limit no more are read",
               unless=STREAMS_ONLY)
def deferred_bytes(name):
    # Five DELAYs hold 20 bytes, more than 16; the NULL behind them has to wait.
    with session(name, {"queue": 16}) as (_, peer):
        calls = [(xid, echo.DELAY, uint(200000)) for xid in range(1, 6)] + [(6, echo.NULL, b"")]
        peer.send(b"".join(record(peer.envelope.call(xid, echo.PROG, echo.VERS, proc_, args))
                           for xid, proc_, args in calls))
        order = [int.from_bytes(peer.recv_record()[:4], "big") for _ in calls]
        equal(sorted(order), [1, 2, 3, 4, 5, 6], "answers")
        expect(order[0] != 6, f"NULL was served before there was room: {order}")
