"""bench and compare with each workload over each mechanism: what the result
names, and what makes it void."""
import contextlib
import csv
import json
import os
import tempfile
import threading

from tests.lib import file, kv
from tests.lib.command import USAGE, fails, run, succeeds
from tests.lib.daemon import Daemon
from tests.lib.harness import (equal, expect, mechanism_names, per_mechanism, program, test)
from tests.lib.mechanisms import connect
from tests.lib.middle import Middle, detour
from tests.lib.targets import target

WORKLOADS = ("echo", "kv-get", "kv-put", "kv-mixed", "file-read")
SHORT = ("--warmup", "1ms", "--rounds", "2", "--duration", "4ms")
NO_FILE, BROKEN = 66, 76
FILE = ("--workload", "file-read", "--file", "e/data")


@contextlib.contextmanager
def served():
    """A daemon with an asynchronous store, and a file as e/data; its directory."""
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        with open(os.path.join(place, "data"), "wb") as f:
            f.write(os.urandom(100000))
        with Daemon(args=["--durability", "async", "--export", f"e={place}"]) as daemon:
            yield daemon, place


def uri(daemon, name):
    """A pipe's server has a store of its own; here it is given a place."""
    if name == "pipe":
        return (f"pipe:{program('rpcalld')} --stdio --state {daemon.scratch}/pipe "
                f"{' '.join(daemon.args)}")
    return target(daemon, name)


def bench(where, workload, *options):
    out = succeeds("rpcall", "bench", where, "--json", "--workload", workload, *SHORT, *options)
    (table,) = json.loads(out)["tables"]
    (row,) = table["rows"]
    return table, row


@per_mechanism("every workload runs, and its result names store and durability")
def every_workload(name):
    with served() as (daemon, _):
        for workload in WORKLOADS:
            for outstanding in ("1", "16"):
                table, row = bench(uri(daemon, name), workload, "-n", outstanding,
                                   "--file", "e/data")
                equal((table["workload"], row["measured"], row["void"], row["note"]),
                      (workload, True, False, ""), f"{workload}, {outstanding} outstanding")
                expect(row["calls"] >= 2, f"{row['calls']} calls")
                stored = workload.startswith("kv")
                equal((table["durability"], table["store"].partition(",")[0]),
                      ("async", "KV") if stored else
                      ("", "e/data" if workload == "file-read" else ""), "durability, store")
                expect(("store async" in table["title"]) == stored, table["title"])


@test("a store that syncs is named so")
def synchronous():
    with Daemon() as daemon:
        table, _ = bench(daemon.uri("unix:"), "kv-put", "-n", "64")
        equal(table["durability"], "sync", "durability")
        out = succeeds("rpcall", "bench", daemon.uri("unix:"), "--workload", "kv-put", *SHORT)
        expect("durability sync" in out and "store sync" in out, out)


@test("a workload takes its keys away again, and leaves the others")
def clean():
    with Daemon() as daemon:
        with connect(daemon, "unix") as peer:
            kv.put(peer, b"mine", b"stays")
            for workload in ("kv-get", "kv-put", "kv-mixed"):
                bench(daemon.uri("unix:"), workload)
                equal(list(kv.dump(peer)), [b"mine"], "keys that are left")


class Meddler:
    """Writes another value to all keys of a workload that it finds."""

    def __init__(self, daemon, prefix):
        self.daemon, self.prefix = daemon, prefix
        self.found = 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._meddle, daemon=True)

    def _meddle(self):
        with connect(self.daemon, "unix") as peer:
            while not self.over.is_set():
                for key in kv.dump(peer, self.prefix):
                    kv.put(peer, key, b"x" * 100)
                    self.found += 1

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


@test("a value that somebody else wrote meanwhile makes the row void")
def wrong_value():
    with Daemon(args=["--durability", "async"]) as daemon:
        with Meddler(daemon, b"rpcall-bench/") as meddler:
            # Until one of them met it.
            for _ in range(20):
                done = run("rpcall", "bench", daemon.uri("unix:"), "--workload", "kv-get",
                           "--rounds", "1", "--duration", "1s")
                if done.status:
                    break
        expect(meddler.found > 0, "the keys were not found")
        equal(done.status, BROKEN, f"status\n{done.out}{done.err}")
        expect("void: a wrong value came back" in done.err, done.err)


class Rewriter:
    """Writes other bytes to a file again and again."""

    def __init__(self, path):
        self.path = path
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._rewrite, daemon=True)

    def _rewrite(self):
        with open(self.path, "r+b", buffering=0) as f:
            while not self.over.is_set():
                os.pwrite(f.fileno(), os.urandom(100000), 0)

    __enter__ = Meddler.__enter__
    __exit__ = Meddler.__exit__


@test("a file that somebody else changes meanwhile makes the row void")
def changed_file():
    with served() as (daemon, place), Rewriter(os.path.join(place, "data")):
        # Until one of them met it.
        for _ in range(20):
            done = run("rpcall", "bench", daemon.uri("unix:"), *FILE, "--rounds", "1",
                       "--duration", "200ms")
            if done.status:
                break
    equal(done.status, BROKEN, f"status\n{done.out}{done.err}")
    expect("void: wrong bytes came back" in done.err, done.err)


