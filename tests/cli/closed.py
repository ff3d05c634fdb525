"""stdin, stdout or stderr closed: nothing is written where a file or a server has its number."""
import os
import subprocess

from tests.lib.daemon import Daemon
from tests.lib.harness import PATIENCE, equal, expect, program, test, wait_until

CANNOT_WRITE = 73


def run_without(descriptors, *args):
    def close():
        for fd in descriptors:
            os.close(fd)
    return subprocess.run([program("rpcall"), *args], preexec_fn=close, timeout=PATIENCE,
                          check=False).returncode


@test("results for which there is no stdout are an error, and reach nobody")
def no_stdout():
    with Daemon() as daemon:
        for verb in (("call",), ("watch", "-c", "1")):
            status = run_without([1], *verb, daemon.uri("unix:"), "ECHO.WHOAMI")
            equal(status, CANNOT_WRITE, f"status of {verb}")
        equal(run_without([1], "stats", daemon.uri("unix:")), CANNOT_WRITE, "status of stats")
        equal(run_without([0, 2], "ping", "-c", "1", "-v", daemon.uri("unix:")), 0, "status of ping")
        expect("record over" not in daemon.stderr(), daemon.stderr())


@test("a daemon without stdin, stdout and stderr writes its log nowhere")
def no_log():
    with Daemon() as other:  # for its directory
        run = os.path.join(other.scratch, "bare")
        daemon = subprocess.Popen(
            [program("rpcalld"), "--run", run, "--state", run, "--no-rpcbind", "--listen",
             f"unix:{run}/s"], preexec_fn=lambda: os.closerange(0, 3))
        try:
            wait_until(lambda: os.path.exists(f"{run}/s"), "it listens")
            equal({os.readlink(f"/proc/{daemon.pid}/fd/{fd}") for fd in range(3)}, {"/dev/null"},
                  "descriptors 0 to 2")
        finally:
            daemon.terminate()
            equal(daemon.wait(PATIENCE), 0, "status")
