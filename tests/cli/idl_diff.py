"""rpcall diff: compatible on the wire or breaking, change by change."""
import json
import os
import tempfile

from tests.lib.command import fails, run, succeeds
from tests.lib.harness import ROOT, equal, expect, test

BASE = """enum e { A = 1, B = 2 };
struct s { int a; string name<8>; s *next; };
union u switch (e k) { case A: int x; case B: s *y; };
program P { version V { void N(void) = 0; s F(u) = 1; opaque_t G(s, int) = 2; } = 1; } = 7;
typedef opaque opaque_t<16>;
"""

# (what is replaced, by what, breaking, where, text)
CHANGES = [
    ("void N(void) = 0; ", "", True, "P/1.N", "removed"),
    ("G(s, int) = 2;", "G(s, int) = 2; void H(int) = 3;", False, "P/1.H", "added"),
    ("F(u) = 1", "FF(u) = 1", False, "P/1.FF", "renamed, from F"),
    ("G(s, int)", "G(s)", True, "P/1.G", "1 arguments, 2 before"),
    ("G(s, int)", "G(s, hyper)", True, "P/1.G argument 2", "hyper, int before"),
    ("G(s, int)", "G(s, unsigned)", True, "P/1.G argument 2", "unsigned, int before"),
    ("opaque opaque_t<16>", "opaque opaque_t<32>", True, "P/1.G result",
     "bound raised from 16 to 32"),
    ("opaque opaque_t<16>", "opaque opaque_t<8>", False, "P/1.G result",
     "bound lowered from 16 to 8"),
    ("opaque opaque_t<16>", "string opaque_t<16>", False, "P/1.G result",
     "string<16>, opaque<16> before: the same bytes"),
    ("opaque opaque_t<16>", "opaque opaque_t[16]", True, "P/1.G result",
     "opaque[16], opaque<16> before"),
    ("B = 2 }", "B = 2, C = 3 }", False, "P/1.F argument", "C = 3 added"),
    ("case B: s *y; };", "case B: s *y; default: void; };", False, "P/1.F argument",
     "default added"),
    ("case A: int x; ", "", True, "P/1.F argument", "case 1 removed"),
    ("case A: int x; ", "case A: hyper x; ", True, "P/1.F argument .x", "hyper, int before"),
    ("version V {", "version W { void N(void) = 0; } = 2; version V {", False, "P/2", "added"),
]


def diff(before, after, *args):
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        paths = [os.path.join(place, name) for name in ("a.x", "b.x")]
        for path, text in zip(paths, (before, after)):
            with open(path, "w", encoding="ascii") as f:
                f.write(text)
        return run("rpcall", "diff", *paths, *args)


@test("each change between two .x files is compatible or breaking, exit 1 for the latter")
def each():
    for old, new, breaking, where, text in CHANGES:
        expect(old in BASE, old)
        done = diff(BASE, BASE.replace(old, new))
        line = f"{'breaking' if breaking else 'compatible':10} {where}: {text}\n"
        expect(line in done.out, f"{old} -> {new}: {line!r} is not in {done.out!r}")
        equal(done.status, 1 if "breaking" in done.out else 0, done.err)


@test("a bound of an argument may grow, one of a result may shrink")
def direction():
    wider = BASE.replace("name<8>", "name<9>")
    done = diff(BASE, wider)
    equal(done.status, 1, done.out)
    expect("compatible P/1.G argument 1 .name: bound raised" in done.out, done.out)
    expect("breaking   P/1.F result .name: bound raised" in done.out, done.out)


@test("the same interface, other names of types, and no program at all")
def same():
    equal((lambda d: (d.status, d.out))(diff(BASE, BASE)), (0, ""), "the same")
    equal(diff(BASE, BASE.replace("opaque_t", "bytes_t")).out, "", "another name")
    done = diff("struct s { int a; };", "struct s { hyper a; };")
    equal((done.status, done.out), (1, "breaking   s .a: hyper, int before\n"), "types alone")
    path = os.path.join(ROOT, "idl", "foreign", "nfs3.x")
    equal(succeeds("rpcall", "diff", path, path), "", "NFS")


@test("rpcall diff --json has the same changes; files with errors exit 65")
def document():
    report = json.loads(diff(BASE, BASE.replace("void N(void) = 0; ", ""), "--json").out)
    equal((report["schema"], report["breaking"]), ("rpcall/diff/1", 1), "report")
    equal(report["list"], [{"breaking": True, "where": "P/1.N", "text": "removed"}], "list")
    equal(diff(BASE, "struct s {").status, 65, "a broken file")
    fails(64, "rpcall", "diff", "/nonexistent.x")
    fails(66, "rpcall", "diff", "/nonexistent.x", "/nonexistent.x")


@test("of more than a thousand changes a thousand are shown, and that there are more is said")
def thousand():
    def text(kind):
        return ("struct s {" + "".join(f"{kind} m{i};" for i in range(1020)) +
                "}; program P { version V { void F(s) = 1; } = 1; } = 5;")
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        paths = [os.path.join(place, name) for name in ("old.x", "new.x")]
        for path, kind in zip(paths, ("int", "hyper")):
            with open(path, "w", encoding="ascii") as f:
                f.write(text(kind))
        done = run("rpcall", "diff", *paths)
        lines = done.out.splitlines()
        equal((done.status, len(lines)), (1, 1001), done.err)
        expect(lines[-1].startswith("... and more"), lines[-1])
