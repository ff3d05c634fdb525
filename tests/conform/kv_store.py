"""KV's store: full, shared by processes, damaged, not to be had."""
import os
import shutil
import signal
import tempfile

from tests.lib import kv
from tests.lib.command import fails, run
from tests.lib.daemon import Daemon
from tests.lib.harness import equal, expect, sanitized, skip, test, wait_until
from tests.lib.kv_store import check, is_writing
from tests.lib.envelope import Lean
from tests.lib.mechanisms import connect, leave
from tests.lib.pipes import PipePeer
from tests.lib.xdr import uint

SMALL = ("--kv-map", "4M")


def fill(peer, size, client=None):
    """Puts keys until there is no room; returns how many went in."""
    for i in range(10000):
        opid = client.next() if client else kv.UNNAMED
        written = kv.put(peer, b"fill/%d/%06d" % (size, i), bytes(size), opid)
        if written.status == kv.NOSPACE:
            return i
        equal(written.status, kv.OK, "PUT")
    raise AssertionError("the store is never full")


@test("a full map is NOSPACE; reads and deletes go on, and room can be made again")
def full_map():
    with Daemon(args=SMALL) as daemon, connect(daemon, "unix") as peer:
        for size in (30000, 300):  # large values, then what fits between
            fill(peer, size, kv.Client())
        count = kv.stat(peer).keys
        expect(count > 50, f"only {count} keys")
        equal(kv.put(peer, b"more", bytes(30000)).status, kv.NOSPACE, "PUT")
        equal(kv.cas(peer, b"more", 0, bytes(30000)).status, kv.NOSPACE, "CAS")
        equal(kv.txn(peer, [], [kv.change_put(b"more", bytes(30000))]).status, kv.NOSPACE, "TXN")
        equal(len(kv.dump(peer)), count, "keys read")
        for key in list(kv.dump(peer, b"fill/")):
            equal(kv.delete(peer, key).status, kv.OK, "DELETE")
        equal(kv.stat(peer).keys, 0, "keys left")
        expect(fill(peer, 30000) > 20, "the room did not come back")
        check(daemon.state)


@test("what changes nothing is not refused when the store is full, and does not fill it")
def full_but_unchanged():
    with Daemon(args=SMALL) as daemon, connect(daemon, "unix") as peer:
        fill(peer, 30000)
        fill(peer, 200)
        client = kv.Client()
        for i in range(80):
            newcomer = kv.Client() if i % 2 else client
            equal(kv.cas(peer, b"fill/200/000000", 1 << 60, b"v", newcomer.next()).status,
                  kv.CONFLICT, "CAS")
            equal(kv.delete(peer, b"nothing", newcomer.next()).status, kv.NOT_FOUND, "DELETE")
        equal(kv.delete(peer, b"fill/200/000000", client.next()).status, kv.OK, "DELETE")
        check(daemon.state)


@test("a full store that knows as many clients as it may lets newcomers delete")
def full_of_clients():
    count, batch = 4096, 512
    with Daemon(args=("--kv-map", "8M", "--durability", "async")) as daemon, \
            connect(daemon, "unix") as peer:
        clients = [kv.Client() for _ in range(count)]
        for first in range(0, 6 * count, batch):
            for client in (clients[i % count] for i in range(first, first + batch)):
                peer.start(kv.PUT, kv.put_args(b"same", b"v", client.next()), prog=kv.PROG)
            for _ in range(batch):
                peer.recv_record()
        equal(kv.stat(peer).clients, count, "clients")
        for size in (30000, 3000, 200):
            fill(peer, size)
        for i in range(10):
            newcomer = kv.Client()
            newcomer.sequence = kv.stat(peer).floor
            key = b"fill/30000/%06d" % i
            equal(kv.delete(peer, key, newcomer.next()).status, kv.OK, "DELETE")
        check(daemon.state)


