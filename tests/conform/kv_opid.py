"""KV: a call that is sent again happens once, whatever lies between."""
from tests.lib import kv
from tests.lib.daemon import Daemon
from tests.lib.harness import equal, expect, mechanism_names, per_mechanism, test
from tests.lib.kv_store import check, writers_held
from tests.lib.mechanisms import connect, peer_of, session


@per_mechanism("each call that changes something, sent twice, happens once")
def each_call_once(name):
    client = kv.Client()
    key = b"once/" + client.id
    with peer_of(name) as peer:
        opid = client.next()
        first = kv.put(peer, key, b"1", opid)
        kv.put(peer, key, b"2")
        equal(kv.put(peer, key, b"1", opid), first, "PUT again")
        equal(kv.get(peer, key).value, b"2", "value")
        opid = client.next()
        gone = kv.delete(peer, key, opid)
        kv.put(peer, key, b"3")
        equal(kv.delete(peer, key, opid), gone, "DELETE again")
        at = kv.get(peer, key).revision
        opid = client.next()
        conflict = kv.cas(peer, key, at + 1, b"x", opid)
        equal((conflict.status, conflict.revision), (kv.CONFLICT, at), "CAS")
        kv.delete(peer, key)
        equal(kv.cas(peer, key, at + 1, b"x", opid), conflict, "a CAS that failed, again")
        opid = client.next()
        nothing = kv.delete(peer, key, opid)
        equal(nothing.status, kv.NOT_FOUND, "DELETE of nothing")
        kv.put(peer, key, b"4")
        equal(kv.delete(peer, key, opid), nothing, "DELETE of nothing, again")
        opid = client.next()
        args = [kv.if_exists(key)], [kv.change_put(key, b"5"), kv.change_put(key + b"x", b"6")]
        done = kv.txn(peer, *args, opid)
        kv.delete(peer, key)
        equal(kv.txn(peer, *args, opid), done, "TXN again")
        equal(kv.get(peer, key), None, "what it had put")


@test("a call sent again over every mechanism gets the first answer")
def other_mechanism():
    client = kv.Client()
    opid = client.next()
    key = b"mechanisms/" + client.id
    answers = set()
    for name in mechanism_names():
        with peer_of(name) as peer:
            written = kv.put(peer, key, b"v", opid)
            answers.add((written.status, written.first, written.revision))
            equal(kv.get(peer, key).revision, written.revision, "revision")
    expect(len(answers) == 1, f"answers {answers}")


@test("a call sent again after a kill -9 gets the first answer")
def after_kill():
    client = kv.Client()
    opids = [client.next() for _ in range(3)]
    with Daemon() as daemon:
        with connect(daemon, "unix") as peer:
            first = kv.put(peer, b"k", b"v", opids[0])
            conflict = kv.cas(peer, b"k", 0, b"w", opids[1])
            gone = kv.delete(peer, b"k", opids[2])
        daemon.kill()
        with Daemon(state=daemon.state) as again, connect(again, "tcp") as peer:
            equal(kv.put(peer, b"k", b"v", opids[0]), first, "PUT")
            equal(kv.cas(peer, b"k", 0, b"w", opids[1]), conflict, "CAS")
            equal(kv.delete(peer, b"k", opids[2]), gone, "DELETE")
            equal(kv.get(peer, b"k"), None, "value")
            equal(kv.stat(peer).revision, 2, "revision")
        check(daemon.state)
        daemon.stop = daemon.discard  # it was killed


@test("two copies of a call in one batch happen once")
def twice_in_a_batch():
    client = kv.Client()
    args = kv.put_args(b"k", b"v", client.next())
    with Daemon(workers=1) as daemon, connect(daemon, "tcp") as one, \
            connect(daemon, "unix") as other:
        with writers_held(daemon):
            calls = [(peer, peer.start(kv.PUT, args, prog=kv.PROG)) for peer in (one, other)]
            for peer in (one, other):
                peer.wait_read()
        answers = [kv.decode_written(peer.result(xid, peer.recv_record()))
                   for peer, xid in calls]
        equal(answers[0], answers[1], "answers")
        equal(kv.stat(one).revision, 1, "revision")


