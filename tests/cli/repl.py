"""rpcall repl as a script: what it is given on stdin, line by line."""
import json
import os
import socket
import subprocess
import tempfile

from tests.lib.command import USAGE, UNREACHABLE, run
from tests.lib.daemon import check_log
from tests.lib.harness import BUILD, PATIENCE, ROOT, equal, expect, per_mechanism, test
from tests.lib.mechanisms import shared_daemon
from tests.lib.targets import silent, target
from tests.lib.teller import PROG, Teller, environment, opaque

NO_SUCH, DATA = 1, 65


def script(text, *args, env=None):
    """Runs it; returns (exit status, stdout, stderr)."""
    done = subprocess.run([os.path.join(BUILD, "rpcall"), "repl", *args], input=text.encode(),
                          cwd=ROOT, env=env, capture_output=True, timeout=PATIENCE, check=False)
    out, err = done.stdout.decode(), done.stderr.decode(errors="replace")
    check_log(err, "rpcall repl")
    return done.returncode, out, err


@per_mechanism("a script of the repl calls by procedure alone, without any .x file")
def calls(name):
    uri = target(shared_daemon(), name)
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        got = script('ECHO.ECHO "text:hi"\n\n  # nothing\nlist\ncall echo.echo \'"text:a"\'',
                     uri, env=environment(place))
    equal((got[0], got[2]), (0, ""), "status, stderr")
    lines = got[1].splitlines()
    equal((lines[0], lines[-1]), ('"hex:6869"', '"hex:61"'), "answers")
    expect(any(line.startswith("ECHO") for line in lines), got[1])


@test("JSON goes over several lines until it is balanced, quoted or not")
def several_lines():
    uri = target(shared_daemon(), "unix")
    text = ('KV.RANGE {"prefix": "text:none {", "start": "text:",\n"end": "text:", "limit": 1,\n'
            '  "keys_only": true}\nECHO.ECHO \'"text:\n"\'\nECHO.NULL')
    status, out, err = script(text, uri)
    equal(status, DATA, err)
    expect('"KV_OK"' in out and out.endswith("null\n"), out)
    expect("bad JSON" in err, err)
    status, _, err = script("ECHO.NULL\nKV.RANGE {\n", uri)
    equal(status, USAGE, err)
    expect("not closed" in err, err)


@test("the exit status is that of the last command that failed; the others run")
def status():
    uri = target(shared_daemon(), "unix")
    equal(script("ECHO.NULL\nquit\nnope\n", uri)[0], 0, "quit")
    code, out, err = script("nope\nkv get no-such-key\nECHO.NULL\n", uri)
    equal((code, out), (NO_SUCH, "null\n"), err)
    expect('neither a command nor a procedure: "nope"' in err, err)
    equal(script("ECHO.NULL\n")[0], USAGE, "no target")
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        code, out, err = script("list\n", silent("unix", place))
        equal((code, out), (UNREACHABLE, ""), err)
        code, out, err = script(f"connect {silent('tcp', place)}\nconnect {uri}\nECHO.NULL\n")
        equal((code, out), (UNREACHABLE, "null\n"), err)


@test("options hold for their line, settings for all that follow")
def options():
    uri = target(shared_daemon(), "unix")
    code, out, err = script("ECHO.NULL --json\nECHO.NULL\ncall KV.STAT --int64 number\n"
                            "set int64 number\nset json\nset\nKV.STAT\nunset json\nKV.STAT\n"
                            "unset int64\nKV.STAT", uri)
    equal((code, err), (0, ""), "status, stderr")
    parts, at = [], 0
    settings = out.index("int64=number\njson\n")
    out = out.replace("int64=number\njson\n", "")
    decoder = json.JSONDecoder()
    while at < len(out.rstrip()):
        value, at = decoder.raw_decode(out, at)
        at += len(out[at:]) - len(out[at:].lstrip())
        parts.append(value)
    expect(settings > 0, "set prints the settings")
    equal(parts[0]["result"], None, "--json")
    equal(parts[1], None, "without it")
    equal([type(p["result"]["keys"] if "result" in p else p["keys"]) for p in parts[2:]],
          [int, int, int, str], "hypers")


BAD = ["set nonsense 1", "set int64 x", "set timeout", "set timeout x", "set json yes", "unset json",
       "set auth x", "quit now", "connect a b", "connect", "describe", "call", "repl", "complete x",
       "call " + "x " * 80, "'", "set a b c"]


