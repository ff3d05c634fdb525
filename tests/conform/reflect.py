"""REFLECT: the daemon tells of itself, the same over every mechanism, and
what it has counted is what was called."""
import glob
import hashlib
import os
import re
import subprocess
import tempfile
import time

from tests.lib import echo, reflect
from tests.lib.command import succeeds
from tests.lib.daemon import Daemon
from tests.lib.envelope import (GARBAGE_ARGS, PROC_UNAVAIL, PROG_MISMATCH, PROG_UNAVAIL,
                                SYSTEM_ERR)
from tests.lib.harness import (BUILD, NO_CREDENTIAL, NO_FRAMING, ROOT, equal, expect,
                               per_mechanism, test)
from tests.lib.mechanisms import connect, peer_of, server_pid, session
from tests.lib.record import record
from tests.lib.xdr import uint

REFLECT = {"prog": reflect.PROG, "vers": reflect.VERS}
DATAGRAM = 1400


def served():
    """What `rpcalld -t` says: [(service, program, version, procedures)]."""
    lines = succeeds("rpcalld", "-t", "--no-rpcbind")
    found = re.findall(r"^service (\w+) program (0x[0-9a-f]+) version (\d+) procedures (\d+)$",
                       lines, re.M)
    return [(name, int(prog, 16), int(vers), int(n)) for name, prog, vers, n in found]


@per_mechanism("REFLECT.NULL answers with nothing")
def null(name):
    with peer_of(name) as peer:
        equal(reflect.call(peer, reflect.NULL), b"", "result")


@per_mechanism("INFO tells of the process, and each limit as it was set")
def info(name):
    limits = {"idle-ms": 123456, "deferred": 77}
    with session(name, limits=limits) as (daemon, peer):
        got = reflect.info(peer)
        equal(got.pid, server_pid(daemon, peer), "pid")
        equal(f"rpcalld {got.release}", succeeds("rpcalld", "--version").strip(), "version")
        equal((got.product, got.host, got.workers), ("rpcall", os.uname().nodename, 1), "info")
        expect(abs(time.time() - got.started - got.uptime_ns / 1e9) < 3600, f"clock: {got}")
        equal({k: got.limits[k] for k in limits}, limits, "limits that were set")
    shown = re.findall(r"^limit (\S+)=(\d+)$", succeeds("rpcalld", "-t"), re.M)
    equal(sorted(got.limits), sorted(k for k, _ in shown), "names of limits")


@per_mechanism("LIST names what -t names, and every open endpoint")
def listing(name):
    with session(name) as (daemon, peer):
        procedures, endpoints = reflect.listing(peer)
        open_uris = daemon.endpoints()
    rows = {(s, prog, vers) for s, prog, vers, _, _ in procedures}
    equal(sorted(rows), sorted((s, prog, vers) for s, prog, vers, _ in served()), "programs")
    for service, prog, vers, count in served():
        numbers = [p[3] for p in procedures if p[:3] == (service, prog, vers)]
        expect(numbers == sorted(set(numbers)) and set(numbers) <= set(range(count)),
               f"procedures of {service}: {numbers}")
    expect(("echo", echo.PROG, 1, 5, "ECHO_WHOAMI") in procedures, "ECHO_WHOAMI")
    expect(("reflect", reflect.PROG, 1, 4, "REFLECT_STATS") in procedures, "REFLECT_STATS")
    if name != "pipe":
        equal([uri for _, _, uri in endpoints], open_uris, "endpoints")


def names_in(path):
    """The names that an .x file gives to its procedures, by program version
    order: every NAME(...) = N; line."""
    with open(path, encoding="utf-8") as f:
        text = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
    return re.findall(r"\b(\w+)\s*\([^()]*\)\s*=\s*\d+\s*;", text)


@test("LIST spells procedures as their .x files do")
def spelling():
    with peer_of("tcp") as peer:
        procedures, _ = reflect.listing(peer)
    for service in {p[0] for p in procedures}:
        declared = {"NULL"}
        for path in glob.glob(os.path.join(BUILD, "gen", f"{service}*.x")):
            declared |= set(names_in(path))
        names = {p[4] for p in procedures if p[0] == service}
        expect(names <= declared, f"{service} has {names - declared}")


