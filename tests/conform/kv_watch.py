"""KV's WATCH: what it sees, how long it waits, how it ends."""
from tests.lib import kv
from tests.lib.daemon import Daemon
from tests.lib.harness import NO_CONNECTION, equal, expect, per_mechanism, test, wait_until
from tests.lib.mechanisms import connect, session
from tests.lib.xdr import uint

FOREVER = 600_000
NEVER = {"drain-ms": FOREVER}  # what the server waits for at its end must end


def watch(peer, **args):
    return kv.decode_watch(kv.call(peer, kv.WATCH, kv.watch_args(**args)))


def start(peer, **args):
    return peer.start(kv.WATCH, kv.watch_args(**args), prog=kv.PROG)


def answer(peer, xid):
    return kv.decode_watch(peer.result(xid, peer.recv_record()))


def waiting(looker, count):
    wait_until(lambda: kv.stat(looker).watches == count, f"{count} watches wait")


@per_mechanism("WATCH tells the changes of a prefix since a revision, and goes on from there")
def past(name):
    with session(name) as (_, peer):
        kv.put(peer, b"a/1", b"v")
        kv.put(peer, b"b/1", b"v")
        kv.txn(peer, [], [kv.change_put(b"a/2", b"v"), kv.change_delete(b"a/1")])
        changes = watch(peer, prefix=b"a/")
        equal((changes.status, changes.revision), (kv.OK, 4), "WATCH")
        equal(changes.events, [kv.Event(1, kv.CHANGE_PUT, b"a/1"),
                               kv.Event(3, kv.CHANGE_PUT, b"a/2"),
                               kv.Event(4, kv.CHANGE_DELETE, b"a/1")], "events")
        two = watch(peer, prefix=b"a/", limit=2)
        equal([event.revision for event in two.events], [1, 3], "the first two")
        rest = watch(peer, prefix=b"a/", since=two.revision)
        equal([event.revision for event in rest.events], [4], "the rest")
        none = watch(peer, prefix=b"c/", since=2)
        equal((none.status, none.revision, none.events), (kv.OK, 4, []), "no changes")


@per_mechanism("a WATCH that waits is answered by the change it waits for, and by no other")
def wakes(name):
    with session(name) as (daemon, peer), connect(daemon, name) as other:
        xid = start(peer, prefix=b"a/", timeout_ms=FOREVER)
        if name != "pipe":
            waiting(other, 1)
        kv.put(other, b"b/1", b"v")
        kv.put(other, b"a/1", b"v")
        changes = answer(peer, xid)
        equal((changes.revision, changes.events),
              (2, [kv.Event(2, kv.CHANGE_PUT, b"a/1")]), "changes")
        kv.stat(peer)


@test("changes of another process wake a WATCH, there and back")
def other_process():
    with Daemon() as daemon, connect(daemon, "unix") as peer, connect(daemon, "pipe") as child:
        xid = start(peer, timeout_ms=FOREVER)
        waiting(peer, 1)
        kv.put(child, b"k", b"v")
        equal(answer(peer, xid).events, [kv.Event(1, kv.CHANGE_PUT, b"k")], "in the daemon")
        xid = start(child, since=1, timeout_ms=FOREVER)
        kv.delete(peer, b"k")
        equal(answer(child, xid).events, [kv.Event(2, kv.CHANGE_DELETE, b"k")], "in the child")


@per_mechanism("a WATCH whose time is over tells so, and how far it has seen")
def times_out(name):
    with session(name) as (_, peer):
        kv.put(peer, b"b", b"v")
        changes = watch(peer, prefix=b"a", since=1, timeout_ms=20)
        equal((changes.status, changes.revision, changes.events), (kv.OK, 1, []), "WATCH")
        equal(kv.stat(peer).watches, 0, "watches")


@test("a later WATCH with a shorter time is answered before an earlier one")
def shorter():
    with session("unix") as (_, peer):
        long, short = start(peer, timeout_ms=FOREVER), start(peer, timeout_ms=30)
        equal(answer(peer, short).events, [], "the shorter one")
        late = peer.start(kv.PUT, kv.put_args(b"k", b"v"), prog=kv.PROG)
        records = {int.from_bytes(record[:4], "big"): record[8:]
                   for record in (peer.recv_record(), peer.recv_record())}
        equal(set(records), {long, late}, "answered")


@test("a revision whose changes are no longer kept, or yet to come, is COMPACTED")
def compacted():
    with session("unix", {"kv-changes": 10}) as (_, peer):
        for i in range(25):
            kv.put(peer, b"k%d" % i, b"v")
        for since in (0, 14, 26, 2**64 - 1):
            changes = watch(peer, since=since, timeout_ms=FOREVER)
            equal((changes.status, changes.compacted, changes.revision),
                  (kv.COMPACTED, 15, 25), f"since {since}")
        equal([event.revision for event in watch(peer, since=15).events],
              list(range(16, 26)), "what is kept")


@test("a change that was compacted while a WATCH waited is told or COMPACTED")
def compacted_while_waiting():
    with session("unix", {"kv-changes": 1}) as (daemon, peer), connect(daemon, "tcp") as other:
        xid = start(peer, prefix=b"a", timeout_ms=FOREVER)
        waiting(other, 1)
        kv.txn(other, [], [kv.change_put(b"a", b"v")] + [kv.change_put(b"b", b"v")] * 20)
        equal(answer(peer, xid).status, kv.COMPACTED, "status")


