"""Peers over pipes: the named pair of design.md section 5, and a child's."""
import errno
import fcntl
import os
import struct
import subprocess
import tempfile
import termios

from .crc32c import crc32c
from .harness import PATIENCE, equal, program, wait_until
from .peer import Peer
from .xdr import uint

HELLO_SIZE = 512
MAGIC = 0x72706366
REVISION = 1


def hello(nonce, magic=MAGIC, revision=REVISION, crc=None):
    """The 512 bytes that ask for a session: frame_hello, zeroes, CRC32C."""
    body = (uint(magic, revision) + nonce).ljust(HELLO_SIZE - 4, b"\0")
    return body + uint(crc32c(body) if crc is None else crc)


def open_control(directory):
    return os.open(os.path.join(directory, "ctl"),
                   os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)


def write_control(directory, data):
    """Writes data to DIR/ctl at once and waits until the server has it."""
    fd = open_control(directory)
    try:
        equal(os.write(fd, data), len(data), "bytes written to ctl")
        wait_until(lambda: _queued(fd) == 0, "the server has read its control FIFO")
    finally:
        os.close(fd)


def session_path(directory, nonce):
    return os.path.join(directory, "s-" + nonce.hex())


def spare_path(directory):
    """The session that is made before its client comes."""
    return os.path.join(directory, "next")


def wait_for_spare(directory):
    """It is made anew some time after the one before was given away."""
    inside = os.path.join(spare_path(directory), "in")  # the last that is made
    wait_until(lambda: os.path.exists(inside), "a session is made ahead")


def _queued(fd):
    return struct.unpack("i", fcntl.ioctl(fd, termios.FIONREAD, bytes(4)))[0]


def _open_when_read(path, patience):
    """Opens a FIFO for writing as soon as somebody has it open for reading."""
    def attempt():
        try:
            return os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as e:
            if e.errno != errno.ENXIO:
                raise
            return None
    return wait_until(attempt, f"a reader of {path}", patience)


class PipeEnds(Peer):
    """Two one-way descriptors of our own."""

    def unread(self):
        return _queued(self.wfd)

    def half_close(self):
        os.close(self.wfd)
        self.wfd = -1

    def close(self):
        for fd in {self.rfd, self.wfd} - {-1}:
            os.close(fd)
        self.rfd = self.wfd = -1


class FifoPeer(PipeEnds):
    def __init__(self, envelope, directory, nonce=None, patience=PATIENCE, **_):
        self.nonce = nonce or os.urandom(16)
        self.path = session_path(directory, self.nonce)
        write_control(directory, hello(self.nonce))
        out, into = (os.path.join(self.path, name) for name in ("out", "in"))
        wait_until(lambda: os.path.exists(out) and os.path.exists(into),
                   f"the server has made {self.path}", patience)
        rfd = os.open(out, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            wfd = _open_when_read(into, patience)
        except BaseException:
            os.close(rfd)
            raise
        super().__init__(envelope, rfd, wfd)


class PipePeer(PipeEnds):
    """Starts rpcalld --stdio and speaks on its stdin and stdout."""

    def __init__(self, envelope, args=(), env=None, **_):
        self.errors = tempfile.TemporaryFile()
        self.child = subprocess.Popen(
            [program("rpcalld"), "--stdio", "--spin", "off", *args],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, env=env)
        super().__init__(envelope, os.dup(self.child.stdout.fileno()),
                         os.dup(self.child.stdin.fileno()))
        self.child.stdin.close()
        self.child.stdout.close()

    def stderr(self):
        self.errors.seek(0)
        return self.errors.read().decode(errors="replace")

    def close(self):
        """Leaves; the server must see that and end by itself."""
        super().close()
        try:
            self.status = self.child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            raise
        finally:
            self.child_said = self.stderr()
            self.errors.close()
