"""The rendezvous of named pipes, byte by byte (design.md section 5)."""
import errno
import os
import shutil
import stat

from tests.lib import echo
from tests.lib.crc32c import crc32c
from tests.lib.daemon import Daemon
from tests.lib.envelope import Lean
from tests.lib.harness import Failed, equal, expect, test, wait_until
from tests.lib.mechanisms import connect, peer_of, shared_daemon
from tests.lib.pipes import (HELLO_SIZE, FifoPeer, PipeEnds, hello, open_control,
                             session_path, spare_path, wait_for_spare, write_control)
from tests.lib.xdr import uint


def fifo_dir(daemon):
    return daemon.uri("fifo:").partition(":")[2]


def refused(spoil):
    """Writes what spoil() makes of a good hello to ctl, then opens a session:
    that one must be made, and none for the spoilt hello."""
    directory, nonce = fifo_dir(shared_daemon()), os.urandom(16)
    write_control(directory, spoil(nonce))
    with FifoPeer(Lean, directory) as peer:
        peer.null()
    expect(not os.path.exists(session_path(directory, nonce)), "a session was made")


@test("the control FIFO is a FIFO with mode 0600 in a directory of mode 0700")
def modes():
    directory = fifo_dir(shared_daemon())
    control = os.lstat(os.path.join(directory, "ctl"))
    expect(stat.S_ISFIFO(control.st_mode), "ctl is not a FIFO")
    equal(stat.S_IMODE(control.st_mode), 0o600, "mode of ctl")
    equal(stat.S_IMODE(os.lstat(directory).st_mode) & 0o077, 0, "mode of the directory")


@test("a session is a directory named by the nonce with two FIFOs, in and out")
def session_layout():
    directory = fifo_dir(shared_daemon())
    path = f"{directory}/s-000102030405060708090a0b0c0d0e0f"
    write_control(directory, hello(bytes(range(16))))
    wait_until(lambda: os.path.exists(path), "the session is made")
    equal(sorted(os.listdir(path)), ["in", "out"], "names in it")
    for name in ("in", "out"):
        status = os.lstat(os.path.join(path, name))
        expect(stat.S_ISFIFO(status.st_mode), f"{name} is not a FIFO")
        equal(stat.S_IMODE(status.st_mode), 0o600, f"mode of {name}")


@test("a session ends when its client closes its writing end, and is removed")
def session_removed():
    directory = fifo_dir(shared_daemon())
    with FifoPeer(Lean, directory) as peer:
        peer.null()
        peer.half_close()
        peer.expect_closed()
        wait_until(lambda: not os.path.exists(peer.path), "the session is removed")


@test("a hello with a wrong magic, revision or CRC makes no session")
def bad_hello():
    refused(lambda nonce: hello(nonce, magic=0x72706367))
    refused(lambda nonce: hello(nonce, magic=0))
    refused(lambda nonce: hello(nonce, revision=0))
    refused(lambda nonce: hello(nonce, revision=2))
    refused(lambda nonce: hello(nonce, crc=0))
    for at in (0, 5, 8, 23, 24, 300, 507, 508, 511):
        refused(lambda nonce, at=at: flipped(hello(nonce), at))


def flipped(data, at):
    """data with one bit of the byte at `at` changed."""
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


@test("a hello that is not zeroes after the nonce makes no session, though its CRC is right")
def unclean_hello():
    for at in (24, 300, HELLO_SIZE - 5):
        refused(lambda nonce, at=at: sealed(flipped(hello(nonce)[:-4], at)))


def sealed(body):
    return body + crc32c(body).to_bytes(4, "big")


@test("a nonce that is in use is refused, and its session goes on")
def nonce_in_use():
    directory = fifo_dir(shared_daemon())
    with FifoPeer(Lean, directory) as peer:
        write_control(directory, hello(peer.nonce))
        with FifoPeer(Lean, directory) as other:
            other.null()
        peer.null()


@test("a session that nobody opens is removed after 2 s")
def unopened_session():
    directory = fifo_dir(shared_daemon())
    nonce = os.urandom(16)
    write_control(directory, hello(nonce))
    path = session_path(directory, nonce)
    wait_until(lambda: os.path.exists(path), "the session is made")
    wait_until(lambda: not os.path.exists(path), "the session is removed")


