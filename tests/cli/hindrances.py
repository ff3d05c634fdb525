"""What a new user types: a target alone, a string without quotes, a server without ECHO, a program
over UDP alone. Each works, or says what to type instead."""
import json
import os
import re
import subprocess
import tempfile

from tests.lib import echo
from tests.lib.answerer import Answerer
from tests.lib.command import fails, succeeds
from tests.lib.daemon import Daemon
from tests.lib.envelope import Rpc
from tests.lib.harness import PATIENCE, ROOT, equal, expect, program, skip, test
from tests.lib.record import record
from tests.lib.rpcinfo import control, registration, require_rpcbind, universal

USAGE, DATA, NOHOST, UNREACHABLE, PROG_UNAVAIL = 64, 65, 68, 69, 81
HOST = "127.0.0.1"
NOWHERE = "unix:/nonexistent.sock"
BRIEF = ("--rounds", "1", "--duration", "10ms", "--warmup", "0ms", "--outstanding", "1", "--no-floor",
         "--no-stock", "--no-again")


def only_rpcbind():
    """Whatever was registered before is gone."""
    require_rpcbind()
    control("kill")
    control("start")


@test("strings and names without quotes bring the hint of what to type")
def quotes():
    for text, hint in (("/mem", "'\"/mem\"'"), ("a b", "'\"a b\"'"), (HOST, f"'\"{HOST}\"'"),
                       ("trueish", "'\"trueish\"'"), ("0x1f", "'\"0x1f\"'")):
        err = fails(DATA, "rpcall", "call", NOWHERE, "MOUNT/3.MNT", text)
        expect(err.endswith(f"\nhint: strings need quotes, and for the shell more around them: "
                            f"{hint}\n"), err)
    for text, word in (("{what: 1}", "what"), ('{"what": x}', "x"), ('{"what": [x y, 2]}', "x")):
        err = fails(DATA, "rpcall", "call", NOWHERE, "NFS/3.LOOKUP", text)
        expect(f'hint: strings and names need quotes: "{word}"; for the shell' in err, err)
    for text in ("it's", "{'what': 1}", "\u00e9", "x" * 200):
        err = fails(DATA, "rpcall", "call", NOWHERE, "NFS/3.LOOKUP", text)
        expect("hint: strings and names need double quotes; for the shell, put all of it between "
               "'...'" in err, err)
    for text in ('"x', '{"what": 1', '["a",]', '{"what" 1}'):
        expect("quotes" not in fails(DATA, "rpcall", "call", NOWHERE, "NFS/3.LOOKUP", text)
               .partition("\nhint:")[2], text)


@test("an option with a slip of the finger brings the one that was meant")
def options():
    for written, meant in (("--tiemout", "timeout"), ("--jsn", "json"), ("--fild=a=1", "field")):
        err = fails(USAGE, "rpcall", "call", NOWHERE, "NFS/3.NULL", written)
        expect(err.startswith(f"rpcall: error: unknown option {written.partition('=')[0]}\n"
                              f"hint: did you mean --{meant}?\n"), err)
    expect("did you mean" not in fails(USAGE, "rpcall", "call", "--length", NOWHERE), "another word")


@test("a name that nothing here has, and a server that is not there: both are said")
def nobody_to_ask():
    for uri, why in ((NOWHERE, "no server at /nonexistent.sock (unix: No such file or directory)"),
                     ("tcp://nohost.invalid", "unknown host nohost.invalid")):
        err = fails(USAGE, "rpcall", "call", uri, "XYZZY.GET")
        expect(f"\nhint: nor could the server be asked: {why}" in err, err)
    with Daemon() as daemon:
        err = fails(USAGE, "rpcall", "call", daemon.uri("unix:"), "XYZZY.GET")
        expect("nor could" not in err, err)


@test("an address that a dead server left at rpcbind brings the way to see so")
def stale():
    require_rpcbind()
    daemon = Daemon(rpcbind=True)
    try:
        daemon.kill()
        err = fails(UNREACHABLE, "rpcall", "call", HOST, f"{echo.PROG}/1.0", "--raw", "hex:")
        expect(err.endswith(f"\nhint: rpcbind has that address, perhaps from a dead server: "
                            f"rpcall doctor {HOST}\n"), err)
    finally:
        daemon.discard()
        only_rpcbind()


