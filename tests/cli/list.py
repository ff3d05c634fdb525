"""rpcall list: rpcbind's word and the daemon's own, together or apart."""
import json
import os
import re

from tests.lib import echo, reflect
from tests.lib.command import fails, run, succeeds
from tests.lib.daemon import Daemon
from tests.lib.harness import equal, expect, mechanism_names, per_mechanism, test, wait_until
from tests.lib.liar import liar
from tests.lib.mechanisms import peer_of, shared_daemon
from tests.lib.rpcinfo import entries, registration, require_rpcbind
from tests.lib.targets import target
from tests.lib.xdr import string, uint

ROW = r"^{} +{} +{} +{} +(.+?) +{}$"


def mechanisms_of(out, program, number, versions, procedures, idl="reflection"):
    """The mechanisms in a program's line."""
    match = re.search(ROW.format(program, number, versions, procedures, idl), out, re.M)
    expect(match, f"no line of {program} in {out!r}")
    return match[1].split()


@per_mechanism("rpcall list of an endpoint shows what the daemon tells: procedures, mechanisms")
def endpoint(name):
    out = succeeds("rpcall", "list", target(shared_daemon(), name))
    names = ["pipe"] if name == "pipe" else [n for n in mechanism_names() if n != "pipe"]
    equal(sorted(mechanisms_of(out, "ECHO", "0x20525001", "1", 6)), sorted(names), "mechanisms")
    mechanisms_of(out, "REFLECT", "0x205250ff", "1", 5)
    mechanisms_of(out, "rstatd", "100001", "1,2,3", 3)


@test("rpcall list --json of an endpoint has each procedure and each endpoint")
def as_json():
    document = json.loads(succeeds("rpcall", "list", "--json", target(shared_daemon(), "unix")))
    equal((document["schema"], document["entries"]), ("rpcall/list/1", []), "head")
    with peer_of("unix") as peer:
        procedures, endpoints = reflect.listing(peer)
    equal([(p["service"], p["program"], p["version"], p["number"], p["name"])
           for p in document["procedures"]], procedures, "procedures")
    equal([(e["mechanism"], e["netid"], e["uri"]) for e in document["endpoints"]], endpoints,
          "endpoints")
    short = {p["name"]: p["procedure"] for p in document["procedures"]}
    equal((short["ECHO_WHOAMI"], short["RSTATPROC_STATS"]), ("WHOAMI", "STATS"), "short names")


def registered():
    wait_until(lambda: all({"tcp", "udp", "local"} <= {e.netid for e in entries(prog)}
                           for prog in (echo.PROG, reflect.PROG)), "registration")


@test("rpcall list of a host has rpcbind's programs, with the daemon's word on its own")
def merged():
    require_rpcbind()
    with Daemon(rpcbind=True):
        registered()
        for args in ([], ["127.0.0.1"], ["rpc+udp://127.0.0.1"]):
            out = succeeds("rpcall", "list", *args)
            expect("rpc/udp" in mechanisms_of(out, "ECHO", "0x20525001", "1", 6), out)
            equal(mechanisms_of(out, "rpcbind", "100000", "2,3,4", 13, r"/.*/foreign/rpcbind\.x"),
                  ["rpc/tcp", "rpc/udp", "rpc/local"], "rpcbind's own")
        plain = succeeds("rpcall", "list", "--no-reflection")
        mechanisms_of(plain, "ECHO", "0x20525001", "1", 6, r"/.*/idl/echo\.x")
        mechanisms_of(succeeds("rpcall", "list", "-i", "idl/kv.x"), "KV", "0x20525002", "1", 9,
                      r"idl/kv\.x")
        document = json.loads(succeeds("rpcall", "list", "--json"))
        expect(document["entries"] and document["procedures"], "both parts of JSON")
        program = [p for p in document["programs"] if p["program"] == 100000][0]
        equal((program["versions"], program["procedures"]), ([2, 3, 4], 13), "a program of JSON")


@test("a daemon that is registered but dead costs rpcall list a note, not the list")
def stale():
    require_rpcbind()
    daemon = Daemon(rpcbind=True)
    try:
        registered()
        daemon.kill()
        done = run("rpcall", "list")
        equal(done.status, 0, "status: " + done.err)
        mechanisms_of(done.out, "REFLECT", "0x205250ff", "1", 5, r"/.*/idl/reflect\.x")
        expect(done.err.startswith("rpcall: note: ") and done.err.count("\n") == 1, done.err)
        equal(run("rpcall", "list", "-q").err, "", "stderr with -q")
    finally:
        daemon.discard()
        with Daemon(rpcbind=True):  # takes over what is registered, and away
            registered()


