"""What each procedure of KV does, the same over every mechanism."""
import os

from tests.lib import kv
from tests.lib.daemon import Daemon
from tests.lib.envelope import GARBAGE_ARGS, PROC_UNAVAIL, SYSTEM_ERR
from tests.lib.harness import NO_FRAMING, equal, expect, per_mechanism, test, wait_until
from tests.lib.kv_store import check, writers_held
from tests.lib.mechanisms import connect, peer_of, session, shared_daemon
from tests.lib.xdr import uint


def own(name):
    """A prefix of this test's own in the shared store."""
    return name.encode() + os.urandom(6) + b"/"


@per_mechanism("NULL answers nothing, and an unknown procedure is PROC_UNAVAIL")
def null(name):
    with peer_of(name) as peer:
        equal(kv.call(peer, kv.NULL), b"", "result of NULL")
        peer.expect_status(PROC_UNAVAIL, kv.FIRST_UNKNOWN_PROC, prog=kv.PROG)


@per_mechanism("a key holds what was put, at a revision that grows, until it is deleted")
def put_get_delete(name):
    key = own(name)
    with peer_of(name) as peer:
        equal(kv.get(peer, key), None, "a key that was never put")
        first = kv.put(peer, key, b"one")
        equal((first.status, first.first), (kv.OK, first.revision), "PUT")
        equal(kv.get(peer, key), kv.Entry(first.revision, 0, b"one"), "GET")
        second = kv.put(peer, key, b"")
        expect(second.revision > first.revision, "the revision has not grown")
        equal(kv.get(peer, key), kv.Entry(second.revision, 0, b""), "GET of an empty value")
        third = kv.delete(peer, key)
        expect(third.status == kv.OK and third.revision > second.revision, f"DELETE: {third}")
        equal(kv.get(peer, key), None, "a deleted key")
        equal(kv.delete(peer, key).status, kv.NOT_FOUND, "DELETE of nothing")


@per_mechanism("CAS sets a key only at the revision given; 0 is a key that is not there")
def cas(name):
    key = own(name)
    with peer_of(name) as peer:
        made = kv.cas(peer, key, 0, b"one")
        equal(made.status, kv.OK, "CAS of a new key")
        again = kv.cas(peer, key, 0, b"two")
        equal((again.status, again.index, again.revision), (kv.CONFLICT, 0, made.revision),
              "CAS of a key that is there")
        equal(kv.get(peer, key).value, b"one", "value")
        equal(kv.cas(peer, key, made.revision, b"two").status, kv.OK, "CAS at its revision")
        equal(kv.cas(peer, key, made.revision, b"x").status, kv.CONFLICT, "CAS at an old one")
        equal(kv.get(peer, key).value, b"two", "value")
        gone = kv.cas(peer, own(name), 7, b"x")
        equal((gone.status, gone.revision), (kv.CONFLICT, 0), "CAS of what is not there")


@per_mechanism("TXN makes all its changes, or names the condition that does not hold")
def txn(name):
    base = own(name)
    a, b, c = (base + leaf for leaf in (b"a", b"b", b"c"))
    with peer_of(name) as peer:
        at = kv.put(peer, a, b"1").revision
        done = kv.txn(peer, [kv.if_revision(a, at), kv.if_revision(b, 0), kv.if_exists(a)],
                      [kv.change_put(b, b"2"), kv.change_delete(c), kv.change_put(c, b"3"),
                       kv.change_delete(a)])
        equal((done.status, done.revision - done.first), (kv.OK, 2), "TXN")
        equal([kv.get(peer, key) and kv.get(peer, key).value for key in (a, b, c)],
              [None, b"2", b"3"], "values")
        failed = kv.txn(peer, [kv.if_exists(b), kv.if_exists(a)],
                        [kv.change_put(a, b"x"), kv.change_delete(b)])
        equal((failed.status, failed.index, failed.revision), (kv.CONFLICT, 1, 0), "TXN")
        equal(sorted(kv.dump(peer, base)), [b, c], "keys")
        before = kv.stat(peer).revision
        idle = kv.txn(peer, [], [kv.change_delete(a)])
        equal((idle.status, kv.stat(peer).revision), (kv.OK, before), "TXN without changes")


