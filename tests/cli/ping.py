"""rpcall ping: losses, times, versions; it goes on where a server comes back."""
import json
import os
import re
import signal
import socket
import tempfile

from tests.lib.command import fails, run, succeeds
from tests.lib.harness import equal, expect, per_mechanism, test
from tests.lib.mechanisms import shared_daemon
from tests.lib.rpcinfo import require_rpcbind
from tests.lib.running import Running
from tests.lib.targets import target
from tests.lib.teller import PROG, Teller

TIMES = r"min/mean/max [\d.]+/[\d.]+/[\d.]+ us"


@per_mechanism("rpcall ping sums up losses and times, as text and as JSON")
def summary(name):
    uri = target(shared_daemon(), name)
    out = succeeds("rpcall", "ping", "-c", "3", "-i", "0s", uri)
    expect(re.search(rf"^3 calls, 3 answered, 0 % lost, {TIMES}$", out, re.M), out)
    report = json.loads(succeeds("rpcall", "ping", "-c", "3", "-i", "0s", "--json", uri, "kv/1"))
    equal((report["schema"], report["program"], report["sent"], report["answered"],
           report["lost_percent"], report["p99_us"]),
          ("rpcall/ping/1", 0x20525002, 3, 3, 0, None), "report")
    expect(report["min_us"] <= report["mean_us"] <= report["max_us"], report)


@test("the p99 is shown where ten answers lie beyond it")
def percentile():
    uri = target(shared_daemon(), "unix")
    out = succeeds("rpcall", "ping", "-q", "-c", "1000", "-i", "0s", uri)
    found = re.fullmatch(r"1000 calls, .*, min/mean/p99/max ([\d.]+)/([\d.]+)/([\d.]+)/([\d.]+) us\n",
                         out)
    expect(found, out)
    least, _, p99, most = map(float, found.groups())
    expect(least <= p99 <= most, out)
    out = succeeds("rpcall", "ping", "-q", "-c", "999", "-i", "0s", uri)
    expect("p99" not in out, out)


@test("what is not answered is lost; --json stays one document")
def nothing():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place, \
            socket.socket(socket.AF_UNIX) as deaf:
        path = os.path.join(place, "s")
        deaf.bind(path)
        deaf.listen()
        ping = ("rpcall", "ping", f"unix:{path}", "-c", "2", "-i", "0s", "-t", "50ms")
        done = run(*ping, "--json")
        report = json.loads(done.out)
        equal((done.status, report["sent"], report["answered"], report["lost_percent"]),
              (1, 2, 0, 100), done.out)
        done = run(*ping)
        equal((done.status, done.out.splitlines()[1:]),
              (1, ["seq=1 no answer", "seq=2 no answer", "2 calls, 0 answered, 100 % lost"]), "text")


def lines_until(ping, pattern):
    while not re.search(pattern, line := ping.line()):
        expect(line.startswith("seq="), line)
    return line


@test("a server that goes and comes back costs what was lost; Ctrl-C sums up")
def restart():
    with Teller() as server, Running("ping", f"unix:{server.path}", f"{PROG}/1", "-i", "2ms",
                                     "-c", "100000000") as ping:
        expect(ping.line().startswith(f"{PROG}/1 over unix at unix:"), "the first line")
        expect(re.fullmatch(r"seq=1 time=[\d.]+ us", line := ping.line()), line)
        server.stop()
        lines_until(ping, "^seq=[0-9]+ (the server closed the connection|no server at )")
        lines_until(ping, "^seq=[0-9]+ no server at ")
        with Teller(path=server.path):
            lines_until(ping, " time=")
            ping.signal(signal.SIGINT)
            equal(ping.wait(), 130, ping.err)
        last = ping.out.decode().splitlines()[-1]
        sent, answered = map(int, re.match(r"(\d+) calls, (\d+) answered, [\d.e+]+ % lost, ",
                                           last).groups())
        expect(0 < answered < sent, last)


@test("without a version the newest that rpcbind, or the server, has is called")
def newest():
    require_rpcbind()
    for uri in ("127.0.0.1", "rpc://127.0.0.1", "rpc+tcp://127.0.0.1:111", "rpc+udp://127.0.0.1:111",
                "rpc+local:/run/rpcbind.sock"):
        report = json.loads(succeeds("rpcall", "ping", "-c", "1", "--json", uri, "rpcbind"))
        equal((report["version"], report["answered"]), (4, 1), uri)
    equal(succeeds("rpcall", "call", "127.0.0.1", "rpcbind/4.NULL"), "null\n", "call of a host")
    fails(82, "rpcall", "ping", "-c", "1", "rpc+tcp://127.0.0.1:111", "rpcbind/1")
    err = fails(69, "rpcall", "ping", "rpc://127.0.0.1", "MOUNT")
    expect("not registered" in err, err)
    fails(64, "rpcall", "ping", "rpc://127.0.0.1", "nosuch")


@test("a program may be named as the server's own interface, or an installed one, has it")
def named():
    with Teller() as server, tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        for name, prog in (("T", PROG), ("t/1", PROG), ("MOUNT/3", 100005)):
            report = json.loads(succeeds("rpcall", "ping", "-c", "1", "--json",
                                         f"unix:{server.path}", name,
                                         env={**os.environ, "XDG_CACHE_HOME": place}))
            equal((report["program"], report["answered"]), (prog, 1), name)
        fails(64, "rpcall", "ping", "-c", "1", f"unix:{server.path}", "U")
        out = run("rpcall", "doctor", f"unix:{server.path}", "T").out
        expect("T" in out and "no interface here" not in out, out)
    with Teller(text=b"struct s { s x; };") as server:
        fails(76, "rpcall", "ping", "-c", "1", f"unix:{server.path}", "T")
