"""kill -9 under load: nothing acknowledged is lost, nothing happens twice.

CRASH_CYCLES says how many kills in all (200), CRASH_SEED which (printed).
"""
import os

from tests.lib import kv
from tests.lib.crash.settings import cycles, fast_place, seed, tell
from tests.lib.crash.store import new_store
from tests.lib.crash.trial import Trial
from tests.lib.harness import equal, expect, test
from tests.lib.mechanisms import connect

LIMIT = 3600
# The store of a trial has some hundred small keys; a reader that was killed and
# is not forgotten keeps every page since from being used again.
SIZE_MAX = 16 << 20


def trial(kills, number, *args, where=None):
    with new_store(where, args=(*args, "--limit", "kv-changes=1000")) as store:
        t = Trial(store, seed() + number)
        t.run(kills)
        ledger = t.ledger
        with connect(store.daemon, "unix") as peer:
            stat = kv.stat(peer)
        equal(stat.durability, kv.ASYNC if args else kv.SYNC, "durability")
        size = os.stat(os.path.join(store.state, "kv", "data.mdb")).st_size
        expect(size < SIZE_MAX, f"the store has grown to {size} bytes")
        tell(f"seed {t.seed}: {kills} kills, {ledger.acknowledged} mutations acknowledged, "
             f"{ledger.repeated} repeated, {ledger.count} counted, a file of {size} bytes")
        expect(ledger.acknowledged > kills and ledger.repeated > 0, "too little was done")


@test("writers over every mechanism lose nothing and see nothing twice or torn, whenever "
      "the daemon or its child is killed", deadline=LIMIT)
def kills_sync():
    trial(cycles() * 3 // 4, 0, where=fast_place())


@test("a store that answers before it syncs loses nothing either when it is killed",
      deadline=LIMIT)
def kills_async():
    trial(cycles() // 4, 1, "--durability", "async")
