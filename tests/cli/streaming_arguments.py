"""Arguments larger than what rpcall holds of them: files, which it reads as it sends them."""
import json
import os
import subprocess
import sys
import tempfile
import threading

from tests.lib.bounded import RECORD, bounded
from tests.lib.command import fails, succeeds
from tests.lib.crc32c import crc32c
from tests.lib.harness import PATIENCE, ROOT, equal, expect, per_mechanism, sanitized, test
from tests.lib.large import SCHEMA, Listening, crc_of, pattern, word
from tests.lib.mechanisms import shared_daemon
from tests.lib.targets import target

USAGE, DATA, NO_FILE, UNREACHABLE, PROC_UNAVAIL = 64, 65, 66, 69, 83
HUGE = (256 << 20) + 3
LARGE = (8 << 20) + 2
LEAST = 64 << 10  # bytes of a file that is not read at once


class Place:
    """A directory with large.x and a file of this size."""

    def __init__(self, size):
        self.directory = tempfile.TemporaryDirectory(prefix="rpcall-")
        self.size = size
        self.file, self.idl = (os.path.join(self.directory.name, n) for n in ("data", "t.x"))
        with open(self.file, "wb") as f:
            f.writelines(pattern(size))
        with open(self.idl, "w", encoding="ascii") as f:
            f.write(SCHEMA)

    def put(self, uri, *args):
        value = {"before": 1, "data": "@" + self.file, "name": "x", "after": 2}
        return ("call", uri, "LARGE.PUT", json.dumps(value), "-i", self.idl, *args)

    def sent(self, uri, fragments, *args):
        """Insists that the server gets all of it, from bounded memory."""
        done = subprocess.run(bounded(*self.put(uri, *args)), capture_output=True, check=False,
                              timeout=PATIENCE)
        equal((done.returncode, done.stderr), (0, b""), "status and stderr")
        equal(json.loads(done.stdout), {"bytes": str(self.size), "crc32": crc_of(pattern(self.size)),
                                        "fragments": fragments}, "what came")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.directory.cleanup()


@test("a file of 256 MiB is sent from 32 MiB of addresses")
def huge():
    with Place(LARGE if sanitized() else HUGE) as place, Listening("rpc+tcp") as server:
        place.sent(server.uri, 1, "--max-record=300M")


