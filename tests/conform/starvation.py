"""Too few descriptors: accept pauses, costs no CPU, and comes back."""
import resource
import shutil
import subprocess
import threading
import time

from tests.lib import echo, proc
from tests.lib.daemon import Daemon
from tests.lib.envelope import SUCCESS
from tests.lib.harness import (NO_CONNECTION, NO_LISTENER, PATIENCE, Failed, equal,
                               expect, per_mechanism, skip, test, wait_until)
from tests.lib.mechanisms import Bystanders, connect, is_served, mechanism

NOT_ACCEPTED = {**NO_CONNECTION, **NO_LISTENER, "fifo": "it accepts no connections"}
CPU_MAX = 0.05  # faults.md: accept pauses, under 5 % CPU
BACK_WITHIN = 0.2  # faults.md: back within 200 ms
WINDOW = 2.0  # seconds of measuring
ATTEMPTS = 10


def cpu_share(pid):
    """Share of one core that the process uses over WINDOW seconds."""
    used, since = proc.cpu_seconds(pid), time.monotonic()
    threading.Event().wait(WINDOW)  # what is measured is this span
    return (proc.cpu_seconds(pid) - used) / (time.monotonic() - since)


def set_descriptor_limit(daemon, soft):
    hard = resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE)[1]
    resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, (soft, hard))


def null_record(peer):
    return peer.envelope.call(1, echo.PROG, echo.VERS, echo.NULL)


def waiting_peers(daemon, name, count):
    """Peers that have sent a NULL, accepted or not."""
    peers = [connect(daemon, name) for _ in range(count)]
    for peer in peers:
        peer.send_record(null_record(peer))
    return peers


def answered(peers):
    """Takes the replies that are there; returns the peers that got one."""
    got = []
    for peer in peers:
        if peer.has_input():
            equal(peer.recv_record(), peer.envelope.reply(1, SUCCESS), "reply")
            got.append(peer)
    return got


@per_mechanism("out of descriptors, accept pauses under 5 % CPU and is back within 200 ms",
               unless=NOT_ACCEPTED)
def emfile(name):
    with Daemon() as daemon, Bystanders(daemon) as others:
        set_descriptor_limit(daemon, proc.fd_count(daemon.pid) + 10)
        peers = waiting_peers(daemon, name, 30)
        try:
            served = wait_until(lambda: answered(peers), "some are served")
            others.check()
            share = cpu_share(daemon.pid)
            expect(share < CPU_MAX, f"{share:.0%} CPU while out of descriptors")
            others.check()
            waiting = [p for p in peers if p not in served and not answered([p])]
            expect(waiting, "all 30 were served: the test tests nothing")
            expect_back_in_time(peers, waiting)
            set_descriptor_limit(daemon, 4096)
            for peer in waiting:
                wait_until(lambda p=peer: answered([p]), "the others are served")
        finally:
            for peer in peers:
                peer.close()
        others.check()


def expect_back_in_time(peers, waiting):
    """Frees one descriptor at a time; the best of some attempts counts."""
    best = BACK_WITHIN * 100
    gone = [p for p in peers if p not in waiting]
    for _ in range(ATTEMPTS):
        if best < BACK_WITHIN or not gone:
            break
        peer = gone.pop()
        since = time.monotonic()
        peer.close()
        peers.remove(peer)
        for lucky in wait_until(lambda: answered(waiting), "a waiting peer is served"):
            waiting.remove(lucky)
        best = min(best, time.monotonic() - since)
    expect(best < BACK_WITHIN, f"served {best * 1000:.0f} ms after a descriptor was free")


@test("out of descriptors, a FIFO session is refused and a later one is served")
def emfile_fifo():
    with Daemon() as daemon, Bystanders(daemon) as others:
        peers = []
        set_descriptor_limit(daemon, proc.fd_count(daemon.pid))
        try:
            peers.append(connect(daemon, "fifo", patience=0.5))
        except (Failed, OSError):
            pass
        others.check()
        share = cpu_share(daemon.pid)
        expect(share < CPU_MAX, f"{share:.0%} CPU while out of descriptors")
        set_descriptor_limit(daemon, 4096)
        with connect(daemon, "fifo") as peer:
            peer.null()
        for peer in peers:
            peer.close()


