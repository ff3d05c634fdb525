"""rpcall stats: a daemon's counters as a table, as JSON and for Prometheus,
once and again and again; and servers that have none, or lie."""
import json
import os
import re
import signal
import socket
import subprocess

from tests.lib import echo, prometheus, reflect
from tests.lib.command import USAGE, fails, run, succeeds
from tests.lib.daemon import Daemon
from tests.lib.harness import PATIENCE, equal, expect, per_mechanism, program, test, wait_until
from tests.lib.liar import INFO, liar, row, stats
from tests.lib.mechanisms import connect
from tests.lib.targets import target
from tests.lib.xdr import uint

PROG_UNAVAIL, PROTOCOL = 81, 76


def call_some(daemon):
    """7 NULL and 3 ECHO over unix, 2 that no program has over tcp."""
    with connect(daemon, "unix") as peer:
        for _ in range(7):
            peer.null()
        for _ in range(3):
            peer.call(echo.ECHO, echo.echo_args(b"1234"))
    with connect(daemon, "tcp") as peer:
        for _ in range(2):
            peer.expect_status(1, 0, prog=99)


@per_mechanism("rpcall stats prints a table of what was called, and the daemon's figures")
def table(name):
    with Daemon() as daemon:
        call_some(daemon)
        out = succeeds("rpcall", "stats", target(daemon, name))
    expect(re.search(r"^rpcall \S+ on \S+, process \d+, up \d+ s, \d+ workers? at ", out), out)
    expect(re.search(r"^PROCEDURE +MECHANISM +CALLS +ERRORS +IN +OUT +P50 µs +P99 µs$", out,
                     re.M), out)
    expect(re.search(r"\bpeers_limit +\d+ ", out), out)
    if name != "pipe":  # whose server is another
        expect(re.search(r"^ECHO/1\.NULL +unix +7 +0 +112 B +56 B +- +-$", out, re.M), out)
        expect(re.search(r"^ECHO/1\.ECHO +unix +3 +0 +72 B +48 B", out, re.M), out)
        expect(re.search(r"^\(none of ours\) +tcp +2 +2 ", out, re.M), out)
        expect(re.search(r"^errors: prog_unavail 2$", out, re.M), out)


def find(document, **members):
    found = [p for p in document["procedures"]
             if all(p[k] == v for k, v in members.items())]
    equal(len(found), 1, f"rows with {members}")
    return found[0]


@per_mechanism("rpcall stats --json is one document with all that REFLECT says",
               unless={"pipe": "its server is another than the one that was called"})
def as_json(name):
    with Daemon(limits={"deferred": 99}) as daemon:
        call_some(daemon)
        uri = target(daemon, name)
        document = json.loads(succeeds("rpcall", "stats", "--json", uri))
        same = json.loads(succeeds("rpcall", "stats", "--format", "json", uri))
        equal(document["server"]["pid"], daemon.pid, "pid")
    equal((document["schema"], document["target"]), ("rpcall/stats/1", uri), "head")
    equal(sorted(document), sorted(same), "members")
    equal(document["server"]["limits"]["deferred"], 99, "limit")
    null = find(document, program="ECHO", procedure="NULL", mechanism="unix")
    equal((null["number"], null["version"], null["procedure_number"], null["found"]),
          (echo.PROG, 1, 0, True), "numbers")
    equal((null["calls"], null["bytes_in"], null["bytes_out"], null["timed"]),
          (7, 112, 56, 7), "counts")
    equal(sum(b["calls"] for b in null["histogram"]), 7, "histogram")
    none = find(document, found=False, mechanism="tcp")
    equal((none["calls"], none["errors"]["prog_unavail"]), (2, 2), "found none")
    expect(document["figures"]["peers"] >= (name != "rpc/udp"), "peers")


