"""rpcall watch: the first answer, then what changes of it, errors and all."""
import contextlib
import json
import os
import re
import signal
import subprocess
import tempfile

from tests.lib.command import fails, run, succeeds
from tests.lib.harness import PATIENCE, equal, expect, per_mechanism, program, test
from tests.lib.mechanisms import shared_daemon
from tests.lib.running import Running
from tests.lib.targets import target
from tests.lib.teller import IDL, Teller, environment, opaque

OTHER_SERVER = {"pipe": "its server is another than the one that is changed"}
OFTEN = ("-n", "5ms")


@contextlib.contextmanager
def place():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as path:
        yield path


def event(watch):
    found = json.loads(watch.line())
    equal(found.pop("schema"), "rpcall/watch/1", "schema")
    expect(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", found.pop("time")), "time")
    return found


def events_until(watch, key):
    """Events of errors may come in any number while a server ends and begins."""
    while key not in (found := event(watch)):
        expect("error" in found, f"{found} before {key}")
    return found


@per_mechanism("rpcall watch prints what changes, and ends at it when asked to")
def changing(name):
    out = succeeds("rpcall", "watch", target(shared_daemon(), name), "REFLECT.INFO", "0", "-g",
                   *OFTEN)
    expect(re.search(r"^\S+ \S+  REFLECT/1.INFO\n\{\n  \"product\": \"rpcall\",\n", out), out)
    expect(re.search(r"^\S+ \S+  changed:\n  \.uptime_ns: \"\d+\" -> \"\d+\"\n\Z", out, re.M), out)


@per_mechanism("a change in the store is seen by who watches it, with the member's path",
               unless=OTHER_SERVER)
def store(name):
    key = f"watched over {name}"
    uri = target(shared_daemon(), name)
    succeeds("rpcall", "kv", uri, "put", key, "one")
    with Running("watch", uri, "KV.GET", json.dumps("text:" + key), "--json", *OFTEN) as watch:
        first = event(watch)["result"]
        succeeds("rpcall", "kv", uri, "put", key, "two")
        changes = events_until(watch, "changes")["changes"]
        value = [c for c in changes if c["path"].endswith(".value")]
        equal([(c["before"], c["after"]) for c in value], [("hex:6f6e65", "hex:74776f")], first)


@test("a server that goes is told once, and watched again when it is back")
def restart():
    with place() as cache, Teller() as server:
        with Running("watch", f"unix:{server.path}", "T.HELLO", "5", "--json", *OFTEN,
                     env=environment(cache)) as watch:
            equal(event(watch), {"result": "hi"}, "the first answer")
            server.stop()
            equal(event(watch)["error"]["code"], 69, "gone")
            with Teller(path=server.path) as again:
                equal(events_until(watch, "result"), {"result": "hi"}, "back, unchanged")
                again.stop()
                equal(event(watch)["error"]["code"], 69, "gone again")
            with Teller(path=server.path, hello=opaque(b"ho")):
                equal(events_until(watch, "changes"),
                      {"changes": [{"path": "", "before": "hi", "after": "ho"}], "result": "ho"},
                      "back, changed")


@test("a server that is not there yet is waited for, where its interface is known")
def late():
    with place() as path:
        idl = os.path.join(path, "t.x")
        with open(idl, "wb") as f:
            f.write(IDL)
        where = os.path.join(path, "s")
        with Running("watch", f"unix:{where}", "T.HELLO", "5", "-i", idl, "--json",
                     *OFTEN) as watch:
            equal(event(watch)["error"]["code"], 69, "not there")
            with Teller(path=where):
                equal(events_until(watch, "result"), {"result": "hi"}, "there")


@test("an idle connection that the server has closed is no error")
def idle():
    with place() as cache, Teller(hello=lambda n: opaque(b"h%d" % n), once=True) as server:
        with Running("watch", f"unix:{server.path}", "T.HELLO", "5", "--json", *OFTEN,
                     env=environment(cache)) as watch:
            for i in range(5):
                equal(event(watch).get("result"), f"h{i}", "an answer")


@test("the text of changes, of errors and of long values")
def text():
    answers = [opaque(b"hi"), opaque(b"hi"), opaque(b"x" * 300), opaque(b"y" * 999),
               opaque(b"y" * 999), opaque(b"\xe4\xb8\x96" * 99)]
    hello = lambda n: answers[n] if n < len(answers) else answers[-1]
    with place() as cache, Teller(IDL.replace(b"<9>", b"<300>"), hello=hello) as server:
        out = succeeds("rpcall", "watch", f"unix:{server.path}", "T.HELLO", "5", "-n", "1ms",
                       "-c", "8", env=environment(cache))
    stamp = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}  "
    wanted = [stamp + r"T/1\.HELLO", r'"hi"', stamp + "changed:",
              r'  "hi" -> "x{99}\.\.\. \(302 bytes\)',
              stamp + r"error: .*string<300> of 999 bytes.*", stamp + "answered again, changed:",
              r'  "x{99}\.\.\. \(302 bytes\) -> "世{33}\.\.\. \(299 bytes\)']
    lines = out.splitlines()
    equal(len(lines), len(wanted), out)
    for line, pattern in zip(lines, wanted):
        expect(re.fullmatch(pattern, line), f"{line!r} is not {pattern!r}")