@per_mechanism("RANGE gives keys in bytewise order, by prefix, start and end, in pages")
def range_in_order(name):
    base = own(name)
    leaves = [b"", b"\x00", b"\x00\x00", b"a", b"a\x00", b"a" * 494, b"a" * 495, b"a" * 700,
              b"ab", b"b", b"\xff", b"\xff\xff"]
    keys = sorted(base + leaf for leaf in leaves if base + leaf)
    with peer_of(name) as peer:
        kv.txn(peer, [], [kv.change_put(key, key[-3:]) for key in reversed(keys)])
        kv.put(peer, base[:-1] + b"0", b"beyond")
        got = kv.dump(peer, base)
        equal(list(got), keys, "keys of the prefix")
        equal([entry.value for entry in got.values()], [key[-3:] for key in keys], "values")
        for i, first in enumerate(keys):
            page = ranged(peer, start=first, end=keys[-1], limit=3)
            equal([key for key, _ in page.items], keys[i:-1][:3], "three keys from one on")
            equal((page.more, page.next), (len(keys) - 1 - i > 3, (keys[i:-1] + [b""] * 4)[3]),
                  "where it goes on")
        bare = ranged(peer, prefix=base, keys_only=True)
        equal({entry.value for _, entry in bare.items}, {b""}, "values of keys only")


def ranged(peer, **args):
    return kv.decode_range(kv.call(peer, kv.RANGE, kv.range_args(**args)))


@per_mechanism("RANGE answers less than was asked for where an answer is full, and goes on")
def range_full(name):
    base = own(name)
    keys = [base + b"%03d" % i for i in range(40)]
    with peer_of(name) as peer:
        for i in range(0, 40, 2):
            kv.txn(peer, [], [kv.change_put(key, bytes(28000)) for key in keys[i:i + 2]])
        page = ranged(peer, prefix=base)
        if name == "rpc/udp":
            expect(page.more and 0 < len(page.items) < 40, f"{len(page.items)} items")
        equal(list(kv.dump(peer, base)), keys, "keys over all pages")


@test("an item that fits into no datagram is named by RANGE; GET is SYSTEM_ERR there")
def too_large_for_datagram():
    key = own("large")
    with peer_of("rpc/udp") as peer, peer_of("tcp") as other:
        kv.put(other, key, bytes(70000))
        equal(ranged(peer, prefix=key), key, "the key that is too large")
        equal(len(ranged(other, prefix=key).items), 1, "items over tcp")
        peer.expect_status(SYSTEM_ERR, kv.GET, kv.get_args(key), prog=kv.PROG)


@per_mechanism("keys of every length and the largest value come back as they were put",
               unless=NO_FRAMING)
def sizes(name):
    with peer_of(name) as peer:
        for length in (1, 2, 501, 502, 503, 504, 1003, 1004, 1005, 1023, 1024):
            key = os.urandom(length)
            kv.put(peer, key, key)
            equal(kv.get(peer, key).value, key, f"key of {length} bytes")
            equal(kv.delete(peer, key).status, kv.OK, "DELETE")
        value = os.urandom(kv.VALUE_MAX)
        key = own(name)
        equal(kv.put(peer, key, value).status, kv.OK, "PUT of 1 MiB")
        expect(kv.get(peer, key).value == value, "the largest value is another")
        expect(dict(ranged(peer, prefix=key).items)[key].value == value, "RANGE differs")


@test("what one mechanism puts, every other one gets")
def shared_by_all():
    from tests.lib.harness import mechanism_names
    keys = {}
    for name in mechanism_names():
        with peer_of(name) as peer:
            keys[name] = own("shared")
            kv.put(peer, keys[name], name.encode())
    for name in mechanism_names():
        with peer_of(name) as peer:
            for other, key in keys.items():
                equal(kv.get(peer, key).value, other.encode(), f"put by {other}, got by {name}")


@test("fifty writers that wait together take one sync")
def group_commit():
    with Daemon(workers=1) as daemon:
        peers = [connect(daemon, "unix") for _ in range(50)]
        with connect(daemon, "tcp") as looker:
            before = kv.stat(looker)
            with writers_held(daemon):
                calls = [peer.start(kv.PUT, kv.put_args(b"k%d" % i, b"v"), prog=kv.PROG)
                         for i, peer in enumerate(peers)]
                for peer in peers:
                    peer.wait_read()
                kv.stat(looker)  # the one worker has served what it read before
            for peer, xid in zip(peers, calls):
                equal(kv.decode_written(peer.result(xid, peer.recv_record())).status, kv.OK, "PUT")
            after = kv.stat(looker)
            equal(after.mutations - before.mutations, 50, "mutations")
            equal(after.syncs - before.syncs, 1, "syncs")
            equal(after.commits - before.commits, 1, "commits")
        for peer in peers:
            peer.close()
        check(daemon.state)


