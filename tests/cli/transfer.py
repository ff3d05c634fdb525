"""rpcall get, put and ls: whole and verified, or not at all."""
import contextlib
import hashlib
import json
import os
import signal
import socket
import subprocess
import tempfile
import threading

from tests.lib import file
from tests.lib.command import USAGE, fails, run, succeeds
from tests.lib.daemon import Daemon
from tests.lib.file import Exports
from tests.lib.harness import PATIENCE, equal, expect, per_mechanism, program, skip, test, wait_until
from tests.lib.targets import silent, target

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
NO_FILE, UNREACHABLE, CANNOT_CREATE, TIMEOUT, PROTOCOL, DENIED = 66, 69, 73, 75, 76, 77
PART = ".rpcall-part"


class Place(Exports):
    """Exports, and a directory here/ for this end."""

    def __init__(self):
        super().__init__()
        os.mkdir(self.path("here"))

    def here(self, *parts):
        return self.path("here", *parts)

    def uri(self, daemon, name):
        uri = target(daemon, name)
        return " ".join([uri, *daemon.args]) if name == "pipe" else uri


@contextlib.contextmanager
def place(limits=None, **options):
    with Place() as here:
        with Daemon(limits, args=here.args(), **options) as daemon:
            yield here, daemon


def parts(directory):
    return [leaf for leaf in os.listdir(directory) if leaf.endswith(PART)]


def left_nothing(here):
    equal(parts(here.path("rw")) + parts(here.here()), [], "parts that are left")


@per_mechanism("put, then get: the same bytes at both ends, and nothing else left")
def round_trip(name):
    size = (200 * KIB if name == "rpc/udp" else 9 * MIB) + 13
    data = file.payload(size)
    with place() as (here, daemon):
        uri = here.uri(daemon, name)
        here.put("here/source", data)
        succeeds("rpcall", "put", uri, here.here("source"), "rw/copy")
        expect(here.get("rw/copy") == data, "what was put")
        succeeds("rpcall", "get", uri, "rw/copy", here.here("back"))
        expect(here.get("here/back") == data, "what was got")
        equal(sorted(os.listdir(here.path("rw"))), ["copy"], "the server's end")
        equal(sorted(os.listdir(here.here())), ["back", "source"], "this end")


@per_mechanism("an empty file and one that is all holes arrive, the holes as holes")
def special_sizes(name):
    size = 300 * KIB if name == "rpc/udp" else 40 * MIB
    with place() as (here, daemon):
        uri = here.uri(daemon, name)
        here.put("here/empty", b"")
        here.put("here/sparse", b"start")
        os.truncate(here.here("sparse"), size)
        for leaf, length in (("empty", 0), ("sparse", size)):
            succeeds("rpcall", "put", uri, here.here(leaf), f"rw/{leaf}")
            succeeds("rpcall", "get", uri, f"rw/{leaf}", here.here("back"))
            for path in (here.path("rw", leaf), here.here("back")):
                equal(os.path.getsize(path), length, f"size of {path}")
        for path in (here.path("rw", "sparse"), here.here("back")):
            with open(path, "rb") as f:
                equal(f.read(5), b"start", "its start")
                expect(not f.read().strip(b"\0"), "something in the hole")
            expect(os.stat(path).st_blocks * 512 < size, f"{path} has no hole")


@per_mechanism("- is stdin of a put and stdout of a get, and data is all that is there")
def streams(name):
    data = file.payload(150 * KIB if name == "rpc/udp" else 5 * MIB + 1)
    with place() as (here, daemon):
        uri = here.uri(daemon, name)
        done = subprocess.run([program("rpcall"), "put", uri, "-", "rw/copy"], input=data,
                              capture_output=True, timeout=PATIENCE, check=False)
        equal((done.returncode, done.stdout), (0, b""), f"put: {done.stderr!r}")
        expect(here.get("rw/copy") == data, "what was put")
        done = subprocess.run([program("rpcall"), "get", uri, "rw/copy", "-"], input=b"",
                              capture_output=True, timeout=PATIENCE, check=False)
        equal(done.returncode, 0, f"get: {done.stderr!r}")
        expect(done.stdout == data, "what was got")
        left_nothing(here)


