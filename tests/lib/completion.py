"""`rpcall complete` as shells call it, in an environment of its own."""
import contextlib
import os
import tempfile

from .command import succeeds
from .harness import BUILD, PATIENCE, expect

# What bash has in COMP_WORDBREAKS.
BREAKS = " \t\n\"'@><=;|&(:"


@contextlib.contextmanager
def private(**more):
    """An environment with empty directories of the user's; no deadline that a busy
    machine could miss."""
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        yield {"PATH": f"{os.path.abspath(BUILD)}:/usr/bin:/bin", "HOME": place,
               "RPCALL_RUN_DIR": place, "XDG_CONFIG_HOME": place, "LC_ALL": "C.UTF-8",
               "RPCALL_COMPLETE_MS": str(int(PATIENCE * 1000)), **more}


def offered(env, line, shell="bash"):
    """What may stand at the end of the line: "call ", with a blank where it is whole."""
    out = succeeds("rpcall", "complete", shell, f"rpcall {line}", BREAKS, env=env)
    return out.splitlines()


def offers(env, line, *wanted):
    got = offered(env, line)
    for text in wanted:
        expect(text in got, f"{text!r} is not offered for {line!r}: {got}")
    return got
