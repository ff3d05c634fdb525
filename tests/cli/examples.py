"""The examples of the help: each does what it says, as it stands there."""
import json
import os
import re
import subprocess
import tempfile

from tests.lib import echo
from tests.lib.command import succeeds
from tests.lib.daemon import Daemon
from tests.lib.harness import BUILD, PATIENCE, equal, expect, test, wait_until
from tests.lib.result import comparison
from tests.lib.rpcinfo import control, entries, require_rpcbind

DEFAULT = "unix:/run/rpcall/rpcall.sock"
GEO = """struct point { int x; int y; };
program GEO { version GEO_V1 { point NEAR(point) = 1; } = 1; } = 0x20001234;
"""
# What would take as long as a measurement takes, or is too soon on a busy machine.
SHORT = (("rpcall doctor", "--connect-timeout 20s"),
         ("rpcall bench", "--rounds 2 --duration 20ms --warmup 0ms"),
         ("rpcall compare --", "--rounds 1 --duration 10ms --warmup 0ms --outstanding 1 --no-floor "
          "--no-stock --size 64"))


def verbs():
    return re.findall(r"^.{10}(\w+) ", succeeds("rpcall", "help").split("\n\n")[2], re.M)


def examples(verb):
    text = succeeds("rpcall", "help", verb)
    _, found, lines = text.partition("\nExamples:\n")
    return [line[2:] for line in lines.splitlines()] if found else []


def prepare(place):
    os.mkdir(os.path.join(place, "files"))
    for name, text in (("geo.x", GEO), ("geo2.x", GEO), ("notes.txt", "a note\n"),
                       ("files/notes.txt", "a note\n"), ("old.json", json.dumps(comparison())),
                       ("new.json", json.dumps(comparison()))):
        with open(os.path.join(place, name), "w", encoding="utf-8") as f:
            f.write(text)


def typed(line, daemon, place):
    """Runs it as a user would, where the daemon is the one that root started."""
    line = line.replace(DEFAULT, daemon.uri("unix:"))
    for start, more in SHORT:
        line = re.sub(re.escape(start) + r"[^|]*", lambda m, more=more: f"{m[0]} {more}", line) \
            if start in line else line
    env = {**os.environ, "PATH": os.path.abspath(BUILD) + ":" + os.environ["PATH"]}
    return subprocess.run(["bash", "-o", "pipefail", "-c", line], cwd=place, env=env,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=2 * PATIENCE, check=False)


@test("each verb has examples in its help, of which each works as it stands")
def run_them():
    require_rpcbind()
    control("kill")  # whatever was registered before is none of this test's
    control("start")
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        prepare(place)
        with Daemon(args=("--export", f"pub={place}/files:rw"), rpcbind=True) as daemon:
            wait_until(lambda: {"tcp", "udp", "x-unix"} <=
                       {e.netid for e in entries(echo.PROG)}, "registration")
            for verb in verbs():
                lines = examples(verb)
                expect(len(lines) >= 2 or verb in ("version", "help"), f"{verb}: {lines}")
                for line in lines:
                    expect(len(line) <= 78 and f"rpcall {verb}" in line, line)
                    done = typed(line, daemon, place)
                    equal(done.returncode, 0, f"{line}\n{done.stdout[-300:]}{done.stderr}")
