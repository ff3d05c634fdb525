"""FILE: every procedure, over every mechanism."""
import itertools
import os

from tests.lib import file
from tests.lib.command import USAGE, fails, succeeds
from tests.lib.daemon import Daemon
from tests.lib.envelope import GARBAGE_ARGS, PROC_UNAVAIL
from tests.lib.file import exported
from tests.lib.harness import NO_FRAMING, equal, expect, per_mechanism, test
from tests.lib.mechanisms import connect, peer_of
from tests.lib.xdr import opaque, uhyper, uint

KIB, MIB = 1 << 10, 1 << 20
CANNOT_CREATE = 73


def largest(name):
    """What one READ or WRITE may have: a datagram holds less."""
    return 32 * KIB if name == "rpc/udp" else file.IO_MAX


@per_mechanism("FILE without exports answers: it has an empty list, and nothing else")
def no_exports(name):
    with peer_of(name) as peer:
        files = file.Files(peer)
        equal(peer.call(file.NULL, prog=file.PROG), b"", "NULL")
        equal(files.list(""), (file.OK, file.Page([], 1)), "LIST")
        equal(files.stat("")[1].type, file.DIRECTORY, "type of the list of exports")
        for path in ("a", "a/b"):
            equal(files.stat(path), (file.NOENT, None), "STAT")
            equal(files.read(path), (file.NOENT, None), "READ")
            equal(files.digest(path), (file.NOENT, None), "DIGEST")
            equal(files.write(path, 0, b"x"), file.NOENT, "WRITE")
            equal(files.create(path), (file.NOENT, None), "CREATE")
        peer.expect_status(PROC_UNAVAIL, file.FIRST_UNKNOWN_PROC, prog=file.PROG)


@per_mechanism("a file is created, written, read, cut, renamed and removed, as the disk has it")
def life(name):
    size = largest(name)
    data = file.payload(size)
    with exported(name) as (exports, files, _):
        status, attr = files.create("rw/a", exclusive=True)
        equal((status, attr.type, attr.size, attr.mode, attr.writable),
              (file.OK, file.REGULAR, 0, 0o600, 1), "CREATE")
        equal(files.create("rw/a", exclusive=True), (file.EXIST, None), "CREATE again")
        equal(files.create("rw/a")[0], file.OK, "CREATE of what is there")
        equal(files.write("rw/a", 0, data), file.OK, "WRITE")
        equal(files.write("rw/a", size + 5, b"end"), file.OK, "WRITE behind the end")
        whole = data + bytes(5) + b"end"
        equal(exports.get("rw/a"), whole, "the file")
        equal(files.read("rw/a", 0, size), (file.OK, (0, data)), "READ")
        equal(files.read("rw/a", size - 1, 100), (file.OK, (1, whole[size - 1:])), "READ to the end")
        equal(files.read("rw/a", 3, 5), (file.OK, (0, data[3:8])), "READ inside")
        equal(files.read("rw/a", 3, 0), (file.OK, (0, b"")), "READ of nothing")
        equal(files.read("rw/a", len(whole) + 9, 5), (file.OK, (1, b"")), "READ beyond the end")
        equal(files.truncate("rw/a", 3), file.OK, "TRUNCATE")
        equal(files.truncate("rw/a", 6), file.OK, "TRUNCATE, longer")
        equal(exports.get("rw/a"), data[:3] + bytes(3), "the file")
        equal(files.sync("rw/a"), file.OK, "SYNC")
        equal(files.rename("rw/a", "rw/b"), file.OK, "RENAME")
        equal(files.remove("rw/b"), file.OK, "REMOVE")
        equal(os.listdir(exports.path("rw")), [], "what is left")


