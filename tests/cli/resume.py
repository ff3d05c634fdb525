"""rpcall get and put that are cut off, harmed on the way, or out of space."""
import contextlib
import json
import os
import signal
import subprocess

from tests.lib import file
from tests.lib.command import fails, succeeds
from tests.lib.daemon import Daemon
from tests.lib.harness import PATIENCE, equal, expect, program, skip, test
from tests.lib.harm import middle
from tests.lib.place import PART, Place, parts, place

MIB = 1 << 20
UNREACHABLE, CANNOT_CREATE, PROTOCOL = 69, 73, 76
DATA = file.payload(24 * MIB, 3)


def resumed(here, verb, *args):
    """Runs with --resume: how many bytes were there before."""
    document = json.loads(succeeds("rpcall", verb, "--resume", "--json", *args))
    equal(document["bytes"], len(DATA), "bytes")
    equal(parts(here.path("rw")) + parts(here.here()), [], "parts that are left")
    return document["reused_bytes"]


@test("a get whose connection ends goes on with --resume, with what was there, and is verified")
def get_resumed():
    with place() as (here, daemon):
        here.put("rw/a", DATA)
        with middle(here, daemon, "end", "server", 20 * MIB) as proxy:
            err = fails(UNREACHABLE, "rpcall", "get", proxy.uri(), "rw/a", here.here("a"))
        expect("--resume" in err, f"no hint in {err!r}")
        equal(sorted(os.listdir(here.here())), [f".a{PART}"], "this end")
        reused = resumed(here, "get", daemon.uri("unix:"), "rw/a", here.here("a"))
        expect(8 * MIB <= reused <= 16 * MIB, f"{reused} bytes were used again")
        expect(here.get("here/a") == DATA, "what was got")


@test("a put whose connection ends goes on with --resume, with what was there, and is verified")
def put_resumed():
    with place() as (here, daemon):
        here.put("here/a", DATA)
        with middle(here, daemon, "end", "client", 20 * MIB) as proxy:
            fails(UNREACHABLE, "rpcall", "put", proxy.uri(), here.here("a"), "rw/a")
        equal(len(parts(here.path("rw"))), 1, "parts at the server")
        expect(not os.path.exists(here.path("rw/a")), "half a file has its name")
        reused = resumed(here, "put", daemon.uri("unix:"), here.here("a"), "rw/a")
        expect(8 * MIB <= reused <= 16 * MIB, f"{reused} bytes were used again")
        expect(here.get("rw/a") == DATA, "what was put")


@test("what is left of a get is not trusted: bytes that differ are got again")
def resumed_wrong():
    with place() as (here, daemon):
        here.put("rw/a", DATA)
        wrong = bytearray(DATA[:20 * MIB])
        wrong[9 * MIB] ^= 1
        here.put(f"here/.a{PART}", wrong)
        reused = resumed(here, "get", daemon.uri("unix:"), "rw/a", here.here("a"))
        equal(reused, 8 * MIB, "bytes that were used again")
        expect(here.get("here/a") == DATA, "what was got")
        here.put(f"here/.a{PART}", DATA + b"more")
        equal(resumed(here, "get", daemon.uri("unix:"), "rw/a", here.here("a")), len(DATA), "reused")
        expect(here.get("here/a") == DATA, "what was got")


@test("without --resume a get begins again")
def not_resumed():
    with place() as (here, daemon):
        here.put("rw/a", b"right")
        here.put(f"here/.a{PART}", b"wrong and longer")
        succeeds("rpcall", "get", daemon.uri("unix:"), "rw/a", here.here("a"))
        equal(here.get("here/a"), b"right", "what was got")


