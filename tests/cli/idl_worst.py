"""The worst that a file, a user and a server can send: each is one clear error, in 256 MiB of
addresses and a second of CPU time, whichever way it comes."""
import contextlib
import itertools
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading

from tests.lib.daemon import check_log
from tests.lib.harness import PATIENCE, equal, expect, program, sanitized, test
from tests.lib.teller import Teller, environment, word

DATA, UNREACHABLE, TIMEOUT, PROTOCOL = 65, 69, 75, 76
REFUSED = range(81, 87)
MEMORY, SECONDS = 256 << 20, 1
LEVELS, LARGE = 10_000, 100_000_000


def limits():
    """By prlimit(1). AddressSanitizer needs terabytes of addresses, and several times as long."""
    if sanitized():
        return ["prlimit", f"--cpu={20 * SECONDS}"]
    return ["prlimit", f"--cpu={SECONDS}", f"--as={MEMORY}"]


def run(*args, env=None):
    done = subprocess.run([*limits(), program("rpcall"), *args], stdin=subprocess.DEVNULL, env=env,
                          capture_output=True, timeout=PATIENCE, check=False)
    out, err = (text.decode(errors="replace") for text in (done.stdout, done.stderr))
    check_log(err, "rpcall")
    return done.returncode, out, err


def fails(status, error, *args, env=None):
    """One error, that holds this text; nothing on stdout."""
    got, out, err = run(*args, env=env)
    what = " ".join(args)[:200]
    equal((got, out), (status, ""), f"{what}: {err[:500]}")
    errors = [line for line in err.splitlines() if "error: " in line]
    expect(len(errors) == 1 and error in errors[0], f"{what}: {error!r} is not in {err[:500]!r}")
    expect(len(err) < 2000, f"{what}: an error of {len(err)} bytes")


def nested(before, inner, after):
    return before * LEVELS + inner + after * LEVELS


FILES = [
    ("a typedef of itself", "typedef foo foo;\n", "defined by itself"),
    ("two of one another", "typedef a b; typedef b a;\n", "defined by itself"),
    ("a struct in itself", "struct s { s x; };\n", "contains itself"),
    ("constants of one another", "const A = B; const B = A;\n", "defined by itself"),
    ("structs in one another",
     "struct a " + nested("{ struct ", "{ int x; ", "} a; };"), "64 deep"),
    ("named ones in one another",
     "".join(f"struct s{i} {{ s{i + 1} x; }};\n" for i in range(LEVELS)) +
     f"struct s{LEVELS} {{ int x; }};\n", "64 deep"),
    ("unions in one another", "union a " + nested(
        "switch (int d) { case 1: union ", "switch (int d) { case 1: int x; ", "} a; }; "),
     "64 deep"),
    ("parentheses", "const A = " + "(" * LEVELS + "1;", "32 deep"),
    ("signs", "const A = " + "-" * LEVELS + "1;", "32 deep"),
    ("namespaces", nested("namespace n { ", "const A = ;", "}"), "expected a number"),
    ("conditions", "#if 1\n" * LEVELS, "64 deep"),
    ("a length of 4 GiB", "typedef opaque a[4294967296];\n", "from 0 to 4294967295"),
    ("macros of macros", "#define A0 1\n" + "".join(
        f"#define A{i + 1} A{i} + A{i}\n" for i in range(60)) + "const X = A60;\n", "tokens"),
    ("types without end", "".join(f"struct s{k} {{" + "int a;" + "".join(
        f"int f{i};" for i in range(1000)) + "};" for k in range(400)), "131072 types"),
    ("a name without end", "const " + "a" * 4_000_000 + " = 1;", "255 bytes"),
    ("a comment without end", "/* " * 1_300_000, "does not end"),
    ("100 MB", None, "4 MiB"),
]


@test("the worst .x file is one clear error, for check, describe and call")
def files():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path = os.path.join(place, "t.x")
        for what, text, error in FILES:
            with open(path, "w", encoding="ascii") as f:
                f.write(text or "")
                if text is None:
                    f.truncate(LARGE)
            status, out, err = run("check", path)
            equal((status, err), (DATA, ""), f"check of {what}")
            found = [line for line in out.splitlines() if ": error: " in line]
            expect(found and error in "\n".join(found), f"{what}: {out[:1000]!r}")
            fails(DATA, error, "describe", "-i", path, "a")
            fails(DATA, error, "call", "-i", path, "tcp://127.0.0.1:1", "P.Q")
        with open(path, "w", encoding="ascii") as f:
            f.write('#include "t.x"\n')
        fails(DATA, "16 deep", "describe", "-i", path, "a")


