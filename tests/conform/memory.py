"""The Nth allocation fails, once or from there on, for every N: an error or the
end of that peer, and then all is as before."""
import os
import signal
import subprocess
import tempfile

from tests.lib import classic, echo, file, kv, proc
from tests.lib.daemon import READY, Daemon, check_log, listen_uris
from tests.lib.envelope import SYSTEM_ERR, Lean
from tests.lib.faults import FOR_EVER, Faults
from tests.lib.harness import (PATIENCE, Failed, equal, expect, per_mechanism, program, test,
                               wait_until)
from tests.lib.mechanisms import connect, leave
from tests.lib.peer import Closed
from tests.lib.pipes import PipePeer
from tests.lib.xdr import opaque, uint

MODES = (1, FOR_EVER)
SILENCE = 0.3  # seconds after which the faults end, if there is no answer yet
ENOUGH = 1000  # allocations; nothing here makes that many
OWN_PROCESS = {"pipe": "its server starts with the peer: see the start of a daemon"}

CALLS = (
    (echo.ECHO, opaque(bytes(64)), {}),
    (echo.ECHO, opaque(bytes(50000)), {}),
    (echo.SOURCE, echo.source_args(50000, 1), {}),
    (echo.DELAY, uint(1000), {}),
    (echo.WHOAMI, b"", {}),
    # Arguments that decoding needs memory for: a string, and arrays.
    (file.STAT, file.path_args("nowhere"), {"prog": file.PROG}),
    (kv.TXN, kv.txn_args([kv.if_revision(b"k", 7)], [kv.change_delete(b"k")]), {"prog": kv.PROG}),
    (classic.STATS, b"", {"prog": classic.RSTAT, "vers": 3}),
    (classic.ALLNAMES, b"", {"prog": classic.RUSERS, "vers": 3}),
)


def until_clean(faults, run):
    """Lets the first, the second, ... allocation of run() fail, once and with
    all after it, until there are no more."""
    for count in MODES:
        for n in range(1, ENOUGH):
            if not run(n, count):
                break
        else:
            raise Failed(f"{ENOUGH} allocations and no end")
    equal(faults.disarm(), 0, "failed allocations at the end")


def outcome(peer, faults, proc_, args, fields):
    """Makes a call under faults: "ok", "error", "closed" or "silent"."""
    try:
        xid = peer.start(proc_, args, **fields)
        wait_until(lambda: peer.readable(SILENCE) or faults.failed(), "an answer or a fault")
        if not peer.readable(SILENCE):
            faults.disarm()
            if not peer.framed:
                return "silent"
        reply = peer.recv_record()
    except (Closed, ConnectionError):
        return "closed"
    if reply == peer.envelope.reply(xid, SYSTEM_ERR):
        return "error"
    peer.result(xid, reply)
    return "ok"


def fresh_null(daemon, name):
    with leave(connect(daemon, name)) as peer:
        peer.null()


@per_mechanism("a call whose allocation fails gets SYSTEM_ERR or ends its peer, and nothing leaks",
               unless=OWN_PROCESS)
def calls(name):
    if "RPCALL_RPCBIND_PID" in os.environ:  # else nobody is logged in
        classic.write_utmp(classic.utmp_record(classic.USER_PROCESS, "alice", "pts/0", "host"))
    # What a worker keeps from the first direct reading on would look like a leak.
    with Faults() as faults, Daemon({"direct-ms": 0}, env=faults.env,
                                    args=("--enable", "rusers")) as daemon:
        descriptors = proc.fd_count(daemon.pid)
        for call in CALLS:
            fail_calls(daemon, faults, name, call, descriptors)


def fail_calls(daemon, faults, name, call, descriptors):
    def attempt(n, count):
        with leave(connect(daemon, name)) as peer:
            peer.null()
            faults.arm(n, count)
            how = outcome(peer, faults, *call)
            failed = faults.disarm()
            if not failed:
                equal(how, "ok", f"{call} without a fault")
        fresh_null(daemon, name)
        return failed

    attempt(ENOUGH, 1)
    wait_until(lambda: proc.fd_count(daemon.pid) == descriptors, "descriptors are back")
    baseline = faults.live()
    until_clean(faults, attempt)
    wait_until(lambda: faults.live() <= baseline, "what was allocated is freed")


def peer_under_faults(daemon, faults, name, patience):
    try:
        with leave(connect(daemon, name, patience=patience)) as peer:
            return outcome(peer, faults, echo.NULL, b"", {})
    except (OSError, Failed):
        return "refused"


@per_mechanism("a peer for which there is no memory is closed, and the next one is served",
               unless=OWN_PROCESS)
