"""Cycles in which it is the power that goes: nothing more reaches the disk."""
import contextlib
import os
import signal

from .store import preload
from .trial import Plan, Trial

FAILED_DISK = 75


class PowerTrial(Trial):
    """As Trial; the store is on `disk`, the daemon may notice before it is
    killed. The power goes after some answers, or while a commit is held in
    front of one of its system calls."""
    ends = (-signal.SIGKILL, FAILED_DISK)

    def __init__(self, disk, store, seed, writers=14):
        super().__init__(store, seed, writers)
        self.disk = disk
        self.held, self.armed = (os.path.join(store.place, name) for name in ("held", "armed"))

    def _plan(self):
        held = self.rng.randint(1, 40) if self.rng.random() < 0.5 else 0
        return Plan(True, True, held, self.rng.choice((1, 1, 3, 10, 40)))

    def _fault(self, plan):
        return preload("fault", FAULT_HOLD=f"any:{plan.by_call}", FAULT_FILE=self.held,
                       FAULT_ARM=self.armed)

    def _goal(self, plan):
        if plan.by_call:
            open(self.armed, "w", encoding="ascii").close()
            return lambda: os.path.exists(self.held)
        return super()._goal(plan)

    def _kill(self, plan):
        self.disk.cut_power()
        self.fleet.failing = True
        self._end_child()
        self._end_daemon()
        self.fleet.failing, self.fleet.unknown = False, 0
        for path in (self.held, self.armed):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
        self.disk.power_cycle()