@test("a foreign program is listed by the interface there is, or by its number alone")
def foreign():
    require_rpcbind()
    with registration(100003, 3), registration(0x20525098, 7):
        out = succeeds("rpcall", "list", "127.0.0.1")
        mechanisms_of(out, "-", "0x20525098", "7", "-", "-")
        mechanisms_of(out, "(?:nfs|NFS)", "100003", "3", 22, r"/.*/nfs3\.x")
        out = succeeds("rpcall", "list", "127.0.0.1", "nfs")
        expect(re.search(r"^NFS/3.LOOKUP +LOOKUP3res NFSPROC3_LOOKUP\(LOOKUP3args\) = 3;$", out,
                         re.M) and "NFS/2" not in out, out)
        err = fails(69, "rpcall", "list", "127.0.0.1", "nfs/2")
        expect("not registered" in err and "hint: see what is: rpcall list 127.0.0.1" in err, err)
        fails(69, "rpcall", "list", "127.0.0.1", "MOUNT")
        expect("no interface here describes this version" in
               succeeds("rpcall", "list", "127.0.0.1", "0x20525098/7"), "an unknown program")
        fails(64, "rpcall", "list", "127.0.0.1", "0x20525098")


@per_mechanism("rpcall list of a target and a program shows its procedures, no .x file needed")
def procedures_of(name):
    env = {**os.environ, "RPCALL_IDL_PATH": "/nonexistent"}
    uri = target(shared_daemon(), name)
    out = succeeds("rpcall", "list", uri, "echo", env=env)
    equal(out.splitlines()[2], "ECHO/1.ECHO    echo_payload ECHO_ECHO(echo_payload) = 1;", "a line")
    document = json.loads(succeeds("rpcall", "list", uri, "rstat/3", "--json", env=env))
    equal([(p["version"], p["number"], p["procedure"]) for p in document["procedures"]],
          [(3, 1, "STATS"), (3, 2, "HAVEDISK")], "RSTAT")
    fails(64, "rpcall", "list", uri, "echo/9")
    fails(81, "rpcall", "list", uri, "0x20525001/9")
    fails(64, "rpcall", "list", uri, "nosuch", env=env)
    fails(64, "rpcall", "list", uri, "echo", "kv")


@test("rpcall list of .x files shows what they hold")
def of_files():
    out = succeeds("rpcall", "list", "idl/echo.x", "idl/foreign/rpcbind.x")
    equal([line.split() for line in out.splitlines()[1:]],
          [["ECHO", "0x20525001", "1", "6", "-", "idl/echo.x"],
           ["rpcbind", "100000", "2,3,4", "13", "-", "idl/foreign/rpcbind.x"]], "lines")
    expect("MOUNT/1.MNT" in succeeds("rpcall", "list", "idl/foreign/mount.x", "MOUNT"), "a program")
    fails(66, "rpcall", "list", "nosuch.x")


@test("an endpoint without REFLECT is 81 with a hint")
def without():
    with Daemon(args=("--disable", "reflect")) as daemon:
        err = fails(81, "rpcall", "list", target(daemon, "unix"))
        expect("REFLECT" in err and "hint: " in err, err)
        out = succeeds("rpcall", "list", target(daemon, "unix"), "kv", "-i", "idl/kv.x")
        expect("KV/1.GET" in out, out)


@test("what a hostile server lists reaches no terminal raw, and is JSON all the same")
def hostile():
    procedures = [(f"s\x1b[{i}m", i, i % 3, 0, "\x07\n\xff\"\\") for i in range(40)]
    page = (uint(len(procedures)) +
            b"".join(string(s) + uint(p, v, n) + string(name) for s, p, v, n, name in procedures) +
            uint(1) + string("m\r") + string("n\x1b") + string("uri\x9b") + uint(0))
    with liar(list=page) as uri:
        out = succeeds("rpcall", "list", uri)
        expect(not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", out), repr(out))
    with liar(list=page) as uri:
        document = json.loads(succeeds("rpcall", "list", "--json", uri))
        equal(len(document["procedures"]), 40, "procedures")
    for bad in (b"", page[:-4], page + b"\0\0\0\0", uint(0xFFFFFFFF), uint(1025) + bytes(99999)):
        with liar(list=bad) as uri:
            fails(76, "rpcall", "list", uri)