@test("what the user may not reach is not said to have no server")
def denied():
    if os.geteuid() != 0:
        skip("only root has a second user")
    with Daemon() as daemon:
        for uri in (daemon.uri("unix:"), daemon.uri("rpc+local:"), daemon.uri("fifo:")):
            try:
                done = subprocess.run([program("rpcall"), "call", uri, "ECHO.NULL"], user=65534,
                                      group=65534, extra_groups=[], capture_output=True, text=True,
                                      check=False, timeout=PATIENCE, stdin=subprocess.DEVNULL)
            except OSError as error:
                skip(f"no second user: {error}")
            path, mechanism = uri.partition(":")[2], uri.partition(":")[0].replace("+", "/")
            equal((done.returncode, done.stderr), (77, f"rpcall: error: may not connect to {path} "
                  f"({mechanism}: Permission denied)\nhint: see who may: namei -l {path}\n"), uri)


@test("a member, or an argument, that is missing is named, with two ways out that work")
def missing():
    echo_x = os.path.join(ROOT, "idl", "echo.x")
    for files, command in (((), "rpcall describe --template NFS/3.LOOKUP"),
                           (("-i", echo_x),
                            f"rpcall describe --template -i {echo_x} ECHO/1.SOURCE")):
        name = command.split()[-1]
        part = '{"what": {"name": "x"}}' if "NFS" in name else '{"seed": 1}'
        err = fails(DATA, "rpcall", "call", NOWHERE, name, part, *files)
        lack = "dir" if "NFS" in name else "length"
        expect(f"member .{lack} is missing" in err, err)
        expect(err.endswith("\nhint: zeros for all that is missing: --zero-fill; a form to fill "
                            f"in: {command}\n"), err)
        err = fails(USAGE, "rpcall", "call", NOWHERE, name, *files)
        expect(f"hint: give it as JSON; {command} prints a form" in err, err)
        form = succeeds(*command.split())
        expect(lack in form, form)
        fails(UNREACHABLE, "rpcall", "call", NOWHERE, name, part, "--zero-fill", *files)
    with Daemon() as daemon:
        uri = daemon.uri("unix")
        err = fails(DATA, "rpcall", "call", uri, "SOURCE", '{"seed": 1}')
        command = f"rpcall describe --template {uri} ECHO/1.SOURCE"
        expect(err.endswith(f": {command}\n"), err)
        expect("length" in succeeds(*command.split()), command)


@test("rpcall ping of no program takes what there is in the place of ECHO, and says so")
def ping():
    only_rpcbind()
    for target in (HOST, "rpc://" + HOST, f"rpc+tcp://{HOST}:111", f"rpc+udp://{HOST}:111"):
        out = succeeds("rpcall", "ping", "-c", "1", target)
        expect(re.match(r"rpcbind/4 over rpc/(tcp|udp) at rpc\+\1://127.0.0.1:111, since ECHO is "
                        r"not there\nseq=1 ", out), out)
    document = json.loads(succeeds("rpcall", "ping", "-c", "1", "--json", HOST))
    equal((document["program"], document["answered"]), (100000, 1), "JSON")
    fails(UNREACHABLE, "rpcall", "ping", HOST, "echo")
    with Daemon(args=("--disable", "echo")) as daemon:
        out = succeeds("rpcall", "ping", "-c", "2", daemon.uri("unix"))
        expect(out.startswith("REFLECT/1 over unix at ") and ", since ECHO is not there\nseq=1 " in
               out and "\n2 calls, 2 answered" in out, out)
    with Answerer(lambda call: record(Rpc.reply(int.from_bytes(call[:4], "big"), 1))) as server:
        err = fails(PROG_UNAVAIL, "rpcall", "ping", "rpc+local:" + server.path)
        expect("hint: it answers: name a program that it has" in err, err)
        err = fails(PROG_UNAVAIL, "rpcall", "ping", "rpc+local:" + server.path, "echo")
        expect("hint" not in err, err)


