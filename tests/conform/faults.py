"""Hostile input and starved resources: ../../shared/faults.md, what exists so far.

The oracle is one: the server lives, a bystander on every mechanism is served
during the fault and after it, descriptors and memory return to the baseline.
"""
import os
import random
import resource
import signal

from tests.lib import echo, proc
from tests.lib.daemon import Daemon
from tests.lib.envelope import GARBAGE_ARGS
from tests.lib.harness import (NO_CONNECTION, NO_FRAMING, NO_LISTENER, equal, expect,
                               fewer, flat, per_mechanism, sanitized, skip, test, wait_until)
from tests.lib.mechanisms import Bystanders, connect, leave, server_pid, shared_daemon
from tests.lib.peer import Closed
from tests.lib.pipes import open_control
from tests.lib.record import LAST, MARK, mark, record
from tests.lib.xdr import opaque, uint

MIB = 1 << 20
BAD_CALLS = fewer(int(os.environ.get("RPCALL_BAD_CALLS", "100000")))
BATCH = 500
LENGTHS = sorted({(1 << bits) + d for bits in range(31) for d in (-1, 0, 1)}
                 | {0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFFFFFF})
NO_QUARANTINE = {"ASAN_OPTIONS": "quarantine_size_mb=1:thread_local_quarantine_size_kb=16"}


def bad_call(peer, xid):
    """ECHO with 400 bytes of the 1,000 that it claims."""
    return peer.envelope.call(xid, echo.PROG, echo.VERS, echo.ECHO, opaque(bytes(400), 1000))


def bad_batch(peer, count):
    """count bad calls in one write, and all their replies."""
    calls = [bad_call(peer, 3)] * count
    if not peer.framed:
        for call in calls:
            peer.send_record(call)
    else:
        peer.send(b"".join(map(record, calls)))
    for _ in range(count):
        equal(peer.recv_record(), peer.envelope.reply(3, GARBAGE_ARGS), "reply")


