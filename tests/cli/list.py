"""rpcall list: rpcbind's word and the daemon's own, together or apart."""
import json
import re

from tests.lib import echo, reflect
from tests.lib.command import fails, run, succeeds
from tests.lib.daemon import Daemon
from tests.lib.harness import equal, expect, mechanism_names, per_mechanism, test, wait_until
from tests.lib.liar import liar
from tests.lib.mechanisms import peer_of, shared_daemon
from tests.lib.rpcinfo import entries, require_rpcbind
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
            mechanisms_of(out, "portmapper", "100000", r"[\d,]+", "-", "-")
        plain = succeeds("rpcall", "list", "--no-reflection")
        mechanisms_of(plain, "ECHO", "0x20525001", "1", "-", "-")
        document = json.loads(succeeds("rpcall", "list", "--json"))
        expect(document["entries"] and document["procedures"], "both parts of JSON")


@test("a daemon that is registered but dead costs rpcall list a note, not the list")
def stale():
    require_rpcbind()
    daemon = Daemon(rpcbind=True)
    try:
        registered()
        daemon.kill()
        done = run("rpcall", "list")
        equal(done.status, 0, "status: " + done.err)
        mechanisms_of(done.out, "REFLECT", "0x205250ff", "1", "-", "-")
        expect(done.err.startswith("rpcall: note: ") and done.err.count("\n") == 1, done.err)
        equal(run("rpcall", "list", "-q").err, "", "stderr with -q")
    finally:
        daemon.discard()
        with Daemon(rpcbind=True):  # takes over what is registered, and away
            registered()


@test("an endpoint without REFLECT is 81 with a hint")
def without():
    with Daemon(args=("--disable", "reflect")) as daemon:
        err = fails(81, "rpcall", "list", target(daemon, "unix"))
        expect("REFLECT" in err and "hint: " in err, err)


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
