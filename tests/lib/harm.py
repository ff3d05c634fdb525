"""A proxy between client and server that does harm at a chosen place."""
import contextlib
import os
import socket
import threading

from .harness import PATIENCE


class Middle:
    """A proxy on a Unix socket that ends, stops or harms a connection after so
    many bytes from the server or the client."""

    def __init__(self, uri, directory, act, side, after):
        self.server = uri.partition(":")[2]
        self.path = os.path.join(directory, "middle.sock")
        self.act, self.side, self.after = act, side, after
        self.passed = {"client": 0, "server": 0}
        self.reached = threading.Event()
        self.over = threading.Event()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(1)
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def uri(self):
        return f"unix:{self.path}"

    def work(self):
        client, _ = self.listener.accept()
        server = socket.socket(socket.AF_UNIX)
        server.connect(self.server)
        pumps = [threading.Thread(target=self.pump, args=ends, daemon=True) for ends in
                 (("client", client, server), ("server", server, client))]
        for pump in pumps:
            pump.start()

    def pump(self, side, source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(64 << 10):
                if side == self.side and self.passed[side] + len(data) > self.after:
                    data = self.at_the_place(data, source, sink)
                self.passed[side] += len(data)
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def at_the_place(self, data, source, sink):
        if self.reached.is_set():
            return data
        self.reached.set()
        if self.act == "flip":
            at = self.after - self.passed[self.side]
            return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
        if self.act == "hold":
            self.over.wait(PATIENCE)
        for end in (source, sink):
            end.shutdown(socket.SHUT_RDWR)
        raise OSError("ended")

    def close(self):
        """Ends what it holds, too: the server would wait for its reader."""
        self.over.set()
        self.listener.close()


@contextlib.contextmanager
def middle(here, daemon, act, side, after):
    proxy = Middle(daemon.uri("unix:"), here.place, act, side, after)
    try:
        yield proxy
    finally:
        proxy.close()
