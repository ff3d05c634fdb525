"""Goals of what a daemon costs: polling, instructions, system calls, idle connections, starting."""
import json
import os
import re
import resource
import socket
import statistics
import subprocess
import sys
import time

from tests.lib import proc
from tests.lib.daemon import Daemon
from tests.lib.harness import program
from tests.peers.goals import figure, goal
from tests.peers.tools import Missing, Ours, tool

IDLE = 10_000
TURNS = 4  # of measurements beside idle connections, in each round
COUNTER = """
import time, sys
end, n = time.monotonic() + float(sys.argv[1]), 0
while time.monotonic() < end:
    n += 1
print(n)
"""


def cpu_ns(pid):
    """CPU time of all threads."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/schedstat", encoding="ascii") as f:
            total += int(f.read().split()[0])
    return total


@goal("CPU of an idle daemon that polls under load", at_most=0.1, unit=" %")
def idle(bench):
    daemon, shares = bench.daemon(), []
    for _ in range(bench.rounds):
        bench.ours().rate("unix:", "ECHO.NULL")
        time.sleep(0.1)  # what it does after the last call is not idling
        before, start = cpu_ns(daemon.pid), time.monotonic_ns()
        time.sleep(bench.seconds)
        shares.append(100 * (cpu_ns(daemon.pid) - before) / (time.monotonic_ns() - start))
    return figure(shares)


def crowd(bench, spin, clients=4):
    """Calls a second of clients that each have one under way. The workload call does not insist
    on being the only caller, as ECHO's does."""
    target = bench.daemon(spin=spin).uri("unix:")
    running = [subprocess.Popen(
        [program("rpcall"), "bench", target, "ECHO.NULL", "--workload", "call", "--json", "--rounds",
         "1", "--duration", f"{bench.seconds * 1000:.0f}ms"], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE) for _ in range(clients)]
    rows = [json.loads(process.communicate()[0])["tables"][0]["rows"][0] for process in running]
    return sum(row["calls_per_s"] for row in rows)


@goal("polling, of not polling: throughput of 4 clients", at_least=1)
def crowded(bench):
    return bench.ratios(lambda: crowd(bench, "auto"), lambda: crowd(bench, "off"))


def neighbour(bench, spin):
    """What a program gets done a second that shares the only CPU of a daemon under load."""
    daemon, cpu = bench.daemon(spin=spin), {max(os.sched_getaffinity(0))}
    for task in os.listdir(f"/proc/{daemon.pid}/task"):
        os.sched_setaffinity(int(task), cpu)
    try:
        length = bench.seconds
        with subprocess.Popen(
                [program("rpcall"), "bench", daemon.uri("unix:"), "ECHO.NULL", "--json",
                 "--rounds", "1", "--duration", f"{length * 1500:.0f}ms"], stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL) as load:
            done = subprocess.run([sys.executable, "-c", COUNTER, str(length)], check=True,
                                  stdout=subprocess.PIPE,
                                  preexec_fn=lambda: os.sched_setaffinity(0, cpu))
            load.wait()
        return int(done.stdout) / length
    finally:
        for task in os.listdir(f"/proc/{daemon.pid}/task"):
            os.sched_setaffinity(int(task), os.sched_getaffinity(0))


@goal("polling, of not polling: work of a neighbour on that CPU", at_least=0.97)
def shared(bench):
    return bench.ratios(lambda: neighbour(bench, "auto"), lambda: neighbour(bench, "off"))


def counted(bench, wrapper, read, scheme, *options, spin="off"):
    """What a program around the daemon counts per call: of two loads that differ in length,
    the difference, in which starting and ending are not."""
    seen = []
    for factor in (1, 4):
        out = os.path.join(bench.place, f"counted{factor}")
        with Daemon(wrapper=wrapper(out), args=["--spin", spin]) as daemon:
            row = Ours(daemon, factor * bench.seconds).bench(scheme, "ECHO.NULL", *options)
        with open(out, encoding="utf-8") as f:
            seen.append((read(f.read()), row["calls"] + row["warmup_calls"]))
        os.unlink(out)
    (few, few_calls), (many, many_calls) = seen
    if many_calls <= few_calls:
        raise Missing("too few calls: the machine is busy")
    return figure([(many - few) / (many_calls - few_calls)],
                  f"{many - few:,} in {many_calls - few_calls:,} calls")


