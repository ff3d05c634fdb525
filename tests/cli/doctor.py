"""rpcall doctor: each finding, and that what it hints at can be pasted."""
import contextlib
import json
import os
import re
import socket
import subprocess
import tempfile
import threading
import time

from tests.lib import echo, kv, reflect
from tests.lib.binder import Binder, entry
from tests.lib.command import fails, run, succeeds
from tests.lib.daemon import Daemon
from tests.lib.harness import (BUILD, PATIENCE, ROOT, equal, expect, per_mechanism, test,
                               wait_until)
from tests.lib.mechanisms import shared_daemon
from tests.lib.rpcinfo import PATH, control, entries, registration, require_rpcbind, universal
from tests.lib.targets import silent, target

SUM = re.compile(r"^(\d+) looked at: (\d+) ok, (\d+) warnings?, (\d+) failed$")


def doctor(status, *args):
    """Its findings, (level, text, hint or None), of an exit status."""
    done = run("rpcall", "doctor", "--connect-timeout", "20s", *args, patience=2 * PATIENCE)
    equal(done.status, status, f"{args}:\n{done.out}{done.err}")
    *lines, last = done.out.splitlines()
    findings = []
    for line in lines:
        hint = re.fullmatch(r"      hint: (.+)", line)
        if hint:
            equal(findings[-1][2], None, "a second hint")
            findings[-1] = (*findings[-1][:2], hint[1])
        else:
            level, text = re.fullmatch(r"(ok  |warn|FAIL)  (.+)", line).groups()
            findings.append((level.strip(), text, None))
    levels = [level for level, _, _ in findings]
    equal(SUM.fullmatch(last).groups(), tuple(str(n) for n in (
        len(levels), levels.count("ok"), levels.count("warn"), levels.count("FAIL"))), "the sum")
    return findings


def found(findings, pattern, level=None):
    """The one finding with this text."""
    match = [f for f in findings if re.search(pattern, f[1])]
    expect(len(match) == 1, f"{pattern!r}: {len(match)} of {findings}")
    if level:
        equal(match[0][0], level, match[0])
    return match[0]


def paste(hint):
    """Runs the command at a hint's end, as a user would."""
    command = re.search(r"(?:^|: )((?:sudo )?(?:rpcinfo|rpcall|chmod) .*)$", hint)
    expect(command, f"no command in {hint!r}")
    env = {**os.environ, "PATH": os.path.abspath(BUILD) + ":" + PATH}
    return subprocess.run(["sh", "-c", command[1].replace("sudo ", "")], cwd=ROOT, env=env,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=PATIENCE, check=False)


@per_mechanism("an endpoint that is well: answers, tells of itself, each program answers")
def well(name):
    uri = target(shared_daemon(), name)
    findings = doctor(0, uri)
    found(findings, f"^answers over {name}, after")
    served = [text for _, text, _ in findings if text.startswith("served by ")]
    equal(served, [] if name == "pipe" else [f"served by rpcalld, pid {shared_daemon().process.pid}"],
          "the process")
    found(findings, r"^REFLECT tells of its interfaces \(\d+ files\)$", "ok")
    expect("echo/1 kv/1" in found(findings, "^8 programs answer NULL: ", "ok")[1], findings)
    found(doctor(0, uri, "kv"), "^kv/1 answers NULL$", "ok")
    found(doctor(1, uri, "KV/7"), r"^KV/7.NULL: the server has versions 1 to 1$", "FAIL")
    gone = found(doctor(1, uri, "nfs/3"), "does not have that program", "FAIL")
    expect(paste(gone[2]).returncode == 0, gone)
    document = json.loads(succeeds("rpcall", "doctor", "--json", uri))
    equal((document["schema"], document["target"], document["failed"]),
          ("rpcall/doctor/1", uri, 0), "JSON")
    equal(len(document["findings"]), document["ok"] + document["warnings"], "findings of JSON")


@test("the process behind a port is the one at that address, not at others")
def same_port():
    uri = shared_daemon().uri("rpc+udp://127.0.0.1")
    port = int(uri.rpartition(":")[2])
    with contextlib.ExitStack() as others:
        for i in range(2, 10):
            other = others.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            other.bind((f"127.0.0.{i}", port))
        found(doctor(0, uri), f"^served by rpcalld, pid {shared_daemon().process.pid}$", "ok")


@per_mechanism("where nobody is, that is the one failure")
def nobody(name):
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        findings = doctor(1, silent(name, place))
        equal([level for level, _, _ in findings], ["FAIL"], findings)


@test("what cannot be looked at is an error: an unknown host, program, and wrong usage")
def errors():
    fails(68, "rpcall", "doctor", "tcp://no-such-host.invalid:7411")
    for args in (("unix:/x", "nosuch"), ("nosuch://x",), ("a", "nfs", "b")):
        fails(64, "rpcall", "doctor", *args)


