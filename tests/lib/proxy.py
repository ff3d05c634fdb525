"""Paths for datagrams: one that sends each twice and swaps neighbours, one that loses some."""
import select
import socket
import threading

from .harness import PATIENCE


class UdpProxy:
    """Between any number of clients and one server on 127.0.0.1."""

    def __init__(self, server_port):
        self.server = ("127.0.0.1", server_port)
        self.front = self._socket()
        self.port = self.front.getsockname()[1]
        self.backs = {}  # a client's address: our socket to the server for it
        self.held = None  # a datagram that waits for the next to pass it
        self.swapped = 0
        self.stop_read, self.stop_write = socket.socketpair()
        self.thread = threading.Thread(target=self._run, daemon=True)

    @staticmethod
    def _socket():
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        sock.bind(("127.0.0.1", 0))
        return sock

    def _run(self):
        while True:
            sources = {self.front: None, **{sock: who for who, sock in self.backs.items()}}
            # Nothing else is on its way: what was held back has to go.
            ready = select.select([*sources, self.stop_read], [], [], 0.005)[0]
            if self.stop_read in ready:
                return
            if not ready:
                self._release()
            for sock in ready:
                self._forward(sock, sources[sock])

    def _forward(self, sock, client):
        data, sender = sock.recvfrom(1 << 16)
        if client is None:
            client = sender
            out = self.backs.setdefault(client, None) or self._socket()
            self.backs[client] = out
            self._send((out, data, self.server))
        else:
            self._send((self.front, data, client))

    def _send(self, item):
        if self.held is None:
            self.held = item
            return
        held, self.held = self.held, None
        self.swapped += 1
        for sock, data, to in (item, held, item, held):
            sock.sendto(data, to)

    def _release(self):
        if self.held is not None:
            (sock, data, to), self.held = self.held, None
            sock.sendto(data, to)
            sock.sendto(data, to)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop_write.send(b"x")
        self.thread.join(PATIENCE)
        for sock in (self.front, self.stop_read, self.stop_write, *self.backs.values()):
            sock.close()


class LosingProxy(UdpProxy):
    """Loses the datagrams of these numbers, counted from 0 in both directions."""

    def __init__(self, server_port, lost):
        super().__init__(server_port)
        self.lost = lost
        self.seen = 0

    def _send(self, item):
        sock, data, to = item
        if self.seen not in self.lost:
            sock.sendto(data, to)
        self.seen += 1