@per_mechanism("directories are made, listed, synced, renamed, and removed when empty")
def directories(name):
    with exported(name) as (exports, files, _):
        equal(files.mkdir("rw/d"), file.OK, "MKDIR")
        equal(files.mkdir("rw/d"), file.EXIST, "MKDIR again")
        equal(files.mkdir("rw/d/e"), file.OK, "MKDIR below")
        equal(files.mkdir("rw/x/e"), file.NOENT, "MKDIR below nothing")
        equal(files.remove("rw/d"), file.NOTEMPTY, "REMOVE of a full one")
        for path in ("rw/d/e", "rw/d", "rw"):
            equal(files.sync(path), file.OK, f"SYNC {path}")
        equal(files.rename("rw/d/e", "rw/f"), file.OK, "RENAME")
        equal(files.rename("rw/d", "rw/d/under"), file.INVAL, "RENAME below itself")
        equal(files.remove("rw/d"), file.OK, "REMOVE")
        equal(os.listdir(exports.path("rw")), ["f"], "what is left")
        status, attr = files.stat("rw/f")
        equal((status, attr.type, attr.mode), (file.OK, file.DIRECTORY, 0o700), "STAT")


@per_mechanism("STAT and LIST tell what is there, of every kind")
def look(name):
    with exported(name) as (exports, files, _):
        exports.put("ro/file", b"12345")
        os.utime(exports.path("ro/file"), ns=(1, 1234567890_000000321))
        os.mkdir(exports.path("ro/dir"))
        os.mkfifo(exports.path("ro/fifo"))
        os.symlink("file", exports.path("ro/link"))
        status, attr = files.stat("ro/file")
        equal((status, attr.size, attr.mtime, attr.id, attr.writable),
              (file.OK, 5, (1234567890, 321), os.stat(exports.path("ro/file")).st_ino, 0), "STAT")
        kinds = {"file": file.REGULAR, "dir": file.DIRECTORY, "fifo": file.OTHER,
                 "link": file.OTHER}
        status, page = files.list("ro")
        equal((status, page.eof), (file.OK, 1), "LIST")
        equal({e.name: e.attr.type for e in page.entries}, kinds, "entries")
        for leaf, kind in kinds.items():
            equal(files.stat(f"ro/{leaf}")[1].type, kind, leaf)
        status, page = files.list("")
        equal([(e.name, e.attr.type, e.attr.writable) for e in page.entries],
              [("rw", file.DIRECTORY, 1), ("ro", file.DIRECTORY, 0)], "exports")
        equal(files.list("", page.entries[0].cookie)[1].entries, page.entries[1:], "second export")


@per_mechanism("what cannot be done is a status of its own")
def errors(name):
    with exported(name) as (exports, files, _):
        exports.put("rw/file", b"x")
        os.mkdir(exports.path("rw/dir"))
        equal(files.stat("rw/none")[0], file.NOENT, "STAT")
        equal(files.stat("none/file")[0], file.NOENT, "STAT of no export")
        equal(files.stat("rw/file/below")[0], file.NOTDIR, "STAT below a file")
        equal(files.read("rw/none")[0], file.NOENT, "READ")
        equal(files.write("rw/none", 0, b"x"), file.NOENT, "WRITE")
        equal(files.truncate("rw/none", 0), file.NOENT, "TRUNCATE")
        equal(files.remove("rw/none"), file.NOENT, "REMOVE")
        equal(files.rename("rw/none", "rw/other"), file.NOENT, "RENAME")
        equal(files.sync("rw/none"), file.NOENT, "SYNC")
        equal(files.digest("rw/none")[0], file.NOENT, "DIGEST")
        equal(files.list("rw/none")[0], file.NOENT, "LIST")
        equal(files.list("rw/file")[0], file.NOTDIR, "LIST of a file")
        for path in ("rw", "rw/dir"):
            equal(files.read(path)[0], file.ISDIR, "READ of a directory")
            equal(files.write(path, 0, b"x"), file.ISDIR, "WRITE to a directory")
            equal(files.create(path)[0], file.ISDIR, "CREATE of a directory")
            equal(files.truncate(path, 0), file.ISDIR, "TRUNCATE of a directory")
            equal(files.digest(path)[0], file.ISDIR, "DIGEST of a directory")
        equal(files.rename("rw/file", "rw/dir", replace=True), file.ISDIR, "RENAME onto a directory")
        equal(files.rename("rw/dir", "rw/file", replace=True), file.NOTDIR, "RENAME onto a file")
        equal(files.rename("rw/dir", "rw/file"), file.EXIST, "RENAME onto what is there")
        equal(files.mkdir("rw/file"), file.EXIST, "MKDIR")
        for proc in (files.mkdir, files.remove):
            equal(proc("rw"), file.INVAL, "a change of the export's directory itself")
        equal(files.rename("rw", "rw/sub"), file.INVAL, "RENAME of an export")