@per_mechanism("SIGTERM answers a WATCH at once", unless={
    "pipe": "its own test is below"})
def drained(name):
    with session(name, NEVER) as (daemon, peer), connect(daemon, "unix") as looker:
        xid = start(peer, timeout_ms=FOREVER)
        waiting(looker, 1)
        daemon.signal(15)
        changes = answer(peer, xid)
        equal((changes.status, changes.revision, changes.events), (kv.OK, 0, []), "WATCH")
        equal(daemon.wait(), 0, "exit status")


@test("a thousand watches of ten peers are woken by one change, and by SIGTERM")
def many():
    with Daemon({"deferred": 1024, **NEVER}) as daemon, connect(daemon, "tcp") as looker:
        peers = [connect(daemon, "unix") for _ in range(10)]
        xids = [[start(peer, timeout_ms=FOREVER) for _ in range(100)] for peer in peers]
        waiting(looker, 1000)
        kv.put(looker, b"k", b"v")
        for peer, expected in zip(peers, xids):
            got = {int.from_bytes(peer.recv_record()[:4], "big") for _ in expected}
            equal(got, set(expected), "answered")
        for peer in peers:
            for _ in range(100):
                start(peer, since=1, timeout_ms=FOREVER)
        waiting(looker, 1000)
        daemon.signal(15)
        for peer in peers:
            for _ in range(100):
                peer.recv_record()
            peer.close()
        equal(daemon.wait(), 0, "exit status")


@test("watches by datagrams leave room for the other calls that come so")
def datagrams():
    with Daemon(limits={"deferred": 4}, workers=1) as daemon, \
            connect(daemon, "unix") as looker, connect(daemon, "rpc/udp") as peer, \
            connect(daemon, "rpc/udp") as other:
        xids = [start(peer, timeout_ms=FOREVER) for _ in range(6)]
        for xid in xids[2:]:
            equal(answer(peer, xid).status, kv.BUSY, "WATCH")
        waiting(looker, 2)
        equal(kv.put(other, b"k", b"v").status, kv.OK, "PUT by a datagram")
        for xid in xids[:2]:
            equal(len(answer(peer, xid).events), 1, "events")


@test("a peer that goes, or sends no more, takes its watches with it")
def dropped():
    with session("unix") as (daemon, looker):
        for name in ("rpc/tcp", "rpc/local", "tcp", "unix", "fifo"):
            with connect(daemon, name) as peer:
                for _ in range(5):
                    start(peer, timeout_ms=FOREVER)
                waiting(looker, 5)
                if name == "tcp":
                    peer.half_close()
                    for _ in range(5):
                        peer.recv_record()
                    peer.expect_closed()
            waiting(looker, 0)
        equal(kv.put(looker, b"k", b"v").status, kv.OK, "PUT")


@test("one WATCH more than may wait is BUSY, and those that wait go on")
def busy():
    with session("unix", {"kv-watches": 6}) as (daemon, peer), connect(daemon, "tcp") as other:
        xids = [start(peer, timeout_ms=FOREVER) for _ in range(3)]
        waiting(other, 3)
        equal(watch(peer, timeout_ms=FOREVER).status, kv.BUSY, "the fourth")
        equal(watch(peer).status, kv.OK, "one that does not wait")
        kv.put(other, b"k", b"v")
        for xid in xids:
            equal(len(answer(peer, xid).events), 1, "events")


@test("nobody waits with more WATCHes than he leaves to others, by however many connections")
def shares():
    with session("unix", {"kv-watches": 6}) as (daemon, peer), \
            connect(daemon, "unix") as same, connect(daemon, "tcp") as other:
        for one in (peer, same, peer):
            start(one, timeout_ms=FOREVER)
        waiting(other, 3)
        equal(watch(same, timeout_ms=FOREVER).status, kv.BUSY, "the fourth of one user")
        for count in (4, 5):
            start(other, timeout_ms=FOREVER)
            waiting(peer, count)
        equal(watch(other, timeout_ms=FOREVER).status, kv.BUSY, "the third of another")


@per_mechanism("a WATCH that waits holds up no other call of its peer", unless=NO_CONNECTION)
def overtaken(name):
    with session(name) as (_, peer):
        xid = start(peer, prefix=b"a", timeout_ms=FOREVER)
        for _ in range(20):
            peer.null()
        peer.call(1, uint(0))  # ECHO of nothing
        put = peer.start(kv.PUT, kv.put_args(b"a", b"v"), prog=kv.PROG)
        got = {int.from_bytes(peer.recv_record()[:4], "big") for _ in range(2)}
        equal(got, {xid, put}, "answered")


@test("a TXN of many long keys is watched in answers that fit in a datagram")
def pages():
    with session("rpc/udp") as (daemon, peer), connect(daemon, "tcp") as other:
        for i in range(2):
            kv.txn(other, [], [kv.change_put(b"%d%03d" % (i, k) + bytes(1000), b"")
                               for k in range(100)])
        seen, answers, since = [], 0, 0
        while since < 200:
            changes = watch(peer, since=since)
            expect(changes.revision > since, "it does not go on")
            seen += [event.revision for event in changes.events]
            since, answers = changes.revision, answers + 1
        equal(seen, list(range(1, 201)), "revisions")
        expect(answers > 3, f"{answers} answers")
