"""Direct reading, seen from outside: a daemon that begins it by itself, and
whether it has."""
import os
import signal
import stat

from .daemon import Daemon
from .harness import PATIENCE, equal, wait_until
from .mechanisms import server_pid
from .pipes import PipePeer

FOR_EVER = 86400000  # milliseconds


def start(direct_ms=FOR_EVER, **limits):
    """A daemon of one worker that blocks, with endpoints of all mechanisms."""
    return Daemon({"direct-ms": direct_ms, **limits}, workers=1, args=("--spin", "off"))


def is_direct(directory, fd):
    """Is it a socket, or a pipe that is read from, whose reads wait? No other's do."""
    with open(f"{directory}/fdinfo/{fd}", encoding="ascii") as f:
        flags = int(dict(line.split(":", 1) for line in f if ":" in line)["flags"], 8)
    mode = os.stat(f"{directory}/fd/{fd}").st_mode
    one = stat.S_ISSOCK(mode) or stat.S_ISFIFO(mode) and flags & os.O_ACCMODE == os.O_RDONLY
    return bool(one) and not flags & os.O_NONBLOCK


def reads_directly(daemon, peer=None):
    return blocks(f"/proc/{server_pid(daemon, peer)}")


def blocks(directory):
    for fd in os.listdir(f"{directory}/fd"):
        try:
            if int(fd) > 2 and is_direct(directory, fd):
                return True
        except OSError:
            continue  # closed meanwhile
    return False


def call_until_direct(daemon, peer):
    def called():
        for _ in range(20):
            peer.null()
        return reads_directly(daemon, peer)
    wait_until(called, "the peer is read directly")


def terminate(daemon, peer):
    os.kill(server_pid(daemon, peer), signal.SIGTERM)


def expect_ended(daemon, peer):
    equal(peer.child.wait(PATIENCE) if isinstance(peer, PipePeer) else daemon.wait(), 0,
          "exit status")
