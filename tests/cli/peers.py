"""scripts/peers: what is not installed, or fails, is left out and named; what answers is measured."""
import json
import os
import subprocess
import sys
import tempfile

from tests.lib.harness import BUILD, ROOT, equal, expect, test

TOOL = """#!/bin/sh
{}
"""


def peers(place, *names):
    """Runs it with nothing on the PATH but what is in place."""
    done = subprocess.run(
        [sys.executable, os.path.join(ROOT, "scripts/peers"), "--seconds", "0.02", "--rounds", "2",
         "--json", os.path.join(place, "peers.json"), *names],
        env={**os.environ, "PATH": place, "B": BUILD}, capture_output=True, text=True, check=False)
    equal(done.returncode, 0, f"status\n{done.stderr}")
    with open(os.path.join(place, "peers.json"), encoding="utf-8") as f:
        return done.stdout, json.load(f)["rows"]


def install(place, name, script):
    path = os.path.join(place, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(TOOL.format(script))
    os.chmod(path, 0o755)


@test("tools that are not installed are skipped, by name")
def missing():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        out, rows = peers(place, "redis", "qperf", "sockperf", "iperf3")
        equal(rows, [], "rows")
        for name in ("redis-benchmark", "qperf", "sockperf", "iperf3"):
            expect(f"{name} is not installed" in out, out)


@test("a tool that fails is skipped, with what it said; one that answers is held against us")
def there():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        serve = f"""exec {sys.executable} -c "
import socket, sys
s = socket.create_server(('127.0.0.1', int(sys.argv[sys.argv.index('{{}}') + 1])))
while True:
    s.accept()
" "$@\""""
        install(place, "iperf3", 'if [ "$1" = -c ]; then echo broken >&2; exit 1; fi\n' +
                serve.format("-p"))
        install(place, "qperf", 'case $* in *tcp_lat*) echo "latency  =  1 ms"; exit;; esac\n' +
                serve.format("-lp"))
        out, rows = peers(place, "iperf3", "qperf")
        expect("iperf3: skipped (iperf3 failed: 'broken" in out, out)
        (row,) = rows
        equal((row["theirs"], row["unit"]), (2000, "us"), "a round trip is twice one way")
        expect(0 < row["low"] <= row["ratio"] <= row["high"], str(row))