@test("how it ends: count, change, error; each has its exit code")
def ends():
    uri = target(shared_daemon(), "unix")
    still = ("rpcall", "watch", uri, "ECHO.NULL", *OFTEN)
    equal(succeeds(*still, "-c", "3").count("\n"), 2, "lines")
    equal(run(*still, "-c", "3", "--until-change").status, 1, "no change")
    gone = ("rpcall", "watch", uri, "0x20525001/1.77", "--raw", "hex:", *OFTEN)
    done = run(*gone, "-e")
    equal((done.status, done.out.count("\n"), done.err), (83, 1, ""), "an error")
    equal(run(*gone, "-c", "3").status, 83, "the last call was one")
    raw = json.loads(succeeds("rpcall", "watch", uri, "0x20525001/1.2", "--raw",
                              "hex:0000000161000000", "-c", "1", "--json"))
    equal(raw["result"], "hex:00000001c1d04330", "--raw")
    for args in ((uri,), (uri, "ECHO.NULL", "-n", "0s"), (uri, "NOSUCH"), (uri, "ECHO.ECHO")):
        fails(64, "rpcall", "watch", *args)


def interrupted(watch):
    watch.signal(signal.SIGINT)
    equal(watch.wait(), 130, watch.err)
    expect(watch.out.endswith(b"\n"), watch.out[-100:])


@test("Ctrl-C ends it with 130 after a whole line, between calls and during one")
def interrupt():
    with Running("watch", target(shared_daemon(), "unix"), "REFLECT.INFO", "0", "--json",
                 "-n", "1ms") as watch:
        for _ in range(20):
            event(watch)
        interrupted(watch)
    with place() as cache, Teller(hello=lambda n: opaque(b"hi") if n == 0 else None) as server:
        with Running("watch", f"unix:{server.path}", "T.HELLO", "5", "-t", "1000s", *OFTEN,
                     env=environment(cache)) as watch:
            watch.line()
            interrupted(watch)
        with Running("watch", f"unix:{server.path}", "ECHO.NULL", "-n", "1000s") as watch:
            watch.line()
            interrupted(watch)


@test("nobody who reads any more ends it, too")
def closed():
    with place() as cache, Teller(hello=lambda n: opaque(b"%d" % n)) as server:
        watch = subprocess.Popen(
            [program("rpcall"), "watch", f"unix:{server.path}", "T.HELLO", "5", "--json", *OFTEN],
            env=environment(cache), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            watch.stdout.readline()
            watch.stdout.close()
            equal(watch.wait(PATIENCE), 128 + signal.SIGPIPE, "status")
        finally:
            watch.kill()
            watch.wait()


@test("answers that break their type, or lie about their length, are errors that pass")
def hostile():
    bad = [b"", opaque(b"0123456789"), b"\xff\xff\xff\xff", opaque(b"\x1b[31m\xff"), opaque(b"ok")]
    with place() as cache, Teller(hello=lambda n: bad[min(n, 4)]) as server:
        with Running("watch", f"unix:{server.path}", "T.HELLO", "5", "--json", *OFTEN,
                     env=environment(cache)) as watch:
            for _ in range(3):
                equal(event(watch)["error"]["code"], 76, "an answer that is none")
            equal(event(watch), {"result": {"$bytes": "hex:1b5b33316dff"}}, "no UTF-8")
            equal(event(watch)["result"], "ok", "the last")
    expect(not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", watch.out), watch.out)
