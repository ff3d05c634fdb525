"""Loads: open loops over each mechanism, and what a stall does to their latencies."""
import contextlib
import csv
import json
import math
import os
import resource
import shlex
import subprocess
import tempfile
import threading

from tests.lib.command import USAGE, fails, run, succeeds
from tests.lib.daemon import Daemon
from tests.lib.harness import (PATIENCE, equal, expect, per_mechanism, program, sanitized, skip,
                               test)
from tests.lib.middle import Middle, take
from tests.lib.proxy import LosingProxy
from tests.lib.record import record
from tests.lib.targets import target

ROUNDS = 2
SHORT = ("--warmup", "1ms", "--rounds", str(ROUNDS), "--duration", "40ms")
STALL = 0.1
OS = 71


def bench(where, *options):
    """The only table and row of a run, and the whole result."""
    result = json.loads(succeeds("rpcall", "bench", where, "ECHO.ECHO", "--json", *options))
    (table,) = result["tables"]
    (row,) = table["rows"]
    equal((row["measured"], row["void"], row["note"]), (True, False, ""), "row")
    return table, row, result


def pipe():
    return f"pipe:{program('rpcalld')} --stdio"


def samples(histogram, at_least=0):
    return sum(n for ns, n in histogram if ns >= at_least)


def balanced(row):
    """Every call that was due is a sample, and every one that left is one of service time."""
    loop = row["open_loop"]
    equal(samples(row["histogram"]), loop["scheduled"], "samples of response time")
    equal(samples(loop["service_histogram"]), row["calls"], "samples of service time")
    equal(row["calls"] + loop["unsent"], loop["scheduled"], "calls and unsent")
    expect(loop["held"] <= loop["missed"] <= loop["scheduled"], f"missed of {loop}")
    expect(row["latency_ns"]["max"] >= loop["service_ns"]["max"],
           "a call takes longer than from when it was due")


@per_mechanism("an open loop makes every call that is due, on one connection and on many")
def open_loop(name):
    with Daemon() as daemon:
        where = target(daemon, name)
        for options in ((), ("-n", "8"), ("--connections", "3"),
                        ("--connections", "2", "-n", "4")):
            table, row, _ = bench(where, "--rate", "1k", *SHORT, *options)
            equal((table["arrivals"], table["rate"]), ("even", 1000), "load")
            equal(row["open_loop"]["scheduled"], 20 * ROUNDS, "calls due in 20 ms a round")
            balanced(row)
        table, row, _ = bench(where, "--rate", "2k", "--arrivals", "poisson", *SHORT)
        equal(table["arrivals"], "poisson", "arrivals")
        balanced(row)


@per_mechanism("many connections share a closed loop")
def closed_loop(name):
    with Daemon() as daemon:
        for options in (("--connections", "4"), ("--connections", "3", "-n", "5")):
            table, row, _ = bench(target(daemon, name), *SHORT, *options)
            equal((table["arrivals"], table["rate"], row["open_loop"]), ("closed", 0, None), "load")
            equal(table["connections"], int(options[1]), "connections")
            expect(row["calls"] >= table["connections"] * table["outstanding"],
                   f"{row['calls']} calls")
            equal(samples(row["histogram"]), row["calls"], "samples")


def limited(limit, where, *options):
    """A bench of a shell that has lowered a limit."""
    command = " ".join(map(shlex.quote, (program("rpcall"), "bench", where, "ECHO.NULL", "--json",
                                         *SHORT, *options)))
    return subprocess.run(["/bin/sh", "-c", f"ulimit {limit} && exec {command}"],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
                          timeout=PATIENCE)


@test("a thousand connections take descriptors up to the hard limit, and little memory")
def many():
    if resource.getrlimit(resource.RLIMIT_NOFILE)[1] < 1200:
        skip("the hard limit of descriptors is below 1,200")
    # 256 KiB for each would be more than twice as much as all may have.
    memory = "" if sanitized() else " && ulimit -v 120000"
    with Daemon() as daemon:
        for scheme, options in (("unix:", ()), ("tcp://127", ("--rate", "20k"))):
            done = limited(f"-Sn 100{memory}", daemon.uri(scheme), "--connections", "1000", *options)
            equal(done.returncode, 0, f"status\n{done.stderr}")
            (row,) = json.loads(done.stdout)["tables"][0]["rows"]
            equal((row["void"], row["note"]), (False, ""), "row")
            if options:
                balanced(row)
            else:
                expect(row["calls"] >= ROUNDS * 1000, f"{row['calls']} calls")


@test("too few descriptors for the connections are named before the others are opened")
def few():
    with Daemon() as daemon:
        done = limited("-n 100", daemon.uri("unix:"), "--connections", "200")
        equal(done.returncode, OS, "status")
        expect("200 connections need 264 descriptors" in done.stderr and
               "may have 100 here (RLIMIT_NOFILE" in done.stderr, done.stderr)
        err = fails(USAGE, "rpcall", "bench", pipe(), *SHORT, "--connections", "257")
        expect("each is a process, at most 256" in err, err)


def stalls(first, every):
    """Passes calls on; call number first, and then each so many, waits before."""
    def serve(middle, client):
        seen = 0
        with middle.connect() as up:
            while (call := take(client)) is not None:
                seen += 1
                if seen >= first and (seen - first) % every == 0:
                    threading.Event().wait(STALL)  # this is what is measured
                up.sendall(record(call))
                client.sendall(record(take(up)))
    return serve


@contextlib.contextmanager
def between(daemon, script):
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path = os.path.join(place, "middle")
        with Middle(path, daemon.uri("unix:").partition(":")[2], script):
            yield f"unix:{path}"


