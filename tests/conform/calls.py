"""bench and compare of any procedure, over every mechanism, by what the server
itself tells of its interface; what fails is counted, and by kind."""
import contextlib
import json
import os
import socket
import tempfile
import threading

from tests.lib.command import USAGE, fails, run, succeeds
from tests.lib.daemon import Daemon
from tests.lib.envelope import PROG_UNAVAIL, SUCCESS, Lean, Rpc
from tests.lib.harness import (PATIENCE, ROOT, equal, expect, per_mechanism, test,
                               while_it_lasts)
from tests.lib.record import Reassembler, record
from tests.lib.targets import target
from tests.lib.teller import environment as alone
from tests.lib.xdr import uint

DATA, BROKEN, GARBAGE_ARGS = 65, 76, 84
SHORT = ("--warmup", "1ms", "--rounds", "2", "--duration", "4ms")
NO_OPID = '"opid":{"client":"hex:{{hex 16}}","sequence":0,"done":0}'
CALLS = (
    ("KV/1.GET", '"text:key-{{seq:6}}"'),
    ("KV/1.PUT", '{%s,"key":"text:{{random 50}}","value":"text:{{uuid}} of {{connection}}",'
                 '"ttl_ms":"{{random 1000 9000}}"}' % NO_OPID),
    ("KV/1.STAT", None),
    ("ECHO/1.SOURCE", '{"length":"{{random 100}}","seed":"{{seq}}"}'),
    ("ECHO/1.WHOAMI", None),
    ("FILE/1.LIST", '{"path":"","cookie":0,"count":"{{random 1 9}}"}'),
    ("REFLECT/1.LIST", "0"),
)


def bench(where, procedure, data, *options, env=None, status=0):
    """Its table and its one row."""
    args = ["-d", data] if data is not None else []
    done = run("rpcall", "bench", where, procedure, *args, "--json", *SHORT, *options, env=env)
    equal(done.status, status, f"status of {procedure}\n{done.out}{done.err}")
    (table,) = json.loads(done.out)["tables"]
    (row,) = table["rows"]
    return table, row


@per_mechanism("any procedure is measured by reflection alone, and both ends' counts agree")
def every_procedure(name):
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place, \
            Daemon(args=["--durability", "async", "--export", f"e={place}"]) as daemon:
        where = target(daemon, name)
        if name == "pipe":
            where += f" --state {daemon.scratch}/pipe {' '.join(daemon.args)}"
        for outstanding in ("1", "16"):
            for procedure, data in CALLS:
                table, row = bench(where, procedure, data, "-n", outstanding, env=alone(place))
                what = f"{procedure}, {outstanding} outstanding"
                equal((table["workload"], table["procedure"]), ("call", procedure), what)
                equal((row["measured"], row["void"], row["note"], row["errors"]),
                      (True, False, "", 0), what)
                equal((row["server_counts_calls"], row["server_counts_bytes"]), (True, True), what)
                expect("result is" in table["verified"], table["verified"])


@test("compare measures a procedure over the mechanisms that are asked for, beside their floors")
def compare():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        out = succeeds("rpcall", "compare", "--over", "rpc/tcp,fifo", "KV.GET", "-d",
                       '"text:key-{{seq}}"', "--rounds", "2", "--duration", "2ms",
                       "--outstanding", "8", "--json", env=alone(place), patience=60)
    tables = json.loads(out)["tables"]
    equal([t["outstanding"] for t in tables], [1, 8], "tables")
    for table in tables:
        names = [row["name"] for row in table["rows"]]
        equal(names[:2], ["rpc/tcp", "fifo"], "mechanisms")
        equal("floor fifo" in names, table["outstanding"] == 1, "a floor")
        for row in table["rows"]:
            expect(row["measured"] and not row["void"], f"{row['name']}: {row['note']}")
            equal(row["server_counts_bytes"], not row["name"].startswith("floor"), row["name"])


@test("calls that are refused are counted beside those that are not, and void nothing")
def some_fail():
    with Daemon(args=["--durability", "async"]) as daemon:
        data = ('{"opid":{"client":"hex:{{hex 16}}","sequence":1,"done":"{{random 2}}"},'
                '"key":"text:k","value":"hex:","ttl_ms":0}')

        def attempt(ms):
            done = run("rpcall", "bench", daemon.uri("unix:"), "KV.PUT", "-d", data, "--json",
                       *SHORT[:-1], f"{ms}ms")
            row = json.loads(done.out)["tables"][0]["rows"][0]
            refused = row["failed"]["GARBAGE_ARGS"]
            equal((row["errors"], row["void"]), (refused, False), "errors")
            equal(done.status, GARBAGE_ARGS if refused == row["calls"] else 0, "status")
            return 0 < refused < row["calls"]

        while_it_lasts(10, attempt, "calls that are refused, and others")