@per_mechanism("a read-only export refuses every change, and nothing has changed")
def read_only(name):
    with exported(name) as (exports, files, _):
        exports.put("ro/file", b"same")
        os.mkdir(exports.path("ro/dir"))
        exports.put("rw/mine", b"mine")
        equal([files.write("ro/file", 0, b"xxxx"), files.create("ro/new")[0],
               files.create("ro/file")[0], files.truncate("ro/file", 0), files.remove("ro/file"),
               files.remove("ro/dir"), files.mkdir("ro/new"), files.rename("ro/file", "ro/new"),
               files.rename("ro/file", "rw/new"), files.rename("rw/mine", "ro/new")],
              [file.ROFS] * 10, "statuses")
        equal(exports.get("ro/file"), b"same", "the file")
        equal(sorted(os.listdir(exports.path("ro"))), ["dir", "file"], "what is there")
        equal(files.read("ro/file"), (file.OK, (1, b"same")), "READ")


BAD_PATHS = ("/", "/etc/passwd", "rw/", "rw//file", "rw/./file", "rw/../out/secret", "..", ".",
             "rw/..", "../rw/file", "rw/dir/../../out/secret", "rw/" + "n" * 256, "//rw/file",
             "rw/" + "/".join(["d" * 100] * 12)[:1021 - 3] + "/..", "./rw/file")


@per_mechanism("a path that is none is INVAL, in every procedure")
def bad_paths(name):
    with exported(name) as (exports, files, _):
        exports.put("rw/file", b"x")
        os.mkdir(exports.path("rw/dir"))
        for path in BAD_PATHS:
            equal([files.stat(path)[0], files.list(path)[0], files.read(path)[0],
                   files.write(path, 0, b"y"), files.create(path)[0], files.truncate(path, 0),
                   files.rename(path, "rw/new"), files.rename("rw/file", path),
                   files.remove(path), files.mkdir(path), files.sync(path),
                   files.digest(path)[0]], [file.INVAL] * 12, f"statuses of {path!r}")
        equal(exports.get("out/secret"), b"outside", "what is outside")
        equal(sorted(os.listdir(exports.path("rw"))), ["dir", "file"], "what is there")


@per_mechanism("a path over 1,024 bytes, with a NUL, or whose length lies is GARBAGE_ARGS")
def garbage_paths(name):
    with exported(name) as (_, files, _daemon):
        for path in (opaque(b"rw/" + b"a" * file.PATH_MAX), opaque(b"rw/a\0b"), opaque(b"\0"),
                     opaque(b"rw/a", 0x7FFFFFFF), opaque(b"rw/a", 0xFFFFFFFF), b"\0\0", b""):
            for proc, rest in ((file.STAT, b""), (file.LIST, uhyper(0) + uint(1)),
                               (file.READ, uhyper(0) + uint(1)), (file.SYNC, b""),
                               (file.WRITE, uhyper(0) + opaque(b"x")),
                               (file.CREATE, uint(0) + bytes(16)),
                               (file.TRUNCATE, uhyper(0) + bytes(16)),
                               (file.RENAME, opaque(b"rw/b") + uint(0) + bytes(16)),
                               (file.REMOVE, bytes(16)), (file.MKDIR, bytes(16)),
                               (file.DIGEST, uhyper(0, 0) + uint(file.SHA256))):
                files.peer.expect_status(GARBAGE_ARGS, proc, path + rest, prog=file.PROG)
        files.peer.null()