@test("a call refused for want of room is run when it is sent again and there is some")
def nospace_is_not_remembered():
    with Daemon(args=SMALL) as daemon, connect(daemon, "unix") as peer:
        fill(peer, 30000)
        opid = kv.Client().next()
        equal(kv.put(peer, b"late", bytes(30000), opid).status, kv.NOSPACE, "PUT")
        for i in range(6):
            kv.delete(peer, b"fill/30000/%06d" % i)
        done = kv.put(peer, b"late", bytes(30000), opid)
        equal(done.status, kv.OK, "PUT again")
        equal(kv.put(peer, b"late", bytes(30000), opid), done, "PUT once more")


@test("many small writes that wait together in a full store are each answered rightly")
def full_batch():
    with Daemon(args=SMALL, workers=1, limits={"deferred": 2048}) as daemon, \
            connect(daemon, "unix") as peer:
        xids = [peer.start(kv.PUT, kv.put_args(b"k%04d" % i, bytes(20000)), prog=kv.PROG)
                for i in range(400)]
        answers = {}
        for _ in xids:
            record = peer.recv_record()
            answers[int.from_bytes(record[:4], "big")] = kv.decode_written(record[8:]).status
        statuses = [answers[xid] for xid in xids]
        equal(set(statuses), {kv.OK, kv.NOSPACE}, "statuses")
        there = kv.dump(peer)
        for i, status in enumerate(statuses):
            equal(b"k%04d" % i in there, status == kv.OK, f"key {i}, answered {status}")
        check(daemon.state)


@test("two processes that change one store see each other's changes, each once")
def two_processes():
    with Daemon() as daemon, connect(daemon, "unix") as one, connect(daemon, "pipe") as other:
        calls = []
        for i in range(100):
            for peer in (one, other):
                args = kv.put_args(b"k%d" % i + (b"a" if peer is one else b"b"), b"v")
                calls.append((peer, peer.start(kv.PUT, args, prog=kv.PROG)))
        revisions = set()
        for peer, xid in calls:
            revisions.add(kv.decode_written(peer.result(xid, peer.recv_record())).revision)
        equal(revisions, set(range(1, 201)), "revisions")
        equal(kv.dump(one), kv.dump(other), "what both see")
        equal(kv.stat(one).mutations + kv.stat(other).mutations, 200, "mutations of both")
        check(daemon.state)


@test("a process whose map is smaller than another's goes on in what that one has filled")
def other_map():
    with Daemon(args=SMALL, workers=2) as daemon, connect(daemon, "unix") as peer, \
            connect(daemon, "tcp") as other:
        # It is waited for, so that the thread that answers it has to look, too.
        xid = peer.start(kv.WATCH, kv.watch_args(b"seen", timeout_ms=600000), prog=kv.PROG)
        kv.put(other, b"before", b"v")
        large = PipePeer(Lean, ["--state", daemon.state, "--kv-map", "64M"])
        with leave(large):
            for i in range(12):
                equal(kv.put(large, b"large%02d" % i, bytes(1 << 20)).status, kv.OK, "PUT")
            equal(len(kv.dump(other)), 13, "keys that the smaller one reads")
            equal(len(kv.get(other, b"large11").value), 1 << 20, "GET")
            equal(kv.put(other, b"seen", b"v").status, kv.OK, "PUT of the smaller one")
            equal(kv.get(large, b"seen").value, b"v", "GET of the larger one")
            equal(len(kv.decode_watch(peer.result(xid, peer.recv_record())).events), 1, "WATCH")
        check(daemon.state)


@test("a second daemon on one state directory refuses, and the first goes on")
def second_daemon():
    with Daemon() as daemon, connect(daemon, "unix") as peer, \
            tempfile.TemporaryDirectory() as place:
        said = fails(69, "rpcalld", "--run", place + "/run", "--state", daemon.state,
                     "--no-rpcbind", "--listen", f"unix:{place}/s")
        expect("another rpcalld" in said, said)
        equal(kv.put(peer, b"k", b"v").status, kv.OK, "PUT")


def refused(state, place):
    said = fails(73, "rpcalld", "--run", place + "/run", "--state", state, "--no-rpcbind",
                 "--listen", f"unix:{place}/s")
    expect("--disable kv" in said, said)
    return said


