"""Sweeps of size, rate and concurrency in one command, and the search for a rate."""
import array
import contextlib
import csv
import fcntl
import json
import os
import subprocess
import tempfile
import termios

from tests.lib.command import USAGE, fails, run, succeeds
from tests.lib.harness import equal, expect, program, test, wait_until

NO = 1
SHORT = ("--warmup", "1ms", "--rounds", "1", "--duration", "5ms")


def queued(pipe):
    """Bytes that wait in it."""
    count = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, count)
    return count[0]


def bench(*options, status=0):
    done = run("rpcall", "bench", f"pipe:{program('rpcalld')} --stdio", "ECHO.ECHO", *SHORT,
               *options)
    equal(done.status, status, f"status\n{done.err}")
    return done


@test("one command measures every combination, as arrays in the JSON and rows in text and CSV")
def combinations():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path = os.path.join(place, "sweep.json")
        options = ("--size", "64,1K", "--sweep", "rate=500:2k:*2", "--sweep", "n=1:3:+2")
        with open(path, "w", encoding="utf-8") as f:
            f.write(bench(*options, "--json").out)
        with open(path, encoding="utf-8") as f:
            tables = json.load(f)["tables"]
        wanted = [(size, n, rate) for size in (64, 1024) for n in (1, 3)
                  for rate in (500, 1000, 2000)]
        equal([(t["size"], t["outstanding"], t["rate"]) for t in tables], wanted, "tables")
        lines = list(csv.DictReader(
            succeeds("rpcall", "report", path, "--format", "csv").splitlines()))
        equal([(int(line["size"]), int(line["outstanding"]), int(line["offered_per_s"]))
               for line in lines], wanted, "lines of CSV")
        titles = [table["title"] for table in tables]
        equal(len(set(titles)), len(wanted), "titles")
        text = bench(*options).out
        expect(all(title in text for title in titles), text)
        equal(run("rpcall", "compare", path, path).status, 0, "compared with itself")


@test("connections and ranges of sizes are swept, too, in bench and compare")
def more():
    tables = json.loads(bench("--json", "--sweep", "connections=1:4:*2", "--size",
                              "16:64:*2").out)["tables"]
    equal([(t["size"], t["connections"]) for t in tables],
          [(size, n) for size in (16, 32, 64) for n in (1, 2, 4)], "tables of bench")
    out = succeeds("rpcall", "compare", "--over", "pipe", "--no-floor", "--no-stock", "--rounds",
                   "1", "--duration", "2ms", "--warmup", "1ms", "--size", "64,128", "--sweep",
                   "n=1,4", "--json", patience=60)
    equal([(t["procedure"], t["size"], t["outstanding"]) for t in json.loads(out)["tables"]],
          [("ECHO.NULL", 0, 1)] + [("ECHO.ECHO", size, n) for size in (64, 128) for n in (1, 4)],
          "tables of compare")


@test("a search that nothing satisfies says so, and that is no")
def lowest():
    done = bench("--slo", "p50 < 1ns", "--rate", "1k:64k", "--duration", "50ms", "--json",
                 status=NO)
    result = json.loads(done.out)
    search = result["search"]
    equal((search["outcome"], search["rate"], search["breaks_at"], search["trials"]),
          ("even the lowest breaks", 0, 1000, 2), "search")
    equal([(t["rate"], t["promise"]) for t in result["tables"]], [(1000, "breaks")] * 2, "trials")
    expect(all("limit" in t["broken_by"].split(",") for t in result["tables"]), "broken by what")
    expect("p50 was" in search["text"], search["text"])
    expect("does not hold even at the lowest rate" in done.err, done.err)


