"""Several workers: each has its part of the connections, whoever the kernel wakes to accept them."""
import contextlib
import os

from tests.lib import proc
from tests.lib.daemon import Daemon
from tests.lib.harness import equal, expect, per_mechanism, test
from tests.lib.mechanisms import connect

WORKERS, EACH = 4, 8


@per_mechanism("connections are spread over the workers",
               unless={"pipe": "its server has one peer", "rpc/udp": "it has no connections"})
def spread(name):
    with Daemon(workers=WORKERS) as daemon, contextlib.ExitStack() as stack:
        before = proc.watched(daemon.pid)
        for _ in range(WORKERS * EACH):
            stack.enter_context(connect(daemon, name)).null()
        has = sorted(now - before[fd] for fd, now in proc.watched(daemon.pid).items())
        expect(sum(has) == WORKERS * EACH and has[0] >= EACH // 2 and has[-1] <= 2 * EACH,
               f"each worker has about {EACH}: {has}")


@test("there is a worker for each CPU but one that may be used, unless said")
def default():
    usable = sorted(os.sched_getaffinity(0))
    for n in range(1, min(len(usable), 3) + 1):
        cpus = ",".join(str(cpu) for cpu in usable[:n])
        with Daemon(workers=None, wrapper=("taskset", "-c", cpus)) as daemon:
            said = next(line for line in daemon.lines if " ready " in line)
            equal(f"workers={max(1, n - 1)}" in said.split(), True, said)
