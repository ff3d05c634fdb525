"""The client without memory: whichever allocation fails, that is what it says, and never that the
server, its answer, an interface or an argument is wrong."""
import os

from tests.lib.command import run
from tests.lib.daemon import Daemon
from tests.lib.faults import FOR_EVER, Faults
from tests.lib.harness import ROOT, equal, expect, test

OS = 71
EDGE = 8  # allocations at the beginning, and at the end, each of which fails once
ECHO = ("-i", os.path.join(ROOT, "idl", "echo.x"), "--no-reflection")
CALLS = (
    ("call", "ECHO.WHOAMI"),  # by reflection
    ("call", "ECHO.SOURCE", '{"length": 70000, "seed": 2}', *ECHO),
    ("kv", "get", "key"),
    ("ls",),
)


def outcomes(verb, uri, *args):
    """What comes of it when the n-th allocation fails: (n, status, stdout, stderr)."""
    with Faults() as faults:
        env = {**os.environ, **faults.env, "RPCALL_IDL_PATH": "/nonexistent"}
        faults.arm(FOR_EVER, 1)
        done = run("rpcall", verb, uri, *args, env=env)
        equal(done.status, 0, f"{verb} {args} when none fails\n{done.err}")
        last = faults.seen()
        for n in range(1, last + 1):
            if EDGE < n < last - EDGE and n % 16:
                continue
            faults.arm(n, 1)
            done = run("rpcall", verb, uri, *args, env=env)
            if faults.disarm():
                yield n, done


@test("whichever allocation of a call fails, the client says that there was no memory")
def no_memory():
    with Daemon() as daemon:
        uri = daemon.uri("unix")
        equal(run("rpcall", "kv", uri, "put", "key", "value").status, 0, "put")
        for verb, *args in CALLS:
            failures = 0
            for n, done in outcomes(verb, uri, *args):
                what = f"{verb} {args}, allocation {n}: {done.err}{done.out[:80]}"
                expect(done.status in (0, OS), f"status {done.status}: {what}")
                if done.status == OS:
                    failures += 1
                    expect(done.err.startswith("rpcall: error: no memory"), what)
                    expect("hint:" not in done.err, what)
            expect(failures > 2, f"{verb} {args}: {failures} failures")
