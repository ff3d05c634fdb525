"""Record marking (RFC 5531 section 11) on every stream, from raw bytes."""
from tests.lib import echo
from tests.lib.envelope import SUCCESS
from tests.lib.harness import NO_FRAMING, equal, per_mechanism
from tests.lib.mechanisms import peer_of, session
from tests.lib.record import fragments, mark, record

DATA = echo.payload(13)
ARGS = echo.echo_args(DATA)
EMPTY_MAX = 16
FRAGMENTS_MAX = 1024


def echo_call(peer, xid=1, data=DATA):
    """An ECHO call's payload and the payload that must answer it."""
    args = echo.echo_args(data)
    return (peer.envelope.call(xid, echo.PROG, echo.VERS, echo.ECHO, args),
            peer.envelope.reply(xid, SUCCESS, args))


@per_mechanism("a call split at every byte is answered", unless=NO_FRAMING)
def split_at_every_byte(name):
    with peer_of(name) as peer:
        for at in range(1, len(record(echo_call(peer)[0]))):
            call, reply = echo_call(peer, xid=at)
            whole = record(call)
            peer.send(whole[:at])
            peer.wait_read()
            peer.send(whole[at:])
            equal(peer.recv_record(), reply, f"reply, split at {at}")


@per_mechanism("a call whose every byte is written and read alone is answered",
               unless=NO_FRAMING)
def byte_by_byte(name):
    with peer_of(name) as peer:
        call, reply = echo_call(peer)
        for byte in record(call):
            peer.send(bytes([byte]))
            peer.wait_read()
        equal(peer.recv_record(), reply, "reply")


@per_mechanism("a record of 1-byte fragments is put together", unless=NO_FRAMING)
def one_byte_fragments(name):
    with peer_of(name) as peer:
        call, reply = echo_call(peer)
        peer.send(fragments(call, [1] * len(call)))
        equal(peer.recv_record(), reply, "reply")


@per_mechanism("a record of two fragments is put together at every cut", unless=NO_FRAMING)
def two_fragments(name):
    with peer_of(name) as peer:
        for at in range(len(echo_call(peer)[0]) + 1):
            call, reply = echo_call(peer, xid=at)
            peer.send(fragments(call, [at, len(call) - at]))
            equal(peer.recv_record(), reply, f"reply, cut at {at}")


@per_mechanism("a fragmented record of 1 MiB is put together", unless=NO_FRAMING)
def large_fragmented(name):
    with peer_of(name) as peer:
        call, reply = echo_call(peer, data=echo.payload(1 << 20))
        whole, rest = divmod(len(call), 5000)
        peer.send(fragments(call, [5000] * whole + [rest]))
        equal(peer.recv_record(), reply, "reply")


@per_mechanism("16 empty fragments before, between and after the others are accepted",
               unless=NO_FRAMING)
def empty_fragments(name):
    with peer_of(name) as peer:
        call, reply = echo_call(peer)
        size = len(call)
        for sizes in ([0] * EMPTY_MAX + [size], [8] + [0] * EMPTY_MAX + [size - 8],
                      [size] + [0] * EMPTY_MAX, [0] * 5 + [4] + [0] * 5 + [size - 4] + [0] * 6):
            peer.send(fragments(call, sizes))
            equal(peer.recv_record(), reply, f"reply to {sizes}")


@per_mechanism("a last fragment that is empty ends the record", unless=NO_FRAMING)
def empty_last(name):
    with peer_of(name) as peer:
        call, reply = echo_call(peer)
        peer.send(mark(len(call), last=False) + call)
        peer.wait_read()
        peer.send(mark(0))
        equal(peer.recv_record(), reply, "reply")


@per_mechanism("a 17th empty fragment closes only that peer", unless=NO_FRAMING)
def too_many_empty(name):
    with peer_of(name) as bystander, peer_of(name) as peer:
        peer.send(mark(0, last=False) * (EMPTY_MAX + 1))
        peer.expect_closed()
        bystander.null()


@per_mechanism("the count of empty fragments begins anew with each record", unless=NO_FRAMING)
def empty_count_is_per_record(name):
    with peer_of(name) as peer:
        call, reply = echo_call(peer)
        peer.send(fragments(call, [0] * EMPTY_MAX + [len(call)]) * 5)
        for _ in range(5):
            equal(peer.recv_record(), reply, "reply")


@per_mechanism("the limit on empty fragments is an option", unless=NO_FRAMING)
def empty_limit(name):
    with session(name, {"empty-fragments": 2}) as (_, peer):
        call, reply = echo_call(peer)
        peer.send(fragments(call, [0, 0, len(call)]))
        equal(peer.recv_record(), reply, "reply")
        peer.send(mark(0, last=False) * 3)
        peer.expect_closed()


@per_mechanism("1,024 fragments are accepted and one more closes the peer", unless=NO_FRAMING)
def fragment_limit(name):
    with peer_of(name) as peer:
        call, reply = echo_call(peer, data=echo.payload(2000))
        ones = FRAGMENTS_MAX - 1
        peer.send(fragments(call, [1] * ones + [len(call) - ones]))
        equal(peer.recv_record(), reply, "reply")
        peer.send(fragments(call, [1] * (ones + 1) + [len(call) - ones - 1])[:-1])
        peer.expect_closed()


@per_mechanism("the limit on fragments is an option", unless=NO_FRAMING)
def small_fragment_limit(name):
    with session(name, {"fragments": 3}) as (_, peer):
        call, reply = echo_call(peer)
        peer.send(fragments(call, [4, 4, len(call) - 8]))
        equal(peer.recv_record(), reply, "reply")
        peer.send(fragments(call, [4, 4, 4, len(call) - 12])[:-1])
        peer.expect_closed()


@per_mechanism("several records in one write are answered one by one", unless=NO_FRAMING)
def several_in_one_write(name):
    with peer_of(name) as peer:
        pairs = [echo_call(peer, xid, echo.payload(xid)) for xid in range(40)]
        peer.send(b"".join(record(call) for call, _ in pairs))
        equal({peer.recv_record() for _ in pairs}, {reply for _, reply in pairs}, "replies")


@per_mechanism("a record and a half, then its other half, are both answered",
               unless=NO_FRAMING)
def one_and_a_half(name):
    with peer_of(name) as peer:
        (one, first), (two, second) = echo_call(peer, 1), echo_call(peer, 2)
        peer.send(record(one) + record(two)[:20])
        equal(peer.recv_record(), first, "first reply")
        peer.send(record(two)[20:])
        equal(peer.recv_record(), second, "second reply")
