"""KV with durability async: changes are run where they come in, many at once."""
from tests.lib import kv
from tests.lib.daemon import Daemon
from tests.lib.harness import equal, expect, per_mechanism, test
from tests.lib.kv_store import check, writers_held
from tests.lib.mechanisms import connect, session
from tests.lib.record import record

ASYNC = ("--durability", "async")
CALLS = 10
DATAGRAM = {"rpc/udp": "a datagram is one call"}


def start_all(peer, proc, arguments):
    """Sends calls together, as one piece; returns their xids."""
    xids = [peer.xid() for _ in arguments]
    peer.send(b"".join(record(peer.envelope.call(xid, kv.PROG, kv.VERS, proc, args))
                       for xid, args in zip(xids, arguments)))
    return xids


def written(peer, xids):
    """The answers, which come in the order of the calls."""
    return [kv.finish_put(peer, xid) for xid in xids]


@per_mechanism("changes that come together are made in their order, each once", unless=DATAGRAM)
def together(name):
    client, key = kv.Client(), b"turn"
    with session(name, args=ASYNC) as (daemon, peer):
        args = [kv.put_args(key, b"%d" % i, client.next()) for i in range(CALLS)]
        done = written(peer, start_all(peer, kv.PUT, args + args[3:5]))
        equal([d.revision for d in done[:CALLS]], list(range(1, CALLS + 1)), "revisions")
        equal(done[CALLS:], done[3:5], "answers to what was sent twice")
        equal(kv.get(peer, key).value, b"%d" % (CALLS - 1), "value")
        check(daemon.state)


@test("changes that come together are one transaction")
def one_transaction():
    with session("unix", args=ASYNC) as (_, peer):
        written(peer, start_all(peer, kv.PUT, [kv.put_args(b"k%d" % i, b"v") for i in range(CALLS)]))
        stat = kv.stat(peer)
        equal((stat.mutations, stat.commits), (CALLS, 1), "changes, transactions")


@test("what is read behind a change of the same piece is what that made of it")
def read_behind():
    with session("unix", args=ASYNC) as (_, peer):
        put, get = peer.xid(), peer.xid()
        peer.send(record(peer.envelope.call(put, kv.PROG, kv.VERS, kv.PUT, kv.put_args(b"k", b"v"))) +
                  record(peer.envelope.call(get, kv.PROG, kv.VERS, kv.GET, kv.get_args(b"k"))))
        equal(kv.finish_put(peer, put).revision, 1, "revision")
        equal(kv.decode_get(peer.result(get, peer.recv_record())).value, b"v", "value")


@test("what cannot be run at once waits, and what comes behind it, too; others are served")
def behind():
    with Daemon(workers=1, args=ASYNC) as daemon, connect(daemon, "unix") as peer, \
            connect(daemon, "unix") as other:
        with writers_held(daemon):
            early = start_all(peer, kv.PUT, [kv.put_args(b"k", b"1"), kv.put_args(b"k", b"2")])
            peer.wait_read()
            equal(kv.get(other, b"k"), None, "GET meanwhile")
        late = start_all(peer, kv.PUT, [kv.put_args(b"k", b"3"), kv.put_args(b"k", b"4")])
        done = written(peer, early + late)
        equal([d.revision for d in done], [1, 2, 3, 4], "revisions")
        equal(kv.get(peer, b"k").value, b"4", "value")


@test("a key that is to expire, set among others, expires; all are told in their order")
def expiry_among_others():
    with session("unix", args=ASYNC) as (_, peer):
        args = [kv.put_args(b"a", b"1"), kv.put_args(b"b", b"2", ttl_ms=1), kv.put_args(b"c", b"3")]
        equal([d.revision for d in written(peer, start_all(peer, kv.PUT, args))], [1, 2, 3],
              "revisions")
        events = []
        while len(events) < 4:
            page = kv.decode_watch(kv.call(peer, kv.WATCH, kv.watch_args(
                since=len(events), timeout_ms=20000)))
            expect(page.events, "no event of a key that expires")
            events += page.events
        equal([(e.kind, e.key) for e in events],
              [(kv.CHANGE_PUT, key) for key in (b"a", b"b", b"c")] + [(kv.CHANGE_EXPIRE, b"b")],
              "events")
