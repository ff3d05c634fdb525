"""Values larger than what rpcall holds of them, offline: JSON leaves as XDR comes."""
import base64
import os
import signal
import subprocess
import tempfile

from tests.lib.bounded import RECORD, bounded
from tests.lib.command import fails, run
from tests.lib.harness import PATIENCE, equal, expect, program, test, wait_until
from tests.lib.xdr import opaque, uint

DATA, NO_FILE = 65, 66
SCHEMA = """struct large { int a; opaque data<>; string text<>; int z; };
struct record { opaque data[100]; };
"""
SIZE = (24 << 20) + 1  # no part of it has the size of a part


class Place:
    """A directory with t.x and what else a test writes."""

    def __init__(self):
        self.directory = tempfile.TemporaryDirectory(prefix="rpcall-")
        self.idl = self.write("t.x", SCHEMA.encode())

    def path(self, name):
        return os.path.join(self.directory.name, name)

    def write(self, name, *parts):
        with open(self.path(name), "wb") as f:
            for part in parts:
                f.write(part)
        return self.path(name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.directory.cleanup()


def message(data):
    return uint(7) + opaque(data) + opaque(b"hi") + uint(9)


def json_of(data):
    return b'{\n  "a": 7,\n  "data": "base64:%s",\n  "text": "hi",\n  "z": 9\n}\n' % \
        base64.b64encode(data)


@test("a message of 24 MiB becomes JSON in bounded memory, from a file and from a pipe")
def decode():
    data = bytes(range(256)) * (SIZE // 256) + b"x"
    with Place() as place:
        xdr = place.write("v.xdr", message(data))
        command = bounded("decode", "-i", place.idl, "large", "--opaque=base64",
                          "--max-record=25M")
        done = subprocess.run([*command, "@" + xdr], capture_output=True, timeout=PATIENCE,
                              check=False)
        equal((done.returncode, done.stderr), (0, b""), "status and stderr")
        expect(done.stdout == json_of(data), f"JSON of {len(done.stdout)} bytes")
        out = place.path("out")
        with subprocess.Popen(["cat", xdr], stdout=subprocess.PIPE) as cat:
            done = subprocess.run([*command, "@-", "-o", out], stdin=cat.stdout, check=False,
                                  capture_output=True, timeout=PATIENCE)
        equal((done.returncode, done.stdout, done.stderr), (0, b"", b""), "from a pipe")
        with open(out, "rb") as f:
            expect(f.read() == json_of(data), "another JSON from a pipe")


@test("a message is at most as large as --max-record says, 4 MiB + 4 KiB without it")
def limit():
    with Place() as place:
        decode = ("rpcall", "decode", "-i", place.idl)
        xdr = place.write("small", bytes(100))
        equal(subprocess.run([program("rpcall"), *decode[1:], "record", "@" + xdr,
                              "--max-record=100"], capture_output=True, timeout=PATIENCE,
                             check=False).returncode, 0, "as large as the limit")
        err = fails(DATA, *decode, "record", "@" + xdr, "--max-record=99")
        expect("more than 99 bytes of XDR" in err and "--max-record SIZE" in err, err)
        with open(xdr, "rb") as f:  # the size of stdin is not asked for
            err = fails(DATA, *decode, "record", "@-", "--max-record=96", stdin=f)
        expect("of 100 bytes no more than 96 fit" in err and "--max-record SIZE" in err, err)
        xdr = place.write("large", message(bytes(RECORD)))
        err = fails(DATA, *decode, "large", "@" + xdr)
        expect(f"more than {RECORD} bytes of XDR" in err, err)


def stopped_by(number, place, out):
    """rpcall decode -o out, stopped when it has written half: its status."""
    def default():
        for each in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_DFL)
    with subprocess.Popen([program("rpcall"), "decode", "-i", place.idl, "large", "@-", "-o", out],
                          stdin=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          preexec_fn=default) as decode_:
        decode_.stdin.write(message(bytes(2 << 20))[:1 << 20])
        decode_.stdin.flush()
        wait_until(lambda: os.path.exists(out + ".new0"), "the file beside it is there")
        decode_.send_signal(number)
        return decode_.wait(PATIENCE)


@test("a signal that ends rpcall leaves the file of -o as it was, and none beside it")
def signalled():
    with Place() as place:
        out = place.path("out")
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
            before = sorted(os.listdir(place.directory.name))
            equal(stopped_by(number, place, out), -number, "how it ended")
            equal(sorted(os.listdir(place.directory.name)), before, "files")
            place.write("out", b"earlier")
        with open(out, "rb") as f:
            equal(f.read(), b"earlier", "the file")


@test("a message that ends too soon is one error, which says what was written of it before")
def cut():
    with Place() as place:
        whole = message(bytes(1 << 20))
        xdr = place.write("v.xdr", whole[:1 << 19])
        err = fails(DATA, "rpcall", "decode", "-i", place.idl, "large", "@" + xdr)
        expect(".data: it ends after 524280 of 1048576 bytes" in err and "part" not in err, err)
        xdr = place.write("v.xdr", whole[:-4])
        done = run("rpcall", "decode", "-i", place.idl, "large", "@" + xdr)
        written = len(done.out) - 1  # and the end of a line
        equal((done.status, done.err.count("error: ")), (DATA, 1), done.err)
        expect(".z: it ends after 0 of 4 bytes" in done.err and written > 1 << 20 and
               f"the {written} bytes that were written are a part" in done.err, done.err)
        out = place.path("out")
        err = fails(DATA, "rpcall", "decode", "-i", place.idl, "large", "@" + xdr, "-o", out)
        expect(not os.path.exists(out) and " part " not in err, err)
        # What went to a device cannot be taken back.
        err = fails(DATA, "rpcall", "decode", "-i", place.idl, "large", "@" + xdr, "-o", os.devnull)
        expect(f"the {written} bytes that were written are a part" in err, err)
        fails(NO_FILE, "rpcall", "decode", "-i", place.idl, "large", "@" + place.path("none"))
