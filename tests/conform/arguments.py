"""Arguments that do not decode: GARBAGE_ARGS, and the peer goes on."""
from tests.lib import echo
from tests.lib.envelope import GARBAGE_ARGS, SUCCESS
from tests.lib.harness import NO_FRAMING, per_mechanism
from tests.lib.mechanisms import peer_of
from tests.lib.record import mark
from tests.lib.xdr import opaque, uint

RECORD_MAX = 4 * 1024 * 1024 + 4096
LENGTHS = sorted({n for bits in range(2, 32) for n in
                  ((1 << bits) - 1, 1 << bits, (1 << bits) + 1)}
                 | {0x7FFFFFFF, 0x80000000, 0xFFFFFFFC, 0xFFFFFFFF})


def garbage(peer, proc, args):
    peer.expect_status(GARBAGE_ARGS, proc, args)


@per_mechanism("arguments cut at every byte are GARBAGE_ARGS")
def truncated(name):
    with peer_of(name) as peer:
        for proc, args in ((echo.ECHO, echo.echo_args(b"abcdefg")),
                           (echo.SINK, echo.echo_args(b"abcdefg")),
                           (echo.SOURCE, echo.source_args(8, 1)), (echo.DELAY, uint(1))):
            for size in range(len(args)):
                garbage(peer, proc, args[:size])
            peer.null()


@per_mechanism("bytes after the arguments are GARBAGE_ARGS")
def trailing(name):
    with peer_of(name) as peer:
        for extra in (b"\0", bytes(4), bytes(400)):
            garbage(peer, echo.ECHO, echo.echo_args(b"abcd") + extra)
            garbage(peer, echo.SINK, echo.echo_args(b"") + extra)
            garbage(peer, echo.SOURCE, echo.source_args(8, 1) + extra)
            garbage(peer, echo.DELAY, uint(0) + extra)
            garbage(peer, echo.WHOAMI, extra)


@per_mechanism("an opaque whose length lies is GARBAGE_ARGS, at every power of two")
def lying_length(name):
    body = echo.payload(16)
    with peer_of(name) as peer:
        for claim in LENGTHS:
            if (claim + 3) // 4 * 4 == len(body):
                continue  # the truth
            garbage(peer, echo.ECHO, opaque(body, claim))
            garbage(peer, echo.SINK, opaque(body, claim))
        peer.null()


@per_mechanism("an opaque over its bound is GARBAGE_ARGS", unless=NO_FRAMING)
def over_bound(name):
    with peer_of(name) as peer:
        garbage(peer, echo.ECHO, echo.echo_args(bytes(echo.MAX + 1)))
        garbage(peer, echo.SINK, echo.echo_args(bytes(echo.MAX + 64)))
        peer.null()


@per_mechanism("an opaque over the limit of a record closes only that peer", unless=NO_FRAMING)
def over_record(name):
    with peer_of(name) as bystander, peer_of(name) as peer:
        peer.send(mark(RECORD_MAX + 4))
        peer.expect_closed()
        bystander.null()


@per_mechanism("DELAY over its maximum is GARBAGE_ARGS")
def delay_over(name):
    with peer_of(name) as peer:
        for delay in (echo.DELAY_MAX + 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF):
            garbage(peer, echo.DELAY, uint(delay))
        peer.null()


@per_mechanism("SOURCE of more than its maximum is GARBAGE_ARGS")
def source_over(name):
    with peer_of(name) as peer:
        for length in (echo.MAX + 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF):
            garbage(peer, echo.SOURCE, echo.source_args(length, 1))
        peer.null()


@per_mechanism("a hundred bad calls in one write do not disturb the good ones between",
               unless=NO_FRAMING)
def bad_among_good(name):
    with peer_of(name) as peer:
        wanted, out = set(), []
        for i in range(100):
            good, bad = 2 * i, 2 * i + 1
            args = echo.echo_args(echo.payload(i))
            out += [peer.envelope.call(good, echo.PROG, echo.VERS, echo.ECHO, args),
                    peer.envelope.call(bad, echo.PROG, echo.VERS, echo.ECHO, opaque(b"", 1000))]
            wanted |= {peer.envelope.reply(good, SUCCESS, args),
                       peer.envelope.reply(bad, GARBAGE_ARGS)}
        peer.send(b"".join(mark(len(call)) + call for call in out))
        got = {peer.recv_record() for _ in out}
        if got != wanted:
            raise AssertionError(f"{len(wanted - got)} replies missing, {len(got - wanted)} wrong")
