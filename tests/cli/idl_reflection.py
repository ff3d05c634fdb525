"""Interfaces that the server itself tells of: no .x file on the client; and servers that lie."""
import hashlib
import json
import os
import subprocess
import tempfile

from tests.lib.command import fails, run, succeeds
from tests.lib.harness import equal, expect, per_mechanism, program, test
from tests.lib.mechanisms import shared_daemon
from tests.lib.targets import target
from tests.lib.teller import IDL, Teller, environment, opaque

USAGE, PROTOCOL = 64, 76
LARGE = 512 << 20


@per_mechanism("rpcall call needs no .x file where the server tells of its interfaces")
def all_mechanisms(name):
    uri = target(shared_daemon(), name)
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        env = environment(place)
        out = succeeds("rpcall", "call", uri, "ECHO.ECHO", '"text:hi"', env=env)
        equal(out, '"hex:6869"\n', "ECHO")
        report = json.loads(succeeds("rpcall", "call", uri, "reflect/1.info", "0", env=env))
        equal(report["product"], "rpcall", "INFO")
        fails(USAGE, "rpcall", "call", uri, "ECHO.ECHO", '""', "--no-reflection", env=env)


@test("an interface is fetched once, then comes from the cache, which is not trusted blindly")
def cached():
    with Teller() as server, tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        call = ("rpcall", "call", f"unix:{server.path}", "T.HELLO", "5")
        for _ in range(2):
            equal(succeeds(*call, env=environment(place)), '"hi"\n', "HELLO")
            equal(server.fetched, len(IDL), "bytes fetched")
        path = os.path.join(place, "rpcall", "idl", hashlib.sha256(IDL).hexdigest() + ".x")
        with open(path, "r+b") as f:
            f.write(b"typedef")
            f.write(b" opaque")
        equal(succeeds(*call, env=environment(place)), '"hi"\n', "with a changed file in the cache")
        with open(path, "rb") as f:
            equal(f.read(), IDL, "the cache")


@test("an interface of many parts is put together, whatever its length")
def parts():
    for n in (0, 1, 55, 56, 63, 64, 65, 70000, 200000):
        with Teller(IDL + b"/*" + bytes([65 + n % 26]) * n + b"*/") as server, \
                tempfile.TemporaryDirectory(prefix="rpcall-") as place:
            equal(succeeds("rpcall", "call", f"unix:{server.path}", "T.HELLO", "5",
                           env=environment(place)), '"hi"\n', n)


@test("a file in the cache that is far too large is not taken in, and replaced")
def cache_too_large():
    with Teller() as server, tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path = os.path.join(place, "rpcall", "idl", hashlib.sha256(IDL).hexdigest() + ".x")
        os.makedirs(os.path.dirname(path))
        with open(path, "wb") as f:
            f.truncate(LARGE)
        with subprocess.Popen([program("rpcall"), "call", f"unix:{server.path}", "T.HELLO", "5"],
                              env=environment(place), stdout=subprocess.PIPE) as done:
            equal(done.stdout.read(), b'"hi"\n', "HELLO")
            usage = os.wait4(done.pid, 0)[2]
            done.returncode = 0
        expect(usage.ru_maxrss < LARGE // 2 >> 10, f"{usage.ru_maxrss} KiB of memory")
        equal(os.path.getsize(path), len(IDL), "the cache")


@test("of a server with more programs than are looked at, the first ones are known")
def programs():
    with Teller(others=1000) as server, tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        equal(succeeds("rpcall", "call", f"unix:{server.path}", "T.HELLO", "5",
                       env=environment(place)), '"hi"\n', "HELLO")


LIES = [
    ({"size": 10}, "not the one that it announced"),
    ({"size": 100_000_000}, "more than 4 MiB are not read"),
    ({"size": 0xFFFFFFFF}, "more than 4 MiB are not read"),
    ({"size": 4_000_000}, "not the one that it announced"),
    ({"digest": bytes(32)}, "not the one that it announced"),
    ({"text": b"struct s { s x; };"}, "contains itself"),
    ({"text": b"struct a " + b"{ struct " * 10000}, "64 deep"),
    ({"text": b'#include "/etc/passwd"\n'}, "may not include files"),
    ({"text": b"\x1b[31m\x00\xff"}, "expected a definition"),
]


@test("a server that lies about its interface gets one clear error, exit 76")
def lies():
    for lie, error in LIES:
        with Teller(**lie) as server, tempfile.TemporaryDirectory(prefix="rpcall-") as place:
            err = fails(PROTOCOL, "rpcall", "call", f"unix:{server.path}", "T.HELLO", "5",
                        env=environment(place))
            expect(error in err, f"{error!r} is not in {err!r}")
            expect(all(c == "\n" or c >= " " for c in err), f"{err!r}")


@test("an answer that breaks the served interface is an error, too")
def breaks():
    with Teller(hello=opaque(b"0123456789")) as server, \
            tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        err = fails(PROTOCOL, "rpcall", "call", f"unix:{server.path}", "HELLO", "5",
                    env=environment(place))
        expect("string<9> of 10 bytes" in err, err)


@test("a program that the server does not tell of is looked for among the installed")
def elsewhere():
    with Teller() as server:
        done = run("rpcall", "call", f"unix:{server.path}", "MOUNT/3.NULL")
        equal((done.status, done.out), (0, "null\n"), done.err)
