"""rpcall call against rpcbind, which nobody here wrote: JSON out of its .x."""
import json
import os

from tests.lib.command import fails, succeeds
from tests.lib.completion import offered, offers, private
from tests.lib.harness import equal, expect, skip, test

LOCAL = "rpc+local:/run/rpcbind.sock"


def need_rpcbind():
    if "RPCALL_RPCBIND_PID" not in os.environ:
        skip(os.environ.get("RPCALL_NO_RPCBIND", "no private rpcbind"))


def call(target, *args):
    need_rpcbind()
    return json.loads(succeeds("rpcall", "call", target, *args))


@test("rpcbind's DUMP is an array of entries, over its socket, TCP and UDP")
def dump():
    for target in (LOCAL, "rpc+tcp://127.0.0.1:111", "rpc+udp://127.0.0.1:111", "rpc://127.0.0.1"):
        entries = [e["rpcb_map"] for e in call(target, "rpcbind/4.DUMP")]
        expect({"r_prog": 100000, "r_vers": 4, "r_netid": "local",
                "r_addr": "/run/rpcbind.sock", "r_owner": "superuser"} in entries, entries)


@test("rpcbind answers GETADDR, GETSTAT, GETTIME and the port mapper's GETPORT")
def others():
    equal(call(LOCAL, "rpcbind/4.GETADDR", "--zero-fill", "-f", "r_prog=100000", "-f", "r_vers=4",
               "-f", "r_netid=local"), "/run/rpcbind.sock", "GETADDR")
    stat = call(LOCAL, "rpcbind/4.GETSTAT")
    equal([len(s["info"]) for s in stat], [13, 13, 13], "GETSTAT")
    expect(call(LOCAL, "rpcbind/4.GETTIME") > 1_600_000_000, "GETTIME")
    equal(call("rpc+tcp://127.0.0.1:111", "rpcbind/2.GETPORT",
               '{"prog": 100000, "vers": 2, "prot": 6, "port": 0}'), 111, "GETPORT")


@test("what is set in rpcbind through JSON is there, and can be unset")
def set_unset():
    entry = json.dumps({"r_prog": 0x20525077, "r_vers": 1, "r_netid": "tcp",
                        "r_addr": "127.0.0.1.200.1", "r_owner": ""})
    equal(call(LOCAL, "rpcbind/4.SET", entry), True, "SET")
    set_here = [e["rpcb_map"]["r_addr"] for e in call(LOCAL, "rpcbind/4.DUMP")
                if e["rpcb_map"]["r_prog"] == 0x20525077]
    equal(set_here, ["127.0.0.1.200.1"], "DUMP")
    equal(call(LOCAL, "rpcbind/4.UNSET", entry), True, "UNSET")
    equal(call(LOCAL, "rpcbind/4.GETADDR", entry), "", "GETADDR")


@test("the system's rpcb_prot.x gives the same as ours")
def system_file():
    path = "/usr/include/tirpc/rpc/rpcb_prot.x"
    if not os.path.exists(path):
        skip("no rpcb_prot.x here")
    equal(call(LOCAL, "100000/4.4", "-i", path), call(LOCAL, "100000/4.4"), "DUMP")


@test("completion offers what rpcbind has registered and an interface describes")
def completion():
    call(LOCAL, "rpcbind/4.NULL")
    with private() as env:
        for target in ("rpc://127.0.0.1", "rpc+local:"):
            equal(offered(env, f"call {target} "), ["RPCB/2.", "RPCB/3.", "RPCB/4."], target)
            equal(offered(env, f"call {target} rpcbind/4.GETST"), ["rpcbind/4.GETSTAT "], target)
        offers(env, f"call {LOCAL} rpcbi", "rpcbind/4.")
        offers(env, f"call {LOCAL} NFS", "NFS/3.")


@test("a program that is not registered is told by its name")
def not_registered():
    need_rpcbind()
    err = fails(69, "rpcall", "call", "rpc+udp://127.0.0.1", "NFS/3.NULL", "--no-reflection")
    expect("NFS/3 is not registered for udp with rpcbind of 127.0.0.1 (program 100003)" in err, err)
    err = fails(69, "rpcall", "ping", "rpc://127.0.0.1", "NFS/3", "-v")
    expect("* rpcbind: program 100003 version 3 over tcp is not registered, after " in err, err)


@test("rpcbind's procedures are measured like any of ours, over its socket, TCP and UDP")
def measured():
    for target in (LOCAL, "rpc+tcp://127.0.0.1:111", "rpc+udp://127.0.0.1:111"):
        call(target, "rpcbind/4.GETTIME")
        out = succeeds("rpcall", "bench", target, "rpcbind/4.GETTIME", "--json", "--rounds", "2",
                       "--warmup", "1ms", "--duration", "4ms")
        (table,) = json.loads(out)["tables"]
        (row,) = table["rows"]
        equal((row["measured"], row["void"], row["errors"], row["server_counts_calls"]),
              (True, False, 0, False), target)
        expect("unsigned" in table["verified"], table["verified"])
