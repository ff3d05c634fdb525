"""An rpcbind that says whatever a test likes, at TCP port 111 of the private network."""
import contextlib
import socket
import threading

from .xdr import string, uint

DUMP, GETTIME = 4, 6


def entry(prog, vers, netid, address, owner="superuser"):
    return uint(1, prog, vers) + string(netid) + string(address) + string(owner)


class Binder:
    """Answers DUMP with entries, GETTIME with seconds, all else with nothing."""

    def __init__(self, entries=(), seconds=0, dump=None):
        self.dump = b"".join(entries) + uint(0) if dump is None else dump
        self.seconds = seconds
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", 111))
        self.listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer):
        with contextlib.suppress(OSError), peer, peer.makefile("rb") as stream:
            while len(head := stream.read(4)) == 4:
                message = stream.read(int.from_bytes(head, "big") & 0x7FFFFFFF)
                proc = int.from_bytes(message[20:24], "big")
                result = {DUMP: self.dump, GETTIME: uint(self.seconds)}.get(proc, b"")
                body = message[:4] + uint(1, 0, 0, 0, 0) + result
                peer.sendall(uint(len(body) | 1 << 31) + body)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
