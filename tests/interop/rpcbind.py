"""Registered with rpcbind: what rpcinfo shows, and what survives what."""
import contextlib
import itertools
import os
import re
import signal
import subprocess
import tempfile
import time

from tests.lib import echo
from tests.lib.daemon import Daemon, has_ipv6
from tests.lib.harness import equal, expect, program, skip, test, wait_until
from tests.lib.mechanisms import Bystanders, connect, leave
from tests.lib.rpcinfo import (control, entries, require_rpcbind, rpcinfo, rpcinfo_ok,
                               universal)

HOST = "127.0.0.1"
PROG = str(echo.PROG)  # rpcinfo takes a number in decimal only
READY = f"program {echo.PROG} version 1 ready and waiting"
BACK_WITHIN = 5  # seconds, rpcbind restarted
ATTEMPTS = 3
SCHEMES = {"tcp": "rpc+tcp://", "udp": "rpc+udp://", "local": "rpc+local:",
           "x-tcp": "tcp://127", "x-unix": "unix:", "x-fifo": "fifo:"}
SCHEMES6 = {"tcp6": "rpc+tcp6://", "udp6": "rpc+udp6://", "x-tcp6": "tcp://["}


def wanted(daemon):
    schemes = {**SCHEMES, **(SCHEMES6 if has_ipv6() else {})}
    return {(1, netid, universal(daemon.uri(start))) for netid, start in schemes.items()}


def listed():
    return {(e.version, e.netid, e.address) for e in entries()}


@contextlib.contextmanager
def registered(**options):
    """A daemon that is listed in the private rpcbind."""
    require_rpcbind()
    remove_entries()
    with Daemon(rpcbind=True, **options) as daemon:
        wait_listed(daemon)
        yield daemon


def wait_listed(daemon):
    wait_until(lambda: listed() >= wanted(daemon), f"{wanted(daemon)} are listed")


def back_in_time(daemon, lose):
    """lose() takes the entries away; returns whether they were back in time."""
    lose()
    since = time.monotonic()
    wait_listed(daemon)
    return time.monotonic() - since < BACK_WITHIN


def once_in_time(daemon, lose):
    """One of a few attempts must be in time: a busy machine has little for us."""
    expect(any(back_in_time(daemon, lose) for _ in range(ATTEMPTS)),
           f"entries are not back within {BACK_WITHIN} s")


def remove_entries():
    """What a daemon could not unregister, so that a test starts clean."""
    if entries():
        rpcinfo("-d", PROG, 1)


@test("rpcinfo lists the endpoints tcp udp tcp6 udp6 local x-tcp x-tcp6 x-unix x-fifo")
def lists_all():
    with registered() as daemon:
        equal(listed(), wanted(daemon), "entries")
        owners = {e.owner for e in entries()}
        equal(len(owners), 1, f"owners {owners}")
        expect("unknown" not in owners, "rpcbind does not know who owns them")


@test("rpcinfo -p lists tcp and udp with their ports")
def portmap():
    with registered() as daemon:
        out = rpcinfo_ok("-p", HOST)
        for protocol in ("tcp", "udp"):
            port = daemon.uri(f"rpc+{protocol}://").rpartition(":")[2]
            expect(re.search(rf"^\s*{echo.PROG}\s+1\s+{protocol}\s+{port}\b", out, re.M), out)


@test("rpcinfo -s lists the program with all of its netids")
def short():
    with registered() as daemon:
        line = re.search(rf"^\s*{echo.PROG}\s+1\s+(\S+)", rpcinfo_ok("-s", HOST), re.M)
        expect(line, "no line of ECHO")
        netids = {netid for _, netid, _ in wanted(daemon)}
        equal(set(line[1].split(",")), netids, "netids")


@test("rpcinfo -l lists the endpoints of a daemon without netids of our own")
def long():
    # With an entry whose netid is not in /etc/netconfig, such as x-tcp, rpcbind
    # 1.2.6 never answers GETADDRLIST, and rpcinfo -l waits for a minute.
    require_rpcbind()
    remove_entries()
    with Daemon(rpcbind=True, listen=["rpc+tcp://127.0.0.1:0", "rpc+udp://127.0.0.1:0"]) as daemon:
        wait_until(lambda: len(entries()) == 2, "registration")
        out = rpcinfo_ok("-l", HOST, PROG, 1)
        for start in ("rpc+tcp://", "rpc+udp://"):
            expect(universal(daemon.uri(start)) in out, out)


def ready(*args):
    out = rpcinfo_ok(*args)
    equal(out.splitlines()[0], READY, f"rpcinfo {args}")


@test("rpcinfo -t and -u find version 1 ready, asked for it or not")
def tcp_and_udp():
    with registered():
        for option in ("-t", "-u"):
            ready(option, HOST, PROG)
            ready(option, HOST, PROG, 1)


@test("rpcinfo -T finds version 1 ready over tcp, udp, local, tcp6 and udp6")
def by_netid():
    with registered():
        for netid in ("tcp", "udp", "local"):
            ready("-T", netid, HOST, PROG)
            ready("-T", netid, HOST, PROG, 1)


@test("rpcinfo -T tcp6 and udp6 find version 1 ready on ::1")
def by_netid6():
    if not has_ipv6():
        skip("no IPv6 loopback here")
    with registered():
        for netid in ("tcp6", "udp6"):
            ready("-T", netid, "::1", PROG)
            ready("-T", netid, "::1", PROG, 1)