@test("rpcall stats --format prometheus is what a strict reader takes")
def as_prometheus():
    with Daemon() as daemon:
        call_some(daemon)
        uri = target(daemon, "rpc/tcp")
        succeeds("rpcall", "ping", "-q", "-c", "1", uri)
        families = prometheus.parse(succeeds("rpcall", "stats", "--format", "prometheus", uri))
    labels = {"rpc_system_name": "onc_rpc", "onc_rpc_program_name": "ECHO",
              "onc_rpc_version": "1", "onc_rpc_procedure_name": "NULL",
              "onc_rpc_procedure_number": "0", "rpcall_program_number": str(echo.PROG),
              "rpcall_mechanism": "unix"}
    null = tuple(sorted(labels.items()))
    calls = families["rpcall_server_calls_total"]
    equal((calls.type, calls.samples[("rpcall_server_calls_total", null)]), ("counter", 7), "calls")
    buckets, _, count = prometheus.histograms(
        families["rpc_server_call_duration_seconds"])[null]
    equal((count, len(buckets)), (7, 31), "histogram")
    equal(buckets[0][0], 128e-9, "first bucket")
    errors = families["rpcall_server_errors_total"].samples
    equal([(dict(k[1])["error_type"], v) for k, v in errors.items()], [("prog_unavail", 2)],
          "errors")
    for name, kind in (("rpcall_peers", "gauge"), ("rpcall_peers_accepted_total", "counter"),
                       ("rpcall_cpu_user_seconds_total", "counter"),
                       ("rpcall_uptime_seconds", "gauge")):
        equal(families[name].type, kind, name)


@test("the strict reader refuses what is not the format")
def reader_refuses():
    head = "# HELP a_total x\n# TYPE a_total counter\n"
    histogram = "# HELP h x\n# TYPE h histogram\n"
    prometheus.parse(head + 'a_total{l="x"} 1\n')
    for text in ("a_total 1\n", head + "a_total 1", head + "b 1\n", head + "a_total -1\n",
                 head + "a_total x\n", head + 'a_total{l="\\x"} 1\n', head + "a_total 1\n" * 2,
                 head + 'a_total{l="x",} 1\n', head + 'a_total{l="x"l="y"} 1\n',
                 head + 'a_total{l="x\ny"} 1\n', "# TYPE a counter\n# HELP a x\na 1\n",
                 histogram + 'h_bucket{le="1"} 1\nh_sum 1\nh_count 1\n',
                 histogram + 'h_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n',
                 histogram + 'h_bucket{le="+Inf"} 1\nh_sum 1\nh_count 2\n'):
        try:
            prometheus.parse(text)
        except (ValueError, KeyError):
            continue
        expect(False, f"accepted: {text!r}")


@test("rpcall stats --watch -c 2 prints two intervals of rates, and ends with 0")
def watch():
    with Daemon() as daemon:
        uri = target(daemon, "unix")
        out = succeeds("rpcall", "stats", "--watch", "10ms", "-c", "2", uri)
        expect("\x1b" not in out, "escapes, though there is no terminal")
        equal(len(re.findall(r"^PROCEDURE +MECHANISM +CALLS/s ", out, re.M)), 2, "tables")
        rows = re.findall(r"^REFLECT/1\.(\w+) +unix +([\d.]+) ", out, re.M)
        equal([name for name, _ in rows], ["STATS", "STATS"], "rows that were added to")
        documents = succeeds("rpcall", "stats", "--json", "--watch=10ms", "-c", "3", uri)
        decoder, at, calls = json.JSONDecoder(), 0, []
        while at < len(documents):
            document, at = decoder.raw_decode(documents, at)
            at += 1  # the line's end
            calls.append(find(document, procedure="INFO", mechanism="unix")["calls"])
        equal(calls, [2, 2, 2], "INFO calls: two runs of ours, whole counts each time")


