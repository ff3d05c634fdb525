"""Goals of many calls at once: against the in-place responder, and against redis."""
import os

from tests.peers.goals import goal
from tests.peers.tools import free_port, inplace, redis_rate

RPC_NULL, LEAN_NULL = (44, 28), (20, 12)  # bytes of a call and of its answer, marks included
KINDS = {"rpc/tcp": ("rpc+tcp:", RPC_NULL), "tcp": ("tcp:", LEAN_NULL), "unix": ("unix:", LEAN_NULL)}
UNPIPELINED, PIPELINED = 50_000, 1_000_000  # about what redis-benchmark gets through in a second


def load(connections, deep):
    return "--connections", str(connections), "-n", str(deep)


def of_inplace(mech, connections, deep):
    """Our rate of NULL, to that of records which nobody looks at."""
    scheme, (call, answer) = KINDS[mech]

    def measure(bench):
        place = os.path.join(bench.place, "inplace") if mech == "unix" else free_port()
        with inplace(place, call, answer) as limit:
            return bench.ratios(
                lambda: bench.ours().rate(scheme, "ECHO.NULL", *load(connections, deep)),
                lambda: limit(connections, deep, bench.seconds))
    return measure


def of_redis(scheme, work, test, connections, deep, options=("--appendonly", "no"), **how):
    def measure(bench):
        port, path = bench.redis(*options)
        calls = (PIPELINED if deep > 1 else UNPIPELINED) * bench.seconds
        return bench.ratios(
            lambda: bench.ours(**how).rate(scheme, *work, *load(connections, deep)),
            lambda: redis_rate(path if scheme == "unix:" else port, test, connections, deep, calls))
    return measure


NULL = ("ECHO.NULL",)
GET, PUT = ("--workload", "kv-get"), ("--workload", "kv-put")
SYNC = ("--appendonly", "yes", "--appendfsync", "always")

for mech, of_limit, of_ping in (("rpc/tcp", 0.6, 1.8), ("unix", 0.6, 2)):
    goal(f"NULL, 64 on 50 connections, of the in-place responder: {mech}", at_least=of_limit)(
        of_inplace(mech, 50, 64))
    goal(f"NULL, 64 on 50 connections, of redis PING: {mech}", at_least=of_ping)(
        of_redis(KINDS[mech][0], NULL, "ping_mbulk", 50, 64))
for connections, deep in ((1, 64), (50, 1)):
    for mech in ("tcp", "unix"):
        name = f"NULL, {deep} on {connections} connection{'s' * (connections > 1)}"
        goal(f"{name}, of the in-place responder: {mech}", at_least=0.9)(
            of_inplace(mech, connections, deep))
        goal(f"{name}, of redis PING: {mech}", at_least=1.3)(
            of_redis(KINDS[mech][0], NULL, "ping_mbulk", connections, deep))
goal("kv-get, 64 under way, of redis GET: unix", at_least=1)(of_redis("unix:", GET, "get", 1, 64))
goal("kv-put async, 64 under way, of redis SET: unix", at_least=1)(
    of_redis("unix:", PUT, "set", 1, 64))
goal("kv-put sync, 50 clients, of redis SET, fsync always: unix", at_least=1)(
    of_redis("unix:", PUT, "set", 50, 1, SYNC, durability="sync"))
