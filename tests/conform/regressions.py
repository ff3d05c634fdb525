"""Faults that were found in this server once, each with the case that showed it."""
import os
import signal
import socket
import subprocess
import tempfile
import threading

from tests.lib import echo, proc
from tests.lib.daemon import Daemon
from tests.lib.envelope import SUCCESS
from tests.lib.harness import (PATIENCE, equal, expect, flat, per_mechanism, program, test,
                               wait_until)
from tests.lib.mechanisms import Bystanders, connect, is_served, session
from tests.lib.record import mark, record
from tests.lib.xdr import uint

KIB, MIB = 1024, 1024 * 1024
STREAMS_ONLY = {"rpc/udp": "a datagram carries no record marks"}


@per_mechanism("a large part of a record, then silence, is closed at record-ms",
               unless=STREAMS_ONLY)
def silent_part(name):
    with session(name, {"record-ms": 300}) as (_, peer):
        # At record-rate these bytes alone would be worth 20 s.
        peer.push(mark(MIB) + bytes(20 * KIB))
        peer.expect_closed()


@test("peers that pipeline without end do not grow the server")
def endless_pipeline():
    with Daemon() as daemon, Bystanders(daemon) as others:
        peers = [connect(daemon, "unix") for _ in range(4)]
        before = proc.rss_kib(daemon.pid)
        threads = [threading.Thread(target=pipeline, args=(peer, 40000)) for peer in peers]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            others.check(1)
            flat(proc.rss_kib(daemon.pid) - before, 8 * KIB)
        for peer in peers:
            expect(not peer.is_closed(), "closed")
            peer.close()


def pipeline(peer, calls):
    """Writes NULL calls as fast as they are taken, reading every reply."""
    call = record(peer.envelope.call(7, echo.PROG, echo.VERS, echo.NULL, b""))
    peer.send(call * calls, patience=PATIENCE)
    for _ in range(calls):
        peer.recv_record()


@test("a server of pipes that polls ends with its peer")
def spinning_pipe():
    for _ in range(5):
        server = subprocess.Popen([program("rpcalld"), "--stdio", "--spin", "1000"],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        call = b"\0\0\0\7" + b"".join(n.to_bytes(4, "big") for n in (echo.PROG, 1, 0))
        server.stdin.write(mark(16) + call)
        server.stdin.flush()
        equal(len(server.stdout.read(12)), 12, "reply")
        server.stdin.close()
        equal(server.wait(PATIENCE), 0, "exit status")
        server.stdout.close()


@test("two daemons of one user do not share a port")
def one_port():
    with Daemon() as first, tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        for start in ("tcp://127", "rpc+tcp://127", "rpc+udp://127"):
            done = subprocess.run(
                [program("rpcalld"), "--run", f"{place}/run", "--state", f"{place}/state",
                 "--no-rpcbind", "--listen", first.uri(start)],
                stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False)
            expect(done.returncode > 0, f"it shares {start}")


def give_way(newcomer, workers):
    """At the limit the longest idle peer goes, whichever worker has it, and none with a call."""
    with Daemon({"peers": 4}, workers=workers) as daemon:
        waiting = connect(daemon, "unix")
        waiting.start(echo.DELAY, uint(echo.DELAY_MAX))
        idle = [connect(daemon, "unix") for _ in range(3)]
        for peer in idle:
            peer.null()
        # A peer counts as idle after a second.
        wait_until(lambda: is_served(daemon, newcomer), "an idle peer gives way")
        expect(not waiting.is_closed(), "the peer with a call was closed")
        for peer in [waiting, *idle]:
            peer.close()


@test("one delayed call does not keep the longest idle peer in its place")
def eviction():
    give_way("unix", 1)


@test("an idle peer of another worker gives way")
def eviction_elsewhere():
    give_way("unix", 3)


@test("an idle peer on a socket gives way to one on FIFOs")
def eviction_for_fifo():
    give_way("fifo", 1)


@test("Ctrl-C ends a client whose server does not read")
def stuck_write():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place, \
            socket.socket(socket.AF_UNIX) as server:
        server.bind(f"{place}/deaf")
        server.listen()
        client = subprocess.Popen(
            [program("rpcall"), "bench", f"unix:{place}/deaf", "ECHO.SINK", "--size", "4M"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            peer = server.accept()[0]
            peer.recv(1)  # it writes, and there is no room for all of it
            client.send_signal(signal.SIGINT)
            client.communicate(timeout=PATIENCE)
            equal(client.returncode, 128 + signal.SIGINT, "exit status")
            peer.close()
        finally:
            client.kill()
            client.wait()


@test("a server that answers other calls without end is not waited for longer than -t")
def wrong_xids():
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = subprocess.Popen(
            [program("rpcall"), "ping", "-c", "1", "-t", "300ms",
             f"tcp://127.0.0.1:{server.getsockname()[1]}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        flood = threading.Thread(target=answer_others, args=(server.accept()[0],))
        flood.start()
        try:
            client.communicate(timeout=PATIENCE)
            equal(client.returncode, 1, "exit status: the ping is lost")
        finally:
            client.kill()
            client.wait()
            flood.join()


def answer_others(peer):
    replies = (mark(8) + b"\xee\xee\xee\xee" + bytes(4)) * 1000
    try:
        while True:
            peer.sendall(replies)
    except OSError:
        peer.close()


@test("a file that happens to be called ctl is not written to")
def not_a_fifo():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path = os.path.join(place, "ctl")
        with open(path, "wb") as f:
            f.write(b"precious")
        done = subprocess.run([program("rpcall"), "ping", f"fifo:{place}"], check=False,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE)
        expect(done.returncode > 0, "it found a server")
        with open(path, "rb") as f:
            equal(f.read(), b"precious", "content")


@per_mechanism("half a record is kept while the server polls for the rest",
               unless={**STREAMS_ONLY, "pipe": "its server has no other peer"})
def polled_half(name):
    with Daemon(workers=1, args=("--spin", "1000")) as daemon:
        with connect(daemon, name) as peer, connect(daemon, name) as other:
            args = echo.echo_args(bytes(range(200)))
            call = record(peer.envelope.call(9, echo.PROG, echo.VERS, echo.ECHO, args))
            theirs = echo.echo_args(b"\xff" * 2000)
            for cut in (50, len(call) - 1, 4):
                peer.push(call[:cut])
                wait_until(lambda: peer.unread() == 0, "the half is read")
                equal(other.call(echo.ECHO, theirs), theirs, "the other's reply")
                peer.push(call[cut:])
                equal(peer.recv_record(), peer.envelope.reply(9, SUCCESS, args), "reply")
