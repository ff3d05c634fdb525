"""What each mechanism costs to set up, and where the time of a call goes."""
import functools
import json
import math
import os
import statistics
import subprocess
import tempfile
import time

from tests.lib import reflect
from tests.lib.command import succeeds
from tests.lib.daemon import Daemon
from tests.lib.harness import equal, expect, program, skip, test
from tests.lib.mechanisms import MECHANISMS, connect
from tests.lib.rpcinfo import control, require_rpcbind

SHORT = ("--size", "64", "--warmup", "1ms", "--rounds", "1", "--duration", "2ms",
         "--outstanding", "1")
BARE = (*SHORT, "--no-floor", "--no-stock", "--no-again", "-q")
ONC = ("rpc/tcp", "rpc/udp", "rpc/local")
REPEATS = 3
CPUS = len(os.sched_getaffinity(0))


@functools.lru_cache
def compared(*options):
    """The JSON of a comparison and its text, measured once."""
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        text = succeeds("rpcall", "compare", *options, "--out", place, patience=60)
        with open(os.path.join(place, "compare.json"), encoding="utf-8") as f:
            return json.load(f), text


def setups(*options):
    return {one["name"]: one for one in compared(*BARE, *options)[0]["setup"]}


def opens_by(name):
    return {"fifo": "rendezvous", "pipe": "start"}.get(name, "connect")


@test("each mechanism is set up in its own way, and nothing is said of the others'")
def parts():
    found = setups()
    equal(sorted(found), sorted(MECHANISMS), "mechanisms")
    for name, one in found.items():
        has = {part for part, value in one.items() if isinstance(value, dict)} - {"lookup"}
        equal(has, {opens_by(name), "first_call", "ready", "close"}, f"parts of {name}")
        for part in has:
            value = one[part]
            equal(value["n"], REPEATS, f"repeats of {name}'s {part}")
            expect(0 < value["low_ns"] <= value["median_ns"] <= value["high_ns"],
                   f"{name}'s {part}: {value}")
        expect(one["ready"]["low_ns"] >= one[opens_by(name)]["low_ns"] +
               one["first_call"]["low_ns"], f"{name} is ready before it is open: {one}")


@test("the text shows what was set up, with as many repeats as there were")
def text():
    out = compared(*BARE)[1].partition("\nSetting up\n")[2].partition("\nHonesty\n")[0]
    expect(f"Medians of {REPEATS} repeats" in out, out)
    for name, one in setups().items():
        cells = next(line for line in out.splitlines() if line.split()[:1] == [name])
        shown = sum(cell != "-" and cell[0] != "\u00b1" for cell in cells.split()[1:])
        equal(shown, sum(isinstance(value, dict) for value in one.values()), f"cells of {name}")


@test("rpcbind is asked over ONC RPC alone, for the daemon or for itself; without it that is said")
def lookup():
    require_rpcbind()
    for options in ((), ("--register",)):
        found = setups(*options)
        equal({name for name, one in found.items() if one["lookup"]}, set(ONC), "looked up")
        expect(all(found[name]["lookup"]["n"] == REPEATS for name in ONC), found)
    control("kill")
    try:
        found = setups("--over", "rpc/tcp,unix")
    finally:
        control("start")
    equal(found["rpc/tcp"]["lookup"], None, "a look-up without rpcbind")
    expect("rpcbind does not answer" in found["rpc/tcp"]["note"], found)
    equal((found["unix"]["lookup"], found["unix"]["note"]), (None, ""), "unix needs none")
    expect(found["rpc/tcp"]["connect"]["n"] == REPEATS, "it is there all the same")


@test("what a process takes to start is not in its first call, unless it never says that it is ready")
def process_start():
    late = f"pipe:sh -c 'sleep 0.3; exec {program('rpcalld')} --stdio'"
    found = setups("--over", f"{late},pipe:env -u NOTIFY_SOCKET {program('rpcalld')} --stdio")
    slow, silent = found["pipe"], found["pipe 2"]
    expect(slow["first_call"]["low_ns"] < 0.3e9 <= slow["start"]["low_ns"], str(slow))
    equal(slow["note"], "", "note")
    expect("does not say when it is ready" in silent["note"], silent["note"])
    expect(silent["start"]["n"] == REPEATS, str(silent))


def clock_of(pid):
    """CPU time of a process in seconds, to the nanosecond: clock_getcpuclockid()."""
    return time.clock_gettime((~pid) << 3 | 2)


