"""--pcap: the exchange as a pcapng file, block by block and packet by packet."""
import os
import pty
import signal
import socket
import struct
import subprocess
import tempfile

from tests.lib import echo
from tests.lib.answerer import Answerer
from tests.lib.command import fails, run
from tests.lib.daemon import Daemon
from tests.lib.envelope import Lean, Rpc
from tests.lib.harness import (PATIENCE, equal, expect, per_mechanism, program, test,
                               wait_until)
from tests.lib.mechanisms import shared_daemon
from tests.lib.pcapng import COMMENT, read, segment
from tests.lib.record import mark
from tests.lib.targets import target
from tests.lib.xdr import opaque

USAGE, CANT_CREATE = 64, 73
LOOPBACK = bytes((127, 0, 0, 1))
REAL = ("rpc/tcp", "rpc/udp", "tcp")


def captured(path):
    with open(path, "rb") as f:
        return read(f.read())


def messages(capture):
    """The bytes of each direction, client's first; sequence numbers are to fit."""
    client, sent = None, {}
    for _, _, packet, _ in capture.packets:
        s = segment(packet)
        client = client or (s.source, s.target)
        sent.setdefault(client, b"")
        sent.setdefault(client[::-1], b"")
        if s.protocol == 6:
            equal(s.sequence, 1 + len(sent[s.source, s.target]), "sequence number")
            equal(s.acknowledged, 1 + len(sent[s.target, s.source]), "acknowledgement")
        sent[s.source, s.target] += s.data
    equal(len(sent), 2, "directions")
    return client, sent[client], sent[client[::-1]]


@per_mechanism("--pcap holds a call and its reply as ONC RPC, addresses and checksums right")
def exchange(name):
    data, uri = echo.payload(50000), target(shared_daemon(), name)
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path, arg = os.path.join(place, "x.pcapng"), os.path.join(place, "arg")
        with open(arg, "wb") as f:
            f.write(echo.echo_args(data))
        done = run("rpcall", "call", uri, "0x20525001/1.1",
                   "--raw", f"@{arg}", "--pcap", path, "-o", os.path.join(place, "out"))
        equal(done.status, 0, done.err)
        capture = captured(path)
    expect({2, 3, 4} <= set(capture.section), "hardware, system and program")
    equal([i[2].decode() for i in capture.interfaces], [name], "interfaces")
    equal(capture.interfaces[0][9], b"\x09", "resolution")
    expect(all(name.encode() in o[COMMENT] for _, _, _, o in capture.packets), "comments")
    times = [ns for _, ns, _, _ in capture.packets]
    equal(times, sorted(times), "times")
    (source, goal), sent, taken = messages(capture)
    equal((source[0], goal[0]), (LOOPBACK, LOOPBACK), "addresses")
    port = int(uri.rpartition(":")[2]) if name in REAL else 111
    equal(goal[1], port, "the server's port")
    call = Rpc.call(struct.unpack_from(">I", sent, 0 if name == "rpc/udp" else 4)[0], echo.PROG,
                    echo.VERS, echo.ECHO, echo.echo_args(data))
    reply = Rpc.reply(int.from_bytes(call[:4], "big"), 0, opaque(data))
    if name != "rpc/udp":
        call, reply = mark(len(call)) + call, mark(len(reply)) + reply
    equal(sent, call, "the call")
    equal(taken, reply, "the reply")


@test("a reader of --pcap - that has enough is no error to tell of")
def reader_left():
    with Daemon() as daemon:
        end, write = os.pipe()
        os.close(end)
        done = subprocess.run([program("rpcall"), "call", daemon.uri("unix:"), "ECHO.NULL",
                               "--pcap", "-"], stdin=subprocess.DEVNULL, stdout=write,
                              stderr=subprocess.PIPE, text=True, timeout=PATIENCE, check=False)
        os.close(write)
        equal((done.returncode, done.stderr), (128 + signal.SIGPIPE, "null\n"), "status, stderr")


@test("--pcap over IPv6 has right checksums, too")
def six():
    with socket.socket(socket.AF_INET6) as listener, \
            tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        listener.bind(("::1", 0))
        listener.listen()
        path = os.path.join(place, "x.pcapng")
        with subprocess.Popen([program("rpcall"), "ping", "-c1", "--pcap", path,
                               f"rpc+tcp6://[::1]:{listener.getsockname()[1]}"],
                              stdout=subprocess.DEVNULL) as child:
            peer, _ = listener.accept()
            with peer:
                call = peer.recv(4096)
                reply = Rpc.reply(int.from_bytes(call[4:8], "big"), 0)
                peer.sendall(mark(len(reply)) + reply)
                equal(child.wait(), 0, "status")
        _, sent, taken = messages(captured(path))
    equal((sent, taken), (call, mark(len(reply)) + reply), "messages")


@test("--pcap of a broken answer holds what there was of it, and says so")
def broken():
    reply = Lean.reply(1, 0, b"12345678")
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place, \
            Answerer(lambda c: mark(len(reply)) + c[:4] + reply[4:14]) as server:
        path = os.path.join(place, "x.pcapng")
        done = run("rpcall", "call", "unix:" + server.path, "5/1.0", "--no-reflection",
                   "--pcap", path)
        equal(done.status, 69, done.err)
        capture = captured(path)
    comment = capture.packets[-1][3][COMMENT].decode()
    expect("14 of 16 bytes: the server has closed the connection" in comment, comment)
    _, _, taken = messages(capture)
    whole = Rpc.reply(int.from_bytes(taken[4:8], "big"), 0, b"12345678")
    equal(taken, mark(len(whole)) + whole[:-2], "what came")


@test("--pcap is a whole file while ping still runs, and after Ctrl-C")
def interrupted():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path = os.path.join(place, "x.pcapng")

        def packets():
            if not os.path.exists(path):
                return False
            with open(path, "rb") as f:
                return len(read(f.read()).packets) >= 4
        with subprocess.Popen([program("rpcall"), "ping", "-c100000", "-i1ms", "--pcap", path,
                               target(shared_daemon(), "unix")], stdout=subprocess.DEVNULL) as child:
            try:
                wait_until(packets, "two calls are in the file")
            finally:
                child.send_signal(signal.SIGINT)
            equal(child.wait(), 128 + signal.SIGINT, "status")
        messages(captured(path))


@test("--pcap - writes to a pipe what is printed elsewhere, and refuses a terminal")
def standard_output():
    uri = target(shared_daemon(), "unix")
    done = subprocess.run([program("rpcall"), "ping", "-c1", "--pcap", "-", uri],
                          capture_output=True, check=False)
    equal(done.returncode, 0, done.stderr)
    equal(len(read(done.stdout).packets), 2, "packets")
    expect(b"1 answered" in done.stderr, done.stderr)
    ours, theirs = pty.openpty()
    done = subprocess.run([program("rpcall"), "ping", "-c1", "--pcap", "-", uri], stdout=theirs,
                          stderr=subprocess.PIPE, check=False)
    os.close(ours)
    os.close(theirs)
    equal(done.returncode, USAGE, done.stderr)
    expect(b"stdout is a terminal" in done.stderr, done.stderr)
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        err = fails(CANT_CREATE, "rpcall", "ping", "-c1", "--pcap", place, uri)
        expect(f"cannot create {place}" in err, err)
    err = fails(CANT_CREATE, "rpcall", "ping", "-c1", "--pcap", "/dev/full", uri)
    expect("cannot write /dev/full" in err, err)