@per_mechanism("GET and RANGE do not wait while writers are held up")
def readers_do_not_wait(name):
    key = own(name)
    with session(name) as (daemon, peer):
        kv.put(peer, key, b"old")
        with writers_held(daemon):
            xid = peer.start(kv.PUT, kv.put_args(key, b"new"), prog=kv.PROG)
            equal(kv.get(peer, key).value, b"old", "GET")
            equal(list(kv.dump(peer, key)), [key], "RANGE")
        equal(kv.decode_written(peer.result(xid, peer.recv_record())).status, kv.OK, "PUT")
        equal(kv.get(peer, key).value, b"new", "GET")


@per_mechanism("SIGTERM while writers are held up still answers them", unless={
    "pipe": "its server ends with its peer"})
def drain_answers(name):
    with session(name) as (daemon, peer):
        with writers_held(daemon):
            xid = peer.start(kv.PUT, kv.put_args(b"k", b"v"), prog=kv.PROG)
            kv.stat(peer)
            daemon.signal(15)
            wait_until(lambda: any("stopping" in line for line in daemon.lines), "it stops")
        equal(kv.decode_written(peer.result(xid, peer.recv_record())).status, kv.OK, "PUT")
        equal(daemon.wait(), 0, "exit status")


@test("a key with a time to live is gone when that is over, in a change that is seen")
def ttl():
    with session("unix") as (daemon, peer):
        kv.put(peer, b"brief", b"v", ttl_ms=50)
        kv.put(peer, b"long", b"v", ttl_ms=10_000_000)
        # At once, so that the first time cannot be over before the second PUT.
        kv.txn(peer, [], [kv.change_put(b"kept", b"v", ttl_ms=60), kv.change_put(b"kept", b"v")])
        equal(kv.put(peer, b"ever", b"v", ttl_ms=2**64 - 1).status, kv.OK, "the longest")
        left = kv.get(peer, b"long").ttl_ms
        expect(9_000_000 < left <= 10_000_000, f"{left} ms left")
        wait_until(lambda: kv.get(peer, b"brief") is None, "brief is over")
        changes = wait_until(lambda: expired(peer), "its change")
        equal([event.key for event in changes], [b"brief"], "keys that expired")
        equal(list(kv.dump(peer)), [b"ever", b"kept", b"long"], "keys")
        equal(kv.stat(peer).keys, 3, "keys in STAT")
    equal(changes[0].kind, kv.CHANGE_EXPIRE, "kind")


def expired(peer):
    changes = kv.decode_watch(kv.call(peer, kv.WATCH, kv.watch_args()))
    return [event for event in changes.events if event.kind == kv.CHANGE_EXPIRE]


@test("a key whose time is over is not there, though it could not be removed")
def ttl_invisible():
    with session("unix") as (daemon, peer):
        kv.put(peer, b"brief", b"v", ttl_ms=1)
        with writers_held(daemon):
            wait_until(lambda: kv.get(peer, b"brief") is None, "it is over")
            equal(list(kv.dump(peer)), [], "keys")
            deleted = peer.start(kv.DELETE, kv.delete_args(b"brief"), prog=kv.PROG)
            made = peer.start(kv.CAS, kv.cas_args(b"brief", 0, b"w"), prog=kv.PROG)
        answers = {peer_xid(peer, record): kv.decode_written(record[8:]).status
                   for record in (peer.recv_record(), peer.recv_record())}
        equal((answers[deleted], answers[made]), (kv.NOT_FOUND, kv.OK), "DELETE, CAS")


def peer_xid(_, record):
    return int.from_bytes(record[:4], "big")


@test("times to live go on over a restart, kill -9 included")
def ttl_restart():
    with Daemon() as daemon, connect(daemon, "unix") as peer:
        kv.put(peer, b"brief", b"v", ttl_ms=700)
        kv.put(peer, b"long", b"v", ttl_ms=10_000_000)
        daemon.kill()
        with Daemon(state=daemon.state) as again, connect(again, "unix") as other:
            left = kv.get(other, b"long").ttl_ms
            expect(9_000_000 < left < 10_000_000, f"{left} ms left")
            wait_until(lambda: kv.get(other, b"brief") is None, "brief is over")
            wait_until(lambda: kv.stat(other).keys == 1, "brief is removed")
        check(daemon.state)
        daemon.discard()
        daemon.stop = daemon.discard  # it was killed


