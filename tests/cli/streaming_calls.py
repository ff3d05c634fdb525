"""Answers larger than what rpcall holds of them, from a server of the tests' own."""
import binascii
import json
import os
import signal
import subprocess
import sys
import tempfile
import zlib

from tests.lib.answerer import Answerer
from tests.lib.bounded import RECORD, bounded
from tests.lib.command import fails, run, succeeds
from tests.lib.harness import PATIENCE, ROOT, equal, expect, sanitized, test, wait_until
from tests.lib.large import LAST, SCHEMA, Listening, crc_of, pattern, word
from tests.lib.record import fragments
from tests.lib.running import Running

UNREACHABLE, TIMEOUT, PROTOCOL = 69, 75, 76
HUGE = (256 << 20) + 3
LARGE = (8 << 20) + 2
BEFORE, AFTER = b'{\n  "before": 7,\n  "data": "base64:', b'",\n  "after": 9\n}\n'


def get(server, size, *args):
    return ("call", server.uri, "LARGE.GET", str(size), "-i", server.idl, "--opaque=base64", *args)


def crc_of_json(stream):
    """Of the bytes in the JSON of a reply in base64, read as it comes; with how many."""
    crc = size = 0
    rest = stream.read(len(BEFORE))
    equal(rest, BEFORE, "the beginning")
    rest = b""
    while data := stream.read(1 << 20):
        rest += data
        whole = max(0, len(rest) - len(AFTER)) & ~3
        part = binascii.a2b_base64(rest[:whole])
        crc, size, rest = zlib.crc32(part, crc), size + len(part), rest[whole:]
    part = binascii.a2b_base64(rest[:-len(AFTER)])
    equal(rest[-len(AFTER):], AFTER, "the end")
    return zlib.crc32(part, crc), size + len(part)