@test("a program that rpcbind has for udp alone is measured over it, and hinted at elsewhere")
def udp_only():
    only_rpcbind()
    with Daemon() as daemon, registration(echo.PROG, 1, universal(daemon.uri("rpc+udp://127")),
                                          "udp"):
        for target in (HOST, "rpc://" + HOST):
            out = succeeds("rpcall", "bench", target, "ECHO.WHOAMI", "--duration", "20ms",
                           "--rounds", "1", "--warmup", "0ms")
            expect(out.startswith("ECHO/1.WHOAMI over rpc/udp\n"), out)
        out = succeeds("rpcall", "compare", "--over", f"rpc://{HOST},{daemon.uri('unix')}",
                       "ECHO.WHOAMI", "--rounds", "1", "--duration", "10ms", "--warmup", "0ms",
                       "--no-floor", "--outstanding", "1")
        expect("\nrpc/udp " in out and "\nunix " in out and "rpc/tcp" not in out, out)
        for args in (("call", f"rpc+tcp://{HOST}", "ECHO.WHOAMI"), ("bench", f"rpc+tcp://{HOST}"),
                     ("bench", f"rpc+tcp://{HOST}", "ECHO.WHOAMI"),
                     ("compare", "--over", f"rpc+tcp://{HOST}", *BRIEF)):
            err = fails(UNREACHABLE, "rpcall", *args)
            expect(err.endswith(f"\nhint: it is at rpc+udp://{HOST}\n"), err)


@test("a version that rpcbind does not have: others are named; what is there, by the host's family")
def other_versions():
    only_rpcbind()
    with registration(echo.PROG, 1, "127.0.0.1.0.1", "tcp"), \
            registration(echo.PROG, 3, "127.0.0.1.0.1", "udp"), \
            registration(echo.PROG, 1, "::1.0.1", "tcp6"):
        def asked(target, version):
            return fails(UNREACHABLE, "rpcall", "call", "--no-reflection", target,
                         f"{echo.PROG}/{version}.0").partition("\n")[2]
        for target in (f"rpc://{HOST}", f"rpc+tcp://{HOST}"):
            expect(asked(target, 2) in ("hint: other versions are there: ECHO/1 ECHO/3\n",
                                        "hint: other versions are there: ECHO/3 ECHO/1\n"),
                   asked(target, 2))
        equal(asked(f"rpc+udp://{HOST}", 1), f"hint: it is at rpc+tcp://{HOST}\n", "IPv4")


@test("a command behind pipe: that is no server: what became of it, and what it should be")
def no_server_behind_pipe():
    hint = "hint: a command is to serve its stdin and stdout, like: pipe:rpcalld --stdio\n"
    for command, status, said in (
            ("true", UNREACHABLE, "the command ended with status 0 without an answer to "),
            ("sh -c 'exit 3'", UNREACHABLE, "the command ended with status 3 without an answer to "),
            ("sh -c 'kill -9 $$'", UNREACHABLE, "the command was ended by signal 9 without an "),
            ("sh -c 'exec >&-; cat >/dev/null'", UNREACHABLE, "the command closed its stdout without"),
            ("cat", 76, "what the command writes is no answer to ")):
        target = "pipe:" + command
        for args in (("ping", target), ("call", target, "ECHO.NULL", "--no-reflection"),
                     ("stats", target), ("bench", target, *BRIEF[:6])):
            err = fails(status, "rpcall", *args)
            expect(err.startswith("rpcall: error: " + said) and err.endswith(hint), err)
    # One that says nothing may be slow.
    err = fails(75, "rpcall", "call", "-t", "100ms", "pipe:sleep 60", "ECHO.NULL",
                "--no-reflection")
    expect("hint: wait longer: " in err and err.endswith(hint), err)


@test("a path where a target is to be: what it may be is said")
def bare_path():
    for path, of_pwd in (("/run/x.sock", ""), ("./x.sock", "$PWD/")):
        err = fails(USAGE, "rpcall", "ping", path)
        expect(err.endswith(f"\nhint: of a socket: unix:{of_pwd}{path} is the lean frame, "
                            f"rpc+local:{of_pwd}{path} ONC RPC\n"), err)


