"""What bench, compare and report write: whole or not at all, and nothing that is not known."""
import json
import os
import signal
import stat
import subprocess
import tempfile
import xml.etree.ElementTree as ET

from tests.lib.answerer import Answerer
from tests.lib.command import UNREACHABLE, USAGE, fails, run, succeeds
from tests.lib.daemon import Daemon
from tests.lib.envelope import Rpc
from tests.lib.harness import PATIENCE, equal, expect, program, test, wait_until
from tests.lib.record import record
from tests.lib.result import comparison, sweep

BAD_DATA, CANNOT_CREATE = 65, 73
SHORT = ("--warmup", "1ms", "--rounds", "2", "--duration", "20ms")
PROG_UNAVAIL = 1


def write(place, name, value):
    path = os.path.join(place, name)
    with open(path, "w", encoding="utf-8") as f:
        json.dump(value, f) if not isinstance(value, str) else f.write(value)
    return path


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def stranger(call):
    """Knows a program with a procedure 0, and tells nothing of itself."""
    xid, known = int.from_bytes(call[:4], "big"), call[12:16] == (200000).to_bytes(4, "big")
    return record(Rpc.reply(xid, 0 if known else PROG_UNAVAIL))


@test("CPU time of a server that does not tell is a dash and null, never 0")
def unknown_cpu():
    with Answerer(stranger, calls=1 << 30) as server:
        asked = ("bench", "rpc+local:" + server.path, "200000/1.0", "--no-reflection", *SHORT)
        text = succeeds("rpcall", *asked)
        result = json.loads(succeeds("rpcall", *asked, "--json"))
        with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
            path = write(place, "r.json", result)
            again = json.loads(succeeds("rpcall", "report", path, "--json"))
            csv = succeeds("rpcall", "report", path, "--format", "csv").splitlines()
            page = succeeds("rpcall", "report", path)
    expect("us/call here, - us/call there" in text and "% here, - % there" in text, text)
    for one in (result, again):
        (row,) = one["tables"][0]["rows"]
        expect(not row["server_per_call"]["known"], "known")
        equal({row["server_per_call"][name] for name in ("user_ns", "system_ns")} |
              {row["cpu"]["server_ns"]}, {None}, "server's CPU time")
        expect(row["cpu"]["client_ns"] > 0, "the client's")
    figures = dict(zip(csv[0].split(","), csv[1].split(",")))
    equal((figures["server_user_ns"], figures["server_cpu_share"]), ("", ""), "CSV")
    honest = page.partition("Honesty\n")[2].splitlines()
    line = next(line for line in honest if line.split()[-1].isdigit()).split()
    equal(line[-3], "-", f"the server's share in {line}")


@test("bench says its seed and how long it took, and speaks of turns only where rows took turns")
def conditions():
    target = f"pipe:{program('rpcalld')} --stdio"
    result = json.loads(succeeds("rpcall", "bench", target, "ECHO.ECHO", *SHORT, "--seed", "77",
                                 "--json"))
    equal(result["env"]["seed"], "77", "seed")
    expect(0.02 <= result["env"]["seconds"] < 60, f"took {result['env']['seconds']}")
    said = " ".join(remark["text"] for remark in result["remarks"])
    expect("shuffled" not in said and "compares medians" not in said and "77" in said, said)
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        said = succeeds("rpcall", "report", write(place, "c.json", comparison()))
    expect("shuffled with seed 1" in said and "compares medians" in " ".join(said.split()), said)


@test("where nothing could be measured there is no result, in no file")
def no_connection():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        lines, junit = os.path.join(place, "lines"), os.path.join(place, "junit.xml")
        for sizes in ("64", "64,1K"):
            done = run("rpcall", "bench", f"unix:{place}/none", "ECHO.ECHO", "--size", sizes,
                       *SHORT, "--json", "--lines", lines, "--junit", junit)
            equal((done.status, done.out), (UNREACHABLE, ""), "status, and what was written")
            equal(os.listdir(place), [], "files")
        write(place, "lines", "earlier\n")
        fails(UNREACHABLE, "rpcall", "bench", f"unix:{place}/none", "--lines", lines, *SHORT)
        equal(read(lines), "earlier\n", "lines of an earlier run")
        target = f"pipe:{program('rpcalld')} --stdio"
        succeeds("rpcall", "bench", target, "ECHO.ECHO", *SHORT, "--lines", lines)
        equal([json.loads(line)["round"] for line in read(lines).splitlines()], [1, 2], "lines")
        fails(CANNOT_CREATE, "rpcall", "bench", target, "--lines", place, *SHORT)


@test("a load that does not fit among others that do is in JUnit, and is the exit status")
def some_failed():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place, Daemon() as daemon:
        junit, lines = os.path.join(place, "junit.xml"), os.path.join(place, "lines")
        done = run("rpcall", "bench", daemon.uri("rpc+udp://127"), "ECHO.ECHO", "--size", "64,64K",
                   *SHORT, "--json", "--junit", junit, "--lines", lines)
        equal(done.status, USAGE, f"status\n{done.err}")
        equal([table["rows"][0]["unfit"] for table in json.loads(done.out)["tables"]],
              [False, True], "does not fit")
        equal([[child.tag for child in case] for case in ET.parse(junit).getroot()],
              [[], ["skipped"]], "cases")
        equal(len(read(lines).splitlines()), 2, "lines")