@per_mechanism("arguments of FILE cut at every byte, or with more behind them, are GARBAGE_ARGS")
def cut_arguments(name):
    calls = ((file.LIST, file.list_args("rw")), (file.READ, file.read_args("rw/a")),
             (file.WRITE, file.write_args("rw/a", 0, b"abc")),
             (file.CREATE, file.create_args("rw/a")), (file.TRUNCATE, file.truncate_args("rw/a", 0)),
             (file.RENAME, file.rename_args("rw/a", "rw/b")), (file.MKDIR, file.name_args("rw/a")),
             (file.DIGEST, file.digest_args("rw/a")))
    with exported(name) as (exports, files, _):
        for proc, args in calls:
            for bad in [args[:n] for n in range(len(args))] + [args + bytes(4)]:
                files.peer.expect_status(GARBAGE_ARGS, proc, bad, prog=file.PROG)
        for proc, args in ((file.CREATE, file.path_args("rw/a") + uint(2) + bytes(16)),
                           (file.RENAME, file.rename_args("rw/a", "rw/b")[:-20] + uint(9) + bytes(16))):
            files.peer.expect_status(GARBAGE_ARGS, proc, args, prog=file.PROG)
        equal(os.listdir(exports.path("rw")), [], "what was made")


@per_mechanism("a WRITE over 1 MiB is GARBAGE_ARGS, a READ of more INVAL", unless=NO_FRAMING)
def over_bound(name):
    with exported(name) as (exports, files, _):
        exports.put("rw/a", b"x")
        files.peer.expect_status(GARBAGE_ARGS, file.WRITE,
                                 file.write_args("rw/a", 0, bytes(file.IO_MAX + 1)), prog=file.PROG)
        for count in (file.IO_MAX + 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF):
            equal(files.read("rw/a", 0, count)[0], file.INVAL, "READ")
        equal(exports.get("rw/a"), b"x", "the file")


@per_mechanism("offsets and sizes at the end of what there can be are refused, not wrapped")
def offsets(name):
    top = (1 << 63) - 1
    with exported(name) as (exports, files, _):
        exports.put("rw/a", b"abc")
        for offset in (top, top + 1, file.ALL):
            equal(files.read("rw/a", offset, 1)[0], file.INVAL, f"READ at {offset}")
            expect(files.write("rw/a", offset, b"x") in (file.INVAL, file.FBIG), f"WRITE at {offset}")
        equal(files.read("rw/a", top - 1, 1), (file.OK, (1, b"")), "READ far beyond the end")
        expect(files.write("rw/a", top - 1, b"x") in (file.FBIG, file.INVAL), "WRITE far beyond")
        for size in (top + 1, file.ALL):
            equal(files.truncate("rw/a", size), file.INVAL, f"TRUNCATE to {size}")
        expect(files.truncate("rw/a", top) in (file.FBIG, file.INVAL), "TRUNCATE to the last size")
        for offset in (top + 1, file.ALL):
            equal(files.digest("rw/a", offset, 1)[0], file.INVAL, f"DIGEST at {offset}")
        equal(files.digest("rw/a", top, file.ALL), (file.OK, file.digest_of(b"")),
              "DIGEST at the last offset")
        for cookie in (top + 1, file.ALL):
            equal(files.list("rw", cookie)[0], file.INVAL, f"LIST from {cookie}")
        for count in (0, file.LIST_MAX + 1, 0xFFFFFFFF):
            equal(files.list("rw", 0, count)[0], file.INVAL, f"LIST of {count}")
        equal(exports.get("rw/a"), b"abc", "the file")