@per_mechanism("IDL gives the text of every program, byte for byte, and its SHA-256")
def idl(name):
    with peer_of(name) as peer:
        for service, prog, vers, _ in served():
            file, digest, text = reflect.idl(peer, prog, vers)
            expect(re.fullmatch(rf"{service}\d*\.x", file), f"{file} for {service}")
            equal(digest, hashlib.sha256(text).digest(), "digest")
            path = os.path.join(ROOT, "idl", file)
            if not os.path.exists(path):
                path = os.path.join("/usr/include/rpcsvc", file)
            with open(path, "rb") as f:
                equal(text, f.read(), f"text of {path}")


@per_mechanism("IDL of what is not there is an answer, not an error; past the end it is empty")
def idl_none(name):
    with peer_of(name) as peer:
        for prog, vers, file in ((1, 1, 0), (echo.PROG, 2, 0), (echo.PROG, 1, 1),
                                 (echo.PROG, 1, 0xFFFFFFFF)):
            equal(reflect.idl_part(peer, prog, vers, file), None, f"{prog:#x}/{vers} {file}")
        size = reflect.idl_part(peer, echo.PROG, 1)[2]
        for offset in (size, size + 1, 0x80000000, 0xFFFFFFFF):
            equal(reflect.idl_part(peer, echo.PROG, 1, 0, offset)[4], b"", f"text at {offset}")
        equal(len(reflect.idl_part(peer, echo.PROG, 1, 0, size - 1)[4]), 1, "last byte")


@per_mechanism("a cursor beyond everything is an empty last page")
def far_cursor(name):
    with peer_of(name) as peer:
        for cursor in (0xFFFFFFFF, 0xFFFFFFFE):
            equal(reflect.call(peer, reflect.LIST, uint(cursor)), uint(0, 0, 0), "LIST")
            stats = reflect.call(peer, reflect.STATS, uint(cursor))
            equal((stats[:8], stats[-4:], len(stats)), (uint(0, 0), uint(0), 20), "STATS")
            expect(reflect.call(peer, reflect.INFO, uint(cursor)).endswith(uint(0, 0)), "INFO")


@per_mechanism("arguments that are cut, too long or unknown are refused by REFLECT")
def hostile(name):
    with peer_of(name) as peer:
        for proc, args in ((reflect.NULL, uint(1)), (reflect.INFO, b""), (reflect.LIST, b""),
                           (reflect.LIST, uint(0, 0)), (reflect.IDL, uint(1, 2, 3)),
                           (reflect.IDL, uint(1, 2, 3, 4, 5)), (reflect.STATS, b""),
                           (reflect.STATS, uint(0)[:3]), (reflect.STATS, uint(1, 2))):
            peer.expect_status(GARBAGE_ARGS, proc, args, **REFLECT)
        peer.expect_status(PROC_UNAVAIL, 5, **REFLECT)
        peer.expect_status(PROG_MISMATCH, 0, results=uint(1, 1), prog=reflect.PROG, vers=2)


@test("a page of an answer to a datagram fits one packet")
def datagrams_are_small():
    with peer_of("rpc/udp") as peer:
        for proc, args in ((reflect.INFO, uint(0)), (reflect.LIST, uint(0)),
                           (reflect.STATS, uint(0)), (reflect.STATS, uint(0x80000000)),
                           (reflect.IDL, uint(reflect.PROG, 1, 0, 0))):
            peer.start(proc, args, **REFLECT)
            size = len(peer.recv_record())
            expect(200 < size <= DATAGRAM, f"procedure {proc} answers with {size} bytes")


@per_mechanism("pages of the smallest room add up to what one page says", unless=NO_FRAMING)
def small_pages(name):
    with session(name, limits={"record": 1500}) as (_, peer), peer_of(name) as roomy:
        small, large = reflect.listing(peer), reflect.listing(roomy)
        equal(small[0], large[0], "procedures")
        equal(len(small[1]), len(large[1]), "endpoints")
        equal(sorted(reflect.info(peer).limits), sorted(reflect.info(roomy).limits), "limits")
        equal(sorted(reflect.stats(peer)[0]), sorted(reflect.stats(roomy)[0]), "figures")
        equal(reflect.idl(peer, reflect.PROG, 1), reflect.idl(roomy, reflect.PROG, 1), "IDL")