@test("a report that fails leaves its file as it was, and no other beside it")
def whole_or_not():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path = write(place, "rates.json", sweep())
        out = os.path.join(place, "size.svg")
        asked = ("report", path, "--chart", "size", "-o", out)
        fails(BAD_DATA, "rpcall", *asked)
        equal(os.listdir(place), ["rates.json"], "files")
        write(place, "size.svg", "earlier")
        fails(BAD_DATA, "rpcall", *asked)
        equal((read(out), sorted(os.listdir(place))), ("earlier", ["rates.json", "size.svg"]),
              "an earlier file")
        err = fails(CANNOT_CREATE, "rpcall", "report", path, "--format", "csv", "-o", "/dev/full")
        expect("/dev/full" in err and "No space left" in err, err)
        fails(CANNOT_CREATE, "rpcall", "report", path, "-o", os.path.join(place, "no", "x.csv"))


@test("a file that is written anew keeps its mode, and a link to it stays one")
def replaced():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path = write(place, "rates.json", sweep())
        out, link = write(place, "out.csv", "earlier"), os.path.join(place, "link.csv")
        os.chmod(out, 0o640)
        os.symlink("out.csv", link)
        succeeds("rpcall", "report", path, "-o", link)
        expect(os.path.islink(link) and read(out).startswith("workload,"), read(out)[:40])
        equal(stat.S_IMODE(os.stat(out).st_mode), 0o640, "mode")
        succeeds("rpcall", "report", path, "--format", "csv", "-o", "/dev/null")
        expect(stat.S_ISCHR(os.stat("/dev/null").st_mode), "/dev/null is a device")
        call = os.path.join(place, "call.json")
        succeeds("rpcall", "call", f"pipe:{program('rpcalld')} --stdio", "ECHO.NULL", "-o", call)
        equal(sorted(os.listdir(place)), ["call.json", "link.csv", "out.csv", "rates.json"], "files")


@test("what cannot be written is found before anything is measured")
def tried_first():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        nowhere, plain = os.path.join(place, "no", "x"), write(place, "plain", "earlier")
        # Nobody is there either: a measurement would say that.
        gone = f"unix:{place}/gone"
        for args in (("bench", gone, "--junit", nowhere), ("bench", gone, "--junit", place),
                     ("compare", "--over", gone, "--junit", nowhere),
                     ("compare", "--over", gone, "--out", nowhere),
                     ("compare", "--over", gone, "--out", os.path.join(plain, "x")),
                     ("compare", "--over", gone, "--out", plain)):
            err = fails(CANNOT_CREATE, "rpcall", *args)
            expect(err.startswith(("rpcall: error: cannot write ", "rpcall: error: cannot create ")) and
                   args[-1] in err, err)
        equal((os.listdir(place), read(plain)), (["plain"], "earlier"), "files")
        for path in (plain, os.path.join(place, "new"), "/dev/null"):
            fails(69, "rpcall", "bench", gone, "--junit", path)
        for path in ("new", "new/", ""):
            fails(69, "rpcall", "compare", "--over", f"{gone},{gone}", "--out",
                  os.path.join(place, path), "--rounds", "1", "--duration", "10ms", "--no-floor",
                  "--no-stock")


@test("what a bench that was interrupted prints says that it was")
def interrupted():
    with Daemon() as daemon, tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        lines = os.path.join(place, "lines")
        with subprocess.Popen([program("rpcall"), "bench", daemon.uri("unix:"), "--rounds", "64",
                               "--duration", "200ms", "--warmup", "1ms", "--lines", lines],
                              stdout=subprocess.PIPE, text=True) as bench:
            wait_until(lambda: os.path.exists(lines) and os.path.getsize(lines), "a round")
            bench.send_signal(signal.SIGINT)
            out, _ = bench.communicate(timeout=PATIENCE)
        equal(bench.returncode, 128 + signal.SIGINT, "status")
        expect("\nInterrupted: this is what had been measured by then.\n" in out, out)


@test("that stdout cannot be written to is said once, with the reason")
def full():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path = write(place, "rates.json", sweep())
        with Daemon() as daemon:
            target = daemon.uri("unix:")
            for args in (("report", path), ("compare", path, path), ("describe", "ECHO"),
                         ("help",), ("list", target), ("stats", target), ("doctor", target),
                         ("ping", "-c1", target), ("kv", target, "stat")):
                with open("/dev/full", "wb") as nowhere:
                    done = subprocess.run([program("rpcall"), *args], stdout=nowhere, check=False,
                                          stderr=subprocess.PIPE, text=True, timeout=PATIENCE)
                equal((done.returncode, done.stderr), (CANNOT_CREATE, "rpcall: error: cannot write "
                      "to stdout (No space left on device)\n"), f"{args[0]} to /dev/full")
