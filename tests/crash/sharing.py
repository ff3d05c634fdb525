"""Several servers on one store: who may, who waits, and who dies meanwhile."""
import os
import subprocess

from tests.lib import kv
from tests.lib.crash.held import Held
from tests.lib.crash.store import new_store
from tests.lib.daemon import listen_uris
from tests.lib.harness import PATIENCE, equal, expect, program, test, wait_until
from tests.lib.mechanisms import connect

VALUE = bytes(65536)
ROUNDS = 300
SIZE_MAX = 6 << 20  # ROUNDS values that nobody can give back are 19 MiB


def files(directory):
    """{path: (inode, size, time of change)} of all that is in it."""
    found = {}
    for place, _, names in os.walk(directory):
        for name in names:
            status = os.stat(os.path.join(place, name))
            found[os.path.join(place, name)] = status.st_ino, status.st_size, status.st_mtime_ns
    return found


@test("a second daemon on one state directory refuses and touches nothing")
def two_daemons():
    with new_store() as store:
        store.start()
        with connect(store.daemon, "unix") as peer:
            kv.put(peer, b"k", b"v")
            before = files(store.state)
            run = os.path.join(store.place, "other")
            command = [program("rpcalld"), "--run", run, "--state", store.state, "--no-rpcbind"]
            for uri in listen_uris(run):
                command += ["--listen", uri]
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True,
                                  text=True, timeout=PATIENCE, check=False)
            expect(done.returncode > 0 and "rpcalld: ready" not in done.stderr, done.stderr)
            expect("another rpcalld" in done.stderr, done.stderr)
            equal(files(store.state), before, "files of the store")
            equal(kv.get(peer, b"k").value, b"v", "GET")


@test("what a child on the same store has changed, the daemon reads, and the other way round")
def child_and_daemon():
    with new_store() as store:
        store.start()
        child = store.start_child()
        with connect(store.daemon, "unix") as peer:
            for number, (writer, reader) in enumerate([(peer, child), (child, peer)] * 20):
                value = b"%d" % number
                equal(kv.put(writer, b"k", value).revision, number + 1, "revision")
                equal(kv.get(reader, b"k").value, value, "GET")


def waits_for_store(store):
    """Is somebody queueing up at a lock of a file of the store? (/proc/locks)"""
    inodes = {str(inode) for inode, *_ in files(store.state).values()}
    with open("/proc/locks", encoding="ascii") as f:
        return any(line.split()[1] == "->" and line.split()[6].split(":")[-1] in inodes
                   for line in f)


def killed_in_commit(store, held, kill, holder, waiter):
    """holder is killed in mid-commit, while waiter waits for its turn."""
    kv.stat(holder)  # it has started
    held.arm()
    kv.start_put(holder, b"never")
    held.wait()
    xid = kv.start_put(waiter, b"k")
    wait_until(lambda: waits_for_store(store), "a writer that waits for the other process")
    equal(waiter.has_input(), False, "an answer meanwhile")
    kill()
    equal(kv.finish_put(waiter, xid).revision, 1, "revision of the first change")
    equal(kv.get(waiter, b"never"), None, "what was not committed")
    store.check()


@test("a child that waits for the daemon's commit goes on when the daemon is killed in it")
def daemon_killed_in_commit():
    with new_store() as store:
        held = Held(store.place)
        store.start(held.env)
        child = store.start_child()
        with connect(store.daemon, "unix") as peer:
            killed_in_commit(store, held, store.bury, peer, child)


@test("the daemon that waits for its child's commit goes on when the child is killed in it")
def child_killed_in_commit():
    with new_store() as store:
        held = Held(store.place)
        store.start()
        child = store.start_child(held.env)
        with connect(store.daemon, "unix") as peer:
            killed_in_commit(store, held, store.kill_child, child, peer)
        child.close()


@test("killed while it waits for a commit of the other, a process takes nobody's turn away")
def killed_while_waiting():
    with new_store() as store:
        held = Held(store.place)
        store.start(held.env)
        child = store.start_child()
        with connect(store.daemon, "unix") as peer:
            held.arm()
            xid = kv.start_put(peer, b"k")
            held.wait()
            kv.start_put(child, b"never")
            wait_until(lambda: waits_for_store(store), "a child that waits")
            store.kill_child()
            child.close()
            held.let_go()
            equal(kv.finish_put(peer, xid).revision, 1, "revision")
            equal(kv.put(peer, b"k", b"w").revision, 2, "revision of the next")
        store.check()


def rewrite(store, peer):
    """Changes one large value often; returns how large the file is then."""
    for _ in range(ROUNDS):
        equal(kv.put(peer, b"large", VALUE).status, kv.OK, "PUT")
    return os.stat(os.path.join(store.state, "kv", "data.mdb")).st_size


@test("a reader killed in mid-read does not make the store grow for ever")
def reader_killed():
    with new_store(args=("--limit", "kv-changes=1000")) as store:
        held = Held(store.place, "mdb_get:1")
        store.start()
        child = store.start_child(held.env)
        with connect(store.daemon, "unix") as peer:
            kv.put(peer, b"large", VALUE)
            held.arm()
            child.start(kv.GET, kv.get_args(b"large"), prog=kv.PROG, vers=kv.VERS)
            held.wait()
            store.kill_child()
            child.close()
            size = rewrite(store, peer)
            expect(size < SIZE_MAX, f"the file has {size} bytes for one value")
        store.check()
