"""Faults from within a program: failing allocations, a wall clock that steps, slow passes.

Handles the page that tests/lib/faults.c shares with the program under test.
"""
import mmap
import os
import struct
import tempfile

from .harness import BUILD, sanitized, skip

SHIM = os.path.join(BUILD, "tests", "lib", "faults.so")
FOR_EVER = 1 << 62
FIRST, COUNT, SEEN, FAILED, LIVE, STEP, NAGLE, PIPE, DELAY = range(0, 72, 8)


class Faults:
    """env is what the program is to be started with."""

    def __init__(self):
        if sanitized():
            skip("a sanitizer stands where the faults would come in")
        if not os.path.exists(SHIM):
            skip(f"{SHIM} is not built (make check builds it)")
        self.file = tempfile.NamedTemporaryFile(prefix="rpcall-faults-")
        self.file.write(bytes(mmap.PAGESIZE))
        self.file.flush()
        self.page = mmap.mmap(self.file.fileno(), mmap.PAGESIZE)
        self.env = {"LD_PRELOAD": SHIM, "RPCALL_FAULTS": self.file.name}

    def _set(self, at, value):
        struct.pack_into("=q", self.page, at, value)

    def _get(self, at):
        return struct.unpack_from("=q", self.page, at)[0]

    def arm(self, first, count):
        """The first-th allocation from now on fails, and count - 1 after it."""
        for at, value in ((FIRST, 0), (SEEN, 0), (FAILED, 0), (COUNT, count), (FIRST, first)):
            self._set(at, value)

    def disarm(self):
        """Returns how many have failed since arm()."""
        self._set(FIRST, 0)
        return self.failed()

    def seen(self):
        """Allocations since arm()."""
        return self._get(SEEN)

    def failed(self):
        return self._get(FAILED)

    def live(self):
        """Allocations of the program that are not freed."""
        return self._get(LIVE)

    def step_clock(self, seconds):
        """The wall clock is that much ahead from now on."""
        self._set(STEP, seconds)

    def keep_nagle(self):
        """TCP_NODELAY is taken from now on, and not set."""
        self._set(NAGLE, 1)

    def small_pipes(self, size):
        """A pipe that is to hold more is made to hold size bytes."""
        self._set(PIPE, size)

    def slow_passes(self, nanoseconds):
        """Each pass of a loop takes that much longer from now on, on the CPU."""
        self._set(DELAY, nanoseconds)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.page.close()
        self.file.close()
