"""Signals, stops and steps of the clock, and datagrams that come twice and in
another order: nothing is lost, and nobody waits for a time that does not come."""
import contextlib
import signal
import subprocess
import threading

from tests.lib import classic, echo
from tests.lib.command import fails, succeeds
from tests.lib.daemon import Daemon
from tests.lib.envelope import SUCCESS
from tests.lib.faults import Faults
from tests.lib.harness import equal, expect, program, test, while_it_lasts
from tests.lib.mechanisms import Bystanders, connect, leave, mechanism
from tests.lib.peer import Closed, UdpPeer
from tests.lib.proxy import UdpProxy
from tests.lib.xdr import uint

HARMLESS = (signal.SIGHUP, signal.SIGWINCH, signal.SIGCHLD, signal.SIGURG, signal.SIGSTOP,
            signal.SIGCONT)
CALLS = 30  # twice as many datagrams, which a socket's buffer holds
DAY = 86400
VOID = 76  # exit status: the peer broke the protocol
STREAMS = ("rpc/tcp", "rpc/local", "tcp", "unix", "fifo")


@contextlib.contextmanager
def storm(send, rounds):
    """Sends every harmless signal so many times while the block runs."""
    def blow():
        for _ in range(rounds):
            for number in HARMLESS:
                send(number)

    thread = threading.Thread(target=blow)
    thread.start()
    try:
        yield thread
    finally:
        thread.join()


@test("a storm of signals costs the daemon no call")
def daemon_in_a_storm():
    with Daemon() as daemon, Bystanders(daemon) as others:
        slow = others.peers["tcp"].start(echo.DELAY, uint(100000))
        with storm(daemon.signal, 3000) as thread:
            others.peers["tcp"].result(slow, others.peers["tcp"].recv_record())
            while thread.is_alive():
                others.check(rounds=1)


@test("a storm of signals costs rpcall no call")
def client_in_a_storm():
    storms = [number for number in HARMLESS if number != signal.SIGHUP]  # that ends it
    with Daemon() as daemon:
        for name in STREAMS + ("rpc/udp",):
            client = subprocess.Popen(
                [program("rpcall"), "ping", "-c", "200", "-i", "1ms",
                 daemon.uri(mechanism(name).scheme)],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                text=True)
            try:
                client.stdout.readline()  # it is on its way
                for _ in range(300):
                    for number in storms:
                        client.send_signal(number)
                out = client.stdout.read()
            finally:
                client.kill()
                client.wait()
                client.stdout.close()
            expect("200 calls, 200 answered" in out, f"{name}: {out[-2000:]}")


def present_time(peer):
    results = peer.call(classic.STATS, prog=classic.RSTAT, vers=3)
    return classic.decode_stats(3, results).now[0]


@test("steps of the wall clock end no peer, and delay no answer")
def clock_steps():
    with Faults() as faults, Daemon(env=faults.env) as daemon, Bystanders(daemon) as others:
        peer = others.peers["unix"]
        before = present_time(peer)
        for step in (DAY, -DAY, 3650 * DAY, -3650 * DAY, 0):
            slow = [(p, p.start(echo.DELAY, uint(20000))) for p in others.peers.values()]
            faults.step_clock(step)
            for other, xid in slow:
                equal(other.result(xid, other.recv_record()), b"", "DELAY")
            told = present_time(peer) - before
            expect(abs(told - step) < DAY / 2, f"a step of {step} s is seen as {told} s")
            others.check(rounds=1)


@test("a daemon that was stopped for longer than its limits serves what came meanwhile")
def stopped():
    def attempt(ms):
        try:
            return stopped_for(ms)
        except Closed:
            return False  # perhaps one was idle before the daemon was stopped
    while_it_lasts(1000, attempt, "every call is served")


def stopped_for(ms):
    limits = {"idle-ms": ms, "header-ms": ms, "record-ms": ms, "stall-ms": ms}
    with Daemon(limits) as daemon, Daemon(limits) as clock, contextlib.ExitStack() as stack:
        peers = [stack.enter_context(leave(connect(daemon, name))) for name in STREAMS]
        for peer in peers:
            peer.null()
        daemon.signal(signal.SIGSTOP)
        try:
            for peer in peers:
                peer.send_record(peer.envelope.call(7, echo.PROG, echo.VERS, echo.NULL))
            # The other daemon tells when the time is over.
            with leave(connect(clock, "unix")) as idle:
                idle.expect_closed()
        finally:
            daemon.signal(signal.SIGCONT)
        for peer in peers:
            equal(peer.recv_record(), peer.envelope.reply(7, SUCCESS), "reply")
    return True


def port_of(daemon):
    return int(daemon.uri("rpc+udp://").rpartition(":")[2])


@test("each of two equal datagrams is answered, with the same bytes, whatever their order")
def duplicates():
    with Daemon() as daemon, UdpProxy(port_of(daemon)) as proxy:
        with UdpPeer(mechanism("rpc/udp").envelope, ("127.0.0.1", proxy.port)) as peer:
            wanted = {}
            for i in range(CALLS):
                args = echo.echo_args(echo.payload(i * 6, seed=i))
                xid = peer.start(echo.ECHO, args)
                wanted[peer.envelope.reply(xid, SUCCESS, args)] = 4
            # Each call arrives twice, and each of its two replies comes twice.
            for _ in range(4 * CALLS):
                reply = peer.recv_record()
                expect(wanted.get(reply, 0) > 0, "a reply that nobody asked for")
                wanted[reply] -= 1
        expect(proxy.swapped > 0, "nothing was swapped")


@test("rpcall over a path that doubles and swaps datagrams takes each answer once")
def client_of_a_proxy():
    with Daemon() as daemon, UdpProxy(port_of(daemon)) as proxy:
        target = f"rpc+udp://127.0.0.1:{proxy.port}"
        out = succeeds("rpcall", "ping", "-c", "30", "-i", "1ms", target)
        expect("30 calls, 30 answered" in out, out)
        # A measurement notices: the server's books have every call twice.
        why = fails(VOID, "rpcall", "bench", target, "ECHO.ECHO", "-n", "16", "--duration", "300ms",
                    "--rounds", "1", "--size", "1K")
        expect("ledgers differ" in why, why)
        expect(proxy.swapped > 0, "nothing was swapped")
