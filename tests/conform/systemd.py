"""systemd's two protocols: readiness, and sockets that are handed over."""
import os
import socket
import subprocess
import tempfile

from tests.lib.command import succeeds
from tests.lib.harness import PATIENCE, equal, expect, program, test


def scratch():
    return tempfile.TemporaryDirectory(prefix="rpcall-")


def start(place, fds=(), names="", notify=None):
    """A daemon that finds fds as systemd would pass them, from 3 upwards."""
    env = {**os.environ, "LISTEN_FDS": str(len(fds)), "LISTEN_FDNAMES": names}
    if notify:
        env["NOTIFY_SOCKET"] = notify
    moves = " ".join(f"{3 + i}<&{fd}" for i, fd in enumerate(fds))
    # LISTEN_PID is the daemon's own: the shell's, which becomes the daemon.
    script = f'export LISTEN_PID=$$; exec "$0" "$@" {moves}'
    command = [program("rpcalld"), "--run", f"{place}/run", "--state", f"{place}/state",
               "--no-rpcbind", "--workers", "1"]
    if not fds:
        command += ["--listen", "tcp://127.0.0.1:0"]
    return subprocess.Popen(["/bin/bash", "-c", script, *command], env=env, pass_fds=fds,
                            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def wait_ready(daemon):
    for line in daemon.stderr:
        if line.startswith("rpcalld: ready"):
            return
    expect(False, f"it ended with {daemon.wait(PATIENCE)}")


def stop(daemon):
    daemon.terminate()
    equal(daemon.wait(PATIENCE), 0, "exit status")
    daemon.stderr.close()


@test("readiness and stopping are told to NOTIFY_SOCKET")
def notify():
    with scratch() as place, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(f"{place}/notify")
        manager.settimeout(PATIENCE)
        daemon = start(place, notify=f"{place}/notify")
        try:
            equal(manager.recv(100), b"READY=1", "first")
            wait_ready(daemon)
            stop(daemon)
            equal(manager.recv(100), b"STOPPING=1", "second")
        finally:
            daemon.kill()


@test("listening sockets of systemd are served by their names, and left in place")
def inherited():
    with scratch() as place, socket.create_server(("127.0.0.1", 0)) as tcp, \
            socket.create_server(("127.0.0.1", 0)) as rpc, \
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, \
            socket.socket(socket.AF_UNIX) as unix:
        udp.bind(("127.0.0.1", 0))
        unix.bind(f"{place}/socket")
        unix.listen()
        sockets = [tcp, rpc, udp, unix]
        daemon = start(place, [s.fileno() for s in sockets], "tcp:rpc-tcp:rpc-udp:unix")
        try:
            wait_ready(daemon)
            for scheme, s in (("tcp", tcp), ("rpc+tcp", rpc), ("rpc+udp", udp)):
                succeeds("rpcall", "ping", "-c", "1",
                         f"{scheme}://127.0.0.1:{s.getsockname()[1]}")
            succeeds("rpcall", "ping", "-c", "1", f"unix:{place}/socket")
            stop(daemon)
            expect(os.path.exists(f"{place}/socket"), "systemd's socket was removed")
        finally:
            daemon.kill()


@test("a socket whose name says no mechanism keeps rpcalld from starting")
def unknown_name():
    with scratch() as place, socket.create_server(("127.0.0.1", 0)) as tcp:
        daemon = start(place, [tcp.fileno()], "http")
        try:
            err = daemon.stderr.read()
            expect(daemon.wait(PATIENCE) > 0, "it started")
            expect("FileDescriptorName" in err, err)
        finally:
            daemon.kill()
            daemon.stderr.close()
