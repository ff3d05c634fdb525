"""A server on a Unix socket that answers the first calls of each peer with raw bytes."""
import contextlib
import os
import socket
import tempfile

from tests.lib.accepting import serve_each


class Answerer:
    """answer(call) is what is sent for a call's record, mark and all; after so many calls it
    closes, or with hold waits until the peer does."""

    def __init__(self, answer, hold=False, calls=1):
        self.answer = answer
        self.hold = hold
        self.calls = calls
        self.place = tempfile.TemporaryDirectory(prefix="rpcall-")
        self.path = os.path.join(self.place.name, "s")
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        serve_each(self.listener, self.serve)

    def serve(self, peer):
        with contextlib.suppress(OSError), peer, peer.makefile("rb") as stream:
            for _ in range(self.calls):
                head = stream.read(4)
                if len(head) < 4:
                    return
                peer.sendall(self.answer(stream.read(int.from_bytes(head, "big") & 0x7FFFFFFF)))
            if self.hold:
                stream.read(1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()
        self.place.cleanup()
