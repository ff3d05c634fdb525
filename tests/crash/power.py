"""The power goes: a loop-mounted ext4 that stops writing at once, journal and
all. One cut for 40 kills of CRASH_CYCLES, at least ten."""
import os

from tests.lib.crash import disk
from tests.lib.crash.power import PowerTrial
from tests.lib.crash.settings import cycles, seed, tell
from tests.lib.crash.store import Store, new_store, preload, store_check
from tests.lib.crash.trial import look
from tests.lib.harness import Failed, expect, sanitized, skip, test
from tests.lib.mechanisms import connect

LIMIT = 1800
LOST = (1, 66, 71)  # damaged, not there, not to be read: --store-check's words
PER_STORE = 5  # power cuts that one store goes through; its first is in its youth


def trials(kind, count, step, **options):
    """Trials on new stores, for count cuts when each has step of them."""
    with disk.ext4() as power, new_store() as outside:
        for number in range(0, count, step):
            state = os.path.join(power.mount, f"state-{number}")
            store = Store(outside.place, state=state, **options)
            try:
                yield kind(power, store, seed() + number)
            finally:
                store.close()


def power_trials(**options):
    """Runs trials with the power cut so often; returns what was acknowledged."""
    acknowledged = 0
    for trial in trials(PowerTrial, cuts(), PER_STORE, **options):
        trial.run(PER_STORE)
        acknowledged += trial.ledger.acknowledged
    return acknowledged


def cuts():
    return max(PER_STORE if sanitized() else 10, cycles() // 40)


@test("what was acknowledged before the power went is there when it is back", deadline=LIMIT)
def power_sync():
    count = power_trials()
    tell(f"seed {seed()}: {cuts()} power cuts, {count} mutations acknowledged")


class AsyncTrial(PowerTrial):
    """One cut, after which the store may be what it was a while ago, or damaged:
    idl/kv.x promises no more. Which of them depends on what the kernel had
    written by itself."""

    def cut(self):
        """Returns how many changes are lost; None: all of them, or some within."""
        self.plan = self._plan()
        self.revive(self._fault(self.plan) if self.plan.by_call else {}, {})
        self.fleet.load(self._goal(self.plan))
        self._kill(self.plan)
        status, said = store_check(self.store.state)
        expect(status in (0, *LOST), f"rpcalld --store-check: status {status}\n{said}")
        return self._lost() if status == 0 else None

    def _lost(self):
        self.store.start()
        with connect(self.store.daemon, "unix") as peer:
            dump, revision = look(peer)
        try:
            self.ledger.check_prefix(dump, revision)
        except Failed:
            return None
        return max(0, self.ledger.top - revision)


@test("an async store that was up when the power went is what it was before, or known to be "
      "damaged", deadline=LIMIT)
def power_async():
    lost = [trial.cut() for trial in trials(AsyncTrial, cuts(), 1, args=("--durability", "async"))]
    damaged = lost.count(None)
    tell(f"seed {seed()}: {len(lost)} power cuts, {damaged} stores damaged, "
         f"{sum(n or 0 for n in lost)} changes lost in the others")
    expect(damaged < len(lost), "no store has survived")


@test("planted syncs that do nothing are noticed when the power goes", deadline=LIMIT)
def power_planted():
    if sanitized():
        skip("the planted bugs are between the plain build and LMDB")
    try:
        power_trials(env=preload("plant", PLANT="nosync"))
    except Failed as failure:
        # A damaged store may also be refused, or end its server: all is notice.
        expect("not built" not in str(failure), str(failure))
        return
    raise Failed(f"{cuts()} power cuts without one sync, and nothing was noticed")
