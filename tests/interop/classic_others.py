"""rpcall call against Debian's rstatd and rusersd, which nobody here wrote, by
the .x files of the system. They are started as inetd does: with a socket."""
import contextlib
import json
import os
import shutil
import socket
import subprocess
import time

from tests.lib.classic import RSTAT, RUSERS, USER_PROCESS, utmp_record, write_utmp
from tests.lib.command import run, succeeds
from tests.lib.harness import PATIENCE, ROOT, equal, expect, skip, test
from tests.lib.rpcinfo import require_rpcbind, rpcinfo

HOST = "127.0.0.1"
LOCAL = "rpc+local:/run/rpcbind.sock"
RPCSVC = "/usr/include/rpcsvc"
OURS = os.path.join(ROOT, "idl", "rusers2.x")


class Inetd:
    """A UDP socket that is registered with rpcbind, and a program for it that
    is started for each call, since rusersd ends after one."""

    def __init__(self, name, package, prog, versions):
        require_rpcbind()
        self.program = shutil.which(name, path="/usr/sbin:/usr/bin")
        if not self.program:
            skip(f"{name} is not installed (package {package})")
        self.prog, self.versions = prog, versions
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((HOST, 0))

    def register(self):
        port = self.socket.getsockname()[1]
        for version in self.versions:
            entry = {"r_prog": self.prog, "r_vers": version, "r_netid": "udp",
                     "r_addr": f"{HOST}.{port >> 8}.{port & 255}", "r_owner": ""}
            rpcinfo("-d", self.prog, version)
            equal(json.loads(succeeds("rpcall", "call", LOCAL, "rpcbind/4.SET",
                                      json.dumps(entry))), True, "SET")

    def run(self, *args, target=f"rpc://{HOST}"):
        """rpcall call of it, while the program runs."""
        process = subprocess.Popen([self.program], stdin=self.socket, cwd="/",
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            return run("rpcall", "call", target, *args)
        finally:
            process.kill()
            process.wait(PATIENCE)

    def call(self, *args, warning="", **options):
        done = self.run(*args, **options)
        equal((done.status, done.err), (0, warning), f"rpcall call {args}")
        return json.loads(done.out)

    def close(self):
        self.socket.close()
        for version in self.versions:
            rpcinfo("-d", self.prog, version)


@contextlib.contextmanager
def served(name, package, prog, versions):
    server = Inetd(name, package, prog, versions)
    try:
        server.register()
        yield server
    finally:
        server.close()


def system_x(name):
    path = os.path.join(RPCSVC, name)
    return path if os.path.exists(path) else skip(f"{path} is not there (package rpcsvc-proto)")


def logins_of(answer):
    """(user, line, host) of each login: texts in version 3, cut bytes in 2."""
    def text(value):
        return bytes.fromhex(value[4:]).rstrip(b"\0").decode() if value.startswith("hex:") else value
    return [tuple(text(login.get("ut_" + name, login.get(other, ""))) for name, other in
                  (("user", "name"), ("line", "line"), ("host", "host"))) for login in answer]


def beyond(size):
    """It sends 108 bytes of whatever version, and ours are the first of them."""
    return f"rpcall: warning: the result's type ends after {size} of its 108 bytes; " \
        "the rest was ignored\n"


@test("Debian's rstatd answers STATS of each version, and more than its .x says")
def rstat():
    x = system_x("rstat.x")
    with served("rpc.rstatd", "rstatd", RSTAT, (1, 2, 3)) as server:
        before = int(time.time())
        stats = server.call("rstat/3.STATS", warning=beyond(104))
        expect(abs(stats["curtime"]["tv_sec"] - before) < 3600, stats)
        equal([len(stats[k]) for k in ("cp_time", "dk_xfer", "avenrun")], [4, 4, 3], "arrays")
        expect(any(stats["cp_time"]) and stats["boottime"]["tv_sec"] > 0, stats)
        again = server.call("rstat/3.STATS", "-i", x, warning=beyond(104),
                            target=f"rpc+udp://{HOST}")
        equal(list(again), list(stats), "the system's .x")
        for version, size in ((1, 72), (2, 96)):
            old = server.call(f"rstat/{version}.STATS", warning=beyond(size))
            expect(set(old) < set(stats), f"version {version}: {old}")
        equal(server.call(f"{RSTAT}/3.0"), None, "NULL")
        done = server.run("rstat/3.STATS", "-q", "--json")
        equal((done.err, json.loads(done.out)["ignored_bytes"]), ("", 4), "-q, and --json")


@test("Debian's rusersd tells who is logged in: NUM, NAMES and ALLNAMES of both versions")
def rusers():
    x = system_x("rusers.x")
    if "RPCALL_RPCBIND_SHIM" in os.environ:
        skip("rpc.rusersd becomes user nobody, whom an unprivileged namespace does not have")
    now = int(time.time())
    write_utmp(utmp_record(USER_PROCESS, "alice", "pts/7001", "example.org", now - 60),
               utmp_record(USER_PROCESS, "bob", "pts/7002", "", now - 30))
    try:
        with served("rpc.rusersd", "rusersd", RUSERS, (2, 3)) as server:
            equal(server.call(f"{RUSERS}/2.0"), None, "NULL")
            for name, args in (("rusers/2", ()), ("rusers/3", ()), ("rusers2/2", ("-i", OURS)),
                               ("rusers/3", ("-i", x))):
                equal(server.call(f"{name}.NUM", *args), 2, f"{name}.NUM")
                for procedure in ("NAMES", "ALLNAMES"):
                    wide = name == "rusers/3"
                    equal(logins_of(server.call(f"{name}.{procedure}", *args)),
                          [("alice", "pts/7001" if wide else "pts/700", "example.org"),
                           ("bob", "pts/7002" if wide else "pts/700", "")], f"{name}.{procedure}")
    finally:
        write_utmp()
