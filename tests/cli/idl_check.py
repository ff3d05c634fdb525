"""rpcall check: every error with its place, what rpcgen would refuse, and bad input."""
import glob
import json
import os
import tempfile

from tests.lib.command import run, succeeds
from tests.lib.harness import ROOT, equal, expect, skip, test

DATA, NO_FILE, USAGE = 65, 66, 64


def check(text, *args):
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path = os.path.join(place, "t.x")
        with open(path, "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        done = run("rpcall", "check", path, *args)
        return done.status, done.out.replace(path, "t.x"), done.err


@test("rpcall check prints each error with line, column and a caret, and goes on")
def errors():
    status, out, err = check("struct s {\n\tint x\n};\nconst A = ;\n")
    equal((status, err), (DATA, ""), "status and stderr")
    equal(out, 't.x:3:1: error: expected ";", not "}"\n'
               '  3 | };\n'
               '    | ^\n'
               't.x:4:11: error: expected a number or the name of a constant\n'
               '  4 | const A = ;\n'
               '    |           ^\n', "findings")


@test("rpcall check of sound files says nothing and exits 0")
def sound():
    files = glob.glob(os.path.join(ROOT, "idl", "*.x"))
    expect(len(files) > 1, "no files")
    equal(succeeds("rpcall", "check", *files), "", "findings")


@test("rpcall check tells what rpcgen would refuse, and exits 1 for it alone")
def rpcgen():
    text = "struct s { struct { int a; } inner; };\n"
    status, out, _ = check(text)
    equal(status, 1, out)
    expect("t.x:1:19: rpcgen: " in out, out)
    equal(check(text, "--no-rpcgen")[:2], (0, ""), "without rpcgen")


@test("every .x file that Debian installs parses")
def system_files():
    files = (glob.glob("/usr/include/rpcsvc/*.x") + glob.glob("/usr/include/tirpc/rpc/*.x"))
    if not files:
        skip("no .x files in /usr/include")
    for path in files:
        done = run("rpcall", "check", "--no-rpcgen", path)
        expect(done.status == 0, f"{path}: {done.out}")


@test("rpcall check finds included files beside the file and in -I")
def include():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        os.mkdir(f"{place}/more")
        for name, text in (("a.x", '#include "b.x"\n#include <c.x>\nstruct s { b x; c y; };\n'),
                           ("b.x", "typedef int b;\n"), ("more/c.x", "typedef int c;\n")):
            with open(f"{place}/{name}", "w", encoding="ascii") as f:
                f.write(text)
        succeeds("rpcall", "check", f"{place}/a.x", "-I", f"{place}/more")
        done = run("rpcall", "check", f"{place}/a.x")
        equal(done.status, DATA, done.out)
        expect("a.x:2:10: error: cannot read c.x" in done.out, done.out)


@test("rpcall check --json has the same findings")
def as_json():
    status, out, _ = check("const A = ;\n", "--json")
    equal(status, DATA, "status")
    report = json.loads(out)
    equal(report["schema"], "rpcall/check/1", "schema")
    equal([(x["kind"], x["line"], x["column"]) for x in report["findings"]],
          [("error", 1, 11)], "findings")


@test("rpcall check of a file that is not there, or no file, exits 66")
def missing():
    done = run("rpcall", "check", "/nonexistent.x")
    equal(done.status, NO_FILE, done.err)
    equal(run("rpcall", "check", "/").status, NO_FILE, "a directory")
    equal(run("rpcall", "check").status, USAGE, "no argument")


@test("rpcall check shows no control characters of a file")
def plain():
    status, out, _ = check(b"struct \x1b[31m\x07 { int \xff; };\n")
    equal(status, DATA, "status")
    expect(all(c == "\n" or c >= " " for c in out), f"{out!r}")