@test("compare where nobody is there is an error that says why, and writes nothing")
def compare_nobody():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        gone = f"unix:{place}/gone"
        out = os.path.join(place, "out")
        for over, procedure, status in ((f"{gone},{gone}", (), UNREACHABLE),
                                        (f"{gone},{gone}", ("KV.STAT",), UNREACHABLE),
                                        ("rpc+tcp://no.invalid:1,tcp://no.invalid:1", (), NOHOST),
                                        (f"{gone},tcp://no.invalid:1", ("KV.STAT",), UNREACHABLE)):
            err = fails(status, "rpcall", "compare", "--over", over, *BRIEF, "--out", out,
                        *procedure)
            expect(err.startswith("rpcall: error: none of 2 mechanisms could be measured\n  "), err)
            equal(len([line for line in err.splitlines() if line.startswith("  ")]), 2, err)
            expect(not os.path.exists(out), "files were written")
        err = fails(UNREACHABLE, "rpcall", "compare", "--over", gone, *BRIEF)
        expect(err.startswith(f"rpcall: error: no server at {place}/gone ("), err)
        err = fails(UNREACHABLE, "rpcall", "compare", "--over", ",".join([gone] * 16), *BRIEF)
        listed = [line for line in err.splitlines() if line.startswith("  unix")]
        expect(f"\n  and {16 - len(listed)} more\n" in err, err)


@test("of mechanisms of which some are there, what was measured of these is kept")
def compare_some():
    with Daemon() as daemon, tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        over = f"unix:{place}/gone,{daemon.uri('unix:')}"
        for procedure in ((), ("KV.STAT",)):
            out = os.path.join(place, "out")
            text = succeeds("rpcall", "compare", "--over", over, *BRIEF, "--out", out, *procedure)
            expect("not measured: no server at " in text, text)
            with open(os.path.join(out, "compare.json"), encoding="utf-8") as f:
                rows = [row for table in json.load(f)["tables"] for row in table["rows"]
                        if row["kind"] == "mechanism"]
            equal({(row["name"], row["measured"]) for row in rows},
                  {("unix", False), ("unix 2", True)}, "rows")


@test("a target where compare wants a procedure brings the command that was meant")
def compare_target():
    for args, hints in (((f"rpc://{HOST}",),
                         (f"--over rpc+tcp://{HOST},rpc+udp://{HOST} ECHO.ECHO",
                          f"rpcall bench 'rpc://{HOST}' ECHO.ECHO")),
                        (("unix:/x", "KV.STAT"), ("--over 'unix:/x,OTHER' KV.STAT",
                                                  "rpcall bench 'unix:/x' KV.STAT")),
                        (("@nas",), ("--over '@nas,OTHER' ECHO.ECHO",))):
        err = fails(USAGE, "rpcall", "compare", *args)
        expect("two or more, from --over\n" in err and all(hint in err for hint in hints), err)


@test("HOST alone is rpc://HOST wherever a target is wanted, and the overview says so")
def host_alone():
    only_rpcbind()
    expect("HOST or rpc://HOST (ask rpcbind)" in succeeds("rpcall", "help"), "the overview")
    for args in (("stats",), ("kv", "get", "k"), ("ls",),
                 ("bench", "ECHO.NULL"), ("call", "ECHO.NULL"), ("describe", "ECHO.NULL"),
                 ("ping", "ECHO")):
        verb, *rest = args
        err = fails(UNREACHABLE, "rpcall", verb, HOST, *rest)
        expect("is not registered" in err, f"{args}: {err}")
    for path in ("/run/x.sock", "a/b"):
        err = fails(USAGE, "rpcall", "stats", path)
        expect(f'target "{path}" has no known scheme' in err, err)
    for uri in (f"{HOST}:111", "localhost:7411"):
        err = fails(USAGE, "rpcall", "stats", uri)
        expect(f"hint: rpc+tcp://{uri} is ONC RPC, tcp://{uri} the lean frame" in err, err)