@test("a store that is a link, somebody's, or damaged is refused, with the way out")
def refused_stores():
    with tempfile.TemporaryDirectory() as place:
        state = place + "/state"
        os.mkdir(state, 0o700)
        os.symlink("/tmp", state + "/kv")
        refused(state, place)
        os.unlink(state + "/kv")
        os.mkdir(state + "/kv", 0o700)
        for leaf in ("data.mdb", "lock.mdb", "writer"):
            path = f"{state}/kv/{leaf}"
            os.symlink(place + "/elsewhere", path)
            refused(state, place)
            os.unlink(path)
            os.mkfifo(path)
            refused(state, place)
            os.unlink(path)
        expect(not os.path.exists(place + "/elsewhere"), "a link was followed")
        with open(state + "/kv/data.mdb", "wb") as f:
            f.write(os.urandom(65536))
        expect("damaged" in refused(state, place), "it does not say what is wrong")


@test("without KV a state directory without a store is enough")
def disabled():
    with Daemon(args=("--disable", "kv")) as daemon, connect(daemon, "unix") as peer:
        peer.null()
        peer.expect_status(1, kv.GET, kv.get_args(b"k"), prog=kv.PROG)  # PROG_UNAVAIL
        expect(not os.path.exists(daemon.state + "/kv"), "a store was made")


@test("a pipe without a state directory serves all but KV, which is SYSTEM_ERR there")
def pipe_without_state():
    from tests.lib.envelope import Lean
    from tests.lib.pipes import PipePeer
    with tempfile.NamedTemporaryFile() as blocked:
        with PipePeer(Lean, ["--state", blocked.name + "/no"]) as peer:
            peer.null()
            for _ in range(2):
                peer.expect_status(5, kv.STAT, prog=kv.PROG)
            peer.null()
        expect("store-not-opened" in peer.child_said, peer.child_said)


@test("async is remembered by the store, answers before the sync, and loses nothing to a kill")
def durability():
    with Daemon(args=("--durability", "async")) as daemon, connect(daemon, "unix") as peer:
        for i in range(50):
            equal(kv.put(peer, b"k%d" % i, b"v").status, kv.OK, "PUT")
        stat = kv.stat(peer)
        equal((stat.durability, stat.commits), (kv.ASYNC, 50), "durability, commits")
        expect(stat.syncs < 50, f"{stat.syncs} syncs")
        wait_until(lambda: kv.stat(peer).syncs > 0, "a sync")
        daemon.kill()
        with Daemon(state=daemon.state) as again, connect(again, "unix") as other:
            equal((kv.stat(other).durability, kv.stat(other).keys), (kv.ASYNC, 50), "after it")
        with Daemon(state=daemon.state, args=("--durability", "sync")) as again, \
                connect(again, "unix") as other:
            equal(kv.stat(other).durability, kv.SYNC, "durability")
            kv.put(other, b"k", b"v")
            equal((kv.stat(other).commits, kv.stat(other).syncs), (1, 1), "commits, syncs")
        check(daemon.state)
        daemon.stop = daemon.discard  # it was killed


@test("--store-check tells a sound store, a damaged one, and none apart")
def store_check():
    with tempfile.TemporaryDirectory() as place:
        fails(66, "rpcalld", "--store-check", place)
        state = place + "/state"
        os.mkdir(state, 0o700)
        with Daemon(state=state) as daemon, connect(daemon, "unix") as peer:
            for i in range(300):
                kv.put(peer, b"k%03d" % i * (200 if i % 10 == 0 else 1), b"v" * i, ttl_ms=i * 10**6)
            expect("keys 300," in check(state), "while it is in use")
        equal(check(state + "/kv"), check(state), "the store itself, its state directory")
        if not sanitized():  # which ends a process that reads where there is nothing
            damaged(state)