def bench(daemon, uri, seconds):
    """CPU time of a bench on each end, measured from outside and as it says itself."""
    before = clock_of(daemon.pid)
    with subprocess.Popen([program("rpcall"), "bench", uri, "ECHO.NULL", "--json", "--rounds", "1",
                           "--warmup", "1ms", "--duration", f"{int(seconds * 1000)}ms"],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as client:
        row, = json.load(client.stdout)["tables"][0]["rows"]
        _, status, used = os.wait4(client.pid, 0)
        client.returncode = os.waitstatus_to_exitcode(status)
    equal(client.returncode, 0, "status of bench")
    said = {}
    for end in ("client", "server"):
        cost = row[f"{end}_per_call"]
        said[end] = (cost["user_ns"] + cost["system_ns"]) * row["calls"] / 1e9
    return said, {"client": used.ru_utime + used.ru_stime,
                  "server": clock_of(daemon.pid) - before}


@test("CPU time per call is within 10 % of that of the whole processes, taken from outside")
def cpu():
    with Daemon() as daemon:
        for scheme in ("unix:", "rpc+tcp:"):
            uri = daemon.uri(scheme)
            # What does not depend on the number of calls: start, report, end.
            fixed_said, fixed = bench(daemon, uri, 0.001)
            seconds = 2
            while True:
                said, outside = bench(daemon, uri, seconds)
                used = {end: outside[end] - fixed[end] for end in said}
                # On a busy machine there is less of it in the same time.
                if all(used[end] > max(0.25, 6 * fixed[end]) for end in said):
                    break
                if seconds >= 4:
                    skip(f"the machine is too busy: {used} s of CPU in {seconds} s")
                seconds *= 2
            for end, seen in used.items():
                ratio = (said[end] - fixed_said[end]) / seen
                expect(0.9 < ratio < 1.1, f"{uri}, {end}: {said[end]:.4f} s of CPU said, "
                       f"{seen:.4f} s seen, {fixed[end]:.4f} s without calls")


def rounds_of(table, name):
    row, = [row for row in table["rows"] if row["name"] == name]
    return row["rounds"]


def parts_of(table, name, kind):
    """The parts again, from what the rounds hold."""
    call, floor = rounds_of(table, name), rounds_of(table, f"floor {kind}")
    polled = rounds_of(table, f"floor {kind} polled") if CPUS > 1 else None
    for i, (c, f) in enumerate(zip(call, floor, strict=True)):
        over = c["p50_ns"] - f["p50_ns"]
        yield {"encode": c["encode_ns"], "dispatch": c["dispatch_ns"], "over_raw": over,
               "rest": over - c["encode_ns"] - c["dispatch_ns"],
               "transport": polled and polled[i]["p50_ns"],
               "wake_up": polled and f["p50_ns"] - polled[i]["p50_ns"]}


@test("the parts of a call are medians of what its rounds hold, and add up to the call in each")
def time_goes():
    result, out = compared(*SHORT[:-4], "--duration", "4ms", "--outstanding", "1", "--rounds",
                           "6", "--over", "rpc/tcp,fifo", "--no-stock", "--no-again", "-q")
    kinds = {"rpc/tcp": "tcp", "fifo": "fifo"}
    for table in result["tables"]:
        for name, kind in kinds.items():
            row, = [row for row in table["rows"] if row["name"] == name]
            again = list(parts_of(table, name, kind))
            for part, value in row["parts_ns"].items():
                if part == "over_lean" or (part in ("transport", "wake_up") and CPUS == 1):
                    continue
                median = statistics.median(one[part] for one in again)
                expect(math.isclose(value["point"], median, rel_tol=1e-9, abs_tol=1e-6),
                       f"{table['title']}, {name}: {part} {value}, {median} by its rounds")
                expect(value["low"] <= value["point"] <= value["high"], f"{part}: {value}")
            expect(0 < row["parts_ns"]["encode"]["point"] < 1e6, row["parts_ns"])
            expect(row["parts_ns"]["dispatch"]["point"] > 0, row["parts_ns"])
    equal(out.count("\nWhere the time goes: "), 2, "tables")


def io_of(pid):
    """Bytes and calls of read(2) and write(2), as the kernel counts them."""
    try:
        with open(f"/proc/{pid}/io", encoding="ascii") as f:
            counts = dict(line.split(": ") for line in f.read().splitlines())
    except OSError as e:
        skip(f"no /proc/PID/io: {e}")
    return {"bytes": int(counts["rchar"]) + int(counts["wchar"]),
            "calls": int(counts["syscr"]) + int(counts["syscw"])}


@test("system calls and bytes copied are those that the kernel counts")
def kernel():
    with Daemon() as daemon, connect(daemon, "unix") as peer:
        uri = daemon.uri("fifo:")
        before, io = reflect.stats(peer)[0], io_of(daemon.pid)
        row, = json.loads(succeeds("rpcall", "bench", uri, "ECHO.ECHO", "--size", "1000", "--json",
                                   "--rounds", "1", "--warmup", "1ms", "--duration", "300ms")
                          )["tables"][0]["rows"]
        seen = {name: value - io[name] for name, value in io_of(daemon.pid).items()}
        after = reflect.stats(peer)[0]
    grown = {name: after[name] - before[name] for name in before}
    expect(math.isclose(grown["message_bytes_total"], seen["bytes"], rel_tol=0.05),
           f"{grown['message_bytes_total']} bytes counted, {seen['bytes']} by the kernel")
    moved = grown["message_calls_total"] - grown["epoll_waits_total"]
    expect(math.isclose(moved, seen["calls"], rel_tol=0.05),
           f"{moved} reads and writes counted, {seen['calls']} by the kernel")
    # A call there is a read, a write and a wait for the next; here a write and a read.
    for end, least in (("server", 2), ("client", 2)):
        cost = row[f"{end}_per_call"]
        expect(least * 0.95 < cost["message_calls"] < 4, f"{end}: {cost}")
        expect(2000 < cost["message_bytes"] < 2200, f"{end}: {cost}")


@test("what measuring itself asks of the server is not in its figures, however short a round")
def short_round():
    with Daemon() as daemon:
        for uri in (daemon.uri("unix:"), daemon.uri("rpc+udp://127")):
            row, = json.loads(succeeds("rpcall", "bench", uri, "--workload", "kv-get", "--json",
                                       "--rounds", "2", "--warmup", "1ms", "--duration", "5ms")
                              )["tables"][0]["rows"]
            ours, theirs = (row[f"{end}_per_call"]["message_bytes"] * row["calls"]
                            for end in ("client", "server"))
            # Both ends move the same; beside it the server's threads wake one another, by 8
            # bytes a time, the oftener the slower it is. Readings would be some 16,000 bytes.
            expect(0 <= theirs - ours < 2000, f"{uri}: {ours} bytes here, {theirs} there")
