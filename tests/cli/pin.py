"""Both ends on the CPUs that were asked for, as long as it lasts, and back."""
import contextlib
import json
import os
import signal
import subprocess

from tests.lib.command import USAGE, fails, succeeds
from tests.lib.daemon import Daemon
from tests.lib.harness import (PATIENCE, equal, expect, per_mechanism, program, skip, test,
                               wait_until)
from tests.lib.targets import target


def two_cpus():
    cpus = sorted(os.sched_getaffinity(0))
    if len(cpus) < 2:
        skip("one CPU")
    return cpus[0], cpus[1]


def placed(pid):
    """Where each thread of a process may run."""
    found = set()
    for tid in os.listdir(f"/proc/{pid}/task"):
        with contextlib.suppress(ProcessLookupError):
            found.add(frozenset(os.sched_getaffinity(int(tid))))
    return found


def child_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as f:
        children = f.read().split()
    return int(children[0]) if children else None


def is_at(pid, cpu):
    try:
        return pid and placed(pid) == {frozenset({cpu})}
    except FileNotFoundError:
        return False


@per_mechanism("both ends are pinned during the measurement, and the server is put back")
def pinned(name):
    first, second = two_cpus()
    with Daemon() as daemon:
        before = placed(daemon.pid)
        for client, server, pin in ((first, second, f"client={first},server={second}"),
                                    (second, second, f"client={second},server=same")):
            with subprocess.Popen([program("rpcall"), "bench", target(daemon, name), "--json",
                                   "--rounds", "1", "--duration", f"{PATIENCE:g}s", "--pin", pin],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE) as bench:
                wait_until(lambda to=client, p=bench.pid: is_at(p, to), "the client is there")
                wait_until(lambda to=server, p=bench.pid:
                           is_at(child_of(p) if name == "pipe" else daemon.pid, to),
                           "the server is there")
                bench.send_signal(signal.SIGINT)
                bench.communicate(timeout=PATIENCE)
            equal(placed(daemon.pid), before, "where the server may run afterwards")


@test("both ends on one CPU are named as a trap, and where they were is in the result")
def together():
    cpu = sorted(os.sched_getaffinity(0))[0]
    pin = f"client={cpu},server=same"
    for verb in (("bench", f"pipe:{program('rpcalld')} --stdio", "--duration", "2ms"),
                 ("compare", "--over", "pipe", "--size", "64", "--outstanding", "1", "--no-stock",
                  "--duration", "2ms")):
        out = succeeds("rpcall", *verb, "--json", "--rounds", "1", "--warmup", "0ms", "--pin", pin,
                       patience=60)
        result = json.loads(out)
        equal((result["env"]["placement"], result["env"]["together"]),
              (f"client on CPU {cpu}, servers on CPU {cpu}", True), "placement")
        expect(any("share one CPU" in remark["text"] for remark in result["remarks"]), "no remark")


@test("places that are none are wrong usage")
def bad_places():
    cpu = sorted(os.sched_getaffinity(0))[0]
    for pin in ("on", "client", "client=", "client=x", "client=-1", "client=99999", "server=same",
                "client=same", f"client={cpu},both=1", f"client={cpu} ", ""):
        for verb in (("bench", "pipe:false"), ("compare",)):
            fails(USAGE, "rpcall", *verb, "--pin", pin)