def damaged(state):
    path = state + "/kv/data.mdb"
    shutil.copy(path, path + ".sound")
    size = os.path.getsize(path)
    found = 0
    for at in range(8192, size, 5 * 4096):
        shutil.copy(path + ".sound", path)
        with open(path, "r+b") as f:
            f.seek(at + 2048)
            was = f.read(512)
            f.seek(at + 2048)
            f.write(bytes(byte ^ 0x55 for byte in was))
        done = run("rpcalld", "--store-check", state)
        expect(done.status in (0, 1), f"status {done.status} with page {at // 4096}: {done.err}")
        found += done.status == 1
    expect(found > 1, f"damage was seen in {found} pages only")
    shutil.copy(path + ".sound", path)
    with open(path, "r+b") as f:
        f.truncate(size // 2)
    equal(run("rpcalld", "--store-check", state).status, 1, "status with half the file")


@test("a sync that fails ends all answers to changes; reads go on until it exits with 75")
def failed_sync():
    if not shutil.which("strace"):
        skip("strace is missing")
    inject = ("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync", "-e",
              "inject=fdatasync:error=EIO:when=4+")
    # LeakSanitizer cannot work beside strace.
    daemon = Daemon(wrapper=inject, env={"ASAN_OPTIONS": "detect_leaks=0"})
    try:
        with connect(daemon, "unix") as peer, connect(daemon, "tcp") as other:
            slow = other.start(4, uint(700000))  # ECHO's DELAY: it holds the end back
            answers = []
            while True:
                xid = peer.start(kv.PUT, kv.put_args(b"k%d" % len(answers), b"v"), prog=kv.PROG)
                record = peer.recv_record()
                if record == peer.envelope.reply(xid, 5):
                    break
                answers.append(kv.decode_written(peer.result(xid, record)).status)
            equal(set(answers), {kv.OK}, "answers before it")
            other.result(slow, other.recv_record())
        equal(daemon.wait(), 75, "exit status")
        expect("store-failed" in daemon.stderr(), daemon.stderr())
        check(daemon.state)
    finally:
        daemon.discard()


@test("what waited while a sync failed is refused as well, though the next sync would work")
def failed_sync_is_final():
    if not shutil.which("strace"):
        skip("strace is missing")
    inject = ("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync", "-e",
              "inject=fdatasync:error=EIO:delay_enter=4000000:when=4")
    # LeakSanitizer cannot work beside strace.
    daemon = Daemon(wrapper=inject, env={"ASAN_OPTIONS": "detect_leaks=0"})
    try:
        with connect(daemon, "unix") as peer, connect(daemon, "unix") as other:
            for _ in range(3):  # strace counts the calls of each thread
                equal(kv.put(peer, b"before", b"v").status, kv.OK, "PUT")
            first = peer.start(kv.PUT, kv.put_args(b"first", b"v"), prog=kv.PROG)
            wait_until(lambda: is_writing(daemon), "a transaction, which ends in the sync")
            later = other.start(kv.PUT, kv.put_args(b"later", b"v"), prog=kv.PROG)
            equal(peer.recv_record(), peer.envelope.reply(first, 5), "the answer to the first")
            equal(other.recv_record(), other.envelope.reply(later, 5), "the answer to the later")
        equal(daemon.wait(), 75, "exit status")
        with Daemon(state=daemon.state) as again, connect(again, "unix") as peer:
            equal(list(kv.dump(peer)), [b"before"], "keys")
    finally:
        daemon.discard()


@test("a store outlives its daemon: SIGTERM, start, and all is there")
def restart():
    with tempfile.TemporaryDirectory() as place:
        state = place + "/state"
        os.mkdir(state, 0o700)
        with Daemon(state=state) as daemon, connect(daemon, "unix") as peer:
            kv.txn(peer, [], [kv.change_put(b"k%d" % i, b"v%d" % i) for i in range(100)])
            before = kv.dump(peer)
            daemon.signal(signal.SIGTERM)
            equal(daemon.wait(), 0, "exit status")
        with Daemon(state=state) as daemon, connect(daemon, "unix") as peer:
            equal(kv.dump(peer), before, "keys")
            equal(kv.put(peer, b"k", b"v").revision, 101, "revision")
