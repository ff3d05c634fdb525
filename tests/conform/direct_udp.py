"""Direct reading of a datagram socket: whoever sends to it is served by the
thread that waits for datagrams alone, and nobody notices."""
from tests.lib import echo, proc
from tests.lib.direct import (FOR_EVER, call_until_direct, expect_ended, reads_directly, start,
                              terminate)
from tests.lib.envelope import SUCCESS, Rpc
from tests.lib.harness import equal, expect, test, wait_until
from tests.lib.mechanisms import Bystanders, connect
from tests.lib.xdr import uint


def echoed(peer, data):
    args = echo.echo_args(data)
    equal(peer.call(echo.ECHO, args), args, "ECHO")


def expect_replies(peer, xids):
    """Success of each, once, in any order."""
    waiting = {peer.envelope.reply(xid, SUCCESS) for xid in xids}
    while waiting:
        reply = peer.recv_record()
        expect(reply in waiting, "a reply to no call, or one twice")
        waiting.remove(reply)


@test("many clients share a datagram socket that is read directly")
def shared():
    with start() as daemon, connect(daemon, "rpc/udp") as one, connect(daemon, "rpc/udp") as two:
        call_until_direct(daemon, one)
        for i in range(50):
            echoed(two, bytes(i))
            echoed(one, bytes(2 * i))
            first, second = two.start(echo.NULL), one.start(echo.NULL)
            expect_replies(one, [second])
            expect_replies(two, [first])
        expect(reads_directly(daemon), "two clients of the socket ended the mode")
        with connect(daemon, "rpc/udp") as newcomer:
            echoed(newcomer, bytes(60000))


@test("while a thread waits for datagrams, every other mechanism is served at once")
def others():
    with start() as daemon, Bystanders(daemon) as peers, connect(daemon, "rpc/udp") as peer:
        call_until_direct(daemon, peer)
        peers.check(rounds=40)
        wait_until(lambda: not reads_directly(daemon), "the mode ends")
        call_until_direct(daemon, peer)
        echoed(peer, bytes(3000))


@test("deferred datagrams are answered, each once, while others are read directly")
def deferred():
    with start() as daemon, connect(daemon, "rpc/udp") as peer:
        call_until_direct(daemon, peer)
        expect_replies(peer, [peer.start(echo.DELAY, uint(us)) for us in (30000, 20000, 1, 0)] +
                       [peer.start(echo.NULL)])
        for _ in range(50):
            equal(peer.call(echo.DELAY, uint(100)), b"", "DELAY")
            peer.null()


@test("a train of datagrams that is read directly is served one by one")
def train():
    with start() as daemon, connect(daemon, "rpc/udp") as peer:
        call_until_direct(daemon, peer)
        for first in (1, 100, 1000):
            xids = range(first, first + 40)
            peer.send_train([Rpc.call(xid, echo.PROG, echo.VERS, echo.NULL) for xid in xids])
            expect_replies(peer, xids)
        expect(reads_directly(daemon), "trains ended the mode")


@test("SIGTERM finds a thread that waits for a datagram, which ends at once")
def drain_idle():
    for _ in range(3):
        with start(drain_ms=FOR_EVER) as daemon, connect(daemon, "rpc/udp") as peer:
            call_until_direct(daemon, peer)
            terminate(daemon, peer)
            expect_ended(daemon, peer)


@test("a deferred datagram that was read directly is answered after SIGTERM")
def drain_deferred():
    with start(drain_ms=FOR_EVER) as daemon, connect(daemon, "rpc/udp") as peer:
        call_until_direct(daemon, peer)
        late = peer.start_delay(300)
        terminate(daemon, peer)
        expect_replies(peer, [late])
        expect_ended(daemon, peer)


@test("silence on a datagram socket ends the mode, which begins again with the next calls")
def cycles():
    with start(direct_ms=100) as daemon, connect(daemon, "rpc/udp") as peer:
        before = proc.threads(daemon.pid)
        for i in range(5):
            call_until_direct(daemon, peer)
            wait_until(lambda: not reads_directly(daemon), "silence ends the mode")
            echoed(peer, bytes(100 * i))
        equal(proc.threads(daemon.pid), before + 1, "threads")