@per_mechanism("DIGEST is sha256sum's or xxh128sum's word on a file or a part, sparse and empty too")
def digests(name):
    data = file.payload(5 * MIB + 17)
    with exported(name) as (exports, files, _):
        exports.put("ro/a", data)
        exports.put("ro/empty", b"")
        exports.put("ro/sparse", b"")
        os.truncate(exports.path("ro/sparse"), 20 * MIB)
        for kind, (offset, length) in itertools.product(file.KINDS, (
                (0, file.ALL), (0, len(data)), (1, 100), (4 * MIB, 4 * MIB),
                (5 * MIB - 1, file.ALL), (len(data), 5), (len(data) + 5, 5), (3, 0))):
            part = data[offset:][:min(length, len(data))]
            equal(files.digest("ro/a", offset, length, kind),
                  (file.OK, file.digest_of(part, kind)), f"DIGEST {kind} {offset} {length}")
        for kind in file.KINDS:
            equal(files.digest("ro/empty", kind=kind)[1], file.digest_of(b"", kind), "of nothing")
            equal(files.digest("ro/sparse", kind=kind)[1],
                  file.digest_of(bytes(20 * MIB), kind), "of a hole")


@per_mechanism("a kind of digest that is none is GARBAGE_ARGS, whatever the file is")
def digest_kinds(name):
    with exported(name) as (exports, files, _):
        exports.put("ro/a", b"abc")
        for path, kind in itertools.product(("ro/a", "ro/none", ""),
                                            (0, 3, 0x7FFFFFFF, 0x80000001, 0xFFFFFFFF)):
            files.peer.expect_status(GARBAGE_ARGS, file.DIGEST,
                                     file.digest_args(path, kind=kind), prog=file.PROG)
        equal(files.digest("ro/a", kind=file.XXH128),
              (file.OK, file.digest_of(b"abc", file.XXH128)), "DIGEST")


@per_mechanism("a long directory comes in pages, each entry once, also while others come and go")
def pages(name):
    with exported(name) as (exports, files, _):
        stay = {f"stay{i}" for i in range(300)}
        for leaf in stay:
            exports.put(f"rw/{leaf}", b"")
        for i in range(100):
            exports.put(f"rw/go{i}", b"")
        seen, cookie, turn, eof = [], 0, 0, 0
        while not eof:
            status, page = files.list("rw", cookie, 17)
            equal(status, file.OK, "LIST")
            expect(len(page.entries) <= 17 and (page.entries or page.eof), "a page")
            seen += [e.name for e in page.entries]
            cookie, eof = page.entries[-1].cookie if page.entries else 0, page.eof
            for i in range(turn * 5, min(turn * 5 + 5, 100)):
                os.unlink(exports.path(f"rw/go{i}"))
                exports.put(f"rw/come{i}", b"")
            turn += 1
        kept = [leaf for leaf in seen if leaf in stay]
        equal(len(kept), len(stay), "entries that stayed")
        equal(set(kept), stay, "which ones")


@per_mechanism("a change that arrives twice with its opid is made once, and answered the same")
def once(name):
    opid = [os.urandom(16) for _ in range(6)]
    with exported(name) as (exports, files, _):
        for _ in range(2):
            equal(files.create("rw/a", True, opid[0])[0], file.OK, "CREATE, exclusive")
        for _ in range(2):
            equal(files.rename("rw/a", "rw/b", False, opid[1]), file.OK, "RENAME")
        exports.put("rw/a", b"another")
        equal(files.rename("rw/a", "rw/b", False, opid[1]), file.OK, "RENAME, late")
        equal(exports.get("rw/a"), b"another", "the other file")
        equal(files.rename("rw/a", "rw/b", False, opid[2]), file.EXIST, "RENAME")
        equal(files.remove("rw/b", opid[3]), file.OK, "REMOVE")
        exports.put("rw/b", b"again")
        equal(files.remove("rw/b", opid[3]), file.OK, "REMOVE, late")
        equal(exports.get("rw/b"), b"again", "the file that came after")
        for _ in range(2):
            equal(files.mkdir("rw/d", opid[4]), file.OK, "MKDIR")
        equal(files.truncate("rw/b", 1, opid[5]), file.OK, "TRUNCATE")
        exports.put("rw/b", b"long again")
        equal(files.truncate("rw/b", 1, opid[5]), file.OK, "TRUNCATE, late")
        equal(exports.get("rw/b"), b"long again", "the file that was written since")
        equal(files.mkdir("rw/b", opid[0]), file.EXIST, "another procedure with that opid")