@test("calls that the server did not serve over this mechanism make the row void")
def ledger():
    with served() as (daemon, place), connect(daemon, "tcp") as peer:
        path = os.path.join(place, "middle.sock")
        for workload, prog in (("kv-get", kv.PROG), ("kv-put", kv.PROG), ("file-read", file.PROG)):
            script = [detour(prog, lambda proc, args, to=prog: peer.call(proc, args, prog=to,
                                                                         vers=1))] * 3
            with Middle(path, daemon.uri("unix:").partition(":")[2], script):
                done = run("rpcall", "bench", f"unix:{path}", "--workload", workload, "--file",
                           "e/data", "--rounds", "1", "--duration", "4ms", "--warmup", "1ms")
            os.unlink(path)
            equal(done.status, BROKEN, f"status of {workload}\n{done.out}{done.err}")
            expect("ledgers differ" in done.err, done.err)


@test("a file that is not there, or too short, is said to be so")
def no_file():
    with served() as (daemon, _):
        where = daemon.uri("unix:")
        expect("e/none is not a file" in fails(
            NO_FILE, "rpcall", "bench", where, "--workload", "file-read", "--file", "e/none"),
            "no such file")
        expect("has only 100000 bytes" in fails(
            USAGE, "rpcall", "bench", where, *FILE, "--size", "1M"), "too short")


@test("compare has a table of each workload, with floors, without stock, and names the store")
def compare():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        out = succeeds("rpcall", "compare", "--workload", "kv-get,kv-put,file-read",
                       "--size", "100", "--rounds", "1",
                       "--duration", "1ms", "--warmup", "1ms", "--outstanding", "8",
                       "--durability", "async", "--store", place, "--out", place, patience=60)
        equal(sorted(os.listdir(place)), ["compare.csv", "compare.html", "compare.json"],
              "what is left in the directory of the store")
        with open(os.path.join(place, "compare.json"), encoding="utf-8") as f:
            tables = json.load(f)["tables"]
        with open(os.path.join(place, "compare.csv"), encoding="utf-8", newline="") as f:
            rows = list(csv.DictReader(f))
        with open(os.path.join(place, "compare.html"), encoding="utf-8") as f:
            html = f.read()
    equal([t["title"] for t in tables],
          ["kv-get 100 B, store async", "kv-get 100 B, store async, 8 outstanding",
           "kv-put 100 B, store async", "kv-put 100 B, store async, 8 outstanding",
           "file-read 100 B", "file-read 100 B, 8 outstanding"], "titles")
    for table in tables:
        stored = table["workload"] != "file-read"
        equal(table["durability"], "async" if stored else "", "durability")
        expect(table["store"].startswith("KV" if stored else "bench/data"), table["store"])
        expect("store: " + table["store"] in out, f"{table['store']} is not in the text")
        expect("store: " + table["store"] in html, f"{table['store']} is not in the HTML")
        names = [row["name"] for row in table["rows"]]
        equal(names[:7], mechanism_names(), "mechanisms")
        equal("floor unix" in names, table["outstanding"] == 1, "a floor")
        expect(not any(name.startswith("stock") for name in names), str(names))
        for row in table["rows"]:
            expect(row["measured"] and not row["void"], f"{row['name']}: {row['note']}")
    equal({(row["service"], row["durability"]) for row in rows},
          {("kv-get", "async"), ("kv-put", "async"), ("file-read", "")}, "workloads in the CSV")


@test("floor rows between rounds of kv-put, and before them, use up no opid")
def floors_between():
    for seed in "1234":
        out = succeeds("rpcall", "compare", "--json", "--over", "unix", "--workload", "kv-put",
                       "--seed", seed, "--rounds", "4", "--duration", "30ms", "--no-stock",
                       "--outstanding", "1", "--durability", "async")
        (table,) = json.loads(out)["tables"]
        for row in table["rows"]:
            equal((row["measured"], row["void"], row["note"]), (True, False, ""), row["name"])


@test("what is no workload, or not for it, is wrong usage")
def wrong_usage():
    nowhere = "unix:/nowhere"
    expect("kv-mixed" in fails(USAGE, "rpcall", "bench", nowhere, "--workload", "kv"), "names")
    fails(USAGE, "rpcall", "compare", "--workload", "echo,kv")
    fails(USAGE, "rpcall", "compare", "--workload", "")
    fails(USAGE, "rpcall", "compare", "--durability", "maybe")
    for options in (["--workload", "kv-get", "--size", "2M"],
                    ["--workload", "kv-put", "-n", "1025"],
                    ["--workload", "kv-mixed", "--puts", "101"],
                    ["--workload", "echo", "--size", "5M"], ["ECHO.ECHO", "--workload", "kv-get"],
                    ["--workload", "kv-get", "-n", "0"], ["--workload", "file-read"],
                    ["--workload", "file-read", "--file", "x" * 1025],
                    [*FILE, "--size", "0"]):
        fails(USAGE, "rpcall", "bench", nowhere, *options)


@test("the help of bench and compare tells of every workload")
def helps():
    for verb in ("bench", "compare"):
        out = succeeds("rpcall", "help", verb)
        for workload in WORKLOADS:
            expect(f"\n  {workload} " in out, f"{workload} is not in help {verb}")
