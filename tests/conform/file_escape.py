"""FILE: nothing outside an export is reached, and what is no file hangs nobody."""
import os
import select
import socket
import stat
import threading

from tests.lib import file
from tests.lib.file import exported
from tests.lib.harness import equal, expect, per_mechanism, skip, test
from tests.lib.mechanisms import connect

OUTSIDE = b"outside"


def link(exports, to, at):
    os.symlink(to, exports.path(at))


def all_refused(exports, files, path, statuses=(file.REFUSED,)):
    """No procedure goes through path, and what is outside stays as it is."""
    results = {"READ": files.read(path)[0], "WRITE": files.write(path, 0, b"x"),
               "CREATE": files.create(path)[0], "TRUNCATE": files.truncate(path, 0),
               "SYNC": files.sync(path), "DIGEST": files.digest(path)[0],
               "LIST": files.list(path)[0], "REMOVE": files.remove(path),
               "RENAME": files.rename(path, "rw/moved"),
               "RENAME to": files.rename("rw/mine", path, replace=True)}
    for what, status in results.items():
        expect(status in statuses, f"{what} of {path!r}: status {status}")
    equal(exports.get("out/secret"), OUTSIDE, "what is outside")
    expect(not os.path.exists(exports.path("rw/moved")), f"{path!r} was renamed")
    equal(exports.get("rw/mine"), b"mine", "what was to be renamed")


@per_mechanism("a symbolic link is not followed, neither last nor on the way, wherever it points")
def symlinks(name):
    with exported(name) as (exports, files, _):
        exports.put("rw/mine", b"mine")
        os.mkdir(exports.path("rw/dir"))
        exports.put("rw/dir/file", b"inside")
        for at, to in (("abs", exports.path("out/secret")), ("up", "../out/secret"),
                       ("inside", "mine"), ("nowhere", "none")):
            link(exports, to, f"rw/{at}")
            # LIST wants a directory: the kernel may look at that first.
            all_refused(exports, files, f"rw/{at}", (file.REFUSED, file.NOTDIR))
            equal(files.stat(f"rw/{at}")[1].type, file.OTHER, "STAT of the link itself")
        for at, to, leaf in (("absdir", exports.path("out"), "secret"), ("updir", "../out", "secret"),
                             ("indir", "dir", "file"), ("self", ".", "mine"), ("root", "/", "etc")):
            link(exports, to, f"rw/{at}")
            all_refused(exports, files, f"rw/{at}/{leaf}")
            equal([files.stat(f"rw/{at}/{leaf}")[0], files.mkdir(f"rw/{at}/new"),
                   files.create(f"rw/{at}/new", True)[0], files.rename("rw/mine", f"rw/{at}/new")],
                  [file.REFUSED] * 4, f"below {at}")
        equal(os.listdir(exports.path("out")), ["secret"], "what is outside")
        equal(os.listdir(exports.path("rw/dir")), ["file"], "what is inside")


@per_mechanism("a magic link of /proc is refused, through a link and in an export of /proc itself")
def magic_links(name):
    with exported(name) as (exports, files, _):
        exports.put("rw/mine", b"mine")
        link(exports, "/proc/self/root", "rw/root")
        link(exports, "/proc/self/fd", "rw/fd")
        for path in ("rw/root", "rw/root/etc/passwd", "rw/fd", "rw/fd/0"):
            all_refused(exports, files, path, (file.REFUSED, file.NOTDIR))


@test("an export of /proc/self does not let out through root, cwd or fd")
def export_of_proc():
    with exported("unix") as (exports, _, daemon):
        with connect_with(daemon, ["--export", "proc=/proc/self"]) as peer:
            files = file.Files(peer)
            for path in ("proc/root/etc/passwd", "proc/cwd/Makefile", "proc/fd/0", "proc/exe",
                         "proc/task/../root"):
                expect(files.read(path)[0] in (file.REFUSED, file.INVAL), path)
        equal(exports.get("out/secret"), OUTSIDE, "what is outside")


def connect_with(daemon, args):
    daemon.args = args
    return connect(daemon, "pipe")


@per_mechanism("a hard way out: the link is made after the name was listed, and moved about")
def moved_directory(name):
    with exported(name) as (exports, files, _):
        os.makedirs(exports.path("rw/a/b"))
        exports.put("rw/a/b/file", b"inside")
        equal(files.read("rw/a/b/file")[1], (1, b"inside"), "READ")
        os.rename(exports.path("rw/a/b"), exports.path("out/b"))
        link(exports, "../../out/b", "rw/a/b")
        equal(files.read("rw/a/b/file")[0], file.REFUSED, "READ through what became a link")
        equal(files.write("rw/a/b/file", 0, b"x"), file.REFUSED, "WRITE")
        equal(exports.get("out/b/file"), b"inside", "the file")