@test("Ctrl-C ends a get at once with 130, keeps the part, and --resume goes on")
def interrupted():
    with place() as (here, daemon):
        here.put("rw/a", DATA)
        with middle(here, daemon, "hold", "server", 12 * MIB) as proxy:
            client = subprocess.Popen(
                [program("rpcall"), "get", "-t", "60s", proxy.uri(), "rw/a", here.here("a")],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            try:
                expect(proxy.reached.wait(PATIENCE), "the transfer did not get so far")
                client.send_signal(signal.SIGINT)
                _, err = client.communicate(timeout=PATIENCE)
                equal(client.returncode, 130, f"status: {err!r}")
            finally:
                client.kill()
                client.wait()
        equal(os.listdir(here.here()), [f".a{PART}"], "this end")
        resumed(here, "get", daemon.uri("unix:"), "rw/a", here.here("a"))


@test("a byte that changes on its way is 76, by the digests, and no file appears")
def flipped():
    with place() as (here, daemon):
        here.put("rw/a", DATA)
        here.put("here/b", DATA)
        with middle(here, daemon, "flip", "server", 12 * MIB + 99999) as proxy:
            err = fails(PROTOCOL, "rpcall", "get", proxy.uri(), "rw/a", here.here("a"))
            expect("xxh128" in err, err)
        equal(os.listdir(here.here()), ["b"], "this end")
        os.unlink(here.path("middle.sock"))
        with middle(here, daemon, "flip", "client", 12 * MIB + 99999) as proxy:
            err = fails(PROTOCOL, "rpcall", "put", "--digest=sha256", proxy.uri(),
                        here.here("b"), "rw/b")
            expect("sha256" in err, err)
        equal(os.listdir(here.path("rw")), ["a"], "the server's end")


@test("a get of what another get is getting is refused, and harms it not")
def two_gets():
    with place() as (here, daemon):
        here.put("rw/a", DATA)
        with middle(here, daemon, "hold", "server", 12 * MIB) as proxy:
            first = subprocess.Popen(
                [program("rpcall"), "get", "-t", "60s", proxy.uri(), "rw/a", here.here("a")],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            try:
                expect(proxy.reached.wait(PATIENCE), "the transfer did not get so far")
                fails(CANNOT_CREATE, "rpcall", "get", daemon.uri("unix:"), "rw/a", here.here("a"))
                equal(os.listdir(here.here()), [f".a{PART}"], "this end")
            finally:
                first.kill()
                first.communicate()


def small_file_system(at, size):
    """A tmpfs, which this process's own mount namespace has to itself."""
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", at],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        skip(f"cannot mount a tmpfs: {done.stderr.strip()}")


@contextlib.contextmanager
def full(leaf):
    """A place one end of which has room for 4 MiB only."""
    if os.geteuid() != 0 or "RPCALL_RPCBIND_PID" not in os.environ:
        skip("needs root and a mount namespace of its own (scripts/with-rpcbind)")
    with Place() as here:
        small_file_system(here.path(leaf), "4m")
        try:
            with Daemon(args=here.args()) as daemon:
                yield here, daemon
        finally:
            subprocess.run(["umount", "-l", here.path(leaf)], check=False)


@test("no space left at this end of a get is 73, and what was written is removed")
def no_space_here():
    with full("here") as (here, daemon):
        here.put("rw/a", DATA)
        err = fails(CANNOT_CREATE, "rpcall", "get", daemon.uri("unix:"), "rw/a", here.here("a"))
        expect("space" in err, err)
        equal(os.listdir(here.here()), [], "this end")


@test("no space left at the server is 73, what was written is removed, and there is room again")
def no_space_there():
    with full("rw") as (here, daemon):
        here.put("here/a", DATA)
        err = fails(CANNOT_CREATE, "rpcall", "put", daemon.uri("unix:"), here.here("a"), "rw/a")
        expect("space" in err, err)
        equal(os.listdir(here.path("rw")), [], "the server's end")
        here.put("here/small", DATA[:MIB])
        succeeds("rpcall", "put", daemon.uri("unix:"), here.here("small"), "rw/small")
        equal(here.get("rw/small"), DATA[:MIB], "what was put")
