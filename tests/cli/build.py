"""Scripts that the build and the installation use."""
import os
import re
import subprocess
import tempfile

from tests.lib.harness import PATIENCE, ROOT, equal, expect, test

SCRIPTS = os.path.join(ROOT, "scripts")


def run(*command):
    return subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, check=False, timeout=PATIENCE)


def bounds(text):
    """Status and lines of scripts/idl-bounds.awk for this .x file."""
    with tempfile.NamedTemporaryFile("w", suffix=".x") as f:
        f.write(text)
        f.flush()
        done = run("awk", "-f", f"{SCRIPTS}/idl-bounds.awk", f.name)
        return done.returncode, re.findall(r"\.x:(\d+): error:", done.stderr)


@test("a string, opaque or array without a bound in a .x file stops the build")
def unbounded():
    equal(bounds("typedef opaque a<8>;\nstruct b { string c<>; };\n"), (1, ["2"]), "string")
    equal(bounds("typedef int a< >;\n\ntypedef opaque b<\n>;\n"), (1, ["1", "3"]), "both")
    equal(bounds("/* a<>\n\n */ typedef int b<>; /* c<> */\n"), (1, ["3"]), "array")


@test("bounds, and brackets in comments, do not stop the build")
def bounded():
    equal(bounds("const N = 4;\ntypedef int a<N>; /* not a<> */\n/*\n<>\n*/\n"), (0, []), "file")
    equal(bounds("/* never ends <>"), (0, []), "comment")
    for name in sorted(os.listdir(f"{ROOT}/idl")):
        if name.endswith(".x"):
            with open(f"{ROOT}/idl/{name}", encoding="utf-8") as f:
                equal(bounds(f.read()), (0, []), name)


@test("rpc(5) gets a line for each program of ours, once, and none for a classic one")
def etc_rpc():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path = os.path.join(place, "rpc")
        with open(path, "w", encoding="ascii") as f:
            f.write("rstatd\t100001\trstat\n")
        for _ in range(2):
            equal(run(f"{SCRIPTS}/etc-rpc", path).stderr, "", "stderr")
        with open(path, encoding="ascii") as f:
            lines = f.read().splitlines()
    equal(lines[0], "rstatd\t100001\trstat", "first line")
    expect("rpcall_echo\t542265345\t0x20525001" in lines, lines)
    for line in lines[1:]:
        name, number, alias = line.split()
        expect(name.startswith("rpcall_") and int(number) == int(alias, 16) >= 0x20000000, line)
    equal(len({line.split()[0] for line in lines}), len(lines), "names")
