"""A full disk is an answer, and the end of nothing."""
import errno
import os

from tests.lib import kv
from tests.lib.crash import disk
from tests.lib.crash.store import Store, new_store, preload
from tests.lib.harness import equal, expect, test
from tests.lib.mechanisms import connect
from tests.lib.record import record

ROOM = 8192     # KiB
VALUE = bytes(range(256)) * 64


def key(number):
    return b"%05d" % number


def fill(peer, start=0):
    """Puts until there is no room; returns the number of the first that failed."""
    number = start
    while True:
        status = kv.put(peer, key(number), VALUE).status
        if status != kv.OK:
            equal(status, kv.NOSPACE, "status of a PUT into a full store")
            return number
        number += 1
        expect(number < start + ROOM, "it never gets full")


def reads_go_on(peer, count):
    for number in range(count):
        entry = kv.get(peer, key(number))
        expect(entry is not None and entry.value == VALUE, f"GET of {key(number)}")
    equal(kv.get(peer, key(count)), None, "what did not fit")


def full_and_back(store):
    """Fills it, reads all, removes half, and goes on writing."""
    with connect(store.daemon, "unix") as peer, connect(store.daemon, "tcp") as other:
        count = fill(peer)
        expect(count > 20, f"room for {count} values only")
        reads_go_on(other, count)
        equal(len(kv.dump(other)), count, "keys of RANGE")
        for number in range(count // 2, count):
            equal(kv.delete(peer, key(number)).status, kv.OK, "DELETE in a full store")
        again = fill(peer, count // 2)
        expect(again > count // 2 + 5, "room that was made is not used again")
        reads_go_on(other, again)
    return again


def survives(store, count):
    """After a kill -9 in this state, all is there."""
    store.bury()
    store.check()
    store.start()
    with connect(store.daemon, "unix") as peer:
        reads_go_on(peer, count)
        equal(kv.delete(peer, key(0)).status, kv.OK, "DELETE")
    store.check()


@test("a full file system is NOSPACE: reads go on, DELETE makes room, writes go on")
def full_tmpfs():
    with disk.tmpfs(ROOM) as mount, new_store(state=os.path.join(mount, "s")) as store:
        store.start()
        survives(store, full_and_back(store))


@test("the same on a real file system")
def full_ext4():
    with disk.ext4(ROOM // 1024) as small, \
            new_store(state=os.path.join(small.mount, "s")) as store:
        store.start()
        survives(store, full_and_back(store))


@test("writes go on when somebody else has made room")
def room_from_elsewhere():
    with disk.tmpfs(ROOM) as mount, new_store(state=os.path.join(mount, "s")) as store:
        store.start()
        ballast = os.path.join(mount, "ballast")
        with open(ballast, "wb") as f:
            f.write(bytes(ROOM * 256))
        with connect(store.daemon, "unix") as peer:
            count = fill(peer)
            reads_go_on(peer, count)
            os.unlink(ballast)
            more = fill(peer, count)
            expect(more > count + 20, f"{more - count} values in {ROOM // 4} KiB of new room")
        store.check()


@test("a full map is NOSPACE, too")
def full_map():
    with new_store(args=("--limit", f"kv-map={ROOM << 10}")) as store:
        store.start()
        survives(store, full_and_back(store))


@test("a store that has no room for its first byte is refused at the start")
def no_room_at_all():
    with disk.tmpfs(64) as mount, new_store() as place:
        with open(os.path.join(mount, "ballast"), "wb") as f:
            f.write(bytes(56 << 10))
        store = Store(place.place, state=os.path.join(mount, "s"))
        try:
            store.start()
        except AssertionError as refusal:
            expect("rpcalld: error: " in str(refusal), str(refusal))
            return
        store.close()
        raise AssertionError("it started")


@test("when the disk is full at the end of a turn none of its changes is answered, and all "
      "may be sent again")
def full_at_commit():
    with new_store(args=("--durability", "async")) as store:
        armed = os.path.join(store.place, "armed")
        store.start(preload("fault", FAULT_FAIL="writev:1", FAULT_ERRNO=errno.ENOSPC,
                            FAULT_ARM=armed))
        client = kv.Client()
        args = [kv.put_args(key(i), VALUE, client.next()) for i in range(5)]
        with connect(store.daemon, "unix") as peer, connect(store.daemon, "unix") as other:
            equal(kv.put(other, b"before", b"v").revision, 1, "revision")
            open(armed, "w", encoding="ascii").close()
            peer.send(b"".join(record(peer.envelope.call(
                peer.xid(), kv.PROG, kv.VERS, kv.PUT, a)) for a in args))
            peer.expect_closed()
            reads_go_on(other, 0)
            again = [other.start(kv.PUT, a, prog=kv.PROG) for a in args]
            equal([kv.finish_put(other, xid).revision for xid in again], [2, 3, 4, 5, 6],
                  "revisions of those sent again")
        store.check()
