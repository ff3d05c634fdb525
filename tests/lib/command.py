"""Runs rpcall and rpcalld as a user does, and looks at status and both outputs."""
import subprocess
from dataclasses import dataclass

from .daemon import check_log
from .harness import PATIENCE, ROOT, equal, expect, program

USAGE, NO_HOST, UNREACHABLE = 64, 68, 69


@dataclass
class Done:
    status: int
    out: str
    err: str


def run(name, *args, patience=PATIENCE, env=None, stdin=subprocess.DEVNULL):
    """Runs build/NAME with args, stdin empty unless given."""
    done = subprocess.run([program(name), *args], cwd=ROOT, stdin=stdin, env=env,
                          capture_output=True, timeout=patience, check=False)
    out, err = (text.decode(errors="replace") for text in (done.stdout, done.stderr))
    check_log(err, name)
    return Done(done.returncode, out, err)


def succeeds(name, *args, **options):
    """Runs it, insists on status 0; returns what it wrote to stdout."""
    done = run(name, *args, **options)
    expect(done.status == 0, f"{name} {' '.join(args)}: status {done.status}\n{done.err}")
    return done.out


def fails(status, name, *args, **options):
    """Runs it, insists on this status and on exactly one "error:" line with at
    most two hints; wrong usage must leave stdout empty. Returns stderr."""
    done = run(name, *args, **options)
    equal(done.status, status, f"status of {name} {' '.join(args)}\n{done.err}")
    if status == USAGE:
        equal(done.out, "", "stdout")
    errors = [line for line in done.err.splitlines() if "error:" in line]
    expect(len(errors) == 1, f"{len(errors)} error lines in {done.err!r}")
    expect(errors[0].startswith(f"{name}: error: "), f"error line {errors[0]!r}")
    hints = [line for line in done.err.splitlines() if line.startswith("hint: ")]
    expect(len(hints) <= 2, f"{len(hints)} hints in {done.err!r}")
    return done.err
