#!/usr/bin/python3
"""A server whose opaques are larger than anybody wants to hold: it makes and sums up what it
sends and takes block by block. Run as a program it serves its stdin and stdout, for pipe:.

LARGE.GET(size) answers opaque<> of size bytes of pattern(); LARGE.PUT(opaque<>) with how many
bytes came and their CRC32, in how many fragments."""
import os
import random
import socket
import struct
import sys
import tempfile
import zlib

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

from tests.lib.accepting import serve_each  # noqa: E402

LAST = 1 << 31
GET, PUT = 1, 2
BLOCK = random.Random(4711).randbytes(1 << 20)
SCHEMA = """struct sum { unsigned hyper bytes; unsigned crc32; unsigned fragments; };
struct reply { int before; opaque data<>; int after; };
struct file { int before; opaque data<>; string name<>; int after; };
program LARGE_PROG { version LARGE_V1 {
	void LARGE_NULL(void) = 0; reply LARGE_GET(unsigned) = 1; sum LARGE_PUT(file) = 2;
} = 1; } = 0x20000055;
"""


def pattern(size):
    """size bytes, a block at a time."""
    for at in range(0, size, len(BLOCK)):
        yield BLOCK[:size - at]


def crc_of(blocks):
    crc = 0
    for block in blocks:
        crc = zlib.crc32(block, crc)
    return crc


def word(n):
    return struct.pack(">I", n)


class Call:
    """One call, taken as it comes: read(n) crosses fragments."""

    def __init__(self, stream):
        self.stream = stream
        self.left, self.last, self.fragments = 0, False, 0

    def read(self, n):
        while self.left == 0:
            if self.last:
                return b""
            (mark,) = struct.unpack(">I", self.stream.read(4))
            self.left, self.last = mark & ~LAST, bool(mark & LAST)
            self.fragments += 1
        data = self.stream.read(min(n, self.left))
        self.left -= len(data)
        if not data:
            raise EOFError
        return data

    def take(self, n):
        data = b""
        while len(data) < n:
            data += self.read(n - len(data)) or self.ended()
        return data

    @staticmethod
    def ended():
        raise EOFError

    def word(self):
        return struct.unpack(">I", self.take(4))[0]

    def summed(self, size):
        crc = 0
        while size > 0:
            data = self.read(min(size, len(BLOCK)))
            crc = zlib.crc32(data, crc)
            size -= len(data)
        return crc


def head_of(call, lean):
    """(xid, procedure), after the head of either envelope."""
    if lean:
        return call.word(), [call.word() for _ in range(3)][2]
    xid, proc = call.word(), [call.word() for _ in range(5)][4]
    for _ in range(2):
        call.word()
        call.take(call.word() + 3 & ~3)
    return xid, proc


def take_file(call):
    """LARGE.PUT's argument: what is to be answered."""
    call.word()
    size = call.word()
    crc = call.summed(size)
    call.take(-size % 4)
    call.take(call.word() + 3 & ~3)
    call.word()
    if call.read(1):
        raise ValueError("more than the argument")
    return struct.pack(">QII", size, crc, call.fragments)


def fragments_of(parts, size):
    """The parts in fragments of size bytes, the last one shorter: each with its mark."""
    rest = bytearray()
    for part in parts:
        rest += part
        while len(rest) > size:
            yield word(size) + rest[:size]
            del rest[:size]
    yield word(len(rest) | LAST) + rest


class Server:
    """fragment: bytes of each of a reply's; None: it is one fragment. cut: a reply ends after so
    many bytes; then comes after, and the end, or with hold nothing until the peer leaves. begun
    is called with a PUT of which nothing but the head is taken, and what to answer with."""

    def __init__(self, fragment=None, cut=None, after=b"", hold=False, begun=None):
        self.fragment, self.cut, self.after, self.hold = fragment, cut, after, hold
        self.begun = begun or (lambda call, answer: None)

    def reply(self, xid, lean, size):
        head = word(xid) + (bytes(4) if lean else word(1) + bytes(16))
        yield head + word(7) + word(size)
        yield from pattern(size)
        yield bytes(-size % 4) + word(9)

    def marked(self, xid, lean, size):
        parts = self.reply(xid, lean, size)
        if self.fragment:
            return fragments_of(parts, self.fragment)
        whole = (8 if lean else 24) + 12 + size + -size % 4
        return (part for some in ((word(whole | LAST),), parts) for part in some)

    def answer(self, stream, write, lean):
        call = Call(stream)
        xid, proc = head_of(call, lean)
        if proc == PUT:
            def say(body, status=0):
                body = word(xid) + (b"" if lean else word(1) + bytes(12)) + word(status) + body
                write(word(len(body) | LAST) + body)
            self.begun(call, say)
            say(take_file(call))
            return True
        left = self.cut
        for part in self.marked(xid, lean, call.word() if proc == GET else 0):
            write(part if left is None else part[:left])
            left = left if left is None else left - len(part)
            if left is not None and left <= 0:
                write(self.after)
                return self.hold
        return True

    def serve(self, stream, write, lean):
        try:
            while self.answer(stream, write, lean):
                pass
        except (EOFError, OSError, struct.error):
            pass


class Listening(Server):
    """On rpc+tcp: or unix:, named by uri."""

    def __init__(self, scheme, **how):
        super().__init__(**how)
        self.place = tempfile.TemporaryDirectory(prefix="rpcall-")
        self.lean = scheme == "unix"
        if self.lean:
            self.listener = socket.socket(socket.AF_UNIX)
            self.listener.bind(os.path.join(self.place.name, "s"))
            self.listener.listen()
            self.uri = f"unix:{self.place.name}/s"
        else:
            self.listener = socket.create_server(("127.0.0.1", 0))
            self.uri = f"{scheme}://127.0.0.1:{self.listener.getsockname()[1]}"
        self.idl = os.path.join(self.place.name, "large.x")
        with open(self.idl, "w", encoding="ascii") as f:
            f.write(SCHEMA)
        serve_each(self.listener, self.talk)

    def talk(self, peer):
        with peer, peer.makefile("rb", buffering=1 << 16) as stream:
            self.serve(stream, peer.sendall, self.lean)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()
        self.place.cleanup()


if __name__ == "__main__":
    with os.fdopen(1, "wb", buffering=0) as out:
        Server().serve(sys.stdin.buffer, lambda data: out.write(data) and out.flush(), True)
