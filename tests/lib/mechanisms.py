"""How a test reaches the daemon over each mechanism, and what to expect there.

A name in common/mechs.def without a row here fails every test that loops.
"""
import contextlib
import os
import re
from dataclasses import dataclass
from typing import Callable

from . import echo
from .daemon import Daemon, check_log, has_ipv6, limit_args
from .envelope import Lean, Rpc
from .harness import Failed, equal, mechanism_names, skip
from .peer import Closed, TcpPeer, UdpPeer, UnixPeer
from .pipes import FifoPeer, PipePeer


@dataclass(frozen=True)
class Mechanism:
    envelope: type
    netid: str
    identity: int
    scheme: str  # how its endpoint's URI begins
    open: Callable


def _inet(kind):
    def connect(envelope, uri, **options):
        host, port = re.fullmatch(r"[\w+]+://\[?([\w.:]+?)\]?:(\d+)", uri).groups()
        return kind(envelope, (host, int(port)), **options)
    return connect


def _path(kind):
    def connect(envelope, uri, **options):
        return kind(envelope, uri.partition(":")[2], **options)
    return connect


MECHANISMS = {
    "rpc/tcp": Mechanism(Rpc, "tcp", echo.ADDRESS, "rpc+tcp://", _inet(TcpPeer)),
    "rpc/udp": Mechanism(Rpc, "udp", echo.ADDRESS, "rpc+udp://", _inet(UdpPeer)),
    "rpc/local": Mechanism(Rpc, "local", echo.PEERCRED, "rpc+local:", _path(UnixPeer)),
    "tcp": Mechanism(Lean, "x-tcp", echo.ADDRESS, "tcp://127", _inet(TcpPeer)),
    "unix": Mechanism(Lean, "x-unix", echo.PEERCRED, "unix:", _path(UnixPeer)),
    "fifo": Mechanism(Lean, "x-fifo", echo.FIFO, "fifo:", _path(FifoPeer)),
    "pipe": Mechanism(Lean, "x-pipe", echo.PARENT, "", None),
}

# The same over IPv6: scheme and netid.
IPV6 = {"rpc/tcp": ("rpc+tcp6://", "tcp6"), "rpc/udp": ("rpc+udp6://", "udp6"),
        "tcp": ("tcp://[", "x-tcp6")}


def mechanism(name):
    if name not in MECHANISMS:
        raise Failed(f"tests/lib/mechanisms.py has no row for {name}")
    return MECHANISMS[name]


def connect(daemon, name, v6=False, **options):
    """Opens a peer of the daemon; for a pipe, of a server with its options."""
    row = mechanism(name)
    if name == "pipe":
        return PipePeer(row.envelope, ["--state", daemon.state, *limit_args(daemon.limits),
                                       *daemon.args], daemon.env, **options)
    if v6 and not has_ipv6():
        skip("no IPv6 loopback here")
    scheme = IPV6[name][0] if v6 else row.scheme
    return row.open(row.envelope, daemon.uri(scheme), **options)


def server_pid(daemon, peer):
    """The process that serves this peer."""
    return peer.child.pid if isinstance(peer, PipePeer) else daemon.pid


def is_served(daemon, name):
    """Is a newcomer answered, who may be refused or closed instead?"""
    try:
        with connect(daemon, name) as peer:
            peer.null()
        return True
    except (Closed, OSError):
        return False


class Bystanders:
    """A peer on each mechanism, opened before the fault: all must be served
    during it and after it."""

    def __init__(self, daemon, names=None):
        self.peers = {}
        try:
            for name in names or mechanism_names():
                self.peers[name] = connect(daemon, name)
        except BaseException:
            self.close()
            raise

    def check(self, rounds=3):
        for _ in range(rounds):
            for name, peer in self.peers.items():
                try:
                    equal(peer.call(echo.ECHO, echo.echo_args(b"bystander")),
                          echo.echo_args(b"bystander"), "ECHO")
                except Exception as e:
                    raise Failed(f"bystander on {name} was not served: {e}") from e

    def close(self):
        for peer in self.peers.values():
            peer.close()

    def __enter__(self):
        self.check()
        return self

    def __exit__(self, kind, *_):
        try:
            if kind is None:
                self.check()
        finally:
            self.close()


_shared = {}


def shared_daemon():
    """One daemon with default limits for all tests that do it no harm."""
    if "daemon" not in _shared:
        _shared["daemon"] = Daemon()
    return _shared["daemon"]


def shared_daemon_alive():
    """Complains, and forgets it, if a test has killed the shared daemon."""
    daemon = _shared.get("daemon")
    if daemon and not daemon.alive():
        del _shared["daemon"]
        daemon.stop()
        raise Failed("the shared daemon has ended:\n" + daemon.stderr()[-4000:])


def stop_shared_daemon():
    if "daemon" in _shared:
        _shared.pop("daemon").stop()


@contextlib.contextmanager
def session(name, limits=None, **options):
    """A daemon of its own with these limits, and a peer of it."""
    with Daemon(limits=limits, **options) as daemon, leave(connect(daemon, name)) as peer:
        yield daemon, peer


@contextlib.contextmanager
def peer_of(name, daemon=None, **options):
    """A peer of the shared daemon."""
    with leave(connect(daemon or shared_daemon(), name, **options)) as peer:
        yield peer


@contextlib.contextmanager
def leave(peer):
    """Closes peer at the end, and checks the child of a pipe."""
    try:
        yield peer
    finally:
        peer.close()
    if isinstance(peer, PipePeer):
        check_log(peer.child_said, "rpcalld --stdio")
        equal(peer.status, 0, "exit status of rpcalld --stdio")


def our_uid():
    return os.getuid()
