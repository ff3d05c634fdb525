"""Stands between a client and the daemon on a Unix socket, and is in the way.

Each connection gets the next function of a script; when the script is over,
bytes pass through. A function has the Middle and the client's socket, and may
take records from the client, hand them to the server, and do with the answer
what it likes. When it returns, the client's connection is closed.
"""
import select
import socket
import struct
import threading

from .harness import PATIENCE, Failed
from .record import LAST, record


def _exactly(sock, count):
    data = b""
    while len(data) < count:
        part = sock.recv(count - len(data))
        if not part:
            raise Failed("closed within a record")
        data += part
    return data


def take(sock):
    """A record of one fragment, as both ends write them; None at the end."""
    first = sock.recv(1)
    if not first:
        return None
    (head,) = struct.unpack(">I", first + _exactly(sock, 3))
    if not head & LAST:
        raise Failed("a record of several fragments")
    return _exactly(sock, head & ~LAST)


class Middle:
    def __init__(self, path, server, script):
        self.server = server
        self.script = list(script)
        self.seen = 0  # connections
        self.errors = []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.seen += 1
            client.settimeout(PATIENCE)
            with client:
                try:
                    (self.script.pop(0) if self.script else pass_through)(self, client)
                except (Failed, OSError) as e:
                    self.errors.append(e)

    def connect(self):
        up = socket.socket(socket.AF_UNIX)
        up.settimeout(PATIENCE)
        up.connect(self.server)
        return up

    def ask(self, call):
        """The server's answer to a call, over a connection of its own."""
        with self.connect() as up:
            up.sendall(record(call))
            return take(up)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(PATIENCE)
        if kind is None and self.errors:
            raise self.errors[0]


def pass_through(middle, client):
    with middle.connect() as up:
        while True:
            ready, _, _ = select.select([client, up], [], [], PATIENCE)
            for sock in ready:
                data = sock.recv(1 << 16)
                if not data:
                    return
                (up if sock is client else client).sendall(data)
            if not ready:
                return


def detour(prog, elsewhere):
    """Has the calls of a program made by elsewhere(proc, args), which gives
    their results; the others pass."""
    def serve(middle, client):
        with middle.connect() as up:
            while (call := take(client)) is not None:
                xid, called, _, proc = struct.unpack_from(">4I", call)
                if called == prog:
                    answer = struct.pack(">2I", xid, 0) + elsewhere(proc, call[16:])
                else:
                    up.sendall(record(call))
                    answer = take(up)
                client.sendall(record(answer))
    return serve


def swallow_call(_, client):
    """The call never arrives."""
    take(client)


def swallow_answer(middle, client):
    """The call arrives, its answer does not."""
    middle.ask(take(client))


def wait_for_the_end(middle, client):
    """As swallow_answer(), and the connection is left open and silent."""
    middle.ask(take(client))
    client.recv(1)