@test("Ctrl-C ends rpcall stats --watch with status 130, what was printed stays")
def interrupted():
    with Daemon() as daemon:
        client = subprocess.Popen([program("rpcall"), "stats", "--watch", "20ms",
                                   target(daemon, "tcp")], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            with connect(daemon, "unix") as peer:
                wait_until(lambda: sum(r.calls for k, r in reflect.stats(peer)[1].items()
                                       if k[1:] == (reflect.PROG, 1, reflect.STATS, "tcp")) >= 3,
                           "it watches")
            client.send_signal(signal.SIGINT)
            out, err = client.communicate(timeout=PATIENCE)
            equal((client.returncode, err), (130, b""), "status, stderr")
            expect(out.startswith(b"rpcall ") and out.endswith(b"\n"), out.decode())
        finally:
            client.kill()
            client.wait()


@test("a daemon without REFLECT is 81 with a hint, one that is not there 69")
def without():
    with Daemon(args=("--disable", "reflect")) as daemon:
        for name in ("rpc/tcp", "rpc/udp", "unix"):
            err = fails(PROG_UNAVAIL, "rpcall", "stats", target(daemon, name))
            expect("REFLECT" in err and "hint: " in err and "--disable reflect" in err, err)
    fails(69, "rpcall", "stats", "unix:/none")


@test("wrong options of rpcall stats are wrong usage")
def wrong_usage():
    for args in ([], ["unix:/a", "unix:/b"], ["--format", "xml", "unix:/a"],
                 ["-c", "2", "unix:/a"], ["--watch=0s", "unix:/a"], ["--watch=x", "unix:/a"],
                 ["--watch", "--format", "prometheus", "unix:/a"], ["127.0.0.1:80"]):
        fails(USAGE, "rpcall", "stats", *args)


# Servers that lie.

@test("what a hostile server sends reaches no terminal raw, and stays valid in each format")
def escaped():
    figures = [("evil\x1b[2J", 3), ("peers", 1), ("peers", 2), ("a\nb", 1), ("", 1)]
    page = stats([row(), row(prog=2)], figures)
    with liar(stats=page) as uri:
        out = succeeds("rpcall", "stats", uri)
        expect(not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", out), repr(out))
    with liar(stats=page) as uri:
        document = json.loads(succeeds("rpcall", "stats", "--json", uri))
        equal(document["server"]["product"], "rpcall\x1b[31m", "product")
    with liar(stats=page) as uri:
        families = prometheus.parse(succeeds("rpcall", "stats", "--format", "prometheus", uri))
        equal(families["rpcall_peers"].samples, {("rpcall_peers", ()): 1}, "peers")


@test("pages without an end, circles, twins and nonsense are 76")
def nonsense():
    figures = [("x", 1)] * 1000
    for answer in (lambda arg: stats(figures=figures, following=arg + 1),
                   lambda arg: stats(following=7 if arg == 0 else 7),
                   lambda arg: stats([row()], following=1 if arg == 0 else 0),
                   stats([row(), row()]), stats([row(first=118)]),
                   stats([row(first=117, counts=2)]),
                   stats([row(counts=119)]), stats([row(first=0xFFFFFFFF)]),
                   stats([row(mechanism=b"a b")]), stats([row(mechanism=b"\x1b")]),
                   stats([row(mechanism=b"")]), stats()[:-1], stats() + uint(0),
                   uint(0xFFFFFFFF), b""):
        with liar(stats=answer) as uri:
            fails(PROTOCOL, "rpcall", "stats", uri)
    with liar(info=INFO[:-4] + uint(1), stats=stats()) as uri:
        fails(PROTOCOL, "rpcall", "stats", uri)
    with liar(list=uint(0, 0, 5), stats=stats()) as uri:
        fails(PROTOCOL, "rpcall", "stats", uri)


@test("a server that leaves in the middle is 69, and nothing is printed")
def leaves():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        client = subprocess.Popen([program("rpcall"), "stats",
                                   f"tcp://127.0.0.1:{listener.getsockname()[1]}"],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE)
        peer, _ = listener.accept()
        peer.recv(1)
        peer.close()
        out, _ = client.communicate(timeout=PATIENCE)
        equal((client.returncode, out), (69, b""), "status, stdout")


@test("who reads no further ends rpcall stats quietly, as SIGPIPE would")
def unread():
    with Daemon() as daemon:
        for form in ("text", "json", "prometheus"):
            reader, writer = os.pipe()
            os.close(reader)
            done = subprocess.run([program("rpcall"), "stats", "--format", form,
                                   target(daemon, "unix")], stdout=writer, check=False,
                                  stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
            os.close(writer)
            equal((done.returncode, done.stderr), (128 + signal.SIGPIPE, b""), form)


@test("stdout that is full is an error of rpcall stats")
def full():
    with Daemon() as daemon, open("/dev/full", "wb") as nowhere:
        for form in ("text", "json", "prometheus"):
            done = subprocess.run([program("rpcall"), "stats", "--format", form,
                                   target(daemon, "unix")], stdout=nowhere, check=False,
                                  stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
            expect(done.returncode != 0, f"--format {form} > /dev/full exits 0")
    expect(run("rpcall", "stats", "--help").status == 0, "--help")
