"""rstat, rusers and spray for those who have always asked for them: Debian's
rup and rusers, rpcinfo, and stock rpcgen clients."""
import contextlib
import os
import re
import shutil
import subprocess
import time

from tests.lib import classic
from tests.lib.classic import USER_PROCESS, utmp_record, write_utmp
from tests.lib.command import succeeds
from tests.lib.daemon import Daemon
from tests.lib.harness import PATIENCE, equal, expect, skip, test, wait_until
from tests.lib.rpcinfo import entries, require_rpcbind, rpcinfo, rpcinfo_ok
from tests.lib.stock import run_stock, stock_client

HOST = "127.0.0.1"
RPCSVC = "/usr/include/rpcsvc"
NETIDS = {"tcp", "udp", "local", "x-tcp", "x-unix", "x-fifo"}
NAMES = {classic.RSTAT: "rstatd", classic.RUSERS: "rusersd", classic.SPRAY: "sprayd"}


def listed(prog):
    return {(e.version, e.netid) for e in entries(prog)}


@contextlib.contextmanager
def registered(*args):
    """A daemon whose classic programs are listed in the private rpcbind."""
    require_rpcbind()
    with Daemon(rpcbind=True, args=args) as daemon:
        for prog, versions in classic.VERSIONS.items():
            if prog != classic.RUSERS or "rusers" in args:
                wanted = {(vers, netid) for vers in versions for netid in NETIDS}
                wait_until(lambda p=prog, w=wanted: listed(p) >= w, f"{wanted} are listed")
        yield daemon


def require_rpc_names():
    try:
        with open("/etc/rpc", encoding="ascii", errors="replace") as f:
            missing = set(NAMES.values()) - {word for line in f for word in line.split()[:1]}
    except FileNotFoundError:
        missing = NAMES
    if missing:
        skip("/etc/rpc does not name the classic programs (package netbase)")


def tool(name, package, *args):
    """Runs a program of Debian's; returns what it printed."""
    if not shutil.which(name):
        skip(f"{name} is not installed (package {package})")
    done = subprocess.run([name, *args], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=PATIENCE, check=False,
                          env={**os.environ, "LC_ALL": "C", "TZ": "UTC"})
    expect(done.returncode == 0, f"{name}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


@test("rup prints the time, how long this machine is up, and its load")
def rup():
    with registered():
        out = tool("rup", "rstat-client", HOST)
        clock = time.gmtime()
    line = re.fullmatch(
        r"\S+\s+(\d+):(\d\d)\s*(?:am|pm)?\s+up\s+(.+?),\s+load (\d+\.\d\d) (\d+\.\d\d) (\d+\.\d\d)\n",
        out)
    expect(line, f"rup printed {out!r}")
    minutes = (clock.tm_hour * 60 + clock.tm_min - int(line[1]) * 60 - int(line[2])) % 720
    expect(minutes in (0, 1, 2), f"rup at {clock.tm_hour}:{clock.tm_min} printed {out!r}")
    expect(max(map(float, line.groups()[3:])) < 10000, f"load: {out!r}")


@test("rusers prints who is logged in, with -l where and from where")
def rusers():
    require_rpcbind()
    write_utmp(utmp_record(USER_PROCESS, "alice", "pts/7001", "example.org", int(time.time())),
               utmp_record(USER_PROCESS, "bob", "pts/7002", "", int(time.time())))
    with registered("--enable", "rusers"):
        short, long = tool("rusers", "rusers", HOST), tool("rusers", "rusers", "-l", HOST)
    equal(short.split()[1:], ["alice", "bob"], f"rusers printed {short!r}")
    alice, bob = long.splitlines()
    expect(alice.startswith("alice ") and ":pts/7001" in alice and "(example.org)" in alice, long)
    expect(bob.startswith("bob ") and ":pts/7002" in bob and "(" not in bob, long)


@test("rpcinfo finds every version of the classic programs ready, over tcp, udp and local")
def ready():
    with registered("--enable", "rusers"):
        for prog, versions in classic.VERSIONS.items():
            for vers in versions:
                for form in (("-t",), ("-u",), ("-T", "local")):
                    equal(rpcinfo_ok(*form, HOST, prog, vers).strip(),
                          f"program {prog} version {vers} ready and waiting", str(form))
            expect(rpcinfo_ok("-t", HOST, prog).count("ready and waiting") == len(versions), prog)


@test("rpcinfo for a version that rstat does not have says 1 to 3")
def other_version():
    with registered():
        status, out = rpcinfo("-u", HOST, classic.RSTAT, 5)
        expect(status != 0 and "low version = 1, high version = 3" in out, out)


@test("rusers is not registered unless it is asked for")
def not_registered():
    with registered():
        equal(listed(classic.RUSERS), set(), "entries of rusers")


@test("rpcall lists the classic programs by the names of /etc/rpc, and pings them by these")
def rpcall_names():
    require_rpc_names()
    with registered("--enable", "rusers"):
        table = {line.split()[1]: line.split() for line in succeeds("rpcall", "list").splitlines()}
        for prog, name in NAMES.items():
            versions = ",".join(map(str, classic.VERSIONS[prog]))
            equal(table[str(prog)][:3], [name, str(prog), versions], "line of rpcall list")
        for name in ("rstat/1", "rstatd/2", "RSTAT", "100001/3", "rusersd/2", "spray", "rup"):
            out = succeeds("rpcall", "ping", "-c", "1", f"rpc://{HOST}", name)
            expect("1 calls, 1 answered" in out, out)


@test("a stock client of rpcsvc-proto's files calls rstat and spray over tcp and udp")
def stock():
    for name in ("rstat.x", "spray.x"):
        if not os.path.exists(f"{RPCSVC}/{name}"):
            skip(f"{RPCSVC}/{name} is not there (package rpcsvc-proto)")
    path = stock_client("stock_classic", (f"{RPCSVC}/rstat.x", f"{RPCSVC}/spray.x"))
    with registered():
        for netid in ("tcp", "udp"):
            boot, now, idle, sprayed = run_stock(path, HOST, netid)
            expect(re.fullmatch(r"boot (\d+) \1", boot), boot)
            expect(abs(int(now.split()[1]) - time.time()) < 60, now)
            equal((idle, sprayed), ("idle", "sprayed 7"), "lines")
