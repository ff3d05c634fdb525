"""Reaching a server, and saying so well when there is none."""
import json
import os
import signal
import socket
import subprocess
import tempfile

from tests.lib import echo
from tests.lib.command import NO_HOST, UNREACHABLE, USAGE, fails, run, succeeds
from tests.lib.daemon import Daemon
from tests.lib.harness import (PATIENCE, equal, expect, mechanism_names, per_mechanism,
                               program, test, wait_until)
from tests.lib.mechanisms import connect, shared_daemon
from tests.lib.rpcinfo import entries, require_rpcbind
from tests.lib.targets import silent, target

COMMAND_NOT_FOUND = (66, 69, 71)


@per_mechanism("rpcall ping reaches the daemon")
def ping(name):
    out = succeeds("rpcall", "ping", "-c", "3", target(shared_daemon(), name))
    expect(len(out.splitlines()) >= 3, f"ping -c 3 printed {out!r}")


@per_mechanism("rpcall ping without a server is 69, with a hint")
def no_server(name):
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        if name == "pipe":
            done = run("rpcall", "ping", "-c", "1", silent(name, place))
            expect(done.status in COMMAND_NOT_FOUND, f"status {done.status}: {done.err}")
            expect("error:" in done.err and done.out == "", f"{done.err!r} {done.out!r}")
        else:
            err = fails(UNREACHABLE, "rpcall", "ping", "-c", "1", silent(name, place))
            expect("hint: " in err, f"no hint in {err!r}")


@test("a host that does not exist is 68")
def unknown_host():
    for scheme in ("tcp", "rpc+tcp", "rpc+udp"):
        fails(NO_HOST, "rpcall", "ping", "-c", "1", f"{scheme}://no-such-host.invalid:7411")


@test("no rpcbind is 69, with a hint")
def no_rpcbind():
    # 127.0.0.2 reaches no rpcbind that listens on 127.0.0.1 only; one on all
    # addresses answers that the program is not registered: 69 as well.
    err = fails(UNREACHABLE, "rpcall", "ping", "-c", "1", "rpc+tcp://127.0.0.2", "ECHO")
    expect("hint: " in err, f"no hint in {err!r}")


@test("rpcall list asks rpcbind, and shows ECHO with its number, version and mechanisms")
def list_rpcbind():
    require_rpcbind()
    with Daemon(rpcbind=True) as daemon:
        wait_until(lambda: len({e.netid for e in entries()}) >= 6, "registration")
        for args in ([], ["rpc://127.0.0.1"]):
            out = succeeds("rpcall", "list", *args)
            line = [text for text in out.splitlines() if text.startswith("ECHO ")]
            expect(len(line) == 1, f"no line of ECHO in {out!r}")
            words = line[0].split()
            equal(words[1:3], ["0x20525001", "1"], "number and versions")
            for name in mechanism_names():
                expect(name == "pipe" or name in words, f"{name} is not in {line[0]!r}")
        expect(daemon.alive(), "the daemon ended")


@per_mechanism("rpcall list of one endpoint shows that one, or is wrong usage; never another's")
def list_endpoint(name):
    done = run("rpcall", "list", target(shared_daemon(), name))
    if done.status != USAGE:
        equal(done.status, 0, "status: " + done.err)
        expect("0x20525001" in done.out, f"ECHO is not in {done.out!r}")
        expect("portmapper" not in done.out, f"the list is rpcbind's: {done.out!r}")


@per_mechanism("rpcall bench --json writes one JSON document with its schema and calls")
def bench(name):
    out = succeeds("rpcall", "bench", target(shared_daemon(), name), "ECHO.ECHO", "--size", "64",
                   "--duration", "200ms", "--json")
    document = json.loads(out)
    equal(document["schema"], "rpcall/bench/1", "schema")
    expect(find_number(document, "calls") > 0, f"no calls in {out[:500]!r}")


def find_number(value, key):
    """The first number that stands under key, anywhere below value."""
    if isinstance(value, dict):
        if isinstance(value.get(key), (int, float)):
            return value[key]
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            found = find_number(item, key)
            if found:
                return found
    return 0


