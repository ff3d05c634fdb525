"""STATS of REFLECT: what has been counted is what was called."""
import os
import re

from tests.lib import echo, kv, reflect
from tests.lib.daemon import Daemon
from tests.lib.envelope import GARBAGE_ARGS, PROC_UNAVAIL, PROG_MISMATCH, PROG_UNAVAIL
from tests.lib.harness import (NO_CREDENTIAL, equal, expect, per_mechanism, test,
                               while_it_lasts)
from tests.lib.mechanisms import connect, session
from tests.lib.peer import Closed
from tests.lib.record import record
from tests.lib.xdr import uint


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
    while_it_lasts(100, counts_idle, "the looker is answered before it is idle itself")


def counts_idle(ms):
    with Daemon(limits={"idle-ms": ms}) as daemon:
        with connect(daemon, "unix") as idle:
            idle.expect_closed()
        try:
            with connect(daemon, "tcp") as peer:
                equal(reflect.stats(peer)[0]["peers_closed_idle_total"], 1, "idle")
        except Closed:
            return False
    return True


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


@test("a service's own figures are among the daemon's: KV counts its syncs")
def service_figures():
    names = ("kv_mutations_total", "kv_commits_total", "kv_syncs_total", "kv_watches")
    with session("tcp") as (_, peer):
        before, _ = reflect.stats(peer)
        for i in range(3):
            kv.put(peer, b"key", b"%d" % i)
        after, _ = reflect.stats(peer)
        equal([after[n] - before[n] for n in names[:2]], [3, 3], "mutations, commits")
        expect(after[names[2]] - before[names[2]] >= 3, "syncs")
        equal(after[names[3]], 0, "watches")
    with Daemon(args=("--disable", "kv")) as daemon, connect(daemon, "tcp") as peer:
        expect(not set(names) & set(reflect.stats(peer)[0]), "figures of KV, which is off")