@test("rpcinfo -a finds version 1 ready at each universal address")
def by_address():
    with registered() as daemon:
        for netid, start in {**SCHEMES, **(SCHEMES6 if has_ipv6() else {})}.items():
            if not netid.startswith("x-"):
                address = universal(daemon.uri(start))
                ready("-a", address, "-T", netid, PROG)
                ready("-a", address, "-T", netid, PROG, 1)


@test("rpcinfo -n finds version 1 ready at a port, without rpcbind's help")
def by_port():
    with registered() as daemon:
        for option, start in (("-t", "rpc+tcp://"), ("-u", "rpc+udp://")):
            port = daemon.uri(start).rpartition(":")[2]
            ready("-n", port, option, HOST, PROG, 1)


@test("rpcinfo for another version says that only 1 is there")
def other_version():
    with registered():
        for option in ("-t", "-u"):
            status, out = rpcinfo(option, HOST, PROG, 2)
            expect(status != 0, "status 0")
            expect("low version = 1, high version = 1" in out, out)


@test("SIGTERM removes every entry from rpcbind")
def unregisters():
    with registered():
        pass
    equal(listed(), set(), "entries after SIGTERM")


@test("after kill -9 of the daemon the next one replaces the stale entries")
def replaces_stale():
    require_rpcbind()
    remove_entries()
    old = Daemon(rpcbind=True)
    try:
        wait_until(lambda: listed() >= wanted(old), "the first daemon is listed")
        stale = wanted(old)
        old.kill()
        equal(listed(), stale, "entries of the dead")
        with registered() as daemon:
            equal(listed(), wanted(daemon), "entries")
            ready("-t", HOST, PROG, 1)
    finally:
        old.discard()


@test("entries are back within 5 s after rpcbind is killed with -9 and restarted")
def rpcbind_restarted():
    with registered() as daemon, Bystanders(daemon) as others:
        def restart():
            control("kill")
            others.check()
            control("start")

        for _ in range(3):
            once_in_time(daemon, restart)
            ready("-t", HOST, PROG)
            ready("-T", "local", HOST, PROG)


@test("a rpcbind that starts after the daemon gets its entries within 5 s")
def rpcbind_late():
    require_rpcbind()
    try:
        expect(any(late_in_time() for _ in range(ATTEMPTS)),
               f"entries are not there within {BACK_WITHIN} s")
    finally:
        ensure_rpcbind()


def late_in_time():
    control("kill")
    with Daemon(rpcbind=True) as daemon, Bystanders(daemon):
        return back_in_time(daemon, lambda: control("start"))


@test("without rpcbind the daemon warns, serves, and stops with 0")
def rpcbind_absent():
    require_rpcbind()
    control("kill")
    try:
        with Daemon(rpcbind=True) as daemon:
            with Bystanders(daemon) as others:
                others.check(rounds=10)
            wait_until(lambda: "rpcbind" in daemon.stderr(), "a word of rpcbind in the log")
    finally:
        ensure_rpcbind()


def ensure_rpcbind():
    if rpcinfo()[0] != 0:
        control("start")


@test("a rpcbind that hangs holds up no call, and no stop")
def rpcbind_hangs():
    with registered() as daemon, Bystanders(daemon) as others:
        control("stop")
        try:
            others.check(rounds=50)
            with leave(connect(daemon, "tcp")) as peer:
                peer.null()
            daemon.signal(signal.SIGTERM)
            equal(daemon.wait(), 0, "exit status")
        finally:
            control("cont")
        others.check = lambda *_, **__: None


@test("--no-rpcbind registers nothing")
def not_registered():
    require_rpcbind()
    remove_entries()
    with Daemon() as daemon:
        connect(daemon, "rpc/tcp").close()
        equal(listed(), set(), "entries")


@test("what another user's server holds is told as refused, with a command that rpcinfo takes")
def refused():
    if os.geteuid() != 0:
        skip("only root has a second user")
    with registered(), tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        os.chown(place, 65534, 65534)
        command = [program("rpcalld"), "--run", f"{place}/run", "--state", f"{place}/state",
                   "--listen", "tcp://127.0.0.1:0", "--listen", "rpc+udp://127.0.0.2:0"]
        try:
            other = subprocess.Popen(command, user=65534, group=65534, extra_groups=[], text=True,
                                     stderr=subprocess.PIPE)
        except OSError as error:
            skip(f"no second user: {error}")
        with other:
            log = iter(other.stderr.readline, "")
            said = "".join(itertools.takewhile(lambda line: "ready" not in line, log))
            other.terminate()
        equal(other.returncode, 0, "status")
        hints = re.findall(r'register-refused .* hint="if that server is dead: '
                           r'sudo rpcinfo -d (\d+) (\d+)"$', said, re.M)
        expect((PROG, "1") in hints and len(set(hints)) * 2 == len(hints), said)
        expect(f"event=registered entries=0 refused={len(hints)}\n" in said, said)
        rpcinfo_ok("-d", *hints[0])


@test("entries that somebody removed by hand are back within 5 s")
def removed_by_hand():
    with registered() as daemon:
        once_in_time(daemon, lambda: rpcinfo_ok("-d", PROG, 1))
