"""A peer of the daemon: raw bytes and records, in and out, with deadlines.

Written from the specifications only; nothing here is shared with the product.
Each mechanism gives a read and a write descriptor; all else stands once.
"""
import errno
import fcntl
import os
import select
import socket
import struct
import termios
import time

from . import echo
from .envelope import SUCCESS, Lean, Rpc
from .harness import PATIENCE, Failed, equal, skip, wait_until, while_it_lasts
from .record import Reassembler, record
from .xdr import uint

SOL_UDP, UDP_SEGMENT = 17, 103
GONE = (errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN)


class Closed(Failed):
    """The server has closed this peer."""


class Peer:
    """A stream peer on two descriptors, which may be one."""
    framed = True

    def __init__(self, envelope, rfd, wfd):
        self.envelope = envelope
        self.rfd, self.wfd = rfd, wfd
        self.reader = Reassembler()
        self.eof = False
        self.next_xid = 0x10000000
        for fd in {rfd, wfd}:
            os.set_blocking(fd, False)

    # Bytes.

    def send(self, data, deaf=False, patience=PATIENCE):
        """Writes all of data. Unless deaf, reads meanwhile, so that neither
        side can wait for the other for ever."""
        left = self.push(data, deaf, patience)
        if left:
            raise Failed(f"the server does not read: {left} bytes left after {patience:g} s")

    def push(self, data, deaf=True, patience=PATIENCE):
        """Writes what the server takes; returns how much is left when it
        has taken nothing for `patience` seconds."""
        view = memoryview(data)
        while view:
            can_read, can_write = self._wait(not deaf and not self.eof, True, patience)
            if can_read:
                self._fill()
            if can_write:
                view = view[self._write(view):]
            elif not can_read:
                break
        return len(view)

    def _write(self, view):
        try:
            return os.write(self.wfd, view[:1 << 20])
        except BlockingIOError:
            return 0
        except OSError as e:
            if e.errno in GONE:
                raise Closed(f"the server closed: {e.strerror}") from None
            raise

    def _fill(self):
        """Reads once; at the end of the stream sets eof."""
        try:
            data = os.read(self.rfd, 1 << 20)
        except BlockingIOError:
            return
        except OSError as e:
            if e.errno not in GONE:
                raise
            data = b""
        self.eof = not data
        self.reader.feed(data)

    def _wait(self, reading, writing, patience):
        poll = select.poll()
        want = {}
        if reading:
            want[self.rfd] = select.POLLIN
        if writing:
            want[self.wfd] = want.get(self.wfd, 0) | select.POLLOUT
        for fd, events in want.items():
            poll.register(fd, events)
        got = dict(poll.poll(max(0, patience) * 1000))
        return (reading and bool(got.get(self.rfd, 0) & ~select.POLLOUT),
                writing and bool(got.get(self.wfd, 0) & ~select.POLLIN))

    # Records.

    def send_record(self, payload):
        self.send(record(payload))

    def recv_record(self, patience=PATIENCE):
        end = time.monotonic() + patience
        while True:
            payload = self.reader.take()
            if payload is not None:
                return payload
            if self.eof:
                raise Closed("the server closed")
            if not self._wait(True, False, end - time.monotonic())[0]:
                raise Failed(f"no reply within {patience:g} s")
            self._fill()

    def records(self):
        """Reads once what is there, never waits; returns the whole records."""
        if self._wait(True, False, 0)[0]:
            self._fill()
        return list(iter(self.reader.take, None))

    def readable(self, patience):
        """Waits for something to read, or the end."""
        return self._wait(True, False, patience)[0]

    def has_input(self):
        return self.readable(0)

    def is_closed(self, patience=0.0):
        """Waits up to patience seconds for the server to close, reading what
        it still sends."""
        end = time.monotonic() + patience
        while not self.eof and self._wait(True, False, end - time.monotonic())[0]:
            self._fill()
        return self.eof

    def expect_closed(self):
        if not self.is_closed(PATIENCE):
            raise Failed(f"the server has not closed after {PATIENCE:g} s")

    # Calls.

    def xid(self):
        self.next_xid += 1
        return self.next_xid

    def expect(self, call, reply):
        """Sends one call, insists on these bytes in reply."""
        self.send_record(call)
        equal(self.recv_record(), reply, "reply")

    def start(self, proc, args=b"", **fields):
        """Sends a call of ECHO, returns its xid."""
        xid = fields.pop("xid", None) or self.xid()
        self.send_record(self.envelope.call(
            xid, fields.pop("prog", echo.PROG), fields.pop("vers", echo.VERS),
            proc, args, **fields))
        return xid

    def expect_status(self, status, proc, args=b"", results=b"", **fields):
        xid = self.start(proc, args, **fields)
        equal(self.recv_record(), self.envelope.reply(xid, status, results), "reply")

    def call(self, proc, args=b"", **fields):
        """Calls ECHO, insists on success, returns the results' bytes."""
        xid = self.start(proc, args, **fields)
        return self.result(xid, self.recv_record())

    def result(self, xid, reply):
        head = self.envelope.reply(xid, SUCCESS)
        equal(reply[:len(head)], head, "reply header")
        return reply[len(head):]

    def null(self):
        equal(self.call(echo.NULL), b"", "result of NULL")

    def start_delay(self, ms):
        """Starts a DELAY that the server has accepted and that is not yet over,
        longer if need be; returns its xid."""
        started = []

        def attempt(time_ms):
            slow = self.start(echo.DELAY, uint(1000 * time_ms))
            fast = self.start(echo.NULL)
            wanted = [self.envelope.reply(xid, SUCCESS) for xid in (slow, fast)]
            first = self.recv_record()
            if first == wanted[1]:
                started.append(slow)
                return True
            equal([first, self.recv_record()], wanted, "replies to DELAY and NULL")
            return False

        while_it_lasts(ms, attempt, "NULL overtakes DELAY")
        return started[0]

    # Endings.

    def unread(self):
        """How many of our bytes has the server not yet read (0: it has all)?"""
        raise NotImplementedError

    def wait_read(self):
        wait_until(lambda: self.unread() == 0, "the server has read our bytes")

    def half_close(self):
        raise NotImplementedError

    def close(self):
        raise NotImplementedError

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class SocketPeer(Peer):
    def __init__(self, envelope, sock):
        self.sock = sock
        super().__init__(envelope, sock.fileno(), sock.fileno())

    def half_close(self):
        self.sock.shutdown(socket.SHUT_WR)

    def reset(self):
        """Closes so that the server sees ECONNRESET, where there is such."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self):
        self.sock.close()


class UnixPeer(SocketPeer):
    def __init__(self, envelope, path, **_):
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(PATIENCE)
        sock.connect(path)
        super().__init__(envelope, sock)

    def unread(self):
        return struct.unpack("i", fcntl.ioctl(self.wfd, termios.TIOCOUTQ, bytes(4)))[0]


class TcpPeer(SocketPeer):
    def __init__(self, envelope, address, rcvbuf=None, **_):
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        sock = socket.socket(family)
        if rcvbuf:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
        sock.settimeout(PATIENCE)
        sock.connect(address)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.table = "/proc/net/tcp6" if family == socket.AF_INET6 else "/proc/net/tcp"
        self.ends = f"{address[1]:04X} {sock.getsockname()[1]:04X}"
        super().__init__(envelope, sock)

    def unread(self):
        """Bytes in the receive queue of the server's end (proc(5))."""
        with open(self.table, encoding="ascii") as f:
            for line in f:
                _, local, remote, _, queues = line.split()[:5]
                if f"{local[-4:]} {remote[-4:]}" == self.ends:
                    return int(queues.split(":")[1], 16)
        return 0