@test("a file over 4 MiB is sent in both envelopes and through a pipe, in any fragments")
def split():
    child = f"pipe:{sys.executable} {os.path.join(ROOT, 'tests', 'lib', 'large.py')}"
    with Place(LARGE) as place, Listening("unix") as lean, Listening("rpc+tcp") as rpc:
        args = 4 + 4 + (LARGE + 2) + 8 + 4  # bytes
        place.sent(lean.uri, 1, "--max-record=9M")
        place.sent(child, 1, "--max-record=9M")
        place.sent(lean.uri, -(-(16 + args) // 9001), "--max-record=9M", "--fragment=9001")
        place.sent(rpc.uri, -(-(40 + args) // (1 << 20)), "--max-record=9M", "--fragment=1M")
        fails(USAGE, "rpcall", *place.put(lean.uri, "--fragment=0"))
        fails(USAGE, "rpcall", *place.put(lean.uri, "--fragment=2G"))


@per_mechanism("a file that is not read at once arrives as one that is")
def everywhere(name):
    uri = target(shared_daemon(), name)
    for size in (60_000, LEAST - 1, LEAST, LEAST + 3):
        with Place(size) as place:
            args = ("rpcall", "call", uri, "ECHO.SINK", json.dumps("@" + place.file))
            if name == "rpc/udp" and size > 65_000:
                equal(fails(USAGE, *args), "rpcall: error: ECHO/1.SINK does not fit: a datagram has "
                      "at most 65507 bytes\nhint: rpc+tcp:, rpc+local:, tcp: and unix: carry more\n",
                      "a datagram")
                err = fails(USAGE, "rpcall", "bench", *args[2:3], "ECHO.ECHO", "--size", "64K")
                expect("message of this mechanism, of 65507 bytes" in err, err)
                continue
            equal(json.loads(succeeds(*args)), {"length": size, "crc32c": crc32c(
                b"".join(pattern(size)))}, f"{size} bytes")
    # A datagram has no fragments, and is not refused for want of them.
    small = succeeds("rpcall", "call", uri, "ECHO.SINK", '"text:123456789"', "--fragment=3")
    equal(json.loads(small), {"length": 9, "crc32c": 0xE3069283}, "in pieces")


@test("what --raw sends may be a large file, and -f names one")
def other_ways():
    with Place(LARGE) as place, Listening("unix") as server:
        xdr = os.path.join(place.directory.name, "v.xdr")
        equal(succeeds("rpcall", "encode", "-i", place.idl, "file", place.put("")[3], "-o", xdr,
                       "--max-record=9M"), "", "stdout")
        raw = succeeds("rpcall", "call", server.uri, "0x20000055/1.2", "--raw", "@" + xdr,
                       "--max-record=9M")
        wanted = LARGE.to_bytes(8, "big") + word(crc_of(pattern(LARGE))) + word(1)
        equal(raw, f"hex:{wanted.hex()}\n", "--raw")
        out = succeeds("rpcall", "call", server.uri, "LARGE.PUT", "--zero-fill", "-f",
                       "data=@" + place.file, "-i", place.idl, "--max-record=9M")
        equal(json.loads(out)["crc32"], crc_of(pattern(LARGE)), "-f")


@test("rpcall encode takes what is in a file from there, as bytes and as hex")
def encoded():
    with Place(LARGE) as place:
        xdr = (word(1) + word(LARGE) + b"".join(pattern(LARGE)) + bytes(2) + word(1) + b"x\0\0\0" +
               word(2))
        args = ("encode", "-i", place.idl, "file", place.put("")[3], "--max-record=9M")
        for more, wanted in (("--binary",), xdr), ((), b"hex:" + xdr.hex().encode() + b"\n"):
            done = subprocess.run(bounded(*args, *more), capture_output=True, timeout=PATIENCE,
                                  check=False)
            expect(done.returncode == 0 and done.stdout == wanted, f"{more}: {done.stderr}")


@test("what is sent is at most as large as --max-record says, and nothing is sent over it")
def limit():
    with Place(LARGE) as place:
        nowhere = "unix:/nonexistent.sock"
        for args, name in ((), RECORD), (("--max-record=8M",), 8 << 20):
            err = fails(DATA, "rpcall", *place.put(nowhere, *args))
            expect(f"argument .data: larger than {name} bytes in all" in err and
                   "--max-record SIZE" in err, err)
        whole = 4 + 4 + (LARGE + 2) + 8 + 4
        fails(DATA, "rpcall", *place.put(nowhere, f"--max-record={whole - 1}"))
        fails(UNREACHABLE, "rpcall", *place.put(nowhere, f"--max-record={whole}"))
        with open(place.idl, "a", encoding="ascii") as f:
            f.write(f"typedef opaque exact[{LARGE + 1}]; typedef opaque less<{LARGE - 1}>;")
        for name, error in ("exact", f"{LARGE} bytes, not {LARGE + 1}"), ("less", "more than"):
            err = fails(DATA, "rpcall", "encode", "-i", place.idl, name, "--max-record=9M",
                        json.dumps("@" + place.file))
            expect(error in err, err)


def refuse(_, say):
    say(b"", 3)
    threading.Event().wait(PATIENCE)  # and reads no more


def leave(*_):
    raise EOFError


@test("a server that leaves or refuses in the middle of an argument is one error, at once")
def broken():
    with Place(32 << 20) as place:  # far more than what waits in sockets
        for scheme in ("unix", "rpc+tcp"):
            for begun, status in (leave, UNREACHABLE), (refuse, PROC_UNAVAIL):
                with Listening(scheme, begun=begun) as server:
                    fails(status, "rpcall", *place.put(server.uri, "--max-record=40M"))


@test("a file that becomes shorter while it is sent is one error")
def shorter():
    with Place(32 << 20) as place, Listening(
            "unix", begun=lambda *_: os.truncate(place.file, 1000)) as server:
        err = fails(NO_FILE, "rpcall", *place.put(server.uri, "--max-record=40M"))
        expect("it has become shorter" in err, err)
