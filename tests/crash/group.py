"""Group commit: what waits at the same time shares one sync."""
from contextlib import ExitStack

from tests.lib import kv
from tests.lib.crash.held import Held
from tests.lib.crash.store import new_store
from tests.lib.harness import equal, test
from tests.lib.mechanisms import connect

WRITERS = 50


def stat_change(peer, before):
    now = kv.stat(peer)
    return (now.mutations - before.mutations, now.commits - before.commits,
            now.syncs - before.syncs)


@test("fifty writers that wait while a commit is synced share the next sync")
def grouped():
    with new_store() as store, ExitStack() as stack:
        held = Held(store.place)
        store.start(held.env)
        first, *peers = [stack.enter_context(connect(store.daemon, "unix"))
                         for _ in range(WRITERS + 1)]
        before = kv.stat(first)
        held.arm()
        xid = kv.start_put(first, b"k0")
        held.wait()
        calls = [(peer, kv.start_put(peer, b"k%d" % (i + 1))) for i, peer in enumerate(peers)]
        # NULL overtakes the PUT, and its answer says that the PUT has been read.
        for peer, _ in calls:
            peer.start(kv.NULL, prog=kv.PROG, vers=kv.VERS)
            peer.recv_record()
        held.let_go()
        answers = [kv.finish_put(first, xid)] + [kv.finish_put(*call) for call in calls]
        equal([a.status for a in answers], [kv.OK] * (WRITERS + 1), "statuses")
        equal(sorted(a.revision for a in answers), list(range(1, WRITERS + 2)), "revisions")
        equal(stat_change(first, before), (WRITERS + 1, 2, 2), "changes, commits, syncs")


@test("one writer that waits for each answer takes a sync for each change")
def alone():
    with new_store() as store:
        store.start()
        with connect(store.daemon, "unix") as peer:
            before = kv.stat(peer)
            for i in range(WRITERS):
                equal(kv.put(peer, b"k", b"%d" % i).status, kv.OK, "PUT")
            equal(stat_change(peer, before), (WRITERS, WRITERS, WRITERS),
                  "changes, commits, syncs")


@test("no answer leaves before its sync has returned")
def answered_after_sync():
    with new_store() as store:
        held = Held(store.place)
        store.start(held.env)
        with connect(store.daemon, "unix") as peer:
            held.arm()
            xid = kv.start_put(peer, b"k1")
            held.wait()
            null = peer.start(kv.NULL, prog=kv.PROG, vers=kv.VERS)
            equal(peer.result(null, peer.recv_record()), b"", "NULL, which waits for nothing")
            equal(peer.has_input(), False, "an answer to PUT while its sync is held")
            held.let_go()
            equal(kv.finish_put(peer, xid).status, kv.OK, "PUT")


@test("reads go on while a commit is synced, and do not see it")
def reads_meanwhile():
    with new_store() as store:
        held = Held(store.place)
        store.start(held.env)
        with connect(store.daemon, "unix") as writer, connect(store.daemon, "tcp") as reader:
            kv.put(writer, b"k1", b"old")
            held.arm()
            xid = kv.start_put(writer, b"k1")
            held.wait()
            equal(kv.get(reader, b"k1").value, b"old", "GET during the sync")
            held.let_go()
            equal(kv.finish_put(writer, xid).status, kv.OK, "PUT")
            equal(kv.get(reader, b"k1").value, b"v", "GET after the answer")