@test("a client that takes its time between its two FIFOs gets its session")
def slow_to_open():
    wait_until(opened_slowly, "a client that is slow, but not too slow")


def opened_slowly():
    """False if it took longer than the 2 s that there are."""
    directory, nonce = fifo_dir(shared_daemon()), os.urandom(16)
    write_control(directory, hello(nonce))
    out, into = (os.path.join(session_path(directory, nonce), name) for name in ("out", "in"))
    wait_until(lambda: os.path.exists(out), "the session is made")
    rfd = os.open(out, os.O_RDONLY | os.O_NONBLOCK)
    with peer_of("fifo") as clock:
        for _ in range(20):  # the server lives through 200 ms
            clock.call(echo.DELAY, uint(10000))
    try:
        wfd = os.open(into, os.O_WRONLY | os.O_NONBLOCK)
    except FileNotFoundError:
        os.close(rfd)
        return False
    with PipeEnds(Lean, rfd, wfd) as peer:
        peer.null()
    return True


@test("a session of which only one FIFO is opened is removed after 2 s")
def half_opened_session():
    directory = fifo_dir(shared_daemon())
    nonce = os.urandom(16)
    write_control(directory, hello(nonce))
    out = os.path.join(session_path(directory, nonce), "out")
    wait_until(lambda: os.path.exists(out), "the session is made")
    fd = os.open(out, os.O_RDONLY | os.O_NONBLOCK)
    try:
        wait_until(lambda: not os.path.exists(out), "the session is removed")
    finally:
        os.close(fd)


@test("junk of any length on the control FIFO does not disturb the next client")
def junk():
    for size in (1, 4, 100, HELLO_SIZE - 1, HELLO_SIZE + 1, 700, 4096):
        refused(lambda _, n=size: b"\xff" * n)


@test("the beginning of a hello that never ends does not disturb the next client")
def unfinished():
    for size in (1, 4, 8, 100, HELLO_SIZE - 1):
        refused(lambda nonce, n=size: hello(nonce)[:n])


@test("a session is made ahead of its client, who gets that one")
def made_ahead():
    with Daemon() as daemon:
        directory = fifo_dir(daemon)
        for _ in range(2):
            wait_for_spare(directory)
            spare = os.stat(spare_path(directory)).st_ino
            with FifoPeer(Lean, directory) as peer:
                equal(os.stat(peer.path).st_ino, spare, "the directory that became the session")
                peer.null()


@test("a client whose session somebody removed before it came gets another")
def spare_removed():
    with Daemon() as daemon:
        directory = fifo_dir(daemon)
        wait_for_spare(directory)
        shutil.rmtree(spare_path(directory))
        for _ in range(2):
            with FifoPeer(Lean, directory) as peer:
                peer.null()


@test("20 hellos written at once make 20 sessions")
def burst():
    directory = fifo_dir(shared_daemon())
    nonces = [os.urandom(16) for _ in range(20)]
    fd = open_control(directory)
    try:
        for nonce in nonces:
            equal(os.write(fd, hello(nonce)), HELLO_SIZE, "written")
    finally:
        os.close(fd)
    for nonce in nonces:
        wait_until(lambda n=nonce: os.path.exists(session_path(directory, n)), "a session")
    for nonce in nonces:
        wait_until(lambda n=nonce: not os.path.exists(session_path(directory, n)),
                   "the session nobody opened is removed")


@test("two sessions of one server do not hear each other")
def separate_sessions():
    with peer_of("fifo") as one, peer_of("fifo") as two:
        first = one.start(echo.ECHO, echo.echo_args(b"one"))
        second = two.start(echo.ECHO, echo.echo_args(b"two"))
        equal(two.result(second, two.recv_record()), echo.echo_args(b"two"), "two")
        equal(one.result(first, one.recv_record()), echo.echo_args(b"one"), "one")
        equal((one.reader.take(), two.reader.take()), (None, None), "more records")


@test("a control FIFO that nobody serves is refused at once (ENXIO)")
def no_server():
    daemon = Daemon()
    try:
        connect(daemon, "fifo").close()
        control = fifo_dir(daemon)
        daemon.kill()
        os.close(open_control(control))
        raise Failed("the control FIFO has a reader after kill -9")
    except OSError as e:
        equal(e.errno, errno.ENXIO, "errno")
    finally:
        daemon.discard()