@test("what makes no sense is one error each, and the script goes on")
def bad():
    uri = target(shared_daemon(), "unix")
    for line in BAD:
        code, out, err = script(f"{line}\nECHO.NULL\n", *[uri] * (line != "connect"))
        if line == "'":
            equal((code, out), (USAGE, ""), line)
            continue
        expect(code == USAGE or line == "connect", f"{line}: {code} {err}")
        equal(err.count("error: "), 1 if line != "connect" else 2, f"{line}: {err}")
        equal(out, "null\n" if line != "connect" else "", line)


TWICE = ["list", "list --json", "list KV", "describe KV.GET", "describe --template kv_opid", "ls",
         "ping -c 1", "stats", "stats --json", "kv put repl-a b", "kv get repl-a", "kv stat",
         "encode -i idl/kv.x kv_key '\"text:a\"'", "decode -i idl/kv.x kv_key hex:0000000161000000",
         "check idl/kv.x", "diff idl/kv.x idl/kv.x", "call KV.RANGE --zero-fill -f prefix=text:a",
         "KV.RANGE --zero-fill -f limit=3", "version", "help call", "ECHO.NULL -vv",
         "bench --duration 5ms --warmup 1ms --rounds 1 --no-progress"]


@test("each verb runs twice in one process as it does alone")
def twice():
    uri = target(shared_daemon(), "unix")
    for line in TWICE:
        code, once, err = script(f"{line}\n", uri)
        equal(code, 0, f"{line}: {err}")
        code, out, err = script(f"{line}\n{line}\n", uri)
        equal(code, 0, f"{line} twice: {err}")
        first = (once.split() or [""])[0]
        expect(out.count(first) >= 2 or first == "", f"{line}: {first!r} is not twice in {out[:300]!r}")


@test("one connection serves the calls, the server's interfaces and what it lists")
def one_connection():
    with Teller() as server, tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        code, out, err = script("T.HELLO 5\nlist T\ndescribe T.HELLO\nT.HELLO 6\n-\n",
                                f"unix:{server.path}", env=environment(place))
        equal((code, out.count('"hi"')), (USAGE, 2), err)
        equal((len(server.peers), server.asked), (1, 2), "connections, calls")


@test("a call that times out does not harm the next one on its connection")
def late():
    def hello(n):
        return None if n == 0 else opaque(b"hi")
    with Teller(hello=hello) as server, tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        code, out, err = script("T.HELLO 5 -t 20ms\nT.HELLO 6\n", f"unix:{server.path}",
                                env=environment(place))
        equal((code, out, len(server.peers)), (75, '"hi"\n', 1), err)


@test("a server that closes is connected to again, and the script says so")
def again():
    with Teller() as server, tempfile.TemporaryDirectory(prefix="rpcall-") as place, \
            subprocess.Popen([os.path.join(BUILD, "rpcall"), "repl", f"unix:{server.path}"],
                             cwd=ROOT, env=environment(place), stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdin.write(b"T.HELLO 5\n")
        process.stdin.flush()
        equal(process.stdout.readline(), b'"hi"\n', "the first answer")
        server.peers[0].shutdown(socket.SHUT_RDWR)  # the other end sees it at once
        out, err = process.communicate(b"T.HELLO 6\n", timeout=PATIENCE)
    err = err.decode(errors="replace")
    check_log(err, "rpcall repl")
    equal((process.returncode, out), (0, b'"hi"\n'), err)
    expect("closed the connection; connected again" in err, err)
    equal(len(server.peers), 2, "connections")


HOSTILE = [{"text": b"struct a " + b"{ struct " * 10000}, {"size": 100_000_000},
           {"text": b"\x1b[31m\x00\xff"}, {"digest": bytes(32)}, {"hello": b"\xff" * 64}]


@test("a hostile server costs the repl nothing but an error")
def hostile():
    for lie in HOSTILE:
        with Teller(**lie) as server, tempfile.TemporaryDirectory(prefix="rpcall-") as place:
            code, out, err = script(f"{PROG}/1.1 5\nT.HELLO 5\nversion\n", f"unix:{server.path}",
                                    env=environment(place))
            expect(code != 0 and out.startswith("rpcall "), f"{lie}: {code} {out!r}")
            expect(all(c == "\n" or c >= " " for c in err), f"{err!r}")


@test("rpcall repl takes at most one target")
def usage():
    equal(run("rpcall", "repl", "unix:/a", "unix:/b").status, USAGE, "two targets")
    equal(run("rpcall", "repl", "nonsense:").status, USAGE, "no target")
