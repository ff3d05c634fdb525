"""The store of KV on disk: holding its writers back, checking it."""
import contextlib
import fcntl
import os
import struct

from .command import run
from .harness import equal, expect

F_OFD_GETLK, F_OFD_SETLKW = 36, 38


def _flock(kind):
    return struct.pack("hhqqi4x", kind, os.SEEK_SET, 0, 0, 0)


@contextlib.contextmanager
def writers_held(daemon):
    """While inside, no process changes the daemon's store: calls gather."""
    fd = os.open(os.path.join(daemon.state, "kv", "writer"), os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.fcntl(fd, F_OFD_SETLKW, _flock(fcntl.F_WRLCK))
        yield
    finally:
        os.close(fd)


def is_writing(daemon):
    """Is a process in a transaction that changes the daemon's store?"""
    with open(os.path.join(daemon.state, "kv", "writer"), "r+b") as f:
        answer = fcntl.fcntl(f, F_OFD_GETLK, _flock(fcntl.F_WRLCK))
    return struct.unpack_from("h", answer)[0] != fcntl.F_UNLCK


def check(state):
    """Insists that rpcalld --store-check finds nothing; returns what it says."""
    done = run("rpcalld", "--store-check", state)
    equal(done.status, 0, f"status of --store-check: {done.out}{done.err}")
    expect("the store is sound" in done.out, done.out)
    return done.out