@test("the worst served .x text is one clear error, exit 76")
def served():
    for _, text, error in FILES:
        lie = {"digest": bytes(32)} if text is None else {}  # hashing it would take its time
        with Teller(bytes(LARGE) if text is None else text.encode(), **lie) as server, \
                tempfile.TemporaryDirectory(prefix="rpcall-") as place:
            fails(PROTOCOL, error, "call", f"unix:{server.path}", "T.HELLO", "5",
                  env=environment(place))


LINKS = 100_000
CHAIN = "".join(f"typedef a{i + 1} a{i};\n" for i in range(LINKS)) + f"typedef int a{LINKS};\n"
CASES = "".join(f"case {i}:" for i in range(65536))
UNION = f"union u switch (int d) {{ {CASES} int x; }};\n"


@test("as many definitions and cases as there may be take no time in their square")
def square():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path, other = os.path.join(place, "t.x"), os.path.join(place, "u.x")
        with open(path, "w", encoding="ascii") as f:
            f.write(CHAIN)
        status, out, err = run("describe", "-i", path, "a0")
        equal((status, err), (0, ""), "describe")
        expect(out.endswith(f"typedef int a{LINKS};\n"), f"{out[-100:]!r}")
        for name, text in ((path, UNION), (other, UNION.replace("int x", "hyper x"))):
            with open(name, "w", encoding="ascii") as f:
                f.write(text)
        equal(run("diff", path, path), (0, "", ""), "diff of the same")
        equal(run("diff", path, other)[0], 1, "diff of others")


MASK = (1 << 17) - 1  # of a table with as many places as there are names


def fnv(state, text):
    for byte in text:
        state = (state ^ byte) * 16777619 & MASK
    return state


def alike(count):
    """So many names whose FNV-1a, the hash that everybody knows, has the same low bits: pieces
    of three letters that lead from one state to the next, as many as there are, in a row."""
    pieces = [bytes(piece) for piece in itertools.product(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN",
                                                          repeat=3)]
    state, names = fnv(2166136261, b"x"), [b"x"]
    while len(names) < count:
        to = {}
        for piece in pieces:
            to.setdefault(fnv(state, piece), []).append(piece)
        state = max(to, key=lambda one: len(to[one]))
        names = [name + piece for name in names for piece in to[state]][:count]
    equal({fnv(2166136261, name) for name in names}, {state}, "hashes")
    return names


@test("4 MiB of names that a known hash would put into one place are looked up as fast as others")
def collisions():
    names = alike(100_000)
    text = b"".join(b"const %s=1;\n" % name for name in names)
    expect(3 << 20 < len(text) < 4 << 20, f"{len(text)} bytes")
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path = os.path.join(place, "t.x")
        with open(path, "wb") as f:
            f.write(text)
        name = names[-1].decode()
        equal(run("describe", "-i", path, name), (0, f"const {name} = 1;\n", ""), "the last one")


VALUES = """
struct deep { deep *a; int b; };
struct fork { fork *a; fork *b; };
typedef opaque wide<4294967295>;
typedef opaque fixed[4294967295];
typedef int ints[4294967295];
typedef int many<4294967295>;
typedef opaque nothing[0];
typedef nothing nothings<4294967295>;
typedef nothing never[4294967295];
enum color { RED = 1 };
union arms switch (color c) { case RED: int a; };
union open switch (int d) { case 1: int a; };
"""
HUGE = word(0xFFFFFFFF)
MESSAGES = [
    ("deep", word(1) * LEVELS, "200 deep"), ("fork", word(1) * LEVELS, "200 deep"),
    ("wide", HUGE, "it ends after"), ("fixed", bytes(100), "it ends after"),
    ("ints", bytes(100), "4294967295 elements"), ("many", HUGE, "4294967295 elements"),
    ("nothings", HUGE, "without a byte"), ("never", b"", "without a byte"),
    ("arms", word(2), "no such case"), ("arms", HUGE, "no such case"),
    ("open", word(7), "no such case"), ("color", b"", "it ends after"),
]


@test("the worst answer that a type can be given is one clear error, offline and from a server")
def messages():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path, data = os.path.join(place, "v.x"), os.path.join(place, "v.xdr")
        with open(path, "w", encoding="ascii") as f:
            f.write(VALUES)
        for name, message, error in MESSAGES:
            with open(data, "wb") as f:
                f.write(message)
            fails(DATA, error, "decode", "-i", path, name, "@" + data)
            text = VALUES + "program T_PROG { version T_V1 { " \
                f"{name} T_HELLO(int) = 1; }} = 1; }} = 0x20525099;"
            with Teller(text.encode(), hello=message) as server:
                fails(PROTOCOL, error, "call", f"unix:{server.path}", "T.HELLO", "5",
                      env=environment(place))


