"""A program at a terminal of its own: types keys, waits for what appears."""
import contextlib
import os
import pty
import select
import signal
import time

from .daemon import check_log
from .harness import PATIENCE, Failed


class Terminal:
    """Runs argv at a pseudo-terminal. wait() goes on behind what it found, so that
    every text is awaited once. Leaving the with block ends the program."""

    def __init__(self, argv, env, cwd="/"):
        self.seen = b""
        self.at = 0
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(cwd)
            os.execve(argv[0], argv, {"TERM": "dumb", **env})
        self.status = None

    def type(self, text):
        data = text.encode()
        while data:
            data = data[os.write(self.fd, data):]

    def _read(self, end):
        left = end - time.monotonic()
        ready = left > 0 and select.select([self.fd], [], [], left)[0]
        if not ready:
            return False
        try:
            more = os.read(self.fd, 65536)
        except OSError:  # the program has ended
            more = b""
        self.seen += more
        return more != b""

    def wait(self, text, patience=PATIENCE):
        """Waits until text appears behind the last one that was awaited; returns what
        came before it."""
        wanted = text.encode()
        end = time.monotonic() + patience
        while (found := self.seen.find(wanted, self.at)) < 0:
            if not self._read(end):
                raise Failed(f"{text!r} did not appear: {self.seen[self.at:]!r} after "
                             f"{self.seen[:self.at]!r}")
        before = self.seen[self.at:found]
        self.at = found + len(wanted)
        return before.decode(errors="replace")

    def end(self, patience=PATIENCE):
        """Reads until the program has ended; returns its exit status."""
        end = time.monotonic() + patience
        while self._read(end):
            pass
        if self.status is None:
            self._reap(end)
        check_log(self.seen.decode(errors="replace"), "the program at the terminal")
        return self.status

    def _reap(self, end):
        while time.monotonic() < end:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
                return
            select.select([], [], [], 0.005)  # between two looks
        raise Failed(f"the program did not end: {self.seen[self.at:]!r}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.status is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)