def instructions(scheme, *options):
    def measure(bench):
        valgrind = tool("valgrind")
        return counted(
            bench, lambda out: (valgrind, "-q", "--tool=callgrind", f"--callgrind-out-file={out}"),
            lambda text: int(re.search(r"^(?:summary|totals): (\d+)", text, re.M).group(1)), scheme,
            *options)
    return measure


for load, deep in ("one under way", ()), ("64 under way", ("-n", "64")):
    for name, scheme, most in ("rpc/tcp", "rpc+tcp:", 300), ("tcp", "tcp:", 200), ("unix", "unix:", 200):
        goal(f"user instructions of the server per NULL, {load}: {name}", at_most=most)(
            instructions(scheme, *deep))


def system_calls(*options, **how):
    def measure(bench):
        strace = tool("strace")
        return counted(
            bench, lambda out: (strace, "-f", "-c", "-o", out, "-U", "calls,name"),
            lambda text: int(re.search(r"^\s*(\d+) total", text, re.M).group(1)), "rpc+tcp:",
            *options, **how)
    return measure


goal("system calls of the server per call, one under way: rpc/tcp", at_most=3)(system_calls())
goal("system calls of the server per call, polling: rpc/tcp", at_most=2)(system_calls(spin="auto"))
goal("system calls of the server per call, 64 under way: rpc/tcp", at_most=0.05)(
    system_calls("-n", "64"))


class Crowd:
    """A daemon with connections that do nothing, and what they cost it."""

    def __init__(self, bench):
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        self.n = min(IDLE, hard - 1000)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.daemon = bench.daemon(peers=self.n + 1000)
        self.ours = Ours(self.daemon, bench.seconds)
        self.ours.rate("tcp:", "ECHO.NULL")
        before = proc.rss_kib(self.daemon.pid)
        port = int(self.daemon.uri("tcp://127").rpartition(":")[2])
        self.idle = [bench.stack.enter_context(socket.create_connection(("127.0.0.1", port)))
                     for _ in range(self.n)]
        self.ours.rate("tcp:", "ECHO.NULL")  # its answers come after all were accepted
        self.bytes_each = 1024 * (proc.rss_kib(self.daemon.pid) - before) / self.n


def crowd_of_idlers(bench):
    found = bench.once("idlers", lambda: Crowd(bench))
    if found.n < IDLE:
        raise Missing(f"RLIMIT_NOFILE allows {found.n:,} connections only")
    return found


def latencies(ours):
    return ours.bench("tcp:", "ECHO.NULL")["latency_ns"]


def beside_idlers(percentile):
    """What the machine does to one measurement is far more than what is looked for: of many
    that take turns, which the percentiles share."""
    def measure(bench):
        found = crowd_of_idlers(bench)
        pairs = bench.once("beside idlers", lambda: [
            (latencies(found.ours), latencies(bench.ours())) for _ in range(TURNS * bench.rounds)])
        values = [(a[percentile], b[percentile]) for a, b in pairs]
        if any(None in pair for pair in values):
            raise Missing(f"too few calls for {percentile}")
        return figure([a / b for a, b in values], f"median of {len(values)}")
    return measure


goal(f"p50 beside {IDLE:,} idle connections, of none", at_most=1.05)(beside_idlers("p50"))
goal(f"p99 beside {IDLE:,} idle connections, of none", at_most=1.05)(beside_idlers("p99"))


@goal("memory of an idle connection", at_most=4096, unit=" B")
def memory(bench):
    return figure([crowd_of_idlers(bench).bytes_each], "resident")


@goal("start until ready", at_most=30, unit=" ms")
def start(bench):
    took = []
    for _ in range(max(3, 2 * bench.rounds)):
        began = time.monotonic_ns()
        with Daemon(workers=None):
            took.append((time.monotonic_ns() - began) / 1e6)
    return figure(took, f"fork and the reading of \"ready\" included, median of {len(took)}; the "
                  f"fastest {min(took):.1f} ms, mean {statistics.mean(took):.1f} ms")
