"""rpcall get, put and ls: whole and verified, or not at all."""
import json
import os
import signal
import subprocess
import tempfile

from tests.lib import file
from tests.lib.command import USAGE, fails, run, succeeds
from tests.lib.harness import PATIENCE, equal, expect, per_mechanism, program, test
from tests.lib.place import PART, left_nothing, place
from tests.lib.targets import silent

KIB, MIB = 1 << 10, 1 << 20
NO_FILE, UNREACHABLE, CANNOT_CREATE, DENIED = 66, 69, 73, 77
DATA = file.payload(24 * MIB, 3)


@per_mechanism("put, then get: the same bytes at both ends, and nothing else left")
def round_trip(name):
    size = (200 * KIB if name == "rpc/udp" else 3 * MIB) + 13
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
    size = 300 * KIB if name == "rpc/udp" else 20 * MIB
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
    data = file.payload(150 * KIB if name == "rpc/udp" else 3 * MIB + 1)
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


@test("a get whose reader has enough ends as if the signal had ended it, without a word")
def reader_left():
    with place() as (here, daemon):
        here.put("ro/a", DATA)
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run([program("rpcall"), "get", here.uri(daemon, "unix"), "ro/a", "-"],
                              stdin=subprocess.DEVNULL, stdout=write, stderr=subprocess.PIPE,
                              timeout=PATIENCE, check=False)
        os.close(write)
        equal((done.returncode, done.stderr), (128 + signal.SIGPIPE, b""), "status and stderr")
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


@test("what is put into a directory keeps its name, and get and put tell where the file went")
def into_directories():
    with place() as (here, daemon):
        uri = here.uri(daemon, "unix")
        here.put("here/a", b"new")
        os.mkdir(here.path("rw/dir"))
        for goal, path in (("rw/", "rw/a"), ("rw", "rw/a"), ("rw/dir", "rw/dir/a"),
                           ("rw/dir//", "rw/dir/a"), ("rw/b", "rw/b")):
            done = run("rpcall", "put", uri, here.here("a"), goal)
            expect(done.err.startswith(f"put {here.here('a')} to {path}: 3 bytes in "), done.err)
            equal(here.get(path), b"new", goal)
            os.unlink(here.path(path))
        here.put("rw/c", b"old")
        err = fails(NO_FILE, "rpcall", "put", uri, here.here("a"), "rw/c/")
        expect("rw/c/: not a directory" in err, err)
        err = fails(NO_FILE, "rpcall", "put", uri, here.here("a"), "rw/none/")
        expect("rw/none/: no such file, directory or export" in err, err)
        err = fails(USAGE, "rpcall", "put", uri, "-", "rw/dir/")
        expect("stdin has no name: write rw/dir/NAME" in err, err)
        equal(succeeds("rpcall", "ls", uri, "rw/"), succeeds("rpcall", "ls", uri, "rw"), "ls")
        fails(NO_FILE, "rpcall", "ls", uri, "rw/c/")
        done = run("rpcall", "get", uri, "rw/c", here.here())
        expect(done.err.startswith(f"get rw/c to {here.here('c')}: 3 bytes in "), done.err)
        done = run("rpcall", "get", uri, "rw/c", "-")
        expect(done.err.startswith("get rw/c to stdout: 3 bytes in "), done.err)
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


@test("get and put --json tell bytes, times, and the digest over the segments' digests")
def json_document():
    with place() as (here, daemon):
        uri = daemon.uri("unix:")
        here.put("rw/a", DATA)
        for option, name, kind in ((), "xxh128", file.XXH128), (("--digest", "sha256"), "sha256",
                                                                file.SHA256):
            digests = b"".join(file.digest_of(DATA[at:at + 8 * MIB], kind)[1]
                               for at in range(0, len(DATA), 8 * MIB))
            for verb, args in ("get", ("rw/a", here.here("a"))), ("put", (here.here("a"), "rw/b")):
                document = json.loads(succeeds("rpcall", verb, "--json", *option, uri, *args))
                equal([document[key] for key in
                       ("schema", "bytes", "reused_bytes", "digest", "segments_digest")],
                      [f"rpcall/{verb}/1", len(DATA), 0, name,
                       file.digest_of(digests, kind)[1].hex()], f"{verb} --json")


@test("a --digest that is none is a mistake of usage, and nothing is made")
def digest_kinds():
    with place() as (here, daemon):
        here.put("rw/a", b"a")
        here.put("here/b", b"b")
        for kind in ("md5", "none", "", "xxh"):
            fails(USAGE, "rpcall", "get", "--digest", kind, daemon.uri("unix:"), "rw/a",
                  here.here("a"))
            fails(USAGE, "rpcall", "put", "--digest", kind, daemon.uri("unix:"), here.here("b"),
                  "rw/b")
        equal((os.listdir(here.here()), os.listdir(here.path("rw"))), (["b"], ["a"]), "files")


@test("get and put take the right number of arguments")
def arguments():
    for args in (["get"], ["get", "tcp://127.0.0.1:1"], ["put", "tcp://127.0.0.1:1", "a"],
                 ["get", "tcp://127.0.0.1:1", "a", "b", "c"], ["ls"], ["put"],
                 ["ls", "tcp://127.0.0.1:1", "a", "b"], ["get", "no:sense", "a"]):
        fails(USAGE, "rpcall", *args)