@test("a server that stalls 100 ms a second is seen in the response time, not the service time")
def stall():
    with Daemon() as daemon:
        # On a machine that stalls by itself the service time shows that, too.
        for _ in range(5):
            with between(daemon, [stalls(200, 1000)]) as where:
                table, row, _ = bench(where, "--rate", "1k", "--duration", "2s", "--rounds", "1",
                                      "--warmup", "1ms")
            balanced(row)
            response, service = row["latency_ns"]["p99"], row["open_loop"]["service_ns"]["p99"]
            expect(response > 50e6, f"p99 of the response time is {response} ns")
            if service < 50e6:
                break
        expect(service < 50e6, f"p99 of the service time is {service} ns")
        expect(samples(row["open_loop"]["service_histogram"], 99e6) >= 1, "the stalls themselves")
        equal(table["title"], "ECHO 64 B, 1000/s", "title")


def swallows(number):
    """Passes calls on, but for one, which is lost."""
    def serve(middle, client):
        seen = 0
        with middle.connect() as up:
            while (call := take(client)) is not None:
                seen += 1
                if seen != number:
                    up.sendall(record(call))
                    client.sendall(record(take(up)))
    return serve


@test("a call that is never answered is a sample of at least the time that was waited for it")
def lost():
    with Daemon() as daemon:
        for options in ((), ("-n", "4"), ("--rate", "1k"), ("--rate", "1k", "-n", "4")):
            with between(daemon, [swallows(30)]) as where:
                _, row, _ = bench(where, "-t", "300ms", "--duration", "400ms", "--rounds", "1",
                                  "--warmup", "0ms", *options)
            expect(row["errors"] >= 1 and samples(row["histogram"], 299e6) >= 1,
                   f"lost calls, and samples of them, {options}")
            answered = (row["calls"] - row["errors"]) / row["wall_ns"] * 1e9
            expect(math.isclose(row["calls_per_s"], answered, rel_tol=1e-9),
                   f"{row['calls_per_s']} calls/s, {answered} were answered")
            equal(row["bytes"], (row["calls"] - row["errors"]) * 2 * 64, "bytes")
            equal([one["lost"] for one in row["rounds"]], [row["errors"]], "lost, of the round")
            if row["open_loop"]:
                balanced(row)


@test("when all calls under way are lost others take their place")
def lost_window():
    with Daemon() as daemon:
        port = int(daemon.uri("rpc+udp://127").rpartition(":")[2])
        # A lost call costs one datagram, there or back: so one window of four is lost.
        with LosingProxy(port, range(100, 104)) as proxy:
            _, row, _ = bench(f"rpc+udp://127.0.0.1:{proxy.port}", "-n", "4", "-t", "100ms",
                              "--duration", "1s", "--rounds", "1", "--warmup", "0ms")
        if row["errors"] < 4:
            skip(f"{proxy.seen} datagrams in a second: the machine is busy")
        expect(row["wall_ns"] > 0.5e9, f"the last answer came after {row['wall_ns'] / 1e6} ms of 1 s")


@test("a rate that cannot be reached is named in every form of the report")
def unreachable():
    said = "the rate was not reached"
    _, row, result = bench(pipe(), "--rate", "5M", *SHORT)
    balanced(row)
    expect(row["open_loop"]["unsent"] > 0, "all calls left")
    expect(any(r["warning"] and said in r["text"] for r in result["remarks"]), "no such remark")
    expect(said in succeeds("rpcall", "bench", pipe(), "--rate", "5M", *SHORT), "not in the text")
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path = os.path.join(place, "result.json")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(result, f)
        for form in ("text", "markdown", "html"):
            expect(said in succeeds("rpcall", "report", path, "--format", form), f"not in {form}")
        (line,) = csv.DictReader(succeeds("rpcall", "report", path, "--format", "csv").splitlines())
        equal((line["arrivals"], line["offered_per_s"], int(line["unsent"])),
              ("even", "5000000", row["open_loop"]["unsent"]), "CSV")


@test("compare offers the rate to floors and stock, too, and says how honest it was")
def compared():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        text = succeeds("rpcall", "compare", "--over", "unix,rpc/tcp", "--size", "64", "--rate",
                        "1k", "--rounds", "2", "--duration", "10ms", "--warmup", "1ms",
                        "--outstanding", "1", "--out", place, patience=60)
        with open(os.path.join(place, "compare.json"), encoding="utf-8") as f:
            rows = [row for table in json.load(f)["tables"] for row in table["rows"]]
        expect({"mechanism", "floor", "stock"} <= {row["kind"] for row in rows}, "kinds")
        for row in rows:
            equal((row["void"], row["open_loop"]["scheduled"]), (False, 20), row["name"])
            balanced(row)
            expect(row["cpu"]["window_ns"] > 0, "no window")
        expect("Rounds thrown out: none" in text, text)


@test("loads that are none are wrong usage")
def bad_loads():
    for options in (("--rate", "0"), ("--rate", "many"), ("--rate", "11M"), ("--rate", "-5"),
                    ("--arrivals", "poisson"), ("--rate", "1k", "--arrivals", "odd"),
                    ("--connections", "0"), ("--connections", "16385"),
                    ("--connections", "256", "-n", "4096"), ("-n", "4097")):
        fails(USAGE, "rpcall", "bench", pipe(), *options)
    done = run("rpcall", "bench", pipe(), "--rate", "1", "--duration", "1ms", "--rounds", "1")
    equal(done.status, 0, f"one call a second\n{done.err}")
