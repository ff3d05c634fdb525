"""Peers that die: the server lives and gives back all it held for them."""
import os
import signal

from tests.lib import echo, proc
from tests.lib.daemon import Daemon
from tests.lib.harness import (NO_CONNECTION, NO_LISTENER, equal, flat,
                               per_mechanism, wait_until)
from tests.lib.mechanisms import Bystanders, connect, leave, peer_of, session
from tests.lib.record import record
from tests.lib.xdr import uint

NOT_HERE = {**NO_CONNECTION, **NO_LISTENER}


def whole_call(peer):
    args = echo.echo_args(echo.payload(40))
    return record(peer.envelope.call(1, echo.PROG, echo.VERS, echo.ECHO, args))


class Baseline:
    """Descriptors and FIFO sessions of a daemon; restored() waits for them."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.fds, self.sessions = proc.fd_count(daemon.pid), self._sessions()

    def _sessions(self):
        directory = self.daemon.uri("fifo:").partition(":")[2]
        return {name for name in os.listdir(directory) if name.startswith("s-")}

    def restored(self):
        wait_until(lambda: proc.fd_count(self.daemon.pid) == self.fds,
                   f"descriptors are back to {self.fds}")
        wait_until(lambda: self._sessions() == self.sessions, "FIFO sessions are removed")


@per_mechanism("peers killed after each byte of a call leave the server as it was",
               unless=NOT_HERE)
def killed_at_each_byte(name):
    with Daemon() as daemon:
        with leave(connect(daemon, name)) as bystander:
            bystander.null()
            baseline = Baseline(daemon)
            for size in range(len(whole_call(bystander)) + 1):
                with connect(daemon, name) as peer:
                    peer.send(whole_call(peer)[:size])
                bystander.null()
            baseline.restored()


@per_mechanism("a server on a pipe ends when its parent dies after any byte of a call",
               unless={**NO_CONNECTION, **{n: "its server outlives its peers" for n in
                                           ("rpc/tcp", "rpc/local", "tcp", "unix", "fifo")}})
def parent_gone(name):
    with peer_of(name) as peer:
        size = len(whole_call(peer))
    for at in range(0, size + 1, 3):
        with peer_of(name) as peer:
            peer.send(whole_call(peer)[:at])


@per_mechanism("connections that are reset leave the server as it was",
               unless={**NOT_HERE, "fifo": "a pipe cannot be reset"})
def reset(name):
    with Daemon() as daemon, leave(connect(daemon, name)) as bystander:
        bystander.null()
        baseline = Baseline(daemon)
        for size in (0, 2, 20, len(whole_call(bystander))):
            peer = connect(daemon, name)
            peer.send(whole_call(peer)[:size])
            peer.reset()
            bystander.null()
        baseline.restored()


@per_mechanism("a peer that dies while its calls are delayed leaves nothing behind",
               unless=NOT_HERE)
def killed_while_delayed(name):
    with Daemon() as daemon, leave(connect(daemon, name)) as bystander:
        bystander.null()
        baseline = Baseline(daemon)
        for _ in range(5):
            with connect(daemon, name) as peer:
                for _ in range(10):
                    peer.start(echo.DELAY, uint(50000))
                peer.null()
        bystander.call(echo.DELAY, uint(200000))  # outlives all of theirs
        baseline.restored()


@per_mechanism("a peer that dies with large replies unread leaves nothing behind",
               unless=NOT_HERE)
def killed_with_replies(name):
    with Daemon() as daemon, leave(connect(daemon, name)) as bystander:
        bystander.null()
        baseline = Baseline(daemon)
        for _ in range(5):
            with connect(daemon, name) as peer:
                for _ in range(8):
                    peer.start(echo.SOURCE, echo.source_args(1 << 20, 1))
                wait_until(peer.has_input, "the first reply has begun")
        bystander.null()
        baseline.restored()


@per_mechanism("a client process killed with -9 leaves no descriptor and no FIFO behind",
               unless=NOT_HERE)
def client_killed(name):
    with Daemon() as daemon, leave(connect(daemon, name)) as bystander:
        bystander.null()
        baseline = Baseline(daemon)
        child, ready = start_client(daemon, name)
        equal(os.read(ready, 1), b"+", "word from the child")
        os.close(ready)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        bystander.null()
        baseline.restored()


def start_client(daemon, name):
    """Forks a client with a session, a delayed call and half a record; returns
    its pid and a descriptor that becomes readable when it has all that."""
    ready, tell = os.pipe()
    child = os.fork()
    if child:
        os.close(tell)
        return child, ready
    try:
        peer = connect(daemon, name)
        peer.null()
        peer.start(echo.DELAY, uint(500000))
        peer.send(whole_call(peer)[:30])
        os.write(tell, b"+")
        signal.pause()
    finally:
        os._exit(1)


@per_mechanism("while peers die, every mechanism serves its bystander", unless=NOT_HERE)
def bystanders_served(name):
    with Daemon() as daemon, Bystanders(daemon) as others:
        for size in (0, 1, 3, 4, 5, 30, 60):
            with connect(daemon, name) as peer:
                peer.send(whole_call(peer)[:size])
            others.check(rounds=1)


@per_mechanism("a peer that comes and goes 500 times leaks no memory and no descriptor",
               unless=NOT_HERE)
def come_and_go(name):
    with session(name, env={"ASAN_OPTIONS": "quarantine_size_mb=1"}) as (daemon, bystander):
        bystander.null()
        baseline = Baseline(daemon)

        def visit(times):
            for _ in range(times):
                with connect(daemon, name) as peer:
                    peer.null()

        visit(100)
        before = proc.rss_kib(daemon.pid)
        visit(500)
        bystander.null()
        baseline.restored()
        grown = proc.rss_kib(daemon.pid) - before
        flat(grown, 2048)