@test("where not even one item fits the limit of a record the answer is SYSTEM_ERR")
def no_room():
    with session("tcp", limits={"record": 64}) as (_, peer):
        for proc in (reflect.INFO, reflect.LIST, reflect.STATS):
            peer.expect_status(SYSTEM_ERR, proc, uint(0), **REFLECT)


# What has been counted.

def row(rows, name, proc, prog=echo.PROG, found=1):
    key = (found, prog, 1, proc, name) if found else (0, 0, 0, 0, name)
    return rows.get(key) or reflect.Row(*key, 0, 0, 0, dict.fromkeys(reflect.ERRORS, 0), 0, 0, [])


def delta(before, after, name, proc, **which):
    """(calls, bytes in, bytes out, timed calls, {error: count}) in between."""
    a, b = row(before, name, proc, **which), row(after, name, proc, **which)
    errors = {k: b.errors[k] - a.errors[k] for k in b.errors if b.errors[k] != a.errors[k]}
    return (b.calls - a.calls, b.bytes_in - a.bytes_in, b.bytes_out - a.bytes_out,
            sum(b.counts) - sum(a.counts), errors)


def head(peer):
    """(bytes of a call's head, bytes of a reply's head)."""
    return len(peer.envelope.call(1, 1, 1, 1)), len(peer.envelope.reply(1, 0))


@per_mechanism("each call is counted once, with its bytes and its time")
def counts(name):
    with session(name) as (_, peer):
        call, reply = head(peer)
        _, before = reflect.stats(peer)
        for _ in range(5):
            peer.null()
        for size in (4, 8, 100):
            peer.call(echo.ECHO, echo.echo_args(echo.payload(size)))
        peer.call(echo.SINK, echo.echo_args(b"1234"))
        _, after = reflect.stats(peer)
        equal(delta(before, after, name, echo.NULL), (5, 5 * call, 5 * reply, 5, {}), "NULL")
        equal(delta(before, after, name, echo.ECHO),
              (3, 3 * call + 124, 3 * reply + 124, 3, {}), "ECHO")
        equal(delta(before, after, name, echo.SINK), (1, call + 8, reply + 8, 1, {}), "SINK")
        expect(all(key[4] == name for key in after), f"other mechanisms: {list(after)}")


@per_mechanism("each kind of error is counted as what it is")
def error_counts(name):
    with session(name) as (_, peer):
        call, reply = head(peer)
        _, before = reflect.stats(peer)
        for _ in range(2):
            peer.expect_status(GARBAGE_ARGS, echo.SINK, uint(9))
        peer.expect_status(GARBAGE_ARGS, echo.SOURCE, echo.source_args(echo.MAX + 1, 0))
        peer.expect_status(PROC_UNAVAIL, echo.FIRST_UNKNOWN_PROC)
        for _ in range(3):
            peer.expect_status(PROG_UNAVAIL, 0, prog=7)
        peer.expect_status(PROG_MISMATCH, 0, results=uint(1, 1), vers=9)
        _, after = reflect.stats(peer)
        equal(delta(before, after, name, echo.SINK),
              (2, 2 * call + 8, 2 * reply, 2, {"garbage_args": 2}), "SINK")
        equal(delta(before, after, name, echo.SOURCE)[4], {"garbage_args": 1}, "SOURCE")
        equal(delta(before, after, name, 0, found=0),
              (5, 5 * call, 5 * reply + 8, 0,
               {"proc_unavail": 1, "prog_unavail": 3, "prog_mismatch": 1}), "found none")


