"""Goals of one call at a time: latency against the floor of the descriptor, setting up."""
from tests.peers.goals import Figure, figure, goal
from tests.peers.tools import Broken, Missing

RAW = ("tcp", "unix", "fifo", "pipe")
RPC = ("rpc/tcp", "rpc/udp", "rpc/local")
BLOCKING = ("--size", "64", "--spin", "off", "--no-stock")
POLLING = ("--size", "64", "--spin", "auto")
BULK = ("--size", "1M", "--spin", "off", "--no-stock", "--over",
        ",".join((*RAW, "rpc/tcp", "rpc/local")))


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


for mech in (*RAW, "rpc/tcp", "rpc/local"):
    goal(f"ECHO 1 MiB, of the bare descriptor's time: {mech}", at_most=1.11)(of_floor(BULK, mech))


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
