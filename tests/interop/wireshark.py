"""tshark, which knows nothing of us, decodes our RPC without a complaint."""
import contextlib
import os
import re
import shutil
import socket
import subprocess
import tempfile

from tests.lib import echo
from tests.lib.daemon import Daemon
from tests.lib.envelope import auth_sys
from tests.lib.harness import PATIENCE, equal, expect, skip, test, wait_until
from tests.lib.mechanisms import connect
from tests.lib.record import fragments
from tests.lib.xdr import uint

MARKER = b"rpcall capture marker: all before this has been captured"
FIELDS = ("rpc.xid", "rpc.msgtyp", "rpc.program", "rpc.procedure", "rpc.state_accept",
          "rpc.state_reject", "rpc.state_auth", "_ws.malformed", "_ws.expert.message")


def tool(name):
    path = shutil.which(name)
    return path or skip(f"{name} is not installed")


def started(process, log):
    """Has dumpcap begun to capture? Ends the test if it cannot."""
    with open(log, encoding="utf-8", errors="replace") as f:
        text = f.read()
    if process.poll() is not None:
        skip("dumpcap cannot capture here: " + " ".join(text.split()))
    return "File:" in text


def captured(path):
    """Sends a marker and looks whether it has arrived in the file."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.sendto(MARKER, ("127.0.0.1", 9))
    with open(path, "rb") as f:
        return MARKER in f.read()


@contextlib.contextmanager
def capture():
    """Captures the loopback; yields the path of the file, and what ends the
    capture when the file has all packets so far."""
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        os.chmod(place, 0o755)
        path, log = os.path.join(place, "calls.pcapng"), os.path.join(place, "log")
        with open(log, "wb") as f:
            process = subprocess.Popen([tool("dumpcap"), "-i", "lo", "-w", path, "-B", "16"],
                                       stdin=subprocess.DEVNULL, stdout=f, stderr=f)
        try:
            wait_until(lambda: started(process, log), "dumpcap captures")
            yield path, lambda: finish(process, path)
        finally:
            process.kill()
            process.wait()


def finish(process, path):
    """Asks dumpcap to end, so that the last packet in the file is a whole one."""
    wait_until(lambda: captured(path), "the capture has all packets")
    process.terminate()
    process.wait(PATIENCE)


def decode(path, port, protocol):
    """Returns a list of {field: text}, one for each packet with an RPC message."""
    command = [tool("tshark"), "-r", path, "-n", "-o", "rpc.dissect_unknown_programs:TRUE",
               "-d", f"{protocol}.port=={port},rpc",
               "-Y", f"rpc && {protocol}.port=={port}", "-T", "fields", "-E", "separator=|",
               "-E", "occurrence=a", "-E", "aggregator=;"]
    for field in FIELDS:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE * 2,
                          check=False, stdin=subprocess.DEVNULL)
    equal(done.returncode, 0, "status of tshark: " + done.stderr)
    return [dict(zip(FIELDS, line.split("|"))) for line in done.stdout.splitlines()]


def values(packets, field):
    return [text for packet in packets for text in packet[field].split(";") if text]


def no_complaint(packets):
    expect(packets, "tshark saw no RPC")
    for packet in packets:
        equal(packet["_ws.malformed"], "", f"malformed: {packet}")
        expect(not re.search("malformed|invalid|fragment.*error|bad|mismatch",
                             packet["_ws.expert.message"], re.I), f"complaint: {packet}")


def all_kinds(peer):
    """One call of each procedure and one of each refusal but RPC_MISMATCH (to
    tshark a call of another RPC version is not RPC); returns the xids."""
    call = peer.envelope.call
    big = echo.echo_args(echo.payload(30000))
    calls = [(echo.NULL, b"", {}), (echo.ECHO, echo.echo_args(b"abc"), {}),
             (echo.ECHO, big, {}), (echo.SINK, big, {}),
             (echo.SOURCE, echo.source_args(20000, 1), {}), (echo.DELAY, uint(1000), {}),
             (echo.WHOAMI, b"", {"cred": auth_sys(gids=[1, 2])}),
             (echo.ECHO, b"", {}), (99, b"", {}), (echo.WHOAMI, b"", {"cred": uint(77, 0)})]
    for xid, (proc, args, fields) in enumerate(calls, 0x1001):
        peer.send_record(call(xid, echo.PROG, echo.VERS, proc, args, **fields))
        peer.recv_record()
    peer.send_record(call(0x1100, echo.PROG, 9, 0))
    peer.recv_record()
    peer.send_record(call(0x1101, echo.PROG + 5, 1, 0))
    peer.recv_record()
    return list(range(0x1001, 0x1001 + len(calls))) + [0x1100, 0x1101]


def decoded(name, protocol, extra=None):
    with Daemon() as daemon:
        with capture() as (path, finished):
            with connect(daemon, name) as peer:
                xids = all_kinds(peer) + (extra(peer) if extra else [])
            finished()
            port = daemon.uri(f"rpc+{protocol}://").rpartition(":")[2]
            packets = decode(path, port, protocol)
    no_complaint(packets)
    for kind in ("0", "1"):
        seen = sorted(int(xid, 16) for packet in packets
                      for xid, t in zip(packet["rpc.xid"].split(";"),
                                        packet["rpc.msgtyp"].split(";")) if t == kind)
        equal(seen, sorted(xids), "xids of the calls" if kind == "0" else "xids of the replies")
    equal(set(values(packets, "rpc.state_accept")), {"0", "1", "2", "3", "4"}, "accept states")
    equal(values(packets, "rpc.state_reject"), ["1"], "reject states")
    equal(values(packets, "rpc.state_auth"), ["2"], "auth states")


def fragmented_and_pipelined(peer):
    """A call in many fragments, and 50 calls in one write."""
    call = peer.envelope.call(0x2000, echo.PROG, echo.VERS, echo.ECHO, echo.echo_args(bytes(4000)))
    peer.send(fragments(call, [100] * (len(call) // 100) + [len(call) % 100]))
    peer.recv_record()
    xids = list(range(0x3000, 0x3032))
    for xid in xids:
        peer.send_record(peer.envelope.call(xid, echo.PROG, echo.VERS, echo.NULL))
    for _ in xids:
        peer.recv_record()
    return [0x2000] + xids


@test("tshark decodes every kind of call and reply over tcp without a complaint")
def over_tcp():
    decoded("rpc/tcp", "tcp", fragmented_and_pipelined)


@test("tshark decodes every kind of call and reply over udp without a complaint")
def over_udp():
    decoded("rpc/udp", "udp")