def received(server, size, *args):
    """Insists that a reply of this size becomes JSON, in bounded memory."""
    with subprocess.Popen(bounded(*get(server, size, *args)), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as done:
        got = crc_of_json(done.stdout)
        equal((done.stderr.read(), done.wait(PATIENCE)), (b"", 0), "stderr and status")
    equal(got, (crc_of(pattern(size)), size), "checksum and size")


@test("an answer of 256 MiB becomes JSON in 32 MiB of addresses")
def huge():
    with Listening("rpc+tcp") as server:
        received(server, LARGE if sanitized() else HUGE, "--max-record=300M")


@test("an answer over 4 MiB may come in any fragments, in both envelopes")
def split():
    for scheme, size in (("unix", 65536), ("unix", 9000), ("rpc+tcp", (4 << 20) + 5000)):
        with Listening(scheme, fragment=size) as server:
            received(server, LARGE, "--max-record=9M")


@test("an answer over 4 MiB comes through a pipe, and goes to a file")
def pipe():
    child = f"pipe:{sys.executable} {os.path.join(ROOT, 'tests', 'lib', 'large.py')}"
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        idl, out = os.path.join(place, "t.x"), os.path.join(place, "out")
        with open(idl, "w", encoding="ascii") as f:
            f.write(SCHEMA)
        equal(succeeds("rpcall", "call", child, "LARGE.GET", str(LARGE), "-i", idl, "-o", out,
                       "--opaque=base64", "--max-record=9M"), "", "stdout")
        with open(out, "rb") as f:
            equal(crc_of_json(f), (crc_of(pattern(LARGE)), LARGE), "checksum and size")


@test("--json and --raw stand around an answer over 4 MiB as around any other")
def around():
    with Listening("unix") as server:
        document = json.loads(succeeds("rpcall", *get(server, LARGE, "--json", "--max-record=9M")))
        equal((document["procedure"], document["ignored_bytes"], document["result"]["after"]),
              (1, 0, 9), "head, tail and result")
        raw = succeeds("rpcall", "call", server.uri, "0x20000055/1.1", "--raw",
                       f"hex:{LARGE:08x}", "--max-record=9M")
        wanted = word(7) + word(LARGE) + b"".join(pattern(LARGE)) + bytes(2) + word(9)
        expect(raw == f"hex:{wanted.hex()}\n", f"{len(raw)} characters of XDR")


@test("an answer over --max-record is one error, which names the limit and the option")
def limit():
    with Listening("rpc+tcp") as server, Listening("unix", fragment=100) as other:
        for args, name in ((("--max-record=100",), 100), (("--max-record=151",), 151), ((), RECORD)):
            size = 116 if args else RECORD  # 152 bytes of a record
            err = fails(PROTOCOL, "rpcall", *get(server, size, *args))
            expect(f"the answer to LARGE/1.GET has more than {name} bytes" in err and
                   "--max-record SIZE" in err, err)
        succeeds("rpcall", *get(server, 116, "--max-record=152"))
        # The first fragment fits the limit, the second one does not.
        err = fails(PROTOCOL, "rpcall", *get(other, 116, "--max-record=120"))
        expect("LARGE/1.GET has more than 120 bytes" in err, err)
        fails(64, "rpcall", *get(server, 1, "--max-record=0"))


@test("watch holds an answer whole, up to --max-record, and says so")
def watch():
    with Listening("unix") as server:
        args = ("-c", "1", "-e", server.uri, "LARGE.GET", str(LARGE), "-i", server.idl)
        out = succeeds("rpcall", "watch", "--max-record=9M", *args)
        expect(len(out) > 2 * LARGE, f"{len(out)} characters")
        out = subprocess.run(bounded("watch", *args), capture_output=True, timeout=PATIENCE,
                             check=False)
        equal(out.returncode, PROTOCOL, out.stderr)
        expect(f"has more than {RECORD} bytes".encode() in out.stdout, out.stdout)


BROKEN = [
    (b"", UNREACHABLE, "the server closed the connection after"),
    (word(LAST | 0x7FFFFFFF), PROTOCOL, "has more than 9437184 bytes"),
    (word(0) * 20, PROTOCOL, "the server broke the protocol after"),
]


@test("an answer that breaks off is one error, which says what was written of it before")
def broken():
    size = 6 << 20
    for after, status, error in BROKEN:
        # At the end of a fragment, so that what follows is a mark.
        with Listening("unix", fragment=65536, cut=80 * 65540, after=after) as server:
            args = get(server, size, "--max-record=9M")
            done = run("rpcall", *args)
            equal((done.status, done.err.count("error: ")), (status, 1), done.err)
            written = len(done.out) - 1  # and the end of a line
            expect(error in done.err and
                   f"the {written} bytes that were written are a part" in done.err and
                   written > size, f"{written}: {done.err}")
            out = os.path.join(server.place.name, "out")
            err = fails(status, "rpcall", *args, "-o", out)
            expect(not os.path.exists(out) and " part " not in err, err)


@test("an answer that stops is a timeout, however much of it has come")
def stops():
    with Listening("unix", cut=5 << 20, hold=True) as server:
        err = fails(TIMEOUT, "rpcall", *get(server, LARGE, "--max-record=9M", "-t", "1s"))
        expect("LARGE/1.GET" in err, err)


@test("an answer that is interrupted leaves no file, and none beside where it was to be")
def interrupted():
    with Listening("unix", cut=5 << 20, hold=True) as server:
        out = os.path.join(server.place.name, "out")
        before = sorted(os.listdir(server.place.name))
        for number in (signal.SIGINT, signal.SIGTERM):
            with Running(*get(server, LARGE, "--max-record=9M", "-o", out)) as call:
                wait_until(lambda: os.path.exists(out + ".new0"), "the file beside it is there")
                call.signal(number)
                equal(call.wait(), 128 + number, "status")
            equal(sorted(os.listdir(server.place.name)), before, "files")


@test("-v and -vv tell of a large answer by its beginning")
def told():
    with Listening("rpc+tcp") as server:
        done = subprocess.run(bounded(*get(server, LARGE, "--max-record=9M", "-vv")), check=False,
                              capture_output=True, timeout=PATIENCE)
        equal(done.returncode, 0, done.stderr[-500:])
        text = done.stderr.decode()
        expect(f"{LARGE + 14} bytes of results, {LARGE + 38} in all" in text and
               "the first of the results" in text and len(text) < 10000, text[:3000])


@test("a record that is too large and no answer is not taken for one")
def no_answer():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        idl = os.path.join(place, "t.x")
        with open(idl, "w", encoding="ascii") as f:
            f.write(SCHEMA)
        for noise in (b"HTTP/1.1 400 Bad Request\r\n" * 40, word(LAST | 0x7FFFFFFF) + bytes(600),
                      b"SSH-2.0-OpenSSH_9.2p1\r\n", word(0x7FFFFFFF),
                      fragments(bytes(1200), [600, 600]).replace(word(600 | LAST), b"\xff" * 4)):
            with Answerer(lambda _, noise=noise: noise) as server:
                err = fails(PROTOCOL, "rpcall", "call", f"unix:{server.path}", "LARGE.GET", "5",
                            "-i", idl)
                expect("broke the protocol" in err, err)