@per_mechanism("ls lists exports, a directory and a file, plainly, at length and as JSON")
def ls(name):
    with place() as (here, daemon):
        uri = here.uri(daemon, name)
        here.put("ro/b", b"12345")
        here.put("ro/.hidden", b"")
        os.mkdir(here.path("ro/a"))
        os.symlink("b", here.path("ro/link"))
        here.put("ro/\x1b[31mred", b"")
        equal(succeeds("rpcall", "ls", uri), "rw/\nro/\n", "exports")
        lines = succeeds("rpcall", "ls", uri, "ro").splitlines()
        equal(sorted(lines), ["?[31mred", "a/", "b", "link"], "ls")
        expect(".hidden" in succeeds("rpcall", "ls", "-a", uri, "ro"), "ls -a")
        line, = [line for line in succeeds("rpcall", "ls", "-l", uri, "ro").splitlines()
                 if line.endswith(" b")]
        equal(line.split()[0:3:2], ["-rw" + line[3:10], "5"], "mode and size")
        document = json.loads(succeeds("rpcall", "ls", "--json", uri, "ro/b"))
        equal((document["schema"], [(e["name"], e["type"], e["size"]) for e in document["entries"]]),
              ("rpcall/ls/1", [("b", "file", 5)]), "ls --json")
        fails(NO_FILE, "rpcall", "ls", uri, "ro/none")
        equal(run("rpcall", "ls", "--json", uri, "ro/none").out, "", "JSON of nothing")


@test("ls takes a directory of several pages")
def ls_pages():
    with place() as (here, daemon):
        names = sorted(f"file{i}" for i in range(file.LIST_MAX * 2 + 9))
        for leaf in names:
            here.put(f"ro/{leaf}", b"")
        out = succeeds("rpcall", "ls", here.uri(daemon, "unix"), "ro")
        equal(sorted(out.splitlines()), names, "ls")


@per_mechanism("each way in which get and put fail has its exit code, and leaves nothing behind")
def failures(name):
    with place() as (here, daemon):
        uri = here.uri(daemon, name)
        here.put("here/a", b"mine")
        here.put("rw/a", b"theirs")
        here.put("ro/a", b"theirs")
        os.mkdir(here.path("rw/dir"))
        os.mkfifo(here.path("rw/fifo"))
        os.symlink("../out/secret", here.path("rw/link"))
        for path, code in (("rw/none", NO_FILE), ("none/a", NO_FILE), ("rw/dir", NO_FILE),
                           ("", NO_FILE), ("rw/fifo", DENIED), ("rw/link", DENIED),
                           ("rw/../out/secret", USAGE), ("/etc/passwd", USAGE),
                           ("rw/" + "n" * 2000, USAGE)):
            fails(code, "rpcall", "get", uri, path, here.here("new"))
        for path, code in (("ro/new", DENIED), ("ro/a", DENIED), ("rw/none/a", NO_FILE),
                           ("none/a", NO_FILE), ("rw/fifo", DENIED), ("rw/link", DENIED),
                           ("rw/../a", USAGE), ("new", NO_FILE)):
            fails(code, "rpcall", "put", uri, here.here("a"), path)
        fails(NO_FILE, "rpcall", "put", uri, here.here("none"), "rw/new")
        fails(NO_FILE, "rpcall", "put", uri, here.here(), "rw/new")
        fails(CANNOT_CREATE, "rpcall", "get", uri, "rw/a", here.here("none/new"))
        equal(sorted(os.listdir(here.here())), ["a"], "this end")
        equal(sorted(os.listdir(here.path("rw"))), ["a", "dir", "fifo", "link"], "the server's end")
        equal(here.get("out/secret"), b"outside", "what is outside")