@test("a rate that cannot be reached breaks a promise whose percentile holds, and that is said")
def not_reached():
    done = bench("--slo", "p50 < 1000s", "--rate", "5M:5M", "--duration", "50ms", "--json", status=NO)
    result = json.loads(done.out)
    equal([t["broken_by"] for t in result["tables"]], ["rate"] * 2, "broken by")
    expect("the rate was not reached" in result["search"]["text"], result["search"]["text"])
    text = bench("--slo", "p50 < 1000s", "--rate", "5M:5M", "--duration", "50ms", status=NO).out
    equal(text.count("breaks: rate"), 2, "trials in the text")


@test("what a search found agrees with its trials, and is in every report")
def found():
    # A machine that is busy may not reach even these rates; then that is what is said.
    done = run("rpcall", "bench", f"pipe:{program('rpcalld')} --stdio", *SHORT, "--slo",
               "p50 < 10s", "--rate", "500:2k", "-n", "64", "--duration", "200ms", "--json")
    result = json.loads(done.out)
    search, tables = result["search"], result["tables"]
    equal(search["trials"], len(tables), "trials")
    held = [t["rate"] for t in tables if t["promise"] == "holds"]
    broken = [t["rate"] for t in tables if t["promise"] == "breaks"]
    wanted = {0: "even the lowest breaks", 2000: "the highest holds"}
    equal(search["outcome"], wanted.get(search["rate"], "found"), "outcome")
    equal(done.status, 0 if search["rate"] else NO, "status")
    chosen, other = (held, search["rate"]) if search["rate"] else (broken, search["breaks_at"])
    expect(chosen.count(other) >= 2, f"{search} of {held} and {broken}")
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path = os.path.join(place, "search.json")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(result, f)
        for form in ("text", "markdown", "html"):
            out = succeeds("rpcall", "report", path, "--format", form)
            expect("hold" in out and f"{other}/s" in out, f"not in {form}")
        again = json.loads(succeeds("rpcall", "report", path, "--json"))
        equal(again["search"], search, "read back")


def read_late(*args):
    """What rpcall prints into a pipe that is full for longer than its timer
    takes: what does not retry a write gives up."""
    with subprocess.Popen([program("rpcall"), *args], stdout=subprocess.PIPE) as process:
        fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, 4096)
        wait_until(lambda: queued(process.stdout) >= 4096, "the pipe is full")
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.5)
        out = process.stdout.read()
    equal(process.returncode, 0, f"status of {args[0]}")
    return out


@test("a result that its reader takes slowly is whole")
def slow_reader():
    server = f"pipe:{program('rpcalld')} --stdio"
    out = read_late("bench", server, "ECHO.ECHO", "--json", "--rounds", "1", "--warmup", "0ms",
                    "--duration", "50ms", "--sweep", "n=1:8:+1")
    equal(len(json.loads(out)["tables"]), 8, "tables")
    out = read_late("call", server, "SOURCE", '{"length": 100000, "seed": 1}')
    equal(len(json.loads(out)), len("hex:") + 2 * 100000, "an answer of 100,000 bytes")


@test("sweeps and searches that are none are wrong usage")
def bad():
    pipe = f"pipe:{program('rpcalld')} --stdio"
    for options in (("--sweep", "speed=1:2:*2"), ("--sweep", "rate=1:100000:+1"),
                    ("--sweep", "n=1:64:+1", "--sweep", "rate=1,2"),
                    ("--rate", "1k", "--sweep", "rate=1k,2k"), ("--sweep", "n=1,5000"),
                    ("--size", "64,many"), ("--slo", "p99"), ("--slo", "p99 < +5%"),
                    ("--slo", "p99 < 1ms", "--rate", "2k:1k"),
                    ("--slo", "p99 < 1ms", "--rate", "x"),
                    ("--slo", "p99 < 1ms", "--sweep", "n=1,2"),
                    ("--slo", "p99 < 1ms", "--sweep", "rate=1k,2k")):
        fails(USAGE, "rpcall", "bench", pipe, *options)
    err = fails(USAGE, "rpcall", "bench", pipe, *SHORT, "--slo", "p99 < 10s", "--rate", "1k:2k")
    expect("too few for p99" in err, err)
