"""A server that answers REFLECT with whatever a test likes."""
import contextlib
import socket
import threading

from . import reflect
from .envelope import Lean
from .harness import PATIENCE
from .record import Reassembler, record
from .xdr import string, uint


def hyper(*values):
    return b"".join(uint(v >> 32, v) for v in values)


def row(mechanism=b"tcp", first=0, counts=1, prog=1):
    return (uint(1, prog, 1, 0) + string(mechanism.decode("latin-1")) + hyper(1, 1, 1)
            + hyper(*range(9)) + hyper(5) + uint(first, counts) + hyper(1) * counts)


def stats(rows=(), figures=(), following=0):
    return (uint(len(figures)) + b"".join(string(n) + hyper(v) for n, v in figures)
            + uint(len(rows)) + b"".join(rows) + hyper(1) + uint(following))


INFO = string("rpcall\x1b[31m") + string("1\n") + string("h\x07") + hyper(1, 1) + uint(1, 1, 1, 1,
                                                                                      0, 0)
LIST = (uint(1) + string("echo\x1b[0m") + uint(1, 1, 0) + string("ECHO\x1b[0m_A\nB\"\\")
        + uint(0, 0))


@contextlib.contextmanager
def liar(**answers):
    """A lean server that answers procedure p with what answers[p] makes of
    its argument; yields its URI."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        listener.settimeout(PATIENCE)
        thread = threading.Thread(target=_lie, args=(listener, answers), daemon=True)
        thread.start()
        try:
            yield f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            thread.join(PATIENCE)


def _lie(listener, answers):
    names = {reflect.INFO: "info", reflect.LIST: "list", reflect.STATS: "stats"}
    peer, _ = listener.accept()
    with peer:
        peer.settimeout(PATIENCE)
        reader = Reassembler()
        while data := peer.recv(4096):
            reader.feed(data)
            while (call := reader.take()) is not None:
                xid, _, _, proc, arg = (int.from_bytes(call[i:i + 4], "big")
                                        for i in range(0, 20, 4))
                answer = answers.get(names[proc], {"info": INFO, "list": LIST}.get(names[proc]))
                body = answer(arg) if callable(answer) else answer
                with contextlib.suppress(OSError):
                    peer.sendall(record(Lean.reply(xid, 0, body)))
