"""A server that tells of its interfaces whatever a test likes, and answers T.HELLO."""
import contextlib
import hashlib
import os
import socket
import tempfile

from tests.lib.accepting import serve_each

PROG, REFLECT = 0x20525099, 0x205250FF
IDL = b"typedef string text<9>; program T_PROG { version T_V1 { void T_NULL(void) = 0;\n" \
      b"text T_HELLO(int) = 1; } = 1; } = 0x20525099;\n"


def environment(place):
    """No .x file anywhere, and a cache of its own."""
    return {**os.environ, "RPCALL_IDL_PATH": "/nonexistent", "XDG_CACHE_HOME": place}


def word(n):
    return n.to_bytes(4, "big")


def opaque(data):
    return word(len(data)) + data + bytes(-len(data) % 4)


class Teller:
    """A lean server on a Unix socket with REFLECT and T.HELLO. included:
    (name, text) of the files that text includes; files: how many it says that
    there are. hello may be a function of how often it was asked before; None
    is no answer at all. once: a connection is closed after a HELLO. others: how
    many other programs are listed after T."""

    def __init__(self, text=IDL, size=None, digest=None, hello=opaque(b"hi"), included=(),
                 files=None, path=None, once=False, others=0):
        self.files = [("t\x1b.x", text), *included]
        self.count = len(self.files) if files is None else files
        self.size = size
        self.digest = digest
        self.hello = hello
        self.once = once
        self.others = others
        self.asked = 0
        self.fetched = 0
        self.peers = []
        self.place = None if path else tempfile.TemporaryDirectory(prefix="rpcall-")
        self.path = path or os.path.join(self.place.name, "s")
        self.listener = socket.socket(socket.AF_UNIX)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)
        self.listener.bind(self.path)
        self.listener.listen()
        serve_each(self.listener, self.serve)

    def serve(self, peer):
        self.peers.append(peer)
        with contextlib.suppress(OSError), peer, peer.makefile("rb") as stream:
            while len(head := stream.read(4)) == 4:
                message = stream.read(int.from_bytes(head, "big") & 0x7FFFFFFF)
                prog, proc = (int.from_bytes(message[i:i + 4], "big") for i in (4, 12))
                answer = self.answer(prog, proc, message[16:])
                if answer is not None:
                    body = message[:4] + bytes(4) + answer
                    peer.sendall(word(len(body) | 1 << 31) + body)
                if self.once and prog == PROG:
                    return

    def say_hello(self):
        self.asked += 1
        return self.hello(self.asked - 1) if callable(self.hello) else self.hello

    def answer(self, prog, proc, args):
        if prog == PROG:
            return self.say_hello() if proc == 1 else b""
        if prog != REFLECT:
            return b""
        if proc == 2:
            listed = [(b"t", PROG), *((b"o", n + 1) for n in range(self.others))]
            return word(len(listed)) + b"".join(
                opaque(name) + word(number) + word(1) + word(1) + opaque(b"T_HELLO")
                for name, number in listed) + word(0) + word(0)
        number, offset = (int.from_bytes(args[i:i + 4], "big") for i in (8, 12))
        if number >= len(self.files):
            return word(1)
        name, text = self.files[number]
        part = text[offset:offset + 65536]
        self.fetched += len(part)
        size = len(text) if self.size is None else self.size
        digest = self.digest or hashlib.sha256(text).digest()
        return word(0) + opaque(name.encode()) + word(self.count) + word(size) + digest + \
            opaque(part)

    def stop(self):
        """Listens no more, then leaves every peer; the socket's file stays."""
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for peer in self.peers:
            with contextlib.suppress(OSError):
                peer.shutdown(socket.SHUT_RDWR)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        if self.place:
            self.place.cleanup()