@per_mechanism("arguments outside what kv.x says are GARBAGE_ARGS")
def garbage(name):
    client = bytes(16)
    bad = [(kv.GET, kv.get_args(b"")),
           (kv.PUT, kv.put_args(b"", b"v")),
           (kv.DELETE, kv.delete_args(b"")),
           (kv.CAS, kv.cas_args(b"", 0, b"v")),
           (kv.PUT, kv.put_args(b"k", b"v", kv.Opid(client, 1, 1))),
           (kv.DELETE, kv.delete_args(b"k", kv.Opid(client, 5, 2**64 - 1))),
           (kv.TXN, kv.txn_args([kv.if_exists(b"")], [])),
           (kv.TXN, kv.txn_args([], [kv.change_put(b"", b"v")])),
           (kv.TXN, kv.txn_args([], [kv.change_delete(b"")])),
           (kv.TXN, kv.txn_args([], [uint(kv.CHANGE_EXPIRE)])),
           (kv.TXN, kv.txn_args([], [uint(3)])),
           (kv.TXN, kv.txn_args([uint(2) + kv.if_exists(b"k")[4:]], [])),
           (kv.TXN, kv.txn_args([], [kv.change_delete(b"k")] * 129)),
           (kv.TXN, kv.txn_args([kv.if_exists(b"k")] * 129, [])),
           (kv.RANGE, kv.range_args(keys_only=2)),
           (kv.RANGE, kv.range_args(prefix=bytes(1025))),
           (kv.GET, kv.get_args(bytes(1025))),
           (kv.WATCH, kv.watch_args(bytes(1025))),
           (kv.STAT, b"\0\0\0\0")]
    with peer_of(name) as peer:
        before = kv.stat(peer).revision
        for proc, args in bad:
            peer.expect_status(GARBAGE_ARGS, proc, args, prog=kv.PROG)
        equal(kv.stat(peer).revision, before, "revision")


@per_mechanism("arguments of KV cut at every byte, or longer, are GARBAGE_ARGS")
def truncated(name):
    good = [(kv.GET, kv.get_args(b"key")),
            (kv.PUT, kv.put_args(b"key", b"value")),
            (kv.RANGE, kv.range_args(b"p", b"start", b"end", 3)),
            (kv.TXN, kv.txn_args([kv.if_exists(b"k")], [kv.change_put(b"k", b"v")])),
            (kv.WATCH, kv.watch_args(b"p", 0, 0))]
    with peer_of(name) as peer:
        for proc, args in good:
            for size in range(len(args)):
                peer.expect_status(GARBAGE_ARGS, proc, args[:size], prog=kv.PROG)
            peer.expect_status(GARBAGE_ARGS, proc, args + bytes(4), prog=kv.PROG)


@per_mechanism("a value over its bound is GARBAGE_ARGS", unless=NO_FRAMING)
def value_over(name):
    with peer_of(name) as peer:
        peer.expect_status(GARBAGE_ARGS, kv.PUT, kv.put_args(b"k", bytes(kv.VALUE_MAX + 1)),
                           prog=kv.PROG)
        kv.stat(peer)


@test("a TXN of more bytes than its bound is TOO_LARGE and changes nothing")
def txn_too_large():
    with session("unix", {"record": 8 << 20}) as (_, peer):
        changes = [kv.change_put(b"k%d" % i, bytes(kv.VALUE_MAX)) for i in range(4)]
        equal(kv.txn(peer, [], changes).status, kv.TOO_LARGE, "TXN of 4 MiB and its keys")
        equal((kv.stat(peer).revision, kv.stat(peer).keys), (0, 0), "revision, keys")
        changes[3] = kv.change_put(b"k3", bytes(kv.VALUE_MAX - 8))
        equal(kv.txn(peer, [], changes).status, kv.OK, "TXN of 4 MiB")


@test("a peer that may have no more calls waiting is not read from; a datagram is BUSY")
def busy():
    with Daemon(limits={"deferred": 2}, workers=1) as daemon, connect(daemon, "rpc/udp") as peer, \
            connect(daemon, "unix") as looker:
        with writers_held(daemon):
            xids = [peer.start(kv.PUT, kv.put_args(b"k%d" % i, b"v"), prog=kv.PROG)
                    for i in range(3)]
            record = peer.recv_record()
            equal(kv.decode_written(peer.result(xids[2], record)).status, kv.BUSY, "the third")
        got = {peer_xid(peer, peer.recv_record()) for _ in range(2)}
        equal(got, set(xids[:2]), "answered")
        equal(kv.stat(looker).keys, 2, "keys")


@test("the shared store is sound after all that")
def sound():
    with peer_of("unix") as peer:
        kv.stat(peer)
    check(shared_daemon().state)
