"""Goals of one call at a time: latency against the floor of the descriptor, bulk, setting up."""
import json
import os

from tests.peers.goals import Figure, figure, goal
from tests.peers.tools import Broken, Missing, answers, free_port, inplace, output, server, tool

RAW = ("tcp", "unix", "fifo", "pipe")
RPC = ("rpc/tcp", "rpc/udp", "rpc/local")
BLOCKING = ("--size", "64", "--spin", "off", "--no-stock")
POLLING = ("--size", "64", "--spin", "auto")
BULK = ("--size", "1M", "--spin", "off", "--no-stock", "--over", ",".join((*RAW, "rpc/tcp")))
MIB = 1 << 20


def against(result, name, member):
    """How a row of the result's last table stands to another one."""
    (row,) = [row for row in result["tables"][-1]["rows"] if row["name"] == name]
    ratio = row[member]
    if not row["measured"] or row["void"]:
        raise Broken(f"{name}: {row['note']}")
    p50 = row["latency_ns"]["p50"]
    if p50 is None or ratio["point"] is None:
        raise Missing("too few calls")
    return Figure(ratio["point"], ratio["low"] or ratio["point"], ratio["high"] or ratio["point"],
                  f"p50 {p50 / 1000:.1f} µs")


def of_floor(options, name):
    return lambda bench: against(bench.compare(*options), name, "x_floor")


for mech in (*RAW, *RPC):
    goal(f"ECHO 64 B, blocking, of the floor: {mech}",
         at_most=1.08 if mech in RPC else 1.05)(of_floor(BLOCKING, mech))
for mech in (*RAW, "rpc/tcp", "rpc/udp"):
    goal(f"ECHO 64 B, polling, of the polling floor: {mech}",
         at_most=1.4 if mech in RPC else 1.35)(of_floor(POLLING, mech))


@goal("ECHO 64 B, polling, of stock libtirpc: rpc/tcp", at_most=0.2)
def stock(bench):
    return against(bench.compare(*POLLING), "rpc/tcp", "x_stock")


for mech in (*RAW, "rpc/tcp"):
    goal(f"ECHO 1 MiB, of the bare descriptor's time: {mech}", at_most=1.11)(of_floor(BULK, mech))


def stream(bench, scheme, place, call, answer, work):
    """Our rate of calls that carry a MiB, to that of a bare stream with as many under way."""
    with inplace(place, call, answer) as bare:
        return bench.ratios(lambda: bench.ours().rate(scheme, *work, "-n", "4"),
                            lambda: bare(1, 4, bench.seconds))


SINK = ("ECHO.SINK", "--size", "1M")
SOURCE = ("ECHO.SOURCE", "-d", json.dumps({"length": MIB, "seed": 7}))


@goal("SINK of 1 MiB, of a bare stream: tcp", at_least=0.9)
def sink_tcp(bench):
    return stream(bench, "tcp:", free_port(), MIB + 24, 24, SINK)


@goal("SINK of 1 MiB, of a bare stream: unix", at_least=0.9)
def sink_unix(bench):
    return stream(bench, "unix:", os.path.join(bench.place, "sink"), MIB + 24, 24, SINK)


@goal("SOURCE of 1 MiB, of a bare stream: tcp", at_least=0.9)
def source_tcp(bench):
    return stream(bench, "tcp:", free_port(), 28, MIB + 16, SOURCE)


@goal("SOURCE of 1 MiB, of a bare stream: unix", at_least=0.9)
def source_unix(bench):
    return stream(bench, "unix:", os.path.join(bench.place, "source"), 28, MIB + 16, SOURCE)


@goal("SINK of 1 MiB, of iperf3: tcp", at_least=0.9)
def iperf(bench):
    iperf3, port = tool("iperf3"), free_port()
    with server(iperf3, "-s", "-B", "127.0.0.1", "-p", str(port), ready=lambda: answers(port)):
        def theirs():
            text = output(iperf3, "-c", "127.0.0.1", "-p", str(port), "-J", "-t",
                          str(max(1, round(bench.seconds))))
            return json.loads(text)["end"]["sum_received"]["bits_per_second"] / 8 / MIB
        return bench.ratios(lambda: bench.ours().rate("tcp:", *SINK, "-n", "4"), theirs)


def setting_up(mech, part):
    def measure(bench):
        (setup,) = [s for s in bench.compare(*BLOCKING)["setup"] if s["name"] == mech]
        spread = setup[part]
        if spread is None:
            raise Broken(f"{mech}: {setup['note']}")
        us = spread["median_ns"] / 1000
        return figure([us], f"median of {spread['n']}")
    return measure


for mech in (*RAW, *RPC):
    goal(f"first call after connect: {mech}", at_most=1000, unit=" µs")(
        setting_up(mech, "first_call"))
goal("rendezvous: fifo", at_most=300, unit=" µs")(setting_up("fifo", "rendezvous"))