@per_mechanism("denied calls and wrong RPC versions are counted", unless=NO_CREDENTIAL)
def denials(name):
    with session(name) as (_, peer):
        _, before = reflect.stats(peer)
        for xid in range(2):
            peer.expect(peer.envelope.call(xid, echo.PROG, 1, echo.ECHO, cred=uint(6, 0)),
                        peer.envelope.auth_error(xid, 2))
        peer.expect(peer.envelope.call(9, echo.PROG, 1, 0, rpcvers=3),
                    peer.envelope.rpc_mismatch(9))
        _, after = reflect.stats(peer)
        equal(delta(before, after, name, 0, found=0)[4], {"denied": 2, "rpc_mismatch": 1},
              "errors")


@per_mechanism("a deferred call is counted when it comes, its answer when it goes",
               unless={"pipe": "its server waits for the answer before it ends"})
def deferred(name):
    with session(name, limits={"drain-ms": 1}) as (_, peer):
        call, reply = head(peer)
        xid = peer.start(echo.DELAY, uint(60000000))
        figures, rows = reflect.stats(peer)
        equal(figures["deferred_waiting"], 1, "deferred_waiting")
        equal(delta({}, rows, name, echo.DELAY), (1, call + 4, 0, 0, {}), "while it waits")
        quick = peer.start(echo.DELAY, uint(1000))
        peer.result(quick, peer.recv_record())
        figures, rows = reflect.stats(peer)
        equal(figures["deferred_waiting"], 1, "deferred_waiting")
        equal(delta({}, rows, name, echo.DELAY), (2, 2 * call + 8, reply, 1, {}), "afterwards")
        got = row(rows, name, echo.DELAY)
        expect(got.timed_ns >= 1000000, f"DELAY of 1 ms took {got.timed_ns} ns")
        expect(got.first >= 52, f"1 ms is in bucket {got.first}")
        expect(xid != quick, "xids")


@per_mechanism("the histogram adds up to the calls: each of 1,024, then one for 127")
def histogram(name):
    with session(name) as (_, peer):
        calls, wanted = 0, 0
        for target in (1, 1000, 1024, 1025, 1150, 1151, 1152, 1278):
            while calls < target:
                peer.null()
                calls += 1
            _, rows = reflect.stats(peer)
            got = row(rows, name, echo.NULL)
            wanted = calls if calls <= reflect.TIMED else \
                calls - (calls - reflect.TIMED) % reflect.EVERY
            equal((got.calls, sum(got.counts)), (calls, wanted), "calls, timed calls")
            expect(got.counts[0] > 0 and got.counts[-1] > 0, "empty buckets at the ends")
            expect(got.first + len(got.counts) <= reflect.BUCKETS, "buckets")


@test("counters of several workers add up")
def workers():
    with Daemon(workers=3) as daemon:
        peers = [connect(daemon, "unix") for _ in range(12)]
        for peer in peers:
            for _ in range(10):
                peer.null()
        figures, rows = reflect.stats(peers[0])
        for peer in peers:
            peer.close()
        got = row(rows, "unix", echo.NULL)
        equal((got.calls, sum(got.counts)), (120, 120), "calls, timed calls")
        equal((figures["peers"], figures["peers_accepted_total"]), (12, 12), "peers")


@test("peers are counted as they come and go, by the reason why they went")
def peers_by_reason():
    limits = {"peers": 4, "idle-ms": 86400000, "record": 5000}
    with session("tcp", limits=limits) as (daemon, peer):
        with connect(daemon, "unix") as other:
            other.null()
            equal(reflect.stats(peer)[0]["peers"], 2, "peers")
        with connect(daemon, "unix") as greedy:
            greedy.send(b"\x80\0\xff\xff")
            greedy.expect_closed()
        with connect(daemon, "unix") as noise:
            noise.send(record(b"abc"))
            noise.expect_closed()
        figures, rows = reflect.stats(peer)
        equal({k: v for k, v in figures.items() if k.startswith("peers_closed_") and v},
              {"peers_closed_left_total": 1, "peers_closed_record_limit_total": 1,
               "peers_closed_garbled_total": 1}, "reasons")
        equal((figures["peers"], figures["peers_accepted_total"], figures["peers_limit"]),
              (1, 4, 4), "peers")
        equal(delta({}, rows, "unix", 0, found=0), (1, 3, 0, 0, {"not_a_call": 1}), "noise")