@test("a daemon started with 128 descriptors serves, and refuses what it cannot hold")
def few_descriptors():
    # Who is idle for a second gives way to new ones: the bystanders are not.
    with Daemon(resources={resource.RLIMIT_NOFILE: 128}) as daemon:
        with Bystanders(daemon) as others:
            peers = []
            try:
                for i in range(200):
                    peers.append(connect(daemon, "rpc/tcp"))
                    if i % 10 == 0:
                        others.check(rounds=1)
                others.check()
                share = cpu_share(daemon.pid)
                others.check(rounds=1)
                expect(share < CPU_MAX, f"{share:.0%} CPU")
                expect(proc.fd_count(daemon.pid) <= 128, "more descriptors than allowed")
            finally:
                for peer in peers:
                    peer.close()
            wait_until(lambda: others.check(rounds=1) or is_served(daemon, "rpc/tcp"),
                       "a new peer is served")


@test("idle peers that fill the limit are reaped, and new ones are served (CVE-2021-46828)")
def idle_exhaustion():
    with Daemon({"peers": 50, "idle-ms": 500}) as daemon:
        peers = [connect(daemon, "rpc/tcp") for _ in range(50)]
        wait_until(lambda: is_served(daemon, "rpc/tcp"), "a new peer is served")
        for peer in peers:
            peer.expect_closed()
            peer.close()


def traced(errors):
    """Options for a daemon whose first accepts fail, or a skip."""
    strace = shutil.which("strace")
    if not strace:
        skip("strace is not installed")
    probe = subprocess.run([strace, "-qq", "-o", "/dev/null", "true"], check=False,
                           capture_output=True, timeout=PATIENCE)
    if probe.returncode:
        skip("strace may not trace here: " + probe.stderr.decode(errors="replace").strip())
    return {"wrapper": [strace, "-f", "-qq", "-o", "/dev/null", "-e", "trace=accept4",
                        "-e", f"inject=accept4:{errors}"],
            "env": {"ASAN_OPTIONS": "detect_leaks=0"}}


ACCEPT_ERRORS = ("ECONNABORTED", "EMFILE", "ENFILE", "ENOMEM", "ENOBUFS", "EINTR",
                 "EPERM", "EPROTO")


@test("whatever error accept gives three times, the peers are served afterwards")
def accept_errors():
    for error in ACCEPT_ERRORS:
        with Daemon(**traced(f"error={error}:when=1..3")) as daemon:
            for name in ("rpc/tcp", "rpc/local", "tcp", "unix"):
                with connect(daemon, name) as peer:
                    try:
                        peer.null()
                    except Exception as e:
                        raise Failed(f"{error}: {name} was not served: {e}") from e


@test("accept that fails for ever costs under 5 % CPU, and other mechanisms are served")
def accept_fails_for_ever():
    for error in ("EMFILE", "ENFILE", "ENOMEM"):
        with Daemon(**traced(f"error={error}")) as daemon:
            with Bystanders(daemon, ["rpc/udp", "fifo", "pipe"]) as others:
                peers = waiting_peers(daemon, "rpc/tcp", 3) + waiting_peers(daemon, "unix", 3)
                share = cpu_share(daemon.pid)
                expect(share < CPU_MAX, f"{error}: {share:.0%} CPU")
                others.check()
                for peer in peers:
                    peer.close()


@per_mechanism("idle, the daemon costs no CPU", unless=NO_LISTENER)
def idle_cpu(name):
    with Daemon() as daemon, connect(daemon, name) as peer:
        peer.null()
        share = cpu_share(daemon.pid)
        expect(share < 0.01, f"{share:.1%} CPU with an idle peer on {mechanism(name).scheme}")