@contextlib.contextmanager
def registered(**options):
    require_rpcbind()
    daemon = Daemon(rpcbind=True, **options)
    try:
        wait_until(lambda: all({"tcp", "udp", "local", "x-tcp", "x-unix", "x-fifo"} <=
                               {e.netid for e in entries(prog)}
                               for prog in (echo.PROG, kv.PROG, reflect.PROG, 100001, 100012)),
                   "registration")
        yield daemon
    finally:
        daemon.discard() if not daemon.alive() else daemon.stop()


@test("a host that is well: rpcbind by every door, each program at every address")
def host():
    require_rpcbind()
    control("kill")  # whatever was registered before is none of this test's
    control("start")
    with registered():
        for args, doors in (((), ("/run/rpcbind.sock", "tcp port 111", "udp port 111")),
                            (("127.0.0.1",), ("tcp port 111", "udp port 111")),
                            (("rpc://127.0.0.1",), ("tcp port 111", "udp port 111"))):
            findings = doctor(0, *args)
            for door in doors:
                found(findings, f"^rpcbind answers at {door}", "ok")
            found(findings, "^ECHO/1 answers: rpc/tcp rpc/udp rpc/local tcp unix fifo [(]")
            found(findings, "^REFLECT tells of its interfaces", "ok")
            if args:
                found(findings, "^its clock agrees", "ok")
        found(doctor(0, "127.0.0.1", "rstatd/3"), "^rstatd/3 answers: ")
        found(doctor(1, "127.0.0.1", "KV/9"), r"^KV/9 \(program \d+\) is not registered$", "FAIL")


@test("what a dead server left with rpcbind is told, and removed by what the hint says")
def stale():
    with registered() as daemon:
        daemon.kill()
        findings = doctor(1)
        left = found(findings, r"^ECHO/1 is registered at \d+ addresses, but nobody listens there "
                     r"\(owner \S+\)$", "FAIL")
        expect(not any("REFLECT tells" in text for _, text, _ in findings), findings)
        found(findings, "^rpcbind/4 answers", None)
        done = paste(left[2])
        equal(done.returncode, 0, done.stderr)
        found(doctor(1, "127.0.0.1", "echo"), "is not registered", "FAIL")
    with registered():  # takes over the rest, and away
        pass


@test("one dead address of several; a port that is another server's; other versions")
def mixed():
    with registered() as daemon:
        uaddr = universal(daemon.uri("rpc+tcp://127"))
        with registration(0x20525098, 1, uaddr), registration(echo.PROG, 9, uaddr), \
                registration(0x20525097, 1, "/nonexistent", "local"), \
                registration(0x20525097, 1, uaddr, "x-new"):
            findings = doctor(1)
            other = found(findings, "0x20525098/1 is registered .* another server", "FAIL")
            found(findings, "ECHO/9 is registered at tcp .* other versions", "FAIL")
            found(findings, "0x20525097/1 is registered at local /nonexistent, but nobody", "FAIL")
            expect(other[2].endswith(f"rpcinfo -d {0x20525098} 1"), other)
        # Left by two servers, and on one port there is another one by now.
        with registration(0x20525096, 1, uaddr), \
                registration(0x20525096, 1, "/nonexistent", "local"), \
                registration(0x20525096, 1, "/nonexistent", "x-unix"):
            several = found(doctor(1), "0x20525096/1 is registered at 3 addresses, but no server "
                            "there has it", "FAIL")
            expect(several[2].endswith(f"rpcinfo -d {0x20525096} 1"), several)
        with registration(100012, 1, "/nonexistent", "x-unix6"):
            found(doctor(0, "127.0.0.1", "100012"), "^sprayd/1 answers: ")


@test("what is dead beside what answers is one line, and not to be removed")
def partly():
    require_rpcbind()
    uaddr = universal(shared_daemon().uri("rpc+tcp://127"))
    with registration(echo.PROG, 1, uaddr), \
            registration(echo.PROG, 1, "/nonexistent", "local"), \
            registration(echo.PROG, 1, "/nonexistent", "x-unix"):
        findings = doctor(1, "127.0.0.1", "echo/1")
        found(findings, "^ECHO/1 answers: rpc/tcp [(]", "ok")
        dead = found(findings, "ECHO/1 is registered at 2 more addresses, but nobody", "FAIL")
        equal(dead[2], "start its server again: it registers anew", dead)


@test("rpcbind that is not there, or hangs, is the finding")
def no_rpcbind():
    require_rpcbind()
    control("kill")
    try:
        for args, where in (((), "/run/rpcbind.sock"), (("127.0.0.1",), "tcp port 111")):
            finding = found(doctor(1, *args), f"^rpcbind does not answer at {where}", "FAIL")
            expect("systemctl start rpcbind" in finding[2], finding)
    finally:
        control("start")
    control("stop")
    try:
        found(doctor(1, "--connect-timeout", "200ms"), "^rpcbind does not answer at /run", "FAIL")
    finally:
        control("cont")


