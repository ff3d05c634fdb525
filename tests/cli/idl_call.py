"""rpcall call and describe: any procedure from its .x, over every mechanism."""
import json
import os
import socket
import subprocess
import tempfile
import threading

from tests.lib.command import fails, run, succeeds
from tests.lib.harness import (PATIENCE, ROOT, equal, expect, per_mechanism, program, skip,
                               test)
from tests.lib.mechanisms import shared_daemon
from tests.lib.targets import silent, target

USAGE, DATA, UNREACHABLE, TIMEOUT, PROTOCOL = 64, 65, 69, 75, 76
ECHO = os.path.join(ROOT, "idl", "echo.x")


def call(name, *args, **options):
    return json.loads(succeeds("rpcall", "call", target(shared_daemon(), name), *args, **options))


@per_mechanism("rpcall call takes JSON and prints JSON")
def echo(name):
    equal(call(name, "ECHO/1.ECHO", '"hex:00ff61"'), "hex:00ff61", "ECHO")
    equal(call(name, "echo.sink", '"text:123456789"'), {"length": 9, "crc32c": 0xE3069283}, "SINK")
    equal(call(name, "0x20525001/1.3", '{"length": 5, "seed": 1}', "-i", ECHO),
          call(name, "SOURCE", "-f", "seed=1", "-f", "length=0x5"), "SOURCE")
    equal(call(name, "ECHO.NULL"), None, "NULL")
    equal(call(name, "ECHO.WHOAMI")["mechanism"], name, "ECHO.WHOAMI")


@per_mechanism("rpcall call --raw needs no interface")
def raw(name):
    uri = target(shared_daemon(), name)
    equal(succeeds("rpcall", "call", uri, "0x20525001/1.2", "--raw", "hex:0000000161000000").strip(),
          "hex:00000001c1d04330", "SINK")
    env = {**os.environ, "RPCALL_IDL_PATH": "/nonexistent"}
    equal(succeeds("rpcall", "call", uri, "0x20525001/1.0", env=env), "null\n", "NULL")
    err = fails(USAGE, "rpcall", "call", uri, "0x20525001/1.2", "--no-reflection", env=env)
    expect("--raw hex:" in err and "-i FILE" in err, err)


@per_mechanism("what the server refuses has its own exit code")
def refused(name):
    uri = target(shared_daemon(), name)
    fails(81, "rpcall", "call", uri, "0x20525099/1.0")
    err = fails(82, "rpcall", "call", uri, "0x20525001/7.0")
    expect("versions 1 to 1" in err, err)
    fails(83, "rpcall", "call", uri, "0x20525001/1.77", "--raw", "hex:")
    fails(84, "rpcall", "call", uri, "0x20525001/1.1", "--raw", "hex:ffffffff")


@per_mechanism("rpcall call of a target that nobody serves exits 69")
def nobody(name):
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        done = run("rpcall", "call", silent(name, place), "ECHO.NULL", "-t", "2s")
        equal(done.status, UNREACHABLE, done.err)


def unix_target():
    return target(shared_daemon(), "unix")


@test("arguments come from -d, @file and stdin only when asked, -f changes members of them")
def sources():
    uri = unix_target()
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path = os.path.join(place, "arg.json")
        with open(path, "w", encoding="ascii") as f:
            f.write('{"length": 3, "seed": 9}')
        wanted = succeeds("rpcall", "call", uri, "SOURCE", '{"length": 3, "seed": 9}')
        for args in (["-d", '{"length":3,"seed":9}'], ["-d", "@" + path], ["@" + path],
                     ["-d", '{"length":7}', "-f", "length=3", "-f", "seed=9"],
                     ["--zero-fill", "-f", "length=3", "-f", "seed=9"]):
            equal(succeeds("rpcall", "call", uri, "SOURCE", *args), wanted, args)
        out = os.path.join(place, "out")
        equal(succeeds("rpcall", "call", uri, "SOURCE", "@" + path, "-o", out), "", "stdout")
        with open(out, encoding="ascii") as f:
            equal(f.read(), wanted, "the file")


