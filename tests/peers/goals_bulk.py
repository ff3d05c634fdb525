"""Goals of calls that carry a MiB one way: against a bare stream of the same descriptor, and iperf3.

A bare stream moves messages of the same sizes, as many under way, and looks at none of them; each
is read to one place in memory as large as it is. All that is told of one kind of descriptor is
measured in the same rounds, in turn.
"""
import contextlib
import json
import os

from tests.peers.goals import figure, goal
from tests.peers.tools import (Missing, answers, bare_pipes, free_port, inplace, output, server,
                               tool)

MIB, DEEP = 1 << 20, 4
BARE, IPERF3 = "a bare stream", "iperf3"
KINDS = {  # of descriptors, and who uses them
    "tcp": ("tcp", "rpc/tcp"), "unix": ("unix", "rpc/local"), "fifo": ("fifo",), "pipe": ("pipe",)}
SCHEMES = {"tcp": "tcp:", "rpc/tcp": "rpc+tcp:", "unix": "unix:", "rpc/local": "rpc+local:",
           "fifo": "fifo:", "pipe": "pipe:"}
# What a call is, and the bytes of it and of its answer in the lean frame, marks included.
WORKS = {
    "SINK": (("ECHO.SINK", "--size", "1M"), MIB + 24, 20),
    "SOURCE": (("ECHO.SOURCE", "-d", json.dumps({"length": MIB, "seed": 7})), 28, MIB + 16)}


@contextlib.contextmanager
def bare(bench, kind, call, answer):
    if kind in ("fifo", "pipe"):
        yield bare_pipes(bench.place if kind == "fifo" else None, call, answer)
        return
    place = free_port() if kind == "tcp" else os.path.join(bench.place, "bulk")
    with inplace(place, call, answer) as rate:
        yield rate


@contextlib.contextmanager
def iperf3(bench, *options):
    """MiB a second that arrive; None where it is not installed."""
    try:
        path, port = tool("iperf3"), free_port()
    except Missing:
        yield None
        return
    with server(path, "-s", "-B", "127.0.0.1", "-p", str(port), ready=lambda: answers(port)):
        yield lambda: json.loads(output(
            path, "-c", "127.0.0.1", "-p", str(port), "-J", "-t",
            str(max(1, round(bench.seconds))), *options))["end"]["sum_received"][
                "bits_per_second"] / 8 / MIB


def rounds(bench, kind, work):
    """What each got through a second, in each round."""
    what, call, answer = WORKS[work]
    ours, options = bench.ours(), ("-R",) if work == "SOURCE" else ()

    def rate(mech):
        return lambda: ours.rate(SCHEMES[mech], *what, "-n", str(DEEP))
    with contextlib.ExitStack() as stack:
        stream = stack.enter_context(bare(bench, kind, call, answer))
        sides = {BARE: lambda: stream(1, DEEP, bench.seconds), **{m: rate(m) for m in KINDS[kind]}}
        theirs = stack.enter_context(iperf3(bench, *options)) if kind == "tcp" else None
        if theirs is not None:
            sides[IPERF3] = theirs
        return [{name: side() for name, side in sides.items()} for _ in range(bench.rounds)]


def of(kind, mech, work, other):
    def measure(bench):
        found = bench.once(("bulk", kind, work), lambda: rounds(bench, kind, work))
        if other not in found[0]:
            raise Missing(f"{other} is not installed")
        if any(each[other] == 0 for each in found):
            raise Missing("too short: the machine is busy")
        return figure([each[mech] / each[other] for each in found], ", ".join(
            f"{name} {sorted(each[name] for each in found)[len(found) // 2]:,.0f}"
            for name in (mech, other)) + " MiB/s")
    return measure


for work in WORKS:
    for kind, mechs in KINDS.items():
        for mech in mechs:
            goal(f"{work} of 1 MiB, of {BARE}: {mech}", at_least=0.9)(of(kind, mech, work, BARE))
    goal(f"{work} of 1 MiB, of {IPERF3}: tcp", at_least=0.9)(of("tcp", "tcp", work, IPERF3))