@test("files: no socket, a dead server's, rights that are too wide, mended by the hint")
def files():
    with Daemon() as daemon:
        fifo = daemon.uri("fifo:").partition(":")[2]
        os.chmod(fifo, 0o777)
        wide = found(doctor(1, "fifo:" + fifo), "^everybody may write into", "FAIL")
        equal(paste(wide[2]).returncode, 0, wide)
        os.chmod(os.path.join(fifo, "ctl"), 0o644)
        wide = found(doctor(0, "fifo:" + fifo), "/ctl may be read by others", "warn")
        equal(paste(wide[2]).returncode, 0, wide)
        equal([level for level, _, _ in doctor(0, "fifo:" + fifo)][0], "ok", "mended")
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        plain = os.path.join(place, "it's plain")
        with open(plain, "w", encoding="ascii"):
            pass
        found(doctor(1, "unix:" + plain), "is no socket$", "FAIL")
        found(doctor(1, "fifo:" + plain), "is no directory$", "FAIL")
        os.mkdir(os.path.join(place, "ctl"))
        found(doctor(1, "fifo:" + place), "/ctl is no FIFO$", "FAIL")
        missing = found(doctor(1, "unix:" + plain + "x"), "No such file or directory", "FAIL")
        expect(missing[2].endswith("unix:" + place + r"/it'\''s plainx'"), missing)
    with contextlib.closing(Killed()) as dead:
        findings = doctor(1, dead.unix)
        found(findings, " is a socket ", "ok")
        found(findings, "Connection refused", "FAIL")
        found(doctor(1, dead.fifo), "nobody reads ctl", "FAIL")


class Killed:
    """A daemon that was killed, and what it left."""

    def __init__(self):
        self.daemon = Daemon()
        self.unix, self.fifo = self.daemon.uri("unix:"), self.daemon.uri("fifo:")
        self.daemon.kill()

    def close(self):
        self.daemon.discard()


@test("the other envelope is recognised, and the hint leads there")
def envelope():
    daemon = shared_daemon()
    for uri, as_other in (("rpc/tcp", "tcp"), ("rpc/local", "unix"), ("unix", "rpc+local"),
                          ("tcp", "rpc+tcp")):
        where = target(daemon, uri).partition(":")[2]
        findings = doctor(1, f"{as_other}:{where}")
        hint = [f for f in findings if f[0] == "FAIL"][0][2]
        expect("it speaks " in hint, findings)
        equal(paste(hint).returncode, 0, hint)


@contextlib.contextmanager
def talker(answer):
    """A server on a Unix socket that says the same to everybody."""
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place, \
            socket.socket(socket.AF_UNIX) as listener:
        path = os.path.join(place, "s")
        listener.bind(path)
        listener.listen()

        def serve():
            while True:
                try:
                    peer, _ = listener.accept()
                except OSError:
                    return
                with contextlib.suppress(OSError), peer:
                    peer.recv(4096)
                    peer.sendall(answer)
                    peer.shutdown(socket.SHUT_WR)
                    peer.recv(4096)
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield path
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(PATIENCE)


@test("a server that answers garbage is a failure, and no more")
def garbage():
    for answer in (b"", b"\x00", b"\xff" * 4096, b"\x80\x00\x00\x04\x1b[31", bytes(70000)):
        with talker(answer) as path:
            for scheme in ("unix", "rpc+local"):
                findings = doctor(1, f"{scheme}:{path}")
                equal([level for level, _, _ in findings], ["ok", "FAIL"], findings)


@test("an rpcbind that lies: no command of its making, no end without a limit, its clock")
def lying():
    require_rpcbind()
    control("kill")
    try:
        evil = "/tmp/$(touch x);\x1b[31m"
        bad = [entry(7, 1, "x-unix", evil), entry(8, 1, "tcp", evil), entry(9, 1, evil, "x", evil)]
        dead = [entry(100 + i, 1, "tcp", "127.0.0.1.0.1") for i in range(600)]
        with Binder(bad + dead, seconds=int(time.time()) + 1000):
            findings = doctor(1, "127.0.0.1")
            clock = found(findings, "^its clock is [0-9]+ s ahead of this one's$", "warn")
            expect(900 < int(clock[1].split()[3]) < 1100, clock)
            found(findings, r"^\d+ of 603 endpoints were looked at: at most 512", "warn")
            for level, text, hint in findings:
                expect("\x1b" not in text and "touch" not in (hint or ""), (level, text, hint))
        for dump in (b"", b"\xff" * 64, entry(1, 1, "tcp", "x") * 5000):
            with Binder(dump=dump):
                found(doctor(1, "127.0.0.1"),
                      "^rpcbind does not answer", "FAIL")
    finally:
        control("start")
