"""rpcall while it runs: its lines as they come, signals, and how it ended."""
import queue
import subprocess
import threading

from .daemon import check_log
from .harness import PATIENCE, ROOT, Failed, program


class Running:
    """build/rpcall with args in the background; leaving the block ends it."""

    def __init__(self, *args, env=None):
        self.process = subprocess.Popen(
            [program("rpcall"), *args], cwd=ROOT, env=env, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.lines = queue.Queue()
        self.out = b""
        self.err = b""
        self.readers = [threading.Thread(target=self._read_out, daemon=True),
                        threading.Thread(target=self._read_err, daemon=True)]
        for reader in self.readers:
            reader.start()

    def _read_out(self):
        for line in self.process.stdout:
            self.out += line
            self.lines.put(line.decode())
        self.lines.put(None)

    def _read_err(self):
        self.err = self.process.stderr.read()

    def line(self):
        """The next line, without its end."""
        try:
            line = self.lines.get(timeout=PATIENCE)
        except queue.Empty:
            raise Failed("no line has come") from None
        if line is None:
            raise Failed(f"rpcall has ended: {self.wait()}, {self.err!r}")
        return line.rstrip("\n")

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self):
        """Waits for its end: the exit status."""
        status = self.process.wait(PATIENCE)
        for reader in self.readers:
            reader.join(PATIENCE)
        check_log(self.err.decode(errors="replace"), "rpcall")
        return status

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for reader in self.readers:
            reader.join(PATIENCE)
        self.process.stdout.close()
        self.process.stderr.close()
