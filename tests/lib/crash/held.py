"""A server whose commit is held in front of a system call (tests/crash/fault.c)."""
import os

from ..harness import wait_until
from .store import preload


class Held:
    """env for a server; arm(), wait() until it is held there, let_go()."""

    def __init__(self, place, point="fdatasync:1"):
        self.file, self.armed = os.path.join(place, "held"), os.path.join(place, "armed")
        self.env = preload("fault", FAULT_HOLD=point, FAULT_FILE=self.file, FAULT_ARM=self.armed)

    def arm(self):
        open(self.armed, "w", encoding="ascii").close()

    def wait(self):
        wait_until(lambda: os.path.exists(self.file), "a commit that is held")

    def let_go(self):
        os.unlink(self.file)