@test("a wrong argument is told with the member and a caret, and nothing is sent")
def wrong():
    uri = "unix:/nonexistent.sock"
    err = fails(DATA, "rpcall", "call", uri, "SOURCE", '{"length": 1.0, "seed": 2}')
    equal(err.splitlines()[:3], [
        "rpcall: error: argument .length: expected unsigned int (line 1, column 12)",
        '  1 | {"length": 1.0, "seed": 2}', "    |            ^ a number"], "error")
    for args in (["SOURCE"], ["SOURCE", "1", "2"], ["SOURCE", "-f", "length"],
                 ["SOURCE", "-f", "size=1"], ["DELAY", "-f", "a=1"], ["NOSUCH"],
                 ["NFS/3.NULL.X"], ["MOUNT.MNT"], ["SOURCE", "1", "-d", "2"], []):
        fails(USAGE, "rpcall", "call", uri, *args)
    fails(66, "rpcall", "call", uri, "SOURCE", "@/nonexistent")
    fails(DATA, "rpcall", "call", uri, "SOURCE", "--raw", "hex:00")


@test("-v tells of the stages, -vv names each part of the bytes, both on stderr")
def verbose():
    done = run("rpcall", "call", unix_target(), "SOURCE", "-f", "length=4", "-f", "seed=0", "-vv")
    equal(done.status, 0, done.err)
    expect(done.out.startswith('"hex:') and done.out.count("\n") == 1, done.out)
    for line in ("* unix: open, unix:", "* interface of ECHO/1.SOURCE: reflection:echo.x",
                 "  ECHO/1.SOURCE  542265345/1.3  8 bytes", "> 000010  00000004",
                 "argument.length", "  SUCCESS  8 bytes of results", "result "):
        expect(line in done.err, f"{line!r} is not in {done.err}")


@test("--json wraps the result in a document")
def document():
    report = call("unix", "ECHO.WHOAMI", "--json")
    equal((report["schema"], report["program"], report["version"], report["procedure"]),
          ("rpcall/call/1", 0x20525001, 1, 5), "head")
    equal(report["result"]["mechanism"], "unix", "result")


