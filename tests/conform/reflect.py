"""REFLECT: the daemon tells of itself, the same over every mechanism."""
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
from tests.lib.harness import BUILD, NO_FRAMING, ROOT, equal, expect, per_mechanism, test
from tests.lib.mechanisms import connect, peer_of, server_pid, session
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
        workers = 1 if name == "pipe" else int(os.environ.get("RPCALL_TEST_WORKERS", "1"))
        equal((got.product, got.host, got.workers), ("rpcall", os.uname().nodename, workers),
              "info")
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
