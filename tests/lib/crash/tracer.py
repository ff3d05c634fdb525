"""strace(1), which changes what system calls do: attached, or from the start."""
import contextlib
import shutil
import subprocess
import tempfile

from ..harness import PATIENCE, Skip, expect, wait_until

# What changes a store, or what others learn of it. strace counts each of them
# by itself, and in each thread.
CALLS = ("pwrite64", "pwritev", "fdatasync", "fsync", "msync", "ftruncate", "fallocate")
ANSWERS = ("write", "writev", "sendmsg")


def options(call, inject):
    """Arguments for strace: inject at this system call, print nothing."""
    return ["strace", "-f", "-o", "/dev/null", "-e", f"trace={call}",
            "-e", f"inject={call}:{inject}"]


def need_strace():
    if shutil.which("strace") is None:
        raise Skip("strace is not installed")
    with tempfile.TemporaryFile() as said:
        probe = subprocess.run([*options("fsync", "delay_enter=1"), "true"], stdin=subprocess.DEVNULL,
                               stdout=said, stderr=said, timeout=PATIENCE, check=False)
        said.seek(0)
        if probe.returncode:
            raise Skip(f"strace cannot trace here: {said.read().decode(errors='replace')[:200]}")


@contextlib.contextmanager
def attached(pid, call, inject):
    """All threads of pid are traced with this; leaves it as it was. Where it
    has been killed, wait for strace's own end: told to end in between, it hangs."""
    need_strace()
    with tempfile.TemporaryFile("w+") as said:
        def text():
            said.seek(0)
            return said.read()

        process = subprocess.Popen([*options(call, inject), "-p", str(pid)],
                                   stdin=subprocess.DEVNULL, stdout=said,
                                   stderr=subprocess.STDOUT)
        try:
            wait_until(lambda: "attached" in text() or process.poll() is not None,
                       "strace is attached")
            expect("attached" in text(), f"strace: {text()}")
            yield process
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE)
            process.kill()
            process.wait()