class Garbage:
    """A lean server on a Unix socket that answers each call with the same bytes."""

    def __init__(self, answer):
        self.place = tempfile.TemporaryDirectory(prefix="rpcall-")
        self.path = os.path.join(self.place.name, "s")
        self.answer = answer
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        peer, _ = self.listener.accept()
        with peer:
            call_bytes = peer.recv(65536)
            body = call_bytes[4:8] + bytes(4) + self.answer
            peer.sendall((len(body) | 1 << 31).to_bytes(4, "big") + body)
            peer.recv(1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.thread.join(PATIENCE)
        self.listener.close()
        self.place.cleanup()


@test("an answer that does not fit its type is one clear error, exit 76")
def garbage():
    word = lambda n: n.to_bytes(4, "big")
    for answer, error in (
            (b"", "result .mechanism: it ends after 0 of 4 bytes"),
            (word(33), "result .mechanism: string<32> of 33 bytes"),
            (word(0xFFFFFFFF), "string<32> of 4294967295 bytes"),
            (bytes(12) + word(9) + word(2), "result .uid_known: 2 is no bool")):
        with Garbage(answer) as server:
            err = fails(PROTOCOL, "rpcall", "call", f"unix:{server.path}", "ECHO.WHOAMI", "-i", ECHO)
            expect(error in err, f"{error!r} is not in {err}")


@test("an answer that is longer than its type is shown, and the rest is warned of")
def longer():
    text = "program MORE { version V { int GET(void) = 1; } = 1; } = 0x20000077;"
    warning = "rpcall: warning: the result's type ends after 4 of its 12 bytes; the rest was ignored\n"
    answer = bytes((0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 8))
    for args, err, out in (((), warning, "7\n"), (("-q",), "", "7\n"),
                           (("--raw", "hex:"), "", f"hex:{answer.hex()}\n")):
        with Garbage(answer) as server:
            path = os.path.join(server.place.name, "more.x")
            with open(path, "w", encoding="ascii") as f:
                f.write(text)
            done = run("rpcall", "call", f"unix:{server.path}", "MORE.GET", "-i", path, *args)
            equal((done.status, done.err, done.out), (0, err, out), args)
    with Garbage(answer) as server:
        done = run("rpcall", "call", f"unix:{server.path}", "0x20000077/1.0", "--json",
                   "--no-reflection")
        equal(json.loads(done.out)["ignored_bytes"], 12, "a result of no type")


@test("rpcall describe prints programs, versions, procedures with their types, and types")
def describe():
    out = succeeds("rpcall", "describe", "ECHO")
    expect("void ECHO_NULL(void) = 0;" in out and out.endswith("} = 0x20525001;\n"), out)
    equal(len(succeeds("rpcall", "describe", "MOUNT/3").splitlines()), 6, "procedures")
    out = succeeds("rpcall", "describe", "echo/1.whoami")
    expect(out.startswith("echo_whoami ECHO_WHOAMI(void) = 5;\n"), out)
    for name in ("struct echo_whoami {", "enum echo_identity {", "struct echo_usage {"):
        equal(out.count(name), 1, name)
    expect("unsigned hyper user_ns;" in succeeds("rpcall", "describe", "echo_usage"), "a type")
    report = json.loads(succeeds("rpcall", "describe", "SOURCE", "--json"))
    equal((report["schema"], report["kind"], report["procedure"], report["template"]),
          ("rpcall/describe/1", "procedure", 3, {"length": 0, "seed": 0}), "JSON")
    fails(USAGE, "rpcall", "describe")


@test("a word that describe or encode does not know brings the nearest of all that it may be")
def unknown_words():
    def described(*args):
        return fails(USAGE, "rpcall", "describe", *args)
    for word, meant in (("echo_payloa", "echo_payload"), ("ECHO_MX", "ECHO_MAX"), ("ECH", "ECHO"),
                        ("NFS3ERR_PERN", "NFS3ERR_PERM"), ("SORCE", "ECHO/1.SOURCE")):
        equal(described(word), "rpcall: error: no interface here has a program, procedure, type or "
              f'constant "{word}"\nhint: did you mean {meant}?\nhint: name its .x file: -i FILE\n',
              word)
    expect("did you mean" not in described("nosuch"), "what is far")
    expect("did you mean kv_key?" in described("-i", "idl/kv.x", "kv_ky"), "of the file")
    # nfs_fh3 is nearer, but what the user named comes first.
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path = os.path.join(place, "t.x")
        with open(path, "w", encoding="ascii") as f:
            f.write("struct nfs_fh99 { int a; };\n")
        expect("did you mean nfs_fh99?" in described("-i", path, "nfs_fh7"), "named before others")
    err = described("DUMP")
    expect('"DUMP" is ambiguous\nhint: one of MOUNT/1.DUMP' in err, err)
    equal(described("KV/3"), 'rpcall: error: no interface here has a version "3" of KV\n'
          "hint: there is KV/1\n", "another version")
    equal(described("KX/3").splitlines()[0],
          'rpcall: error: no interface here has a program "KX/3"', "another program")
    err = fails(USAGE, "rpcall", "encode", "echo_payloa", '"text:a"')
    expect('has a type or procedure "echo_payloa"\nhint: did you mean echo_payload?\n' in err, err)


@test("describe prints a type that has itself once, and with --types all that a program needs")
def describe_whole():
    out = succeeds("rpcall", "describe", "entry3")
    equal((out.startswith("struct entry3 {"), out.count("struct entry3 {")), (True, 1), out)
    expect("\ntypedef uint64 cookie3;\n" in out, out)
    bare, whole = (succeeds("rpcall", "describe", *with_types, "NFS")
                   for with_types in ((), ("--types",)))
    expect(whole.startswith("const ") and whole.endswith("\n\n" + bare), whole)
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path = os.path.join(place, "nfs.x")
        with open(path, "w", encoding="ascii") as f:
            f.write(whole)
        equal(succeeds("rpcall", "check", "--no-rpcgen", path), "", "it is an interface")
        equal(succeeds("rpcall", "describe", "-i", path, "--types", "NFS"), whole, "the same again")
    out = succeeds("rpcall", "describe", "--types", "KV/1")
    expect("struct kv_event {" in out and out.endswith("kv_stat KV_STAT(void) = 8;\n"), out)


@test("rpcall describe prints constants: one that is named, and those that a type needs")
def describe_constant():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path = os.path.join(place, "t.x")
        with open(path, "w", encoding="ascii") as f:
            f.write("const Z = 3; const A = Z; enum e { ONE = 1, TWO = A }; const BIG = 0xffffffff;\n"
                    'const TEXT = "text"; const UNUSED = 9;\n'
                    "struct s { int a[Z]; opaque b<A>; string c<A>; int d<TWO>; };\n"
                    "union u switch (unsigned n) { case BIG: s x; case Z: void; };\n")
        def say(*args):
            return succeeds("rpcall", "describe", "-i", path, *args)
        equal(say("A"), "const A = 3;\n", "A")
        equal(say("BIG"), "const BIG = 4294967295;\n", "BIG")
        equal(say("TEXT"), 'const TEXT = "text";\n', "TEXT")
        enum = "enum e {\n\tONE = 1,\n\tTWO = 3\n};\n"
        equal(say("TWO"), enum, "an item")
        out = say("u")
        expect("\n\nconst A = 3;\nconst BIG = 4294967295;\nconst Z = 3;\n\nstruct s {" in out and
               out.endswith("\n" + enum), out)
        equal(json.loads(say("--json", "A"))["kind"], "constant", "JSON")
        err = fails(USAGE, "rpcall", "describe", "-i", path, "--template", "A")
        expect("A is a constant" in err, err)
        err = fails(USAGE, "rpcall", "describe", "-i", path, "NOSUCH")
        expect('no interface here has a program, procedure, type or constant "NOSUCH"' in err, err)


@test("what describe prints parses again, and says the same")
def describe_again():
    for name in ("NFS/3.READDIRPLUS", "rpcbind/4.GETSTAT", "MOUNT/3.MNT", "ECHO.WHOAMI"):
        types = "\n".join(succeeds("rpcall", "describe", name).splitlines()[1:]) + "\n"
        with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
            path = os.path.join(place, "t.x")
            with open(path, "w", encoding="ascii") as f:
                f.write(types)
            equal(succeeds("rpcall", "check", "--no-rpcgen", path), "", name)


@test("the form that describe --template prints is a value of the type")
def template():
    for name in ("ECHO.SOURCE", "NFS/3.CREATE", "NFS/3.READDIRPLUS", "rpcbind/4.SET", "MOUNT/3.MNT",
                 "fattr3", "READDIR3res", "rpcb_stat_byvers"):
        with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
            path = os.path.join(place, "v.json")
            with open(path, "w", encoding="utf-8") as f:
                f.write(succeeds("rpcall", "describe", "--template", name))
            expect(succeeds("rpcall", "encode", name, "@" + path).startswith("hex:"), name)


@test("a procedure may be named by numbers, by its file and in any case, and shortened")
def names():
    wanted = succeeds("rpcall", "describe", "RPCBPROG/RPCBVERS4.RPCBPROC_DUMP")
    for name in ("100000/4.4", "rpcbind/4.dump", "portmapper/4.DUMP", "rpcb/0x4.rpcbproc_dump",
                 "RPCBPROG/4.4"):
        equal(succeeds("rpcall", "describe", name), wanted, name)
    err = fails(USAGE, "rpcall", "describe", "rpcbind.DUMP")
    expect("ambiguous" in err and "RPCB/2.DUMP, RPCB/3.DUMP, RPCB/4.DUMP\n" in err, err)


@test("of more groups than AUTH_SYS has room for, the first ones are sent")
def many_groups():
    uri = target(shared_daemon(), "rpc/tcp")
    try:
        done = subprocess.run([program("rpcall"), "call", "--auth", "sys", uri, "echo/1.whoami"],
                              extra_groups=range(5000, 5100), capture_output=True,
                              timeout=PATIENCE, check=False)
    except OSError as e:
        skip(f"only root can be in more groups ({e})")
    equal(done.returncode, 0, done.stderr)
    equal(json.loads(done.stdout)["identity"], "ECHO_ID_AUTH_SYS", "identity")