ARGUMENTS = [
    ("deep", nested('{"a":', "null", ',"b":1}'), "512 deep"),
    ("deep", '{"a":' * 300 + "null" + ',"b":1}' * 300, "200 deep"),
    ("wide", "[" * 1_000_000, "512 deep"), ("fixed", '"hex:00"', "1 bytes, not"),
    ("ints", "[1]", "1 elements, not"), ("many", "[" + "1," * 2_000_000 + "1]", "larger than"),
    ("arms", '{"c": "GREEN", "a": 1}', "no such name"), ("arms", '{"c": 7}', "no such case"),
    ("open", '{"d": 7, "a": 1}', "no such case"), ("wide", '"@/dev/zero"', "larger than"),
]


@test("the worst argument that a type can be given is one clear error")
def arguments():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path, text = os.path.join(place, "v.x"), os.path.join(place, "v.json")
        with open(path, "w", encoding="ascii") as f:
            f.write(VALUES)
        for name, value, error in ARGUMENTS:
            with open(text, "w", encoding="ascii") as f:
                f.write(value)
            fails(DATA, error, "encode", "-i", path, name, "@" + text)
        with open(text, "w", encoding="ascii") as f:
            f.truncate(LARGE)
        fails(DATA, "larger than 64 MiB", "encode", "-i", path, "wide", "@" + text)
        for name in ("fixed", "ints"):
            fails(DATA, "larger than", "encode", "-i", path, "--zero-fill", name)
            fails(DATA, "larger than", "describe", "-i", path, "--template", name)


def babbled(xid):
    """What no RPC server says, also as an answer to the call of this xid."""
    noise = random.Random(4711)
    yield from (noise.randbytes(n) for n in (1, 3, 4, 28, 1000, 70_000))
    yield from (b"\xff" * 64, b"\x7f\xff\xff\xff", b"\x80\0\0\0" * 50, bytes(400),
                b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH_9.2p1\r\n")
    for body in (b"", word(1), word(1) + HUGE, word(1) + word(0) * 2 + HUGE, word(7) * 10,
                 word(1) + word(0) + word(0) + word(1 << 30) + bytes(100), noise.randbytes(100)):
        yield word(len(body) + 4 | 1 << 31) + xid + body


class Babbler(threading.Thread):
    """Answers what comes on each connection with the next of these, until all are said."""

    def __init__(self, listener):
        super().__init__(daemon=True)
        self.listener = listener
        self.left = len(list(babbled(bytes(4))))
        self.start()

    def run(self):
        for n in range(self.left):
            peer, _ = self.listener.accept()
            # Who has heard enough closes with the rest unread: that is a reset.
            with contextlib.suppress(OSError), peer:
                call = peer.recv(65536)
                peer.sendall(list(babbled(call[4:8]))[n])
                peer.shutdown(socket.SHUT_WR)
                peer.recv(65536)


def listening(scheme, place):
    if "tcp" in scheme:
        listener = socket.create_server(("127.0.0.1", 0))
        return listener, f"{scheme}127.0.0.1:{listener.getsockname()[1]}"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(os.path.join(place, "s"))
    listener.listen()
    return listener, scheme + os.path.join(place, "s")


@test("a server that answers garbage is one clear error, in both envelopes")
def garbage():
    for scheme in ("rpc+tcp://", "unix:"):
        with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
            listener, uri = listening(scheme, place)
            with listener:
                babbler = Babbler(listener)
                for _ in range(babbler.left):
                    status, out, err = run("call", uri, "rpcbind/4.DUMP", "--no-reflection")
                    expect(status in (PROTOCOL, UNREACHABLE, *REFUSED) and out == "" and
                           err.count("error: ") == 1, f"{uri}: {status} {out[:99]!r} {err[:500]!r}")
                babbler.join(PATIENCE)


@test("a child that writes garbage is one clear error, and garbled datagrams are not answers")
def others():
    text = "import os,random; os.read(0,1); os.write(1,random.Random(1).randbytes(5000))"
    status, out, err = run("call", f"pipe:{sys.executable} -c '{text}'", "rpcbind/4.DUMP",
                           "--no-reflection")
    expect(status in (PROTOCOL, UNREACHABLE) and out == "" and err.count("error: ") == 1, err)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        threading.Thread(target=babble_datagrams, args=(s,), daemon=True).start()
        fails(TIMEOUT, "no reply within 500 ms", "call", "-t", "500ms", "--no-reflection",
              f"rpc+udp://127.0.0.1:{s.getsockname()[1]}", "rpcbind/4.DUMP")


def babble_datagrams(s):
    call, peer = s.recvfrom(65536)
    other = bytes(b ^ 0xFF for b in call[:4])
    for message in babbled(other):
        s.sendto(message[:60_000], peer)