@test("an idle peer that is closed is counted as idle, one over the limit as refused")
def idle_and_refused():
    with session("tcp", limits={"peers": 2}) as (daemon, peer):
        with connect(daemon, "unix") as other:
            other.null()
            with connect(daemon, "unix") as third:
                third.expect_closed()
            equal(reflect.stats(peer)[0]["peers_refused_limit_total"], 1, "refused")
    with Daemon(limits={"idle-ms": 50}) as daemon:
        with connect(daemon, "unix") as idle:
            idle.expect_closed()
        with connect(daemon, "tcp") as peer:
            equal(reflect.stats(peer)[0]["peers_closed_idle_total"], 1, "idle")


@test("figures of the process are those that /proc shows")
def process_figures():
    with session("tcp") as (daemon, peer):
        figures, _ = reflect.stats(peer)
        equal(figures["descriptors"], len(os.listdir(f"/proc/{daemon.pid}/fd")), "descriptors")
        with open(f"/proc/{daemon.pid}/statm", encoding="ascii") as f:
            resident = int(f.read().split()[1]) * os.sysconf("SC_PAGESIZE")
        expect(resident / 4 < figures["resident_bytes"] < resident * 4,
               f"resident_bytes {figures['resident_bytes']}, /proc says {resident}")
        expect(0 < figures["epoll_waits_total"] < 1e9, "epoll_waits_total")
        expect(figures["buffers_bytes"] <= figures["buffers_limit_bytes"], "buffers")
        again, _ = reflect.stats(peer)
        for name, value in figures.items():
            expect(not name.endswith("_total") or again[name] >= value, f"{name} went back")
            expect(re.fullmatch(r"[a-z0-9_]{1,63}", name), f"name {name!r}")


@test("who reads STATS while others call sees counters that only grow")
def concurrent():
    with Daemon(workers=2) as daemon:
        readers = [connect(daemon, "unix") for _ in range(4)]
        callers = [connect(daemon, "tcp") for _ in range(4)]
        seen = 0
        for turn in range(25):
            calls = [(p, p.start(echo.NULL)) for p in callers for _ in range(8)]
            for reader in readers:
                _, rows = reflect.stats(reader)
                now = row(rows, "tcp", echo.NULL).calls
                expect(seen <= now <= 32 * (turn + 1), f"{now} calls after {seen}")
                seen = now
            for peer, _ in calls:
                peer.recv_record()
        _, rows = reflect.stats(readers[0])
        equal(row(rows, "tcp", echo.NULL).calls, 25 * 32, "calls")
        for peer in readers + callers:
            peer.close()


@test("--disable reflect leaves PROG_UNAVAIL")
def off():
    with Daemon(args=("--disable", "reflect")) as daemon, connect(daemon, "tcp") as peer:
        peer.expect_status(PROG_UNAVAIL, 0, **REFLECT)


@test("an .x file that includes another is embedded with it")
def embedded_includes():
    script = os.path.join(ROOT, "scripts", "idl-embed")
    files = {"a.x": '#include "b.x"\nprogram A {} = 1;\n', "b.x": ' # include "c.x"\n',
             "c.x": '#include "a.x"\n%#include "none.h"\n',
             "a.h": "#define A_PROC 0\n",
             "a_table.c": "struct rpcgen_table a_1_table[] = {\n\n"
                          "\tRPCGEN_ACTION(a_proc_1_svc),\n};\n"}
    with tempfile.TemporaryDirectory(prefix="rpcall-") as gen:
        for name, text in files.items():
            with open(os.path.join(gen, name), "w", encoding="ascii") as f:
                f.write(text)
        out = subprocess.run([script, gen, "a"], capture_output=True, text=True, check=True).stdout
    listed = re.findall(r'\{ "(\w\.x)", \w+, (\d+), \{ ((?:0x\w\w,)+) \} \}', out)
    equal([name for name, _, _ in listed], ["a.x", "b.x", "c.x"], "files")
    for name, size, digest in listed:
        text = files[name].encode()
        equal((int(size), bytes.fromhex(re.sub("0x|,", "", digest))),
              (len(text), hashlib.sha256(text).digest()), name)
    expect('"A_PROC",' in out, out)
