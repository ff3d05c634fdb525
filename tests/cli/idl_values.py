"""rpcall encode and decode: JSON for XDR, against Python's xdrlib, and every way to be wrong."""
import json
import os
import random
import resource
import subprocess
import tempfile
import warnings

from tests.lib import idlgen
from tests.lib.command import fails, run, succeeds
from tests.lib.harness import PATIENCE, equal, expect, program, sanitized, skip, test

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    try:
        import xdrlib
    except ImportError:
        xdrlib = None

DATA, USAGE = 65, 64
SEEDS = range(20)
SCHEMA = """enum color { RED = 1, BLUE = -5 };
struct node { int a; string name<8>; node *next; };
union u switch (color c) { case RED: int r; case BLUE: node *list; };
typedef int *maybe; typedef maybe *perhaps;
typedef opaque fh<1024>; typedef opaque nothing[0]; typedef nothing many<>;
typedef opaque big<4294967295>; typedef string text<10>;
struct pair { int i; fh buffer; };
struct tree { tree *left; int v; };
struct reals { float f; double d; quadruple q; };
program P { version V { pair GET(int, string) = 1; void NOP(void) = 0; } = 1; } = 0x20000099;
"""


class Place:
    """A directory with one .x file in it."""

    def __init__(self, text=SCHEMA):
        self.directory = tempfile.TemporaryDirectory(prefix="rpcall-")
        self.idl = self.write("t.x", text)

    def write(self, name, text):
        path = os.path.join(self.directory.name, name)
        with open(path, "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        return path

    def encode(self, name, *args):
        return succeeds("rpcall", "encode", "-i", self.idl, name, *args).strip()

    def decode(self, name, *args):
        return succeeds("rpcall", "decode", "-i", self.idl, name, *args)

    def wrong(self, verb, name, *args, status=DATA):
        return fails(status, "rpcall", verb, "-i", self.idl, name, *args)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.directory.cleanup()


@test("values of random interfaces encode as Python's xdrlib packs them, and decode again")
def oracle():
    if xdrlib is None:
        skip("this Python has no xdrlib")
    for seed in SEEDS:
        text, make = idlgen.interface(seed)
        packer = xdrlib.Packer()
        value = make(packer)
        xdr = packer.get_buffer()
        with Place(text) as place:
            source = place.write("v.json", idlgen.dumps(value, random.Random(seed)))
            packed = place.write("v.xdr", xdr)
            equal(place.encode("all", "@" + source), "hex:" + xdr.hex(), f"XDR of seed {seed}")
            out = place.decode("all", "@" + packed)
            equal(json.loads(out), value, f"JSON of seed {seed}")
            again = place.write("again.json", out)
            equal(place.encode("all", "@" + again), "hex:" + xdr.hex(), f"again, seed {seed}")


@test("each cut of a message is an error that says where it ends")
def cuts():
    with Place() as place:
        whole = place.encode("u", '{"c":"BLUE","list":[{"a":1,"name":"abc"},{"a":2,"name":""}]}')
        for n in range(4, len(whole), 8):
            err = place.wrong("decode", "u", whole[:n])
            expect("it ends after" in err, err)


@test("a wrong member is named, with its line, column and a caret")
def caret():
    with Place() as place:
        source = place.write("v.json", '{\n  "i": 1,\n  "buffer": {"type":"Buffer"}\n}\n')
        err = place.wrong("encode", "pair", "@" + source)
        equal(err, 'rpcall: error: value .buffer: expected opaque<1024> (line 3, column 13)\n'
                   '  3 |   "buffer": {"type":"Buffer"}\n'
                   '    |             ^ an object\n'
                   'hint: write "hex:5245", "base64:UkU=", "text:RE" or "@file"\n', "error")


WRONG = [
    ("color", '"PINK"', "no such name"), ("color", "1.0", "expected"),
    ("color", "2147483648", "out of range"),
    ("node", '{"a":1e3,"name":"","next":null}', "expected int"),
    ("node", '{"a":"0x1ffffffff","name":"","next":null}', "out of range"),
    ("node", '{"a":1,"name":""}', "member .next is missing"),
    ("node", '{"a":1,"a":1,"name":"","next":null}', "twice"),
    ("node", '{"a":1,"b":1,"name":"","next":null}', "no such member"),
    ("node", '{"a":1,"name":"123456789","next":null}', "9 bytes, more than 8"),
    ("u", '{"c":"RED","list":[]}', "no such member: this case has .r"),
    ("u", '{"c":2}', "there is no such case"), ("u", '{"r":1}', "says which case it is"),
    ("u", '{"c":"RED"}', "member .r is missing"), ("u", '{"c":"RED","r":1,"r":1}', "twice"),
    ("fh", '"00ff"', "expected opaque<1024>"), ("fh", '"hex:0"', "wrong digits"),
    ("fh", '"base64:UkV"', "wrong digits"), ("fh", '"hex:' + "00" * 1025 + '"', "more than 1024"),
    ("reals", '{"f":1e40,"d":0,"q":0}', "too large for float"),
    ("reals", '{"f":"x","d":0,"q":0}', "expected float"), ("maybe", '"x"', "expected"),
    ("perhaps", "4", "$value"), ("node", "[]", "expected node"),
    ("node", '{"a":1', "bad JSON"), ("node", "", "bad JSON"), ("node", '{"a":01}', "bad JSON"),
    ("text", '"\\ud800"', "no such escape"), ("text", '"a', "does not end"),
    ("text", "[" * 100000, "512 deep"), ("text", '"a" 1', "more than one value"),
]


@test("a member that there is not brings those that there are, as many as fit")
def unknown_members():
    with Place() as place:
        err = place.wrong("encode", "pair", '{"i": 1, "buf": "text:x"}')
        expect(err.endswith('^\nhint: it has i, buffer\n'), err)
        err = place.wrong("encode", "pair", "-f", "buf=text:x", status=USAGE)
        expect(err.endswith('no member "buf"\nhint: it has i, buffer\n'), err)
        err = place.wrong("encode", "u", "-f", "x=1", status=USAGE)
        expect("\nhint: it has c, " in err, err)
    with Place("struct s {" + "".join(f" int member_{i};" for i in range(100)) + " };") as place:
        for args, status in ((('{"x": 1}',), DATA), (("-f", "x=1"), USAGE)):
            hint = place.wrong("encode", "s", *args, status=status).splitlines()[-1]
            expect(hint.startswith("hint: it has member_0, member_1, ") and
                   hint.endswith(", ...") and 250 < len(hint) < 330, hint)


@test("what JSON must not be for a type is one clear error, exit 65")
def wrong():
    with Place() as place:
        for name, text, error in WRONG:
            source = place.write("v.json", text)
            err = place.wrong("encode", name, "@" + source)
            expect(error in err, f"{name} {text[:60]}: {err}")


HOSTILE = [
    ("u", "00000007", "no such case"), ("many", "ffffffff", "without a byte"),
    ("fh", "ffffffff", "opaque<1024> of 4294967295 bytes"), ("big", "ffffffff", "it ends after"),
    ("maybe", "00000002", "0 or 1"), ("color", "0000000100", "left over"),
    ("tree", "00000001" * 300, "nested more than 200 deep"),
    ("node", "00000001" + "00000009", "string<8> of 9 bytes"),
]


@test("a message that breaks its type is one clear error, whatever it claims to hold")
def hostile():
    with Place() as place:
        for name, data, error in HOSTILE:
            err = place.wrong("decode", name, "hex:" + data)
            expect(error in err, f"{name} {data[:60]}: {err}")


@test("a list of 300,000 elements takes no recursion, in bounded memory")
def long_list():
    with Place() as place:
        data = place.write("v.xdr", bytes.fromhex("00000001" "00000007" "00000000") * 300_000 +
                           bytes(4))
        text = place.write("s.x", "struct node { int a; string s<8>; node *next; };\n"
                                  "typedef node *list;\n")
        size = 512 << 20
        done = subprocess.run(
            [program("rpcall"), "decode", "-i", text, "list", "@" + data], capture_output=True,
            timeout=PATIENCE, check=False, preexec_fn=None if sanitized() else (
                lambda: resource.setrlimit(resource.RLIMIT_AS, (size, size))))
        equal(done.returncode, 0, done.stderr[:300])
        equal(len(json.loads(done.stdout)), 300_000, "elements")


@test("--zero-fill fills in what is missing; unknown members stay errors")
def zero_fill():
    with Place() as place:
        equal(place.encode("pair", "--zero-fill", '{"i": 5}'), "hex:0000000500000000", "pair")
        equal(place.encode("u", "--zero-fill"), "hex:fffffffb00000000", "union")
        place.wrong("encode", "pair", "--zero-fill", '{"x": 5}')


@test("NaNs, infinities and quadruples keep all of their bits")
def reals():
    with Place() as place:
        for data in ("7fc00000" "7ff8000000000000" "7fff8000000000000000000000000000",
                     "7f800001" "fff0000000000000" "ffff0000000000000000000000000001",
                     "80000000" "0000000000000001" "3ffb999999999999999999999999999a",
                     "00000001" "7fefffffffffffff" "00000000000000000000000000000001"):
            out = place.decode("reals", "hex:" + data)
            source = place.write("v.json", out)
            equal(place.encode("reals", "@" + source), "hex:" + data, out)
        expect('"q": 0.1' in place.decode("reals", "hex:" + "00" * 12 +
               "3ffb999999999999999999999999999a"), "0.1 in 128 bits")


@test("encode takes single members with -f, as call does")
def members():
    with Place() as place:
        wanted = place.encode("pair", '{"i": 5, "buffer": "text:x"}')
        equal(place.encode("pair", "-f", "i=5", "--field", "buffer=text:x"), wanted, "of a type")
        equal(place.encode("pair", '{"i": 4, "buffer": "text:x"}', "-f", "i=5"), wanted, "changed")
        equal(place.encode("pair", "-d", '{"i": 5}', "-f", "buffer=text:x"), wanted, "added")
        equal(succeeds("rpcall", "encode", "ECHO.SOURCE", "-f", "length=3", "-f", "seed=7").strip(),
              "hex:0000000300000007", "arguments")
        place.wrong("encode", "pair", "-f", "nosuch=5", status=USAGE)
        place.wrong("encode", "P/1.GET", "-f", "i=5", status=USAGE)
        err = place.wrong("encode", "NOP", "-f", "i=5", status=USAGE)
        expect("-f: NOP has 0 arguments, not one" in err, err)


@test("arguments of a procedure are each a text, or all an array; void takes none")
def procedures():
    with Place() as place:
        wanted = "hex:000000050000000178000000"
        equal(place.encode("P/1.GET", "5", '"x"'), wanted, "two")
        equal(place.encode("p.get", '[5, "x"]'), wanted, "an array")
        equal(place.encode("NOP"), "hex:", "void")
        place.wrong("encode", "GET", "5")
        place.wrong("encode", "GET", "5", "6", "7", status=USAGE)
        place.wrong("encode", "NOP", "5")
        equal(json.loads(place.decode("GET", "hex:0000000500000000")), {"i": 5, "buffer": "hex:"},
              "the result")


@test("--int64=number, --opaque=base64, -o and @file do what they say")
def options():
    with Place("struct s { hyper h; opaque o<>; };\n") as place:
        file = place.write("data", b"\x00\xff")
        xdr = place.encode("s", json.dumps({"h": "-1", "o": "@" + file}))
        equal(xdr, "hex:ffffffffffffffff0000000200ff0000", "XDR")
        out = place.decode("s", "--int64=number", "--opaque", "base64", xdr)
        equal(json.loads(out), {"h": -1, "o": "base64:AP8="}, "JSON")
        packed = os.path.join(place.directory.name, "out")
        equal(place.encode("s", '{"h": 1, "o": "hex:"}', "-o", packed), "", "stdout")
        with open(packed, "rb") as f:
            equal(f.read(), bytes([0] * 7 + [1] + [0] * 4), "the file")
        fails(USAGE, "rpcall", "decode", "-i", place.idl, "s", "--int64=hex", xdr)
        fails(73, "rpcall", "decode", "-i", place.idl, "s", xdr, "-o", "/nonexistent/x")


@test("padding that is not zero is ignored with a warning")
def padding():
    with Place() as place:
        done = run("rpcall", "decode", "-i", place.idl, "fh", "hex:0000000161626364")
        equal((done.status, done.out), (0, '"hex:61"\n'), done.err)
        expect("padding" in done.err, done.err)


@test("a file or name that is not there is told as such")
def missing():
    with Place() as place:
        place.wrong("encode", "nosuch", "1", status=USAGE)
        place.wrong("encode", "pair", "@/nonexistent", status=66)
        place.wrong("decode", "pair", "0000", status=USAGE)
        fails(66, "rpcall", "encode", "-i", "/nonexistent.x", "pair", "1")
        bad = place.write("bad.x", "struct s { int };\n")
        err = fails(DATA, "rpcall", "encode", "-i", bad, "s", "1")
        expect("bad.x:1:16: expected a name" in err and "hint: all errors: rpcall check" in err, err)


@test("each -i file is an interface of its own: what it uses of another it has to include")
def of_its_own():
    with Place("struct s { name n; };") as place:
        place.write("types.x", "typedef string name<9>;")
        for verb, value in (("encode", '{"n": "x"}'), ("decode", "hex:00000000")):
            err = place.wrong(verb, "s", value, "-i", os.path.join(place.directory.name, "types.x"))
            expect("the type name is not defined" in err and "#include" in err, err)
        place.write("t.x", '#include "types.x"\nstruct s { name n; };')
        equal(place.encode("s", '{"n": "x"}'), "hex:0000000178000000", "included")
        # Two interfaces may have other things by one name.
        place.write("types.x", "struct s { int n; }; struct o { int n; };")
        place.write("t.x", "struct s { string n<>; };")
        equal(place.encode("s", '{"n": "x"}', "-i", os.path.join(place.directory.name, "types.x")),
              "hex:0000000178000000", "the first file's")
        equal(place.encode("o", '{"n": 1}', "-i", os.path.join(place.directory.name, "types.x")),
              "hex:00000001", "the second file's")
