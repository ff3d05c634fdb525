"""What rpcall check says of rpcgen, held against rpcgen and the C compiler themselves."""
import os
import re
import shlex
import shutil
import subprocess
import tempfile

from tests.lib.command import run
from tests.lib.harness import PATIENCE, ROOT, equal, expect, skip, test

CC = shlex.split(os.environ.get("CC", "cc"))

# Sound, and yet nothing for rpcgen: each for a reason of its own.
REFUSED = [
    "struct s { struct { int a; } b; };", "struct s { enum { A } b; };",
    "union u switch (int d) { case 1: struct { int a; } b; };",
    "// comment\nconst A = 1;\n", "const A = 1 + 2;", "typedef opaque o[2 * 4];",
    "enum e { A = 1, };", "typedef quadruple q;", "struct s { bool b[3]; };",
    "union u switch (int d) { default: void; case 1: int y; };",
    "program P { version V { int F(int, int) = 1; } = 1; } = 3;",
    "namespace n { const A = 1; }", "%#define A (1 +\\\n 1)\nconst B = 1;",
    "union u switch (int d) { case 1: int y; case 2: int y; };",
    "typedef int a<3>; typedef int a<3>;", "struct s { int a; }; struct s { int a; };",
]

# What might be taken for an extension, and is none.
ACCEPTED = [
    "typedef bool b[3]; struct s { bool b<3>; int version_; };", "typedef unsigned u;",
    "const A = -1; enum e { X, Y = 3 }; const B = 0x1f; const C = A;",
    "union u switch (int d) { case 1: int s[4]; default: void; };",
    "union u switch (bool d) { case TRUE: int a; case FALSE: void; };",
    "program P { version V { string F(string) = 1; void G(void) = 2; } = 1; } = 3;",
    "struct s { int a; s *next; }; typedef s *list; typedef struct s t;",
    "const A = 1;\n%/* for C */\n#ifdef RPC_HDR\nconst B = 2;\n#endif\n",
    "typedef unsigned hyper h; typedef hyper g<>; struct p { h a; g b; float f; double d; };",
    "struct s { char c; short d; long e; unsigned char f; unsigned short g; unsigned long h; };",
    "struct s { opaque a[4]; opaque b<>; opaque c<9>; string d<>; string e<9>; };",
    "typedef string t<>; struct s { t x<3>; };",
]


class Place:
    """A directory with t.x, where rpcgen and the compiler run."""

    def __init__(self, text):
        for tool in ("rpcgen", "cpp", CC[0]):
            if not shutil.which(tool):
                skip(f"{tool} is not installed")
        self.place = tempfile.TemporaryDirectory(prefix="rpcall-")
        self.outputs = {"-h": "t.h", "-c": "t_xdr.c"}
        if "program" in text:
            self.outputs["-l"] = "t_clnt.c"
        with open(os.path.join(self.place.name, "t.x"), "w", encoding="ascii") as f:
            f.write(text)

    def run(self, *command):
        """Its exit code and what it complains about."""
        done = subprocess.run(command, cwd=self.place.name, stdin=subprocess.DEVNULL, check=False,
                              capture_output=True, text=True, timeout=PATIENCE)
        return done.returncode, done.stderr

    def generates(self):
        return all(self.run("rpcgen", "-C", "-M", option, "-o", output, "t.x")[0] == 0
                   for option, output in self.outputs.items())

    def compile(self):
        every = ["-ferror-limit=0"] if "clang" in CC[0] else []
        return self.run(*CC, "-w", "-fsyntax-only", *every, "-I.", "-isystem", "/usr/include/tirpc",
                        *[output for output in self.outputs.values() if output.endswith(".c")])

    def check(self):
        """The exit code of rpcall check, and the lines of t.x where it speaks of rpcgen."""
        done = run("rpcall", "check", os.path.join(self.place.name, "t.x"))
        return done.status, [int(n) for n in re.findall(r"t\.x:(\d+):\d+: rpcgen: ", done.out)]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.place.cleanup()


def words(table):
    """The names in a table of client/idl/refuse.c."""
    with open(os.path.join(ROOT, "client", "idl", "refuse.c"), encoding="ascii") as f:
        body = re.search(table + r"\[\] = \{(.*?)NULL", f.read(), re.S)
    found = re.findall(r'"(\w+)"', body[1])
    expect(len(found) > 10, f"{table} has {len(found)} names")
    return found


@test("what rpcall check says that rpcgen refuses, rpcgen or the compiler refuses")
def refused():
    for text in REFUSED:
        with Place(text) as place:
            status, lines = place.check()
            equal((status, len(lines)), (1, 1), text)
            expect(not place.generates() or place.compile()[0], f"it compiles: {text}")


@test("what rpcall check does not complain about, rpcgen and the compiler take")
def accepted():
    for text in ACCEPTED:
        with Place(text) as place:
            equal(place.check(), (0, []), text)
            expect(place.generates(), f"rpcgen refuses {text}")
            equal(place.compile(), (0, ""), text)


def names_of(table, form):
    """Every name is told of; rpcgen refuses it, or the compiler says a word about it."""
    left = []
    for word in words(table):
        with Place(form.format(word, "")) as place:
            if place.run("rpcgen", "-C", "-h", "-o", "t.h", "t.x")[0] == 0:
                left.append(word)
    def text(names):
        return "".join(form.format(word, i) for i, word in enumerate([*names, "plain"]))
    with Place(text(words(table))) as every:
        status, lines = every.check()
        equal((status, sorted(set(lines))), (1, list(range(1, len(words(table)) + 1))), table)
    with Place(text(left)) as rest:
        expect(rest.generates(), f"rpcgen refuses some of {left} when they are together")
        errors = rest.compile()[1]
    found = {word for word in [*left, "plain"] if re.search(rf"\b(?:xdr_)?{word}\b", errors)}
    equal(found, set(left), table)


@test("each name that rpcall check says C or libtirpc has cannot be had")
def names():
    names_of("taken", "typedef opaque {0}<>;\n")
    names_of("c_words", "struct s{1} {{ int {0}; }};\n")
