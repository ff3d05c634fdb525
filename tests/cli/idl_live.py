"""rpcall describe and diff of servers that are running, ours and others' lies."""
import json
import os
import tempfile

from tests.lib.command import fails, run, succeeds
from tests.lib.daemon import Daemon
from tests.lib.harness import equal, expect, per_mechanism, test
from tests.lib.mechanisms import shared_daemon
from tests.lib.rpcinfo import require_rpcbind
from tests.lib.targets import silent, target
from tests.lib.teller import IDL, Teller, environment

USAGE, DATA, UNREACHABLE, PROTOCOL, PROG_UNAVAIL = 64, 65, 69, 76, 81


@per_mechanism("rpcall describe of a target needs no .x file: procedure, type, form, program")
def describe(name):
    uri = target(shared_daemon(), name)
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        env = environment(place)
        out = succeeds("rpcall", "describe", uri, "echo/1.whoami", env=env)
        expect(out.startswith("echo_whoami ECHO_WHOAMI(void) = 5;\n"), out)
        expect("struct echo_whoami {" in succeeds("rpcall", "describe", uri, "echo_whoami", env=env),
               "a type")
        equal(json.loads(succeeds("rpcall", "describe", uri, "SOURCE", "--template", env=env)),
              {"length": 0, "seed": 0}, "the form")
        document = json.loads(succeeds("rpcall", "describe", uri, "KV", "--json", env=env))
        equal((document["kind"], document["program"], document["file"]),
              ("program", 0x20525002, "reflection:kv.x"), "JSON")
        fails(USAGE, "rpcall", "describe", uri, "NFS/3.LOOKUP", env=env)
        fails(USAGE, "rpcall", "describe", uri, "ECHO", "--no-reflection", env=env)


@per_mechanism("rpcall diff of a target and its own .x file finds nothing; of another one, each change")
def diff(name):
    uri = target(shared_daemon(), name)
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        env = environment(place)
        for args in ((uri, "idl/kv.x"), ("idl/kv.x", uri), (uri, uri)):
            equal(succeeds("rpcall", "diff", *args, env=env), "", args)
        with open("idl/echo.x", encoding="ascii") as f:
            text = f.read()
        path = os.path.join(place, "echo.x")
        with open(path, "w", encoding="ascii") as f:
            f.write(text.replace("ECHO_WHOAMI(void) = 5", "ECHO_WHOAMI(int) = 5"))
        done = run("rpcall", "diff", uri, path, env=env)
        equal((done.status, done.out), (1, "breaking   ECHO/1.WHOAMI: 1 arguments, 0 before\n"),
              done.err)


@per_mechanism("rpcall describe and diff of a target that nobody serves exit 69")
def nobody(name):
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        uri = silent(name, place)
        fails(UNREACHABLE, "rpcall", "describe", uri, "ECHO.WHOAMI", "-t", "2s")
        fails(UNREACHABLE, "rpcall", "diff", uri, "idl/echo.x", "-t", "2s")


@test("two servers are compared program by program: what one lacks is breaking or added")
def servers():
    with Daemon(args=("--disable", "kv")) as daemon:
        more, less = target(shared_daemon(), "unix"), target(daemon, "unix")
        done = run("rpcall", "diff", more, less)
        equal((done.status, done.out), (1, "breaking   KV: removed\n"), done.err)
        equal(succeeds("rpcall", "diff", less, more), "compatible KV: added\n", "the other way")
        equal(run("rpcall", "diff", "idl/kv.x", less).out, "breaking   KV: removed\n", "of a file")
        equal(run("rpcall", "diff", less, "idl/kv.x").out, "compatible KV: added\n", "to a file")
        report = json.loads(run("rpcall", "diff", "--json", more, less).out)
        equal((report["changes"], report["breaking"]), (1, 1), "JSON")


@test("rpcbind, which has no REFLECT, is described by the installed file, and cannot be compared")
def foreign():
    require_rpcbind()
    for uri in ("127.0.0.1", "rpc+tcp://127.0.0.1:111", "rpc+local:/run/rpcbind.sock"):
        out = succeeds("rpcall", "describe", uri, "rpcbind/4.GETADDR")
        expect(out.startswith("string<> RPCBPROC_GETADDR(rpcb) = 3;\n"), out)
    err = fails(UNREACHABLE, "rpcall", "describe", "127.0.0.1", "MOUNT/3.MNT")
    expect("not registered" in err, err)
    fails(PROG_UNAVAIL, "rpcall", "diff", "rpc+tcp://127.0.0.1:111", "idl/foreign/rpcbind.x")


@test("a server that lies about its interface: one error from describe and from diff")
def lies():
    for lie in ({"size": 100_000_000}, {"digest": bytes(32)}, {"text": b"struct s { s x; };"},
                {"text": b"\x1b[31m\x00\xff"}):
        with Teller(**lie) as server, tempfile.TemporaryDirectory(prefix="rpcall-") as place:
            for args in (("describe", f"unix:{server.path}", "T.HELLO"),
                         ("diff", f"unix:{server.path}", "idl/echo.x"),
                         ("list", f"unix:{server.path}", "T")):
                err = fails(PROTOCOL, "rpcall", *args, env=environment(place))
                expect(all(c == "\n" or c >= " " for c in err), f"{err!r}")


@test("interfaces made to be slow to compare are given up")
def slow():
    types = "".join(f"struct s{i} {{ int a; {f's{i - 1} *n;' if i else ''} }};\n"
                    for i in range(30000))
    text = IDL.decode().replace("text T_HELLO(int)", "text T_HELLO(s29999)")
    text = types + text
    with Teller(text.encode()) as server, tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        uri = f"unix:{server.path}"
        err = fails(DATA, "rpcall", "diff", uri, uri, env=environment(place))
        expect("too large to be compared" in err, err)