@per_mechanism("without a server get, put and ls are 69")
def no_server(name):
    with tempfile.TemporaryDirectory(prefix="rpcall-") as somewhere:
        uri = silent(name, somewhere)
        source = os.path.join(somewhere, "source")
        with open(source, "wb") as f:
            f.write(b"x")
        for args in (["get", uri, "rw/a", os.path.join(somewhere, "new")],
                     ["put", uri, source, "rw/a"], ["ls", uri]):
            expect(run("rpcall", *args).status in (66, UNREACHABLE, 71), f"{args[0]}")
        equal(os.listdir(somewhere), ["source"], "this end")


@test("get and put replace what has the name, keep it with --no-replace, and go into directories")
def existing():
    with place() as (here, daemon):
        uri = here.uri(daemon, "unix")
        here.put("here/a", b"mine")
        here.put("rw/b", b"theirs")
        fails(CANNOT_CREATE, "rpcall", "put", "--no-replace", uri, here.here("a"), "rw/b")
        equal(here.get("rw/b"), b"theirs", "what was there")
        fails(CANNOT_CREATE, "rpcall", "get", "--no-replace", uri, "rw/b", here.here("a"))
        equal(here.get("here/a"), b"mine", "what was here")
        succeeds("rpcall", "put", uri, here.here("a"), "rw/b")
        equal(here.get("rw/b"), b"mine", "what was replaced")
        here.put("rw/b", b"new")
        succeeds("rpcall", "get", uri, "rw/b", here.here("a"))
        equal(here.get("here/a"), b"new", "what was replaced here")
        os.mkdir(here.path("rw/dir"))
        succeeds("rpcall", "put", "--sync", uri, here.here("a"), "rw/dir")
        equal(here.get("rw/dir/a"), b"new", "what was put into a directory")
        succeeds("rpcall", "get", "--sync", uri, "rw/b", here.here())
        equal(here.get("here/b"), b"new", "what was got into a directory")
        left_nothing(here)


@test("get replaces nothing but a regular file: no link, device or FIFO of this end")
def odd_goals():
    with place() as (here, daemon):
        uri = here.uri(daemon, "unix")
        here.put("rw/a", b"theirs")
        here.put("here/other", b"other")
        os.symlink("other", here.here("link"))
        os.mkfifo(here.here("fifo"))
        for leaf in ("link", "fifo"):
            fails(CANNOT_CREATE, "rpcall", "get", uri, "rw/a", here.here(leaf))
        equal(here.get("here/other"), b"other", "what the link points to")
        os.symlink("other", here.here(f".new{PART}"))
        fails(CANNOT_CREATE, "rpcall", "get", uri, "rw/a", here.here("new"))
        os.link(here.here("other"), here.here(f".hard{PART}"))
        fails(CANNOT_CREATE, "rpcall", "get", uri, "rw/a", here.here("hard"))
        equal(here.get("here/other"), b"other", "what was in the way")