@per_mechanism(f"{BAD_CALLS:,} calls with bad arguments, pipelined, leave memory flat")
def bad_arguments(name):
    with Daemon(env=NO_QUARANTINE) as daemon, leave(connect(daemon, name)) as peer:
        batch = BATCH if peer.framed else 50
        for _ in range(10):
            bad_batch(peer, batch)
        pid = server_pid(daemon, peer)
        before = proc.rss_kib(pid)
        for _ in range(BAD_CALLS // batch):
            bad_batch(peer, batch)
        grown = proc.rss_kib(pid) - before
        flat(grown, 2048)


@per_mechanism("a thousand half-records at once hold up nobody, and are closed in time",
               unless={**NO_CONNECTION, **NO_LISTENER})
def half_records(name):
    count = 200 if name == "fifo" else 1000  # a FIFO server has 256 sessions
    limits = {"header-ms": 3000, "record-ms": 3000}
    with Daemon(limits) as daemon, Bystanders(daemon) as others:
        baseline = proc.fd_count(daemon.pid)
        peers = [connect(daemon, name) for _ in range(count)]
        try:
            for i, peer in enumerate(peers):
                peer.send(record(bad_call(peer, i))[:2 + i % 60])
            others.check()
            for peer in peers:
                peer.expect_closed()
            wait_until(lambda: proc.fd_count(daemon.pid) == baseline, "descriptors are back")
        finally:
            for peer in peers:
                peer.close()


@per_mechanism("record marks of every critical length end or wait, and harm no one",
               unless={**NO_FRAMING, **NO_LISTENER})
def outer_lengths(name):
    with Daemon() as daemon, Bystanders(daemon) as others:
        before = proc.vm_peak_kib(daemon.pid)
        for length in LENGTHS:
            for last in (0, LAST):
                probe_mark(daemon, name, (length & 0x7FFFFFFF) | last)
        others.check()
        grown = proc.vm_peak_kib(daemon.pid) - before
        expect(grown < 256 * 1024, f"{grown} KiB were mapped")


def probe_mark(daemon, name, head):
    """A mark alone, then 64 bytes: over the limit it must close the peer."""
    with connect(daemon, name) as peer:
        try:
            peer.send(head.to_bytes(MARK, "big") + b"\xee" * 64)
        except Closed:
            pass
        if head & ~LAST > 4 * MIB + 4096:
            peer.expect_closed()


@per_mechanism("lengths inside a call are refused under an address space of 256 MiB")
def inner_lengths(name):
    if sanitized():
        skip("AddressSanitizer needs more address space than that")
    starved = {resource.RLIMIT_AS: 256 * MIB}
    with Daemon(resources=starved) as daemon, leave(connect(daemon, name)) as peer:
        for claim in LENGTHS:
            if (claim + 3) // 4 * 4 != 16:
                peer.expect_status(GARBAGE_ARGS, echo.ECHO, opaque(b"sixteen bytes ok", claim))
        peer.null()


@per_mechanism("a credential or verifier that lies about its length is never read past",
               unless={n: "the lean frame carries no credential" for n in
                       ("tcp", "unix", "fifo", "pipe")})
def credential_lengths(name):
    with Daemon() as daemon, leave(connect(daemon, name)) as bystander:
        for claim in LENGTHS:
            for tail in (uint(0, claim), uint(1, claim), uint(0, 0, 0, claim)):
                with connect(daemon, name) as peer:
                    peer.send_record(uint(1, 0, 2, echo.PROG, 1, 0) + tail + bytes(16))
        bystander.null()


def random_bytes(seed, size):
    return random.Random(seed).randbytes(size)


@per_mechanism("random bytes are answered or closed, and every mechanism is served")
def noise(name):
    with Daemon() as daemon, Bystanders(daemon) as others:
        for seed in range(0, 64, stride(name)):
            with connect(daemon, name) as peer:
                send_noise(peer, random_bytes(seed, 1 << (seed % 16)))
            if seed % 9 == 0:
                others.check(rounds=1)


def stride(name):
    """A sanitized server of a pipe takes long to start, and each peer starts
    one: there only every so many cases are tried."""
    return 3 if name == "pipe" and sanitized() else 1


def send_noise(peer, data):
    try:
        if peer.framed:
            peer.push(data, deaf=False, patience=0.2)
        else:
            peer.send_record(data[:60000])
    except (Closed, OSError):
        pass


@per_mechanism("random bytes behind a sound mark and header harm no one")
def noise_inside(name):
    with Daemon() as daemon, Bystanders(daemon) as others:
        with leave(connect(daemon, name)) as peer:
            for seed in range(600):
                rng = random.Random(seed)
                call = peer.envelope.call(seed, echo.PROG, echo.VERS, rng.choice((1, 2, 3, 5)),
                                          rng.randbytes(rng.randrange(200)))
                peer.send_record(call)
                head = peer.recv_record()[:4]
                equal(head, uint(seed), "xid")
        others.check()


@per_mechanism("a call with any one byte changed harms no one")
def mutations(name):
    with Daemon() as daemon, Bystanders(daemon) as others:
        with connect(daemon, name) as peer:
            whole = peer.envelope.call(1, echo.PROG, echo.VERS, echo.ECHO,
                                       echo.echo_args(b"twelve bytes"))
            whole = record(whole) if peer.framed else whole
        for at in range(0, len(whole), stride(name)):
            for change in (0x01, 0x80, 0xFF):
                data = whole[:at] + bytes([whole[at] ^ change]) + whole[at + 1:]
                with connect(daemon, name) as peer:
                    send_noise(peer, data)
            if at % 15 == 0:
                others.check(rounds=1)


@test("random bytes on the control FIFO make no session and harm no one")
def noise_on_control():
    with Daemon() as daemon, Bystanders(daemon) as others:
        directory = daemon.uri("fifo:").partition(":")[2]
        fd = open_control(directory)
        try:
            for seed in range(200):
                try:
                    os.write(fd, random_bytes(seed, random.Random(seed).randrange(1, 4096)))
                except BlockingIOError:
                    pass
                others.check(rounds=1)
        finally:
            os.close(fd)
        made = [n for n in os.listdir(directory) if n.startswith("s-")]
        equal(len(made), 1, "sessions (the bystander has one)")
        connect(daemon, "fifo").close()


@test("a thousand SIGSTOP and SIGCONT cost no call and no timer")
def stop_and_go():
    with Daemon() as daemon, Bystanders(daemon) as others:
        slow = others.peers["tcp"].start(echo.DELAY, uint(100000))
        for _ in range(1000):
            daemon.signal(signal.SIGSTOP)
            daemon.signal(signal.SIGCONT)
        peer = others.peers["tcp"]
        peer.result(slow, peer.recv_record())
        others.check(rounds=20)


@test("a peer at once on every mechanism, a thousand times, is served")
def all_at_once():
    with Bystanders(shared_daemon()) as others:
        others.check(rounds=1000)


@test("fragments of one byte, a million of them, are served or closed, and hold up nobody")
def endless_fragments():
    with Daemon() as daemon, Bystanders(daemon) as others:
        with connect(daemon, "tcp") as peer:
            try:
                peer.push((mark(1, last=False) + b"x") * 1000000, deaf=False, patience=0.5)
            except Closed:
                pass
            peer.expect_closed()
        others.check()