class UdpPeer(SocketPeer):
    """Each record is a datagram."""
    framed = False

    def __init__(self, envelope, address, **_):
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_DGRAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        sock.connect(address)
        super().__init__(envelope, sock)

    def send_record(self, payload):
        self.sock.setblocking(True)
        try:
            self.sock.send(payload)
        finally:  # it is refused where nobody listens any more
            self.sock.setblocking(False)

    def send_train(self, calls):
        """All in one datagram's place: each is as long as the first, the last may be shorter."""
        self.sock.setblocking(True)
        size = struct.pack("=H", len(calls[0]))
        try:
            self.sock.sendmsg([b"".join(calls)], [(SOL_UDP, UDP_SEGMENT, size)])
        except OSError as e:
            skip(f"no trains here: {e}")
        finally:
            self.sock.setblocking(False)

    def recv_record(self, patience=PATIENCE):
        if not self._wait(True, False, patience)[0]:
            raise Failed(f"no datagram within {patience:g} s")
        return self.sock.recv(1 << 16)

    def records(self):
        """All datagrams that are there. A refusal says that nobody listens."""
        found = []
        while True:
            try:
                found.append(self.sock.recv(1 << 16))
            except BlockingIOError:
                return found
            except ConnectionRefusedError:
                self.eof = True
                return found


ENVELOPES = {"rpc": Rpc, "lean": Lean}