class Swapper:
    """Swaps a directory inside with a link to outside, over and over."""

    def __init__(self, exports):
        self.real, self.other = exports.path("rw/swap"), exports.path("rw/.other")
        os.mkdir(self.real)
        exports.put("rw/swap/secret", b"inside!")
        os.symlink("../out", self.other)
        self.spare = exports.path("rw/.spare")
        self.swaps = 0
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self.work, daemon=True)

    def work(self):
        while not self.ending.is_set():
            os.rename(self.real, self.spare)
            os.rename(self.other, self.real)
            os.rename(self.spare, self.other)
            self.swaps += 1

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.thread.join()


@test("a directory that is swapped with a link while it is used never lets anybody out")
def race():
    may = (file.OK, file.NOENT, file.REFUSED, file.NOTDIR)
    with exported("unix") as (exports, files, _):
        with Swapper(exports) as swapper:
            count = 0
            while count < 400 or (swapper.swaps < 400 and count < 20000):
                status, data = files.read("rw/swap/secret")
                expect(status in may, f"READ: status {status}")
                expect(data is None or data[1] == b"inside!", f"READ got outside: {data}")
                expect(files.write("rw/swap/secret", 0, b"inside!") in may, "WRITE")
                expect(files.create("rw/swap/new")[0] in may, "CREATE")
                expect(files.remove("rw/swap/new") in may, "REMOVE")
                expect(files.mkdir("rw/swap/dir") in may + (file.EXIST,), "MKDIR")
                count += 1
        equal(os.listdir(exports.path("out")), ["secret"], "what is outside")
        equal(exports.get("out/secret"), OUTSIDE, "what is outside")


def hangs_nobody(exports, files, path):
    before = os.lstat(exports.path(path))
    for what, status in (("READ", files.read(path)[0]), ("WRITE", files.write(path, 0, b"x")),
                         ("CREATE", files.create(path)[0]), ("TRUNCATE", files.truncate(path, 0)),
                         ("SYNC", files.sync(path)), ("DIGEST", files.digest(path)[0]),
                         ("REMOVE", files.remove(path)), ("RENAME", files.rename(path, "rw/moved"))):
        expect(status in (file.REFUSED, file.ACCES), f"{what} of {path}: status {status}")
    equal(files.list(path)[0], file.NOTDIR, "LIST")
    equal(files.stat(path)[1].type, file.OTHER, "STAT")
    equal(os.lstat(exports.path(path)).st_ino, before.st_ino, "what is there")


@per_mechanism("a FIFO or a socket in an export is refused at once and hangs nobody")
def fifo_and_socket(name):
    with exported(name) as (exports, files, _):
        os.mkfifo(exports.path("rw/fifo"))
        with socket.socket(socket.AF_UNIX) as s:
            s.bind(exports.path("rw/sock"))
            for path in ("rw/fifo", "rw/sock"):
                hangs_nobody(exports, files, path)
            # With somebody at the other end, an open for writing succeeds.
            fd = os.open(exports.path("rw/fifo"), os.O_RDWR | os.O_NONBLOCK)
            hangs_nobody(exports, files, "rw/fifo")
            os.close(fd)


@test("a FIFO in an export is not even opened, which whoever has its other end would see")
def fifo_untouched():
    with exported("unix") as (exports, files, _):
        os.mkfifo(exports.path("rw/fifo"))
        reader = os.open(exports.path("rw/fifo"), os.O_RDONLY | os.O_NONBLOCK)
        try:
            hangs_nobody(exports, files, "rw/fifo")
            poll = select.poll()
            poll.register(reader, select.POLLIN)
            equal(poll.poll(0), [], "events: a writer has come and gone")
        finally:
            os.close(reader)


@per_mechanism("a device in an export is refused")
def device(name):
    with exported(name) as (exports, files, _):
        try:
            os.mknod(exports.path("rw/zero"), 0o600 | stat.S_IFCHR, os.makedev(1, 5))
        except OSError as e:
            skip(f"cannot make a device: {e.strerror}")
        hangs_nobody(exports, files, "rw/zero")


@test("what the server may not open is ACCES")
def no_permission():
    if os.geteuid() == 0:
        skip("root may open everything")
    with exported("unix") as (exports, files, _):
        exports.put("rw/shut", b"x")
        os.chmod(exports.path("rw/shut"), 0)
        equal(files.read("rw/shut")[0], file.ACCES, "READ")
        equal(files.write("rw/shut", 0, b"x"), file.ACCES, "WRITE")
