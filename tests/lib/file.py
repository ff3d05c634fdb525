"""The FILE service of idl/file.x: numbers, arguments and results; and a
daemon with exports in a directory of its own."""
import contextlib
import hashlib
import os
import subprocess
import tempfile
from dataclasses import dataclass, field

from . import echo
from .daemon import Daemon
from .mechanisms import connect, leave
from .xdr import Decoder, opaque, uhyper, uint

PROG = 0x20525003
VERS = 1
(NULL, STAT, LIST, READ, WRITE, CREATE, TRUNCATE, RENAME, REMOVE, MKDIR, SYNC,
 DIGEST) = range(12)
FIRST_UNKNOWN_PROC = 12

PATH_MAX, NAME_MAX, IO_MAX, LIST_MAX = 1024, 255, 1 << 20, 128
ONCE_MAX = 1024

(OK, NOENT, EXIST, NOTDIR, ISDIR, ACCES, ROFS, NOSPC, INVAL, IO, NOTEMPTY, REFUSED, FBIG,
 XDEV, BUSY, STALE) = range(16)
REGULAR, DIRECTORY, OTHER = 1, 2, 3
SHA256, XXH128 = KINDS = 1, 2

NO_OPID = bytes(16)
ALL = (1 << 64) - 1


@dataclass
class Attr:
    type: int
    mode: int
    size: int
    mtime: tuple
    id: int
    writable: int


@dataclass
class Entry:
    name: str
    attr: Attr
    cookie: int


@dataclass
class Page:
    entries: list = field(default_factory=list)
    eof: int = 0


def path_args(path):
    return opaque(os.fsencode(path))


def list_args(path, cookie=0, count=LIST_MAX):
    return path_args(path) + uhyper(cookie) + uint(count)


def read_args(path, offset=0, count=IO_MAX):
    return path_args(path) + uhyper(offset) + uint(count)


def write_args(path, offset, data):
    return path_args(path) + uhyper(offset) + opaque(data)


def create_args(path, exclusive=False, opid=NO_OPID):
    return path_args(path) + uint(exclusive) + opid


def truncate_args(path, size, opid=NO_OPID):
    return path_args(path) + uhyper(size) + opid


def rename_args(old, new, replace=False, opid=NO_OPID):
    return path_args(old) + path_args(new) + uint(replace) + opid


def name_args(path, opid=NO_OPID):
    return path_args(path) + opid


def digest_args(path, offset=0, length=ALL, kind=SHA256):
    return path_args(path) + uhyper(offset, length) + uint(kind)


def _attr(d):
    return Attr(d.uint(), d.uint(), d.hyper(), (d.hyper(), d.uint()), d.hyper(), d.uint())


def _status(_):
    return None


def _page(d):
    entries = [Entry(os.fsdecode(d.opaque()), _attr(d), d.hyper()) for _ in range(d.uint())]
    return Page(entries, d.uint())


def _data(d):
    return d.uint(), d.opaque()


def _digest(d):
    kind = d.uint()
    return kind, d.take({SHA256: 32, XXH128: 16}[kind]), d.hyper()


ARMS = {STAT: _attr, LIST: _page, READ: _data, CREATE: _attr, DIGEST: _digest}


def decode(proc, results):
    """(status, what FILE_OK comes with or None)."""
    d = Decoder(results)
    status = d.uint()
    value = ARMS.get(proc, _status)(d) if status == OK else None
    d.done()
    return status, value


class Files:
    """FILE's procedures over a peer: each returns (status, value)."""

    def __init__(self, peer):
        self.peer = peer

    def call(self, proc, args):
        return decode(proc, self.peer.call(proc, args, prog=PROG))

    def start(self, proc, args):
        return self.peer.start(proc, args, prog=PROG)

    def stat(self, path):
        return self.call(STAT, path_args(path))

    def list(self, path, cookie=0, count=LIST_MAX):
        return self.call(LIST, list_args(path, cookie, count))

    def read(self, path, offset=0, count=IO_MAX):
        return self.call(READ, read_args(path, offset, count))

    def write(self, path, offset, data):
        return self.call(WRITE, write_args(path, offset, data))[0]

    def create(self, path, exclusive=False, opid=NO_OPID):
        return self.call(CREATE, create_args(path, exclusive, opid))

    def truncate(self, path, size, opid=NO_OPID):
        return self.call(TRUNCATE, truncate_args(path, size, opid))[0]

    def rename(self, old, new, replace=False, opid=NO_OPID):
        return self.call(RENAME, rename_args(old, new, replace, opid))[0]

    def remove(self, path, opid=NO_OPID):
        return self.call(REMOVE, name_args(path, opid))[0]

    def mkdir(self, path, opid=NO_OPID):
        return self.call(MKDIR, name_args(path, opid))[0]

    def sync(self, path):
        return self.call(SYNC, path_args(path))[0]

    def digest(self, path, offset=0, length=ALL, kind=SHA256):
        return self.call(DIGEST, digest_args(path, offset, length, kind))


class Exports:
    """A directory with rw/ and ro/, exported under these names, and out/ beside
    them, which nobody may reach."""

    def __init__(self, where=None):
        self.holder = tempfile.TemporaryDirectory(prefix="rpcall-", dir=where)
        self.place = self.holder.name
        for name in ("rw", "ro", "out"):
            os.mkdir(self.path(name))
        self.put("out/secret", b"outside")

    def path(self, *parts):
        return os.path.join(self.place, *parts)

    def put(self, name, data):
        with open(self.path(name), "wb") as f:
            f.write(data)

    def get(self, name):
        with open(self.path(name), "rb") as f:
            return f.read()

    def args(self):
        return ["--export", f"rw={self.path('rw')}:rw", "--export", f"ro={self.path('ro')}"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.holder.cleanup()


@contextlib.contextmanager
def exported(name, limits=None, where=None, **options):
    """A daemon with exports, below where, and its FILE over this mechanism."""
    with Exports(where) as exports:
        with Daemon(limits=limits, args=exports.args(), **options) as daemon:
            with leave(connect(daemon, name)) as peer:
                yield exports, Files(peer), daemon


def digest_of(data, kind=SHA256):
    """What DIGEST answers of these bytes; XXH3 is xxh128sum's word."""
    if kind == SHA256:
        return kind, hashlib.sha256(data).digest(), len(data)
    done = subprocess.run(["xxh128sum", "-"], input=data, capture_output=True, check=True)
    return kind, bytes.fromhex(done.stdout.split()[0].decode()), len(data)


def payload(size, seed=1):
    return echo.payload(size, seed)
