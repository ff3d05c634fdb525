"""The private rpcbind of scripts/with-rpcbind, and rpcinfo as its witness."""
import contextlib
import json
import os
import re
import subprocess
from dataclasses import dataclass

from . import echo
from .command import succeeds
from .harness import PATIENCE, ROOT, equal, expect, skip

CTL = os.path.join(ROOT, "scripts", "with-rpcbind-ctl")
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


@dataclass(frozen=True)
class Entry:
    version: int
    netid: str
    address: str
    owner: str


def require_rpcbind():
    if "RPCALL_RPCBIND_PID" not in os.environ:
        skip("no private rpcbind: " + os.environ.get(
            "RPCALL_NO_RPCBIND", "run this under scripts/with-rpcbind"))


def control(verb):
    """Kills, starts, stops or continues the private rpcbind."""
    subprocess.run([CTL, verb], check=True, timeout=PATIENCE, stdin=subprocess.DEVNULL)


def rpcinfo(*args, patience=PATIENCE):
    """Runs rpcinfo; returns its status and what it wrote on both outputs."""
    try:
        done = subprocess.run(["rpcinfo", *map(str, args)], stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                              timeout=patience, env={**os.environ, "PATH": PATH})
    except FileNotFoundError:
        skip("rpcinfo is not installed (package rpcbind)")
    return done.returncode, done.stdout


def rpcinfo_ok(*args):
    status, out = rpcinfo(*args)
    expect(status == 0, f"rpcinfo {' '.join(map(str, args))}: status {status}\n{out}")
    return out


def entries(prog=echo.PROG):
    """What rpcbind lists for the program, asked through its Unix socket."""
    status, out = rpcinfo()
    if status:
        return set()
    found = set()
    for line in out.splitlines()[1:]:
        fields = line.split()
        if len(fields) >= 5 and fields[0] == str(prog):
            found.add(Entry(int(fields[1]), fields[2], fields[3], fields[-1]))
    return found


@contextlib.contextmanager
def registration(prog, vers, address="127.0.0.1.0.1", netid="tcp"):
    """Somebody's program in rpcbind; at an address where nobody is, unless one is given."""
    entry = json.dumps({"r_prog": prog, "r_vers": vers, "r_netid": netid, "r_addr": address,
                        "r_owner": ""})
    call = ("rpcall", "call", "rpc+local:/run/rpcbind.sock")
    equal(succeeds(*call, "rpcbind/4.SET", entry), "true\n", "SET")
    try:
        yield
    finally:
        succeeds(*call, "rpcbind/4.UNSET", entry)


def universal(uri):
    """The universal address of an endpoint's URI."""
    inet = re.fullmatch(r"[\w+]+://\[?([\w.:]+?)\]?:(\d+)", uri)
    if inet:
        host, port = inet[1], int(inet[2])
        return f"{host}.{port >> 8}.{port & 255}"
    return uri.partition(":")[2]
