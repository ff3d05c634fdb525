"""rpcall check: every error with its place, what rpcgen would refuse, and bad input."""
import glob
import json
import os
import resource
import subprocess
import tempfile

from tests.lib.command import run, succeeds
from tests.lib.harness import PATIENCE, ROOT, equal, expect, program, sanitized, skip, test

DATA, NO_FILE, USAGE = 65, 66, 64


def check(text, *args):
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path = os.path.join(place, "t.x")
        with open(path, "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        done = run("rpcall", "check", path, *args)
        return done.status, done.out.replace(path, "t.x"), done.err


def bounded(text, error):
    """One clear error within 256 MiB of memory (not under AddressSanitizer)."""
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path = os.path.join(place, "t.x")
        with open(path, "w", encoding="ascii") as f:
            f.write(text)
        size = 256 << 20
        limit = None if sanitized() else (
            lambda: resource.setrlimit(resource.RLIMIT_AS, (size, size)))
        done = subprocess.run([program("rpcall"), "check", path], capture_output=True, text=True,
                              timeout=PATIENCE, check=False, preexec_fn=limit)
    equal(done.returncode, DATA, done.stderr)
    lines = [line for line in done.stdout.splitlines() if ": error: " in line]
    equal(len(lines), 1, f"errors in {done.stdout[:2000]!r}")
    expect(error in lines[0], f"{error!r} is not in {lines[0]!r}")


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


@test("the worst .x files give one clear error, in bounded memory")
def worst():
    bounded("typedef foo foo;\n", "defined by itself")
    bounded("struct s { s x; };\n", "contains itself")
    bounded("struct a " + "{ struct " * 10000 + "{ int x; " + "} a; };" * 10000, "64 deep")
    bounded("const A = " + "(" * 10000 + "1;", "32 deep")
    bounded("typedef opaque a[4294967296];\n", "from 0 to 4294967295")
    bounded('#include "t.x"\n', "16 deep")
    bounded("#define A0 1\n" + "".join(f"#define A{i + 1} A{i} + A{i}\n" for i in range(60)) +
            "const X = A60;\n", "tokens")
    bounded("const A = 1;\n" * 8_000_000, "larger than 4 MiB")
    bounded("".join(f"struct s{k} {{" + "int a;" + "".join(f"int f{i};" for i in range(1000)) +
                    "};" for k in range(400)), "131072 types")


@test("rpcall check shows no control characters of a file")
def plain():
    status, out, _ = check(b"struct \x1b[31m\x07 { int \xff; };\n")
    equal(status, DATA, "status")
    expect(all(c == "\n" or c >= " " for c in out), f"{out!r}")
