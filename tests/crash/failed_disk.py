"""A disk that fails: from then on nothing is acknowledged, ever. What waits is
told so, reads go on meanwhile, and the server ends with status 75."""
import contextlib
import errno
import os
import signal

from tests.lib import kv
from tests.lib.crash import tracer
from tests.lib.crash.held import Held
from tests.lib.crash.power import FAILED_DISK
from tests.lib.crash.settings import seed, tell
from tests.lib.crash.store import new_store, preload, together
from tests.lib.crash.trial import Plan, Trial
from tests.lib.envelope import SYSTEM_ERR
from tests.lib.harness import PATIENCE, Failed, equal, expect, sanitized, skip, test
from tests.lib.mechanisms import connect
from tests.lib.peer import Closed

CALLS = 16      # a commit makes about six
ACKS = 60       # after so many without an end, the failure did no harm
WAITING = 8


class DiskTrial(Trial):
    """In cycle N the daemon's Nth call that changes the store fails."""

    def __init__(self, store, number):
        super().__init__(store, number)
        self.armed = os.path.join(store.place, "armed")
        self.ended = 0

    def _plan(self):
        return Plan(True, False, self.cycles, ACKS)

    def _fault(self, plan):
        return preload("fault", FAULT_FAIL=f"any:{plan.by_call}", FAULT_ERRNO=errno.EIO,
                       FAULT_ARM=self.armed)

    def _goal(self, plan):
        open(self.armed, "w", encoding="ascii").close()
        self.fleet.failing = True
        goal = self.ledger.acknowledged + plan.acks
        return lambda: self.ledger.acknowledged >= goal or self.fleet.unknown

    def _kill(self, plan):
        wanted = -signal.SIGKILL
        if self.fleet.unknown or self.fleet.lost:
            self.store.daemon.wait()
            self.ended, wanted = self.ended + 1, FAILED_DISK
        self.ends = (wanted,)
        self._end_daemon()
        self.fleet.failing, self.fleet.unknown = False, 0
        os.unlink(self.armed)


@test("whichever write or sync of a commit fails, nothing acknowledged is lost")
def any_call():
    with new_store() as store:
        trial = DiskTrial(store, seed())
        trial.run(CALLS)
        tell(f"{trial.ended} of {CALLS} failures ended the daemon, "
             f"{trial.ledger.acknowledged} mutations acknowledged")
        expect(trial.ended > 1, "hardly a failure was noticed")


def is_refused(peer, xid):
    """Was the PUT answered with SYSTEM_ERR, or the connection closed?"""
    try:
        equal(peer.recv_record(), peer.envelope.reply(xid, SYSTEM_ERR), "answer to a PUT")
    except Closed:
        pass


@test("after a failed sync nobody is acknowledged, reads go on meanwhile, the status is 75")
def failed_sync():
    with new_store() as store, contextlib.ExitStack() as stack:
        held = Held(store.place)
        store.start(together(held.env, {"FAULT_FAIL": "fdatasync:1", "FAULT_ERRNO": "5"}))
        peers = [stack.enter_context(connect(store.daemon, "unix")) for _ in range(WAITING)]
        kv.put(peers[0], b"before", b"v")
        held.arm()
        calls = [(peers[0], kv.start_put(peers[0], b"k0"))]
        held.wait()
        for number, peer in enumerate(peers[1:]):
            calls.append((peer, kv.start_put(peer, b"k%d" % number)))
            get = peer.start(kv.GET, kv.get_args(b"before"), prog=kv.PROG, vers=kv.VERS)
            entry = kv.decode_get(peer.result(get, peer.recv_record()))
            equal(entry.value, b"v", "GET while the sync lasts")
        held.let_go()
        for call in calls:
            is_refused(*call)
        equal(store.daemon.wait(), FAILED_DISK, "status")
        store.bury()
        store.check()
        store.start()
        with connect(store.daemon, "unix") as peer:
            equal(kv.get(peer, b"before").value, b"v", "what was acknowledged")


@test("the same for a child, whose parent sees its status")
def failed_sync_of_child():
    with new_store() as store:
        env = together(Held(store.place).env, {"FAULT_FAIL": "fdatasync:1", "FAULT_ERRNO": "5"})
        del env["FAULT_HOLD"]
        child = store.start_child(env)
        kv.put(child, b"before", b"v")
        open(env["FAULT_ARM"], "w", encoding="ascii").close()
        is_refused(child, kv.start_put(child, b"k1"))
        child.expect_closed()
        equal(child.child.wait(), FAILED_DISK, "status of the child")
        store.kill_child()
        child.close()
        store.check()


@test("a sync of the new store's directory that fails is no start")
def failed_directory():
    with new_store() as store:
        try:
            store.start(preload("fault", FAULT_FAIL="fsync:1", FAULT_ERRNO=errno.EIO))
        except Failed as refusal:
            expect("rpcalld: error: " in str(refusal), str(refusal))
            return
        raise Failed("it started")


@test("a sync that fails by strace's word ends acknowledgements, too")
def failed_sync_strace():
    tracer.need_strace()
    if sanitized():
        skip("the plain build shows it")
    with new_store() as store:
        store.start()
        with connect(store.daemon, "unix") as peer:
            kv.put(peer, b"before", b"v")
            with tracer.attached(store.daemon.pid, "fdatasync", "error=EIO:when=1") as strace:
                is_refused(peer, kv.start_put(peer, b"k1"))
                strace.wait(PATIENCE)
                equal(store.daemon.wait(), FAILED_DISK, "status")
        store.bury()
        store.start()
        with connect(store.daemon, "unix") as peer:
            equal(kv.get(peer, b"before").value, b"v", "what was acknowledged")
