"""Cycles of load, kill -9, restart and check, chosen by a seeded generator.

What is killed, and when, depends on progress and never on time: after so many
acknowledgements, or in place of the Nth system call that changes the store.
"""
import random
import signal
from dataclasses import dataclass

from .. import kv
from ..harness import Failed, expect
from ..mechanisms import connect
from ..peer import Closed
from .fleet import Fleet
from .ledger import Ledger
from .store import CHILD, DAEMONS, preload

ACKS = (1, 60)      # a kill comes after so many acknowledgements
CALLS = (1, 60)     # or at the call of this number


@dataclass
class Plan:
    """daemon, child: is it killed? by_call: N, or 0 for after `acks`."""
    daemon: bool
    child: bool
    by_call: int
    acks: int

    def __str__(self):
        who = " and ".join(["daemon"] * self.daemon + ["child"] * self.child)
        when = f"at call {self.by_call}" if self.by_call else f"after {self.acks} answers"
        return f"kill the {who} {when}"


class Trial:
    """Every cycle goes on with the store that the last one left."""

    ends = (-signal.SIGKILL,)   # how a daemon may end

    def __init__(self, store, seed, writers=14, child=True):
        self.store, self.seed, self.has_child = store, seed, child
        self.rng = random.Random(seed)
        self.ledger = Ledger()
        self.fleet = Fleet(seed, self.ledger, writers)
        self.cycles = 0
        self.plan = None

    def run(self, cycles):
        """Runs so many cycles and a last check."""
        try:
            for _ in range(cycles):
                self.cycle()
            self.revive({}, {})
            self.check()
        except Exception as e:
            raise Failed(f"seed {self.seed}, cycle {self.cycles} ({self.plan}): {e}") from e

    def cycle(self):
        self.cycles += 1
        self.plan = plan = self._plan()
        fault = self._fault(plan) if plan.by_call else {}
        self.revive(fault if plan.daemon else {}, {} if plan.daemon else fault)
        self.check()
        self.fleet.load(self._goal(plan))
        self._kill(plan)
        self.store.check()

    def _fault(self, plan):
        return preload("fault", FAULT_KILL=f"any:{plan.by_call}")

    def _goal(self, plan):
        """When is the load over, unless a server has died by then?"""
        goal = self.ledger.acknowledged + plan.acks
        return lambda: not plan.by_call and self.ledger.acknowledged >= goal

    def _plan(self):
        daemon, child = self.rng.choice([(True, False)] * 3 + [(True, True), (False, True)])
        by_call = self.rng.randint(*CALLS) if self.rng.random() < 0.5 else 0
        return Plan(daemon, child, by_call, self.rng.randint(*ACKS))

    # The servers.

    def revive(self, daemon_env, child_env):
        """Starts what does not run, or not under this environment, and gives
        every writer a link."""
        if child_env and self.store.child:
            self._end_child()
        if daemon_env and self.store.daemon:
            self._end_daemon()
        if self.store.daemon is None:
            self._start_daemon(daemon_env)
            self._connect_daemon()
        if self.has_child and self.store.child is None:
            self.fleet.connect(CHILD, self.store.start_child(child_env))
        self.fleet.assign()

    def _start_daemon(self, env):
        """With a kill planned it may die before it is ready: that counts, too,
        and then the next one is killed after some answers."""
        try:
            self.store.start(env)
        except Failed:
            if not env:
                raise
            self.plan.by_call = 0
            self.store.check()
            self.store.start()

    def _connect_daemon(self):
        for name in DAEMONS:
            try:
                self.fleet.connect(name, self.store.connect(name))
            except (Failed, OSError):
                if self.store.daemon.alive() or not self.plan.by_call:
                    raise
                self.fleet.lost.update(self.fleet.links)

    def _kill(self, plan):
        by_itself = () if not plan.by_call else DAEMONS if plan.daemon else [CHILD]
        expect(self.fleet.lost <= set(by_itself), f"lost without a kill: {self.fleet.lost}")
        if plan.child:
            self._end_child()
        if plan.daemon or self.fleet.lost:
            self._end_daemon()

    def _end_child(self):
        self.store.kill_child()
        self.fleet.drop(CHILD)

    def _end_daemon(self):
        status = self.store.bury()
        expect(status in self.ends, f"the daemon ended with status {status}")
        for name in self.fleet.links.keys() - {CHILD}:
            self.fleet.drop(name)

    # The checks.

    def check(self):
        """What survived; then every repetition is answered, and nothing is left
        to chance. A planned kill may come in between."""
        if self.fleet.lost:
            return
        try:
            with connect(self.store.daemon, "unix") as peer:
                self.ledger.check_survivors(*look(peer))
                self.fleet.settle()
                if not self.fleet.lost:
                    self.ledger.check_exact(*look(peer))
        except (Closed, ConnectionError):
            if not self.plan.by_call:
                raise


def look(peer):
    """The whole store at one moment: {key: Entry}, and its revision."""
    page = kv.decode_range(kv.call(peer, kv.RANGE, kv.range_args()))
    expect(not page.more, "the store does not fit in one answer")
    return dict(page.items), page.revision