@test("an opid used for another call is OPID_REUSED and changes nothing")
def reused():
    client = kv.Client()
    opid = client.next()
    with session("unix") as (_, peer):
        kv.put(peer, b"k", b"v", opid)
        for written in (kv.put(peer, b"k", b"w", opid), kv.put(peer, b"x", b"v", opid),
                        kv.put(peer, b"k", b"v", opid, ttl_ms=5), kv.delete(peer, b"k", opid),
                        kv.cas(peer, b"k", 1, b"v", opid)):
            equal(written.status, kv.OPID_REUSED, "status")
        equal(kv.stat(peer).revision, 1, "revision")
        # The same call may tell by now that more of its client is done.
        other = kv.Client()
        other.next()
        late = other.next()
        equal(kv.put(peer, b"y", b"v", late), kv.put(
            peer, b"y", b"v", kv.Opid(late.client, late.sequence, 1)), "with another done")


@test("a sequence that is done, or too far ahead, is STALE and does not run")
def stale():
    client = kv.Client()
    with session("unix") as (_, peer):
        opids = [client.next() for _ in range(5)]
        for opid in opids:
            equal(kv.put(peer, b"k", b"v", opid).status, kv.OK, "PUT")
        last = kv.Opid(client.id, 6, 4)
        kv.put(peer, b"k", b"v", last)
        before = kv.stat(peer).revision
        for opid in opids[:4]:
            written = kv.put(peer, b"k", b"v", opid)
            equal((written.status, written.floor), (kv.STALE, 4), "PUT of what is done")
        equal(kv.put(peer, b"k", b"v", opids[4]).status, kv.OK, "one that is not done")
        ahead = kv.Opid(client.id, 6 + kv.WINDOW + 1)
        equal(kv.put(peer, b"k", b"v", ahead).status, kv.STALE, "one too far ahead")
        equal(kv.put(peer, b"k", b"v", kv.Opid(bytes(15) + b"n", 1025)).status, kv.STALE,
              "a new client too far ahead")
        equal(kv.put(peer, b"k", b"v", kv.Opid(client.id, 2**64 - 1, 4)).status, kv.STALE,
              "the last sequence")
        equal(kv.stat(peer).revision, before, "revision")
        equal(kv.put(peer, b"k", b"v", kv.Opid(client.id, 6 + kv.WINDOW)).status, kv.OK,
              "one just within")


@test("of a client that says of nothing that it is done, the lowest answers go")
def window():
    client = kv.Client()
    with Daemon(limits={"deferred": 4096}) as daemon, connect(daemon, "unix") as peer:
        opids = [client.next() for _ in range(kv.WINDOW + 10)]
        xids = [peer.start(kv.PUT, kv.put_args(b"k", b"v", opid), prog=kv.PROG) for opid in opids]
        statuses = {kv.decode_written(peer.recv_record()[8:]).status for _ in xids}
        equal(statuses, {kv.OK}, "statuses")
        before = kv.stat(peer)
        equal(kv.put(peer, b"k", b"v", opids[9]).status, kv.STALE, "the tenth")
        equal(kv.put(peer, b"k", b"v", opids[10]).status, kv.OK, "the eleventh")
        equal(kv.stat(peer).revision, before.revision, "revision")
        expect("answers 1024\n" in check(daemon.state), "answers kept")


@test("when clients are too many the longest unused go, and their calls are STALE")
def forgotten():
    with session("unix", {"kv-clients": 4}) as (daemon, peer):
        clients = [kv.Client() for _ in range(5)]
        opids = []
        for _ in range(3):  # the first is used last of all
            for client in reversed(clients[:4]):
                opids.append(client.next())
                equal(kv.put(peer, b"k", b"v", opids[-1]).status, kv.OK, "PUT")
        equal(kv.stat(peer).clients, 4, "clients")
        new = kv.put(peer, b"k", b"v", clients[4].next())
        equal(new.status, kv.OK, "PUT of the fifth client")
        stat = kv.stat(peer)
        equal((stat.clients, stat.clients_max, stat.floor), (4, 4, 3), "clients, most, floor")
        late = kv.put(peer, b"k", b"v", kv.Opid(clients[3].id, 3))
        equal((late.status, late.floor), (kv.STALE, 3), "a forgotten client's call")
        equal(kv.put(peer, b"k", b"v", opids[-1]).status, kv.OK, "one that is known")
        sixth = kv.Client()
        told = kv.put(peer, b"k", b"v", sixth.next())
        equal((told.status, told.floor), (kv.STALE, 3), "a new client's first call")
        sixth.sequence = told.floor
        equal(kv.put(peer, b"k", b"v", sixth.next()).status, kv.OK, "from the floor on")
        check(daemon.state)