@test("an opid is forgotten after 1,024 others")
def once_is_bounded():
    with exported("unix") as (_, files, _daemon):
        first = os.urandom(16)
        equal(files.mkdir("rw/d", first), file.OK, "MKDIR")
        for _ in range(file.ONCE_MAX - 1):
            files.remove("rw/none", os.urandom(16))
        equal(files.mkdir("rw/d", first), file.OK, "MKDIR, remembered")
        files.remove("rw/none", os.urandom(16))
        equal(files.mkdir("rw/d", first), file.EXIST, "MKDIR, forgotten")


@test("another's opids, however many, make the server forget none of ours")
def once_for_each():
    with exported("unix") as (_, files, daemon), connect(daemon, "tcp") as peer:
        other, first = file.Files(peer), os.urandom(16)
        equal(files.mkdir("rw/d", first), file.OK, "MKDIR")
        for _ in range(file.ONCE_MAX * 2):
            other.remove("rw/none", os.urandom(16))
        equal(files.mkdir("rw/d", first), file.OK, "MKDIR, remembered")
        for _ in range(file.ONCE_MAX):
            files.remove("rw/none", os.urandom(16))
        equal(files.mkdir("rw/d", first), file.EXIST, "MKDIR, forgotten")


@test("an export that is not there keeps rpcalld from starting, and it says which")
def no_such_dir():
    for action in ("--stdio", "-t"):
        err = fails(CANNOT_CREATE, "rpcalld", action, "--export", "a=/tmp",
                    "--export", "data=/none/such")
        expect("export data: /none/such: No such file or directory\n" in err, err)
        expect("\nhint: mkdir -p /none/such, or leave out --export data=/none/such\n" in err, err)
    err = fails(CANNOT_CREATE, "rpcalld", "-t", "--export", "data=/etc/passwd")
    expect("export data: /etc/passwd: Not a directory\nhint: ls -ld /etc/passwd" in err, err)
    succeeds("rpcalld", "-t", "--no-rpcbind", "--disable", "file", "--export", "data=/none/such")


@test("exports are read-only unless said, and -t lists them")
def check():
    out = succeeds("rpcalld", "-t", "--no-rpcbind", "--export", "a=/tmp", "--export", "b=/tmp:rw",
                   "--export", "c=/tmp:ro")
    equal([line for line in out.splitlines() if line.startswith("export ")],
          ["export a ro /tmp", "export b rw /tmp", "export c ro /tmp"], "exports")


@test("an --export that is none, or whose name is taken, is wrong usage")
def bad_exports():
    for bad in ("", "=", "a", "a=", "=/tmp", "a=:rw", "a/b=/tmp", "..=/tmp", ".=/tmp",
                "n" * 65 + "=/tmp", "a=/" + "d" * 1024):
        fails(USAGE, "rpcalld", "-t", "--export", bad)
    fails(USAGE, "rpcalld", "-t", "--export", "a=/tmp", "--export", "a=/")
    many = [word for i in range(65) for word in ("--export", f"a{i}=/tmp")]
    fails(USAGE, "rpcalld", "-t", *many)


@test("one thread for files and one for digests are enough; disabled, FILE is PROG_UNAVAIL")
def one_thread():
    with exported("tcp", {"file-threads": 1, "digest-threads": 1}) as (exports, files, daemon):
        exports.put("rw/a", file.payload(3 * MIB))
        with connect(daemon, "unix") as other:
            for peer in (files, file.Files(other)):
                equal(peer.digest("rw/a")[0], file.OK, "DIGEST")
                equal(peer.write("rw/a", 0, b"x"), file.OK, "WRITE")
    with Daemon(args=("--disable", "file")) as daemon, connect(daemon, "tcp") as peer:
        peer.expect_status(1, file.NULL, prog=file.PROG)
