"""tshark, which knows nothing of us, reads what --pcap wrote."""
import os
import shutil
import subprocess
import tempfile

from tests.lib import echo
from tests.lib.command import succeeds
from tests.lib.daemon import Daemon
from tests.lib.harness import PATIENCE, equal, expect, per_mechanism, skip, test
from tests.lib.targets import target

CHECKED = ("-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE",
           "-o", "udp.check_checksum:TRUE", "-o", "rpc.dissect_unknown_programs:TRUE")
FIELDS = ("rpc.xid", "rpc.msgtyp", "rpc.program", "rpc.procedure", "rpc.repframe", "rpc.state_accept",
          "_ws.malformed", "_ws.expert.message", "_ws.col.Protocol", "_ws.col.Info", "frame.comment")


def tshark(path, *more):
    program = shutil.which("tshark") or skip("tshark is not installed")
    done = subprocess.run([program, "-r", path, "-n", *CHECKED, *more], capture_output=True,
                          text=True, timeout=PATIENCE * 2, check=False, stdin=subprocess.DEVNULL)
    equal(done.returncode, 0, done.stderr)
    return done.stdout


def decoded(path, name, uri):
    port = uri.rpartition(":")[2]
    real = {"rpc/tcp": "tcp", "tcp": "tcp", "rpc/udp": "udp"}.get(name)
    dissect = ("-d", f"{real}.port=={port},rpc") if real else ()
    command = [field for f in FIELDS for field in ("-e", f)]
    lines = tshark(path, *dissect, "-T", "fields", "-E", "separator=|", *command).splitlines()
    return [dict(zip(FIELDS, line.split("|"))) for line in lines]


@per_mechanism("tshark matches calls and replies in what --pcap wrote, and names them")
def every_mechanism(name):
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place, \
            Daemon(args=["--enable", "spray"]) as daemon:
        path, uri = os.path.join(place, "x.pcapng"), target(daemon, name)
        succeeds("rpcall", "call", uri, "spray/1.get", "--no-reflection", "--pcap", path)
        call, reply = decoded(path, name, uri)
    equal((call["rpc.msgtyp"], reply["rpc.msgtyp"]), ("0", "1"), "types")
    equal(call["rpc.xid"], reply["rpc.xid"], "xid")
    equal((call["rpc.program"], reply["rpc.state_accept"]), ("100012", "0"), "program and status")
    for packet in (call, reply):
        equal(packet["rpc.procedure"], "2", "procedure")
        equal(packet["_ws.col.Protocol"], "SPRAY", "program")
        expect(packet["_ws.col.Info"].startswith("V1 GET "), packet)
        equal(packet["_ws.malformed"], "", packet)
        # A comment is what tshark has to say of it; a wrong checksum would be more.
        equal(packet["_ws.expert.message"], packet["frame.comment"], "remarks")
        expect(packet["frame.comment"].startswith(name + ","), packet)


@test("tshark puts a result of many segments together again")
def segments():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place, Daemon() as daemon:
        path, uri = os.path.join(place, "x.pcapng"), target(daemon, "rpc/local")
        succeeds("rpcall", "call", uri, "ECHO.SOURCE", "-f", "length=200000", "-f", "seed=1",
                 "--pcap", path, "-o", "/dev/null")
        packets = decoded(path, "rpc/local", uri)
    ends = [p["rpc.msgtyp"] for p in packets if p["rpc.program"] == str(echo.PROG)]
    equal(ends, ["0", "1"], "call and reply")
    expect(all(p["_ws.malformed"] == "" for p in packets), packets)