@per_mechanism("rpcall bench prints data only on stdout, and nothing but data")
def bench_text(name):
    done = run("rpcall", "bench", target(shared_daemon(), name), "ECHO.NULL",
               "--duration", "100ms")
    equal(done.status, 0, "status: " + done.err)
    expect(done.out.strip(), "nothing on stdout")
    expect("\x1b" not in done.out + done.err and "\r" not in done.out + done.err,
           "escapes or progress, though there is no terminal")


@per_mechanism("rpcall counts a server that dies in a call as lost within its timeout",
               unless={"rpc/udp": "a datagram's server dies unseen",
                       "pipe": "its server is the client's own child"})
def server_dies(name):
    daemon = Daemon()
    try:
        client = subprocess.Popen(
            [program("rpcall"), "bench", target(daemon, name), "ECHO.ECHO", "--size", "64",
             "--duration", "30s"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        wait_until(lambda: calls_served(daemon) > 100, "the bench is running")
        daemon.kill()
        _, err = client.communicate(timeout=PATIENCE)
        expect(client.returncode in (69, 76), f"status {client.returncode}: {err!r}")
        expect(b"error:" in err, f"stderr {err!r}")
    finally:
        client.kill()
        client.wait()
        daemon.discard()


def calls_served(daemon):
    with connect(daemon, "tcp") as peer:
        return echo.decode_whoami(peer.call(echo.WHOAMI)).usage.calls


def deaf_server():
    """A listening socket that never answers."""
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    s.listen(8)
    return s


@test("rpcall ping against a server that never answers times out with 1 or 75")
def never_answers():
    with deaf_server() as s:
        uri = f"tcp://127.0.0.1:{s.getsockname()[1]}"
        done = run("rpcall", "ping", "-c", "1", "-t", "300ms", uri)
        expect(done.status in (1, 75), f"status {done.status}: {done.err}")


@test("Ctrl-C ends a call that waits, at once, with status 130 or by SIGINT")
def interrupt():
    with deaf_server() as s:
        client = subprocess.Popen(
            [program("rpcall"), "ping", "-c", "1", "-t", "60s",
             f"rpc+tcp://127.0.0.1:{s.getsockname()[1]}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            peer, _ = s.accept()
            peer.recv(1)  # the call is under way
            client.send_signal(signal.SIGINT)
            client.communicate(timeout=PATIENCE)
            expect(client.returncode in (130, -signal.SIGINT), f"status {client.returncode}")
            peer.close()
        finally:
            client.kill()
            client.wait()


@test("a server that answers nonsense is 76, and does not bring the client down")
def nonsense():
    for reply in (b"\x80\0\0\4junk", b"\xff" * 64, b"\x80\0\0\0" * 50, b"HTTP/1.1 400\r\n\r\n",
                  b"\x7f\xff\xff\xff", b"\0\0\0\0" * 100):
        with deaf_server() as s:
            client = subprocess.Popen(
                [program("rpcall"), "ping", "-c", "1", "-t", "2s",
                 f"tcp://127.0.0.1:{s.getsockname()[1]}"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            try:
                peer, _ = s.accept()
                peer.recv(1)
                peer.sendall(reply)
                peer.close()
                _, err = client.communicate(timeout=PATIENCE)
                expect(client.returncode in (1, 69, 75, 76),
                       f"status {client.returncode} on {reply[:8]!r}: {err!r}")
                expect(b"Sanitizer" not in err, err.decode(errors="replace"))
            finally:
                client.kill()
                client.wait()


@test("a port that is taken keeps rpcalld from starting, and it says which")
def port_taken():
    with deaf_server() as s, tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        uri = f"tcp://127.0.0.1:{s.getsockname()[1]}"
        done = run("rpcalld", "--run", os.path.join(place, "run"), "--state",
                   os.path.join(place, "state"), "--no-rpcbind", "--listen", uri)
        expect(done.status in (69, 71, 73), f"status {done.status}: {done.err}")
        equal(done.out, "", "stdout")
        expect(str(s.getsockname()[1]) in done.err, f"the port is not named in {done.err!r}")
