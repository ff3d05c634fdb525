"""-v and -vv: the stages, each message, and each field of it, also where an answer is broken."""
import os
import re
import tempfile

from tests.lib.answerer import Answerer
from tests.lib.command import run
from tests.lib.envelope import AUTH_BADCRED, Lean, Rpc
from tests.lib.harness import equal, expect, per_mechanism, test
from tests.lib.mechanisms import shared_daemon
from tests.lib.record import mark, record
from tests.lib.targets import target
from tests.lib.xdr import opaque, uint

IDL = """
enum colour { RED = 1 };
struct item { string name<20>; colour c; };
struct arg { int number; item items<>; int *more; hyper h; };
union answer switch (int code) { case 0: opaque data<>; default: void; };
program T_PROG { version T_V1 { answer T_GET(arg) = 1; } = 1; } = 0x20525099;
"""
ARG = '{"number": 7, "items": [{"name": "a\\u001b[31m\\u009bb", "c": "RED"}], "more": null, "h": "-1"}'


def call(uri, *more, place):
    path = os.path.join(place, "t.x")
    with open(path, "w", encoding="ascii") as f:
        f.write(IDL)
    return run("rpcall", "call", "-i", path, uri, "T.GET", ARG, "-vv", *more)


def fields(text, sign):
    """(offset, hex, the rest) of each line that shows bytes."""
    found = re.findall(rf"^{sign} ([0-9a-f]{{6}})  ((?:[0-9a-f]+ )*[0-9a-f]+)(?: +(\S.*))?$", text,
                       re.M)
    return [(int(at, 16), bytes.fromhex(data.replace(" ", "")), rest) for at, data, rest in found]


def joined(found):
    """The bytes shown, which are to follow one another."""
    data = b""
    for at, part, _ in found:
        equal(at, len(data), "offset")
        data += part
    return data


def words(found):
    return [" ".join(rest.split()) for _, _, rest in found if rest]


def xid_of(message):
    return int.from_bytes(message[:4], "big")


@test("-vv shows each field of a call and its reply, by the schema, in both envelopes")
def whole():
    results = uint(0) + opaque(b"\x00\x1bxy")
    for envelope, scheme in ((Lean, "unix:"), (Rpc, "rpc+local:")):
        sent = []
        with tempfile.TemporaryDirectory(prefix="rpcall-") as place, \
                Answerer(lambda c, e=envelope, s=sent: s.append(c) or
                         record(e.reply(xid_of(c), 0, results))) as server:
            done = call(scheme + server.path, place=place)
            equal(done.status, 0, done.err)
        equal(joined(fields(done.err, ">")), sent[0], "the call")
        equal(joined(fields(done.err, "<")), envelope.reply(xid_of(sent[0]), 0, results), "reply")
        told = words(fields(done.err, ">"))
        for line in ("call.prog unsigned 542265497", "argument.number int 7",
                     "argument.items item<> 1 element", "argument.items[0].c colour \"RED\"",
                     "argument.more optional data none follows", "argument.h hyper \"-1\""):
            expect(line in told, f"{line!r} is not in {told}")
        told = words(fields(done.err, "<"))
        expect('result.data opaque<> "hex:001b7879"' in told, told)
        expect(f"> xid {xid_of(sent[0]):08x}  T/1.GET  542265497/1.1" in done.err, done.err)
        expect(all(c == "\n" or " " <= c < "\x7f" for c in done.err), ascii(done.err))


@test("-vv shows the credential in parts")
def credential():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place, \
            Answerer(lambda c: record(Rpc.auth_error(xid_of(c), AUTH_BADCRED))) as server:
        done = call("rpc+local:" + server.path, "--auth", "sys", place=place)
    equal(done.status, 77, done.err)
    told = words(fields(done.err, ">"))
    expect(f"call.cred.sys.uid unsigned {os.geteuid()}" in told, told)
    expect("AUTH_ERROR: AUTH_BADCRED (1)" in done.err, done.err)
    expect('reply.body.rejected.why auth_stat "AUTH_BADCRED"' in words(fields(done.err, "<")), done.err)


def broken(envelope, results):
    return lambda c: record(envelope.reply(xid_of(c), 0, results))


def cut(c):
    """Half of a reply, then the end."""
    reply = Lean.reply(xid_of(c), 0, uint(0) + opaque(b"12345678"))
    return mark(len(reply)) + reply[:14]


BROKEN = [
    # What follows the head, what it shows of that, and why it stops.
    (broken(Lean, uint(0, 9) + b"12345678"), "result.code int 0", "it ends after 8 of 12 bytes"),
    (broken(Lean, uint(0, 0xFFFFFFFF)), "result.code int 0", "it ends after 0 of 4294967296 bytes"),
    (broken(Lean, b""), None, "does not fit: result .code: it ends after 0 of 4 bytes"),
    (broken(Lean, uint(1) + b"\x1bmor"), "result.code int 1", "more than the results"),
    (lambda c: record(b"\x1b[1"), None, "< 3 bytes: it is no reply"),
    (lambda c: record(b""), None, "it is no reply"),
    (lambda c: b"HTTP/1.1 400 \x1b[1m\r\n", None, "as text: HTTP/1.1 400 ?[1m??"),
    (cut, None, "< 14 of 24 bytes: the server has closed the connection"),
    (lambda c: b"", None, "< nothing: the server has closed the connection"),
]


@test("-vv shows a broken answer up to where it breaks, and says why")
def garbage():
    for answer, shown, why in BROKEN:
        with tempfile.TemporaryDirectory(prefix="rpcall-") as place, Answerer(answer) as server:
            done = call("unix:" + server.path, place=place)
        expect(why in done.err, f"{why!r} is not in {done.err}")
        if shown is not None:
            expect(shown in words(fields(done.err, "<")), f"{shown!r} is not in {done.err}")
        expect(all(c == "\n" or " " <= c < "\x7f" for c in done.err), ascii(done.err))


@test("-vv of a server that falls silent in the middle shows what came")
def silence():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place, Answerer(cut, hold=True) as server:
        done = call("unix:" + server.path, "-t", "1s", place=place)
    equal(done.status, 75, done.err)
    expect("< 14 of 24 bytes: the time is over" in done.err, done.err)
    expect('reply.end.status frame_status "FRAME_SUCCESS"' in words(fields(done.err, "<")), done.err)


@per_mechanism("-v tells of the connection and of each message, whatever the verb")
def verbs(name):
    uri = target(shared_daemon(), name)
    done = run("rpcall", "ping", uri, "-c", "2", "-v")
    equal(done.status, 0, done.err)
    expect(f"* {name}: open, " in done.err, done.err)
    equal(len(re.findall(r"^> xid [0-9a-f]{8}  ECHO/1.NULL  542265345/1.0  0 bytes", done.err, re.M)),
          2, done.err)
    equal(len(re.findall(r"^< xid [0-9a-f]{8}  SUCCESS  0 bytes .* us$", done.err, re.M)), 2,
          done.err)
    done = run("rpcall", "stats", uri, "-v")
    equal(done.status, 0, done.err)
    expect("  REFLECT/1.STATS  " in done.err, done.err)