class Middle:
    """A proxy on a Unix socket that ends, stops or harms a connection after so
    many bytes from the server or the client."""

    def __init__(self, uri, directory, act, side, after):
        self.server = uri.partition(":")[2]
        self.path = os.path.join(directory, "middle.sock")
        self.act, self.side, self.after = act, side, after
        self.passed = {"client": 0, "server": 0}
        self.reached = threading.Event()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(1)
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def uri(self):
        return f"unix:{self.path}"

    def work(self):
        client, _ = self.listener.accept()
        server = socket.socket(socket.AF_UNIX)
        server.connect(self.server)
        pumps = [threading.Thread(target=self.pump, args=ends, daemon=True) for ends in
                 (("client", client, server), ("server", server, client))]
        for pump in pumps:
            pump.start()

    def pump(self, side, source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(64 * KIB):
                if side == self.side and self.passed[side] + len(data) > self.after:
                    data = self.at_the_place(data, source, sink)
                self.passed[side] += len(data)
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def at_the_place(self, data, source, sink):
        if self.reached.is_set():
            return data
        self.reached.set()
        if self.act == "flip":
            at = self.after - self.passed[self.side]
            return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
        if self.act == "hold":
            threading.Event().wait(PATIENCE)
        for end in (source, sink):
            end.shutdown(socket.SHUT_RDWR)
        raise OSError("ended")

    def close(self):
        self.listener.close()


@contextlib.contextmanager
def middle(here, daemon, act, side, after):
    proxy = Middle(daemon.uri("unix:"), here.place, act, side, after)
    try:
        yield proxy
    finally:
        proxy.close()


DATA = file.payload(40 * MIB, 3)


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
        with middle(here, daemon, "end", "server", 30 * MIB) as proxy:
            err = fails(UNREACHABLE, "rpcall", "get", proxy.uri(), "rw/a", here.here("a"))
        expect("--resume" in err, f"no hint in {err!r}")
        equal(sorted(os.listdir(here.here())), [f".a{PART}"], "this end")
        reused = resumed(here, "get", daemon.uri("unix:"), "rw/a", here.here("a"))
        expect(8 * MIB <= reused <= 32 * MIB, f"{reused} bytes were used again")
        expect(here.get("here/a") == DATA, "what was got")


@test("a put whose connection ends goes on with --resume, with what was there, and is verified")
def put_resumed():
    with place() as (here, daemon):
        here.put("here/a", DATA)
        with middle(here, daemon, "end", "client", 30 * MIB) as proxy:
            fails(UNREACHABLE, "rpcall", "put", proxy.uri(), here.here("a"), "rw/a")
        equal(len(parts(here.path("rw"))), 1, "parts at the server")
        expect(not os.path.exists(here.path("rw/a")), "half a file has its name")
        reused = resumed(here, "put", daemon.uri("unix:"), here.here("a"), "rw/a")
        expect(8 * MIB <= reused <= 32 * MIB, f"{reused} bytes were used again")
        expect(here.get("rw/a") == DATA, "what was put")


@test("what is left of a get is not trusted: bytes that differ are got again")
def resumed_wrong():
    with place() as (here, daemon):
        here.put("rw/a", DATA)
        wrong = bytearray(DATA[:30 * MIB])
        wrong[9 * MIB] ^= 1
        here.put(f"here/.a{PART}", wrong)
        reused = resumed(here, "get", daemon.uri("unix:"), "rw/a", here.here("a"))
        equal(reused, 16 * MIB, "bytes that were used again")
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
        with middle(here, daemon, "hold", "server", 20 * MIB) as proxy:
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
            expect("SHA-256" in err, err)
        equal(os.listdir(here.here()), ["b"], "this end")
        os.unlink(here.path("middle.sock"))
        with middle(here, daemon, "flip", "client", 12 * MIB + 99999) as proxy:
            err = fails(PROTOCOL, "rpcall", "put", proxy.uri(), here.here("b"), "rw/b")
            expect("SHA-256" in err, err)
        equal(os.listdir(here.path("rw")), ["a"], "the server's end")


@test("a get of what another get is getting is refused, and harms it not")
def two_gets():
    with place() as (here, daemon):
        here.put("rw/a", DATA)
        with middle(here, daemon, "hold", "server", 20 * MIB) as proxy:
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


@test("get --json tells bytes, times and the digest over the segments' digests")
def json_document():
    with place() as (here, daemon):
        here.put("rw/a", DATA)
        out = succeeds("rpcall", "get", "--json", daemon.uri("unix:"), "rw/a", here.here("a"))
        document = json.loads(out)
        equal((document["schema"], document["remote"], document["bytes"], document["reused_bytes"]),
              ("rpcall/get/1", "rw/a", len(DATA), 0), "get --json")
        digests = b"".join(hashlib.sha256(DATA[at:at + 8 * MIB]).digest()
                           for at in range(0, len(DATA), 8 * MIB))
        equal(document["segments_sha256"], hashlib.sha256(digests).hexdigest(), "digest")


@test("get and put take the right number of arguments")
def arguments():
    for args in (["get"], ["get", "tcp://127.0.0.1:1"], ["put", "tcp://127.0.0.1:1", "a"],
                 ["get", "tcp://127.0.0.1:1", "a", "b", "c"], ["ls"], ["put"],
                 ["ls", "tcp://127.0.0.1:1", "a", "b"], ["get", "nonsense", "a"]):
        fails(USAGE, "rpcall", *args)