@test("where every call fails that is the answer, with the exit code of its error")
def all_fail():
    with Daemon() as daemon:
        _, row = bench(daemon.uri("unix:"), "KV.GET", None, "--raw", "hex:00000000",
                       status=GARBAGE_ARGS)
        equal(row["failed"]["GARBAGE_ARGS"], row["calls"], "failed")
        done = run("rpcall", "bench", daemon.uri("unix:"), "KV.GET", "--raw", "hex:00000000",
                   *SHORT, "-n", "8")
        equal(done.status, GARBAGE_ARGS, "status with 8 outstanding")
        expect("GARBAGE_ARGS" in done.out, done.out)


@test("what no call can be made of is said before any is made, with a caret where it is")
def bad_templates():
    with Daemon() as daemon:
        where = daemon.uri("unix:")
        for data, status, why in (
                ('{"length":"{{sea}}","seed":1}', DATA, "no template"),
                ('{"length":"{{random 5000000000}}","seed":1}', DATA, "does not hold"),
                ('{"lengt":"{{seq}}","seed":1}', DATA, "no such member"),
                ('{"length":1,"seed":"{{hex 4}}"}', DATA, "no number")):
            err = fails(status, "rpcall", "bench", where, "ECHO.SOURCE", "-d", data, *SHORT)
            expect(why in err and "^" in err, err)
        fails(USAGE, "rpcall", "bench", where, "ECHO.NOPE", *SHORT)
        expect("--duration 2s" in fails(USAGE, "rpcall", "bench", where, "KV.GET", "-d", "2s"),
               "a duration where arguments go")
        expect("seed: a number" in fails(
            DATA, "rpcall", "bench", where, "ECHO.SOURCE", "-d",
            '{"length":0,"seed":"{{seq 4294967290}}"}', *SHORT), "a number that no longer fits")


@test("rpcgen's routine, an interface of run time and JSON take the same answers for right")
def three_ways():
    with Daemon() as daemon:
        where = daemon.uri("rpc+tcp://")
        for outstanding in ("1", "8"):
            for options in (["--workload", "kv-stat"], ["KV.STAT"], ["KV.STAT", "--through-json"],
                            ["ECHO.SOURCE", '{"length":8,"seed":7}', "--through-json"]):
                out = succeeds("rpcall", "bench", where, *options, *SHORT, "-n", outstanding,
                               "--json")
                row = json.loads(out)["tables"][0]["rows"][0]
                equal((row["void"], row["errors"], row["server_counts_calls"]), (False, 0, True),
                      options)
        fails(USAGE, "rpcall", "bench", where, "ECHO.SOURCE", "--through-json", "-d",
              '{"length":8,"seed":"{{seq}}"}', *SHORT)


@contextlib.contextmanager
def answering(envelope, answer):
    """A server of anything: answer(prog, xid) is the reply to a call, or None to
    hang up. Yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_accept, args=(listener, envelope, answer), daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(PATIENCE)


def _accept(listener, envelope, answer):
    at = 4 if envelope is Lean else 12
    with contextlib.suppress(OSError):
        while True:
            peer, _ = listener.accept()
            with peer, contextlib.suppress(OSError):
                _serve(peer, at, answer)


def _serve(peer, at, answer):
    reader = Reassembler()
    while data := peer.recv(65536):
        reader.feed(data)
        while (call := reader.take()) is not None:
            reply = answer(int.from_bytes(call[at:at + 4], "big"), int.from_bytes(call[:4], "big"))
            if reply is None:
                return
            peer.sendall(record(reply))


KV_X = ("-i", os.path.join(ROOT, "idl", "kv.x"), "--no-reflection")
KV_PROG = 0x20525002


@test("results that are none of their type are counted, and bring nothing down")
def bad_results():
    for results in (uint(1), uint(0), uint(0, 0, 1, 0, 0, 0xffffffff), b"", uint(0) * 5 + b"\0"):
        def answer(prog, xid, results=results):
            return (Lean.reply(xid, SUCCESS, results) if prog == KV_PROG else
                    Lean.reply(xid, PROG_UNAVAIL))

        right = results == uint(1)
        with answering(Lean, answer) as port:
            for outstanding in ("1", "8"):
                _, row = bench(f"tcp://127.0.0.1:{port}", "KV.GET", '"text:a"', *KV_X, "-n",
                               outstanding, status=0 if right else BROKEN)
                equal(row["failed"]["BAD_RESULT"], 0 if right else row["calls"], results)
                equal((row["void"], row["errors"]), (False, row["failed"]["BAD_RESULT"]), "row")


@test("a server that hangs up on programs it does not have is measured all the same")
def hangs_up():
    def answer(prog, xid):
        return Rpc.reply(xid, SUCCESS, uint(1)) if prog == KV_PROG else None

    with answering(Rpc, answer) as port:
        _, row = bench(f"rpc+tcp://127.0.0.1:{port}", "KV.GET", '"text:a"', *KV_X)
        equal((row["void"], row["errors"], row["server_counts_calls"]), (False, 0, False), "row")


@test("an answer that is no reply ends the measurement, and says so")
def no_reply():
    with answering(Rpc, lambda prog, xid: uint(xid, 1, 7, 7, 7)) as port:
        fails(BROKEN, "rpcall", "bench", f"rpc+tcp://127.0.0.1:{port}", "KV.GET", "-d",
              '"text:a"', *KV_X, *SHORT)