def peers(name):
    with Faults() as faults, Daemon(env=faults.env) as daemon:
        descriptors = proc.fd_count(daemon.pid)

        def attempt(n, count):
            how, patience = "refused", SILENCE
            while how != "ok":  # without a fault it may just have been slow
                faults.arm(n, count)
                how = peer_under_faults(daemon, faults, name, patience)
                failed = faults.disarm()
                if failed:
                    break
                patience *= 2
                expect(patience < PATIENCE, f"a peer without a fault: {how}")
            fresh_null(daemon, name)
            return failed

        # What is made once and kept is there after the first time.
        until_clean(faults, attempt)
        wait_until(lambda: proc.fd_count(daemon.pid) <= descriptors, "descriptors are back")
        baseline = faults.live()
        until_clean(faults, attempt)
        wait_until(lambda: faults.live() <= baseline,
                   f"no more than {baseline} allocations are left")


def start_watch(peer, looker, since):
    peer.start(kv.WATCH, kv.watch_args(since=since, timeout_ms=60000), prog=kv.PROG)
    wait_until(lambda: kv.stat(looker).watches == 1, "a watch waits")


@test("an answer for which there is no memory ends its peer, who would wait for it in vain")
def lost_answers():
    with Faults() as faults, Daemon(env=faults.env) as daemon:
        # It writes to the same store, and has memory.
        writer = PipePeer(Lean, ["--state", daemon.state])
        with connect(daemon, "unix") as peer, connect(daemon, "tcp") as looker, leave(writer):
            start_watch(peer, looker, 0)
            # What answers takes memory to keep when it first looks at the store.
            first = kv.put(writer, b"key", b"what the first watch waits for")
            peer.recv_record()
            start_watch(peer, looker, first.revision)
            faults.arm(1, FOR_EVER)
            kv.put(writer, b"key", b"what the second watch waits for")
            peer.expect_closed()
            expect(faults.disarm() > 0, "no allocation failed")
        fresh_null(daemon, "unix")


@test("a peer with many calls waiting that ends without memory for their answers is closed")
def lost_watches():
    with Faults() as faults, Daemon(env=faults.env) as daemon:
        with connect(daemon, "unix") as peer, connect(daemon, "tcp") as looker:
            for _ in range(5):
                peer.start(kv.WATCH, kv.watch_args(timeout_ms=60000), prog=kv.PROG)
            wait_until(lambda: kv.stat(looker).watches == 5, "five watches wait")
            faults.arm(1, FOR_EVER)
            peer.half_close()
            peer.expect_closed()
            faults.disarm()
            wait_until(lambda: kv.stat(looker).watches == 0, "no watch waits")
        fresh_null(daemon, "unix")


def start(faults, place):
    """Starts a daemon under faults: its exit status, after SIGTERM if it is
    ready, and what it wrote."""
    run = os.path.join(place, "run")
    args = [arg for uri in listen_uris(run) for arg in ("--listen", uri)]
    process = subprocess.Popen(
        [program("rpcalld"), "--run", run, "--state", run, "--no-rpcbind", "--workers", "1", *args],
        env={**os.environ, **faults.env}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True)
    lines = []
    for line in process.stderr:
        lines.append(line)
        if line.startswith(READY):
            faults.disarm()
            process.send_signal(signal.SIGTERM)
    process.stderr.close()
    return process.wait(PATIENCE), "".join(lines)


@test("a daemon whose allocation fails at its start says so and ends, or serves")
def starts():
    with Faults() as faults, tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        def attempt(n, count):
            faults.arm(n, count)
            status, text = start(faults, place)
            check_log(text)
            failed = faults.disarm()
            what = f"allocation {n} of the start failed: status {status}, {text!r}"
            if READY in text:
                equal(status, 0, what)
            else:
                expect(failed and status > 0 and "rror" in text, what)
            return failed

        until_clean(faults, attempt)


@test("rpcall without memory says so, and ends")
def client():
    with Faults() as faults, Daemon() as daemon:
        command = [program("rpcall"), "ping", "-c", "2", "-i", "0s", daemon.uri("tcp://127")]

        def attempt(n, count):
            faults.arm(n, count)
            done = subprocess.run(command, env={**os.environ, **faults.env}, text=True,
                                  stdin=subprocess.DEVNULL, capture_output=True,
                                  timeout=PATIENCE, check=False)
            failed = faults.disarm()
            expect(done.returncode == 0 or (failed and 0 < done.returncode < 128),
                   f"allocation {n} failed: status {done.returncode}\n{done.stderr}")
            return failed

        until_clean(faults, attempt)
