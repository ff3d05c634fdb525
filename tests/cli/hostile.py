"""What no server may send, from one that keeps the connection open: each is one clear error, not a
wait for more."""
import contextlib

from tests.lib.answerer import Answerer
from tests.lib.command import fails
from tests.lib.harness import expect, test

TIMEOUT, PROTOCOL = 75, 76
LAST = 1 << 31
SCHEMES = ("unix", "rpc+local")


def word(n):
    return n.to_bytes(4, "big")


def call(server, scheme, *args):
    return ("rpcall", "call", f"{scheme}:{server.path}", "rpcbind/4.DUMP", "--no-reflection", *args)


NO_RECORDS = [
    ("a fragment of 2 GiB", word(LAST | 0x7FFFFFFF) + b"\xff" * 64),
    ("fragments of nothing", word(0) * 17),
    ("fragments of a byte", (word(1) + b"x") * 2049),
    ("fragments that add up", (word(1 << 20) + bytes(1 << 20)) * 5),
]


@test("a record that is too large or in too many pieces is an error before it ends")
def records():
    for scheme in SCHEMES:
        for what, noise in NO_RECORDS:
            with Answerer(lambda _, noise=noise: noise, hold=True) as server:
                err = fails(PROTOCOL, *call(server, scheme))
                expect("broke the protocol" in err, f"{what}: {err}")


class Endless(Answerer):
    """Answers the first call of a peer again and again, until the peer has left."""

    def serve(self, peer):
        with peer, contextlib.suppress(OSError):
            noise = self.answer(peer.recv(65536)[4:])
            while True:
                peer.sendall(noise)


def other_xid(message):
    """A reply to no call that was made, many times."""
    body = bytes(b ^ 0xFF for b in message[:4]) + word(1) + word(0) * 4
    return (word(len(body) | LAST) + body) * 1000


@test("answers to other calls without end do not keep rpcall longer than its timeout")
def other_answers():
    for scheme in SCHEMES:
        with Endless(other_xid) as server:
            err = fails(TIMEOUT, *call(server, scheme, "-t", "500ms"))
            expect("no reply within 500 ms" in err, err)
            fails(TIMEOUT, "rpcall", "stats", f"{scheme}:{server.path}", "-t", "500ms")
