"""The KV service of idl/kv.x: numbers, arguments and results."""
import os
from dataclasses import dataclass, field

from .xdr import Decoder, opaque, uhyper, uint

PROG = 0x20525002
VERS = 1
NULL, GET, PUT, DELETE, CAS, RANGE, TXN, WATCH, STAT = range(9)
FIRST_UNKNOWN_PROC = 9

KEY_MAX, VALUE_MAX = 1024, 1 << 20
WINDOW = 1024
RANGE_MAX, EVENTS_MAX = 1000, 1000

(OK, NOT_FOUND, CONFLICT, NOSPACE, COMPACTED, STALE, OPID_REUSED, TOO_LARGE,
 BUSY) = range(9)
IF_REVISION, IF_EXISTS = range(2)
CHANGE_PUT, CHANGE_DELETE, CHANGE_EXPIRE = range(3)
SYNC, ASYNC = range(2)


@dataclass(frozen=True)
class Opid:
    client: bytes
    sequence: int
    done: int = 0

    def encode(self):
        return self.client + uhyper(self.sequence, self.done)


# Of a call that is not remembered.
UNNAMED = Opid(bytes(16), 0)


class Client:
    """A client's id and how far it is: next() names its next call."""

    def __init__(self, identity=None):
        self.id = identity or os.urandom(16)
        self.sequence = 0
        self.done = 0

    def next(self):
        self.sequence += 1
        return Opid(self.id, self.sequence, self.done)


# Arguments.

def get_args(key):
    return opaque(key)


def put_args(key, value, opid=UNNAMED, ttl_ms=0):
    return opid.encode() + opaque(key) + opaque(value) + uhyper(ttl_ms)


def delete_args(key, opid=UNNAMED):
    return opid.encode() + opaque(key)


def cas_args(key, revision, value, opid=UNNAMED, ttl_ms=0):
    return (opid.encode() + opaque(key) + uhyper(revision) + opaque(value) +
            uhyper(ttl_ms))


def range_args(prefix=b"", start=b"", end=b"", limit=0, keys_only=False):
    return opaque(prefix) + opaque(start) + opaque(end) + uint(limit, keys_only)


def if_revision(key, revision):
    return uint(IF_REVISION) + opaque(key) + uhyper(revision)


def if_exists(key):
    return uint(IF_EXISTS) + opaque(key) + uhyper(0)


def change_put(key, value, ttl_ms=0):
    return uint(CHANGE_PUT) + opaque(key) + opaque(value) + uhyper(ttl_ms)


def change_delete(key):
    return uint(CHANGE_DELETE) + opaque(key)


def txn_args(conditions, changes, opid=UNNAMED):
    """conditions: of if_...(); changes: of change_...()."""
    return (opid.encode() + uint(len(conditions)) + b"".join(conditions) +
            uint(len(changes)) + b"".join(changes))


def watch_args(prefix=b"", since=0, timeout_ms=0, limit=0):
    return opaque(prefix) + uhyper(since) + uint(timeout_ms, limit)


# Results.

@dataclass
class Written:
    """The answer of PUT, DELETE, CAS and TXN."""
    status: int
    first: int = 0      # KV_OK
    revision: int = 0   # KV_OK, KV_CONFLICT
    index: int = 0      # KV_CONFLICT
    floor: int = 0      # KV_STALE


@dataclass
class Entry:
    revision: int
    ttl_ms: int
    value: bytes


@dataclass
class Page:
    """Of RANGE, status OK: items is a list of (key, Entry)."""
    revision: int
    items: list
    more: bool
    next: bytes


@dataclass
class Event:
    revision: int
    kind: int
    key: bytes


@dataclass
class Changes:
    """Of WATCH: status, and what goes with it."""
    status: int
    revision: int = 0
    events: list = field(default_factory=list)
    compacted: int = 0


@dataclass
class Stat:
    revision: int
    compacted: int
    keys: int
    bytes: int
    used_bytes: int
    map_bytes: int
    durability: int
    clients: int
    clients_max: int
    floor: int
    mutations: int
    commits: int
    syncs: int
    watches: int


def decode_written(results):
    d = Decoder(results)
    written = Written(d.uint())
    if written.status == OK:
        written.first, written.revision = d.hyper(), d.hyper()
    elif written.status == CONFLICT:
        written.index, written.revision = d.uint(), d.hyper()
    elif written.status == STALE:
        written.floor = d.hyper()
    d.done()
    return written


def _entry(d):
    return Entry(d.hyper(), d.hyper(), d.opaque())


def decode_get(results):
    """An Entry, or None where there is no such key."""
    d = Decoder(results)
    status = d.uint()
    if status not in (OK, NOT_FOUND):
        raise ValueError(f"status {status}")
    entry = _entry(d) if status == OK else None
    d.done()
    return entry


def decode_range(results):
    """A Page, or the key that is too large."""
    d = Decoder(results)
    status = d.uint()
    if status == TOO_LARGE:
        answer = d.opaque()
    elif status == OK:
        revision = d.hyper()
        items = [(d.opaque(), _entry(d)) for _ in range(d.uint())]
        answer = Page(revision, items, bool(d.uint()), d.opaque())
    else:
        raise ValueError(f"status {status}")
    d.done()
    return answer


def decode_watch(results):
    d = Decoder(results)
    changes = Changes(d.uint())
    if changes.status == OK:
        changes.revision = d.hyper()
        changes.events = [Event(d.hyper(), d.uint(), d.opaque())
                          for _ in range(d.uint())]
    elif changes.status == COMPACTED:
        changes.compacted, changes.revision = d.hyper(), d.hyper()
    d.done()
    return changes


def decode_stat(results):
    d = Decoder(results)
    stat = Stat(*(d.hyper() for _ in range(6)), d.uint(),
                *(d.hyper() for _ in range(7)))
    d.done()
    return stat


# Calls over a peer of tests/lib/peer.py.

def call(peer, proc, args=b""):
    return peer.call(proc, args, prog=PROG, vers=VERS)


def start_put(peer, key, value=b"v"):
    """Sends a PUT and waits for nothing; returns its xid."""
    return peer.start(PUT, put_args(key, value), prog=PROG, vers=VERS)


def finish_put(peer, xid):
    return decode_written(peer.result(xid, peer.recv_record()))


def get(peer, key):
    return decode_get(call(peer, GET, get_args(key)))


def put(peer, key, value, opid=UNNAMED, ttl_ms=0):
    return decode_written(call(peer, PUT, put_args(key, value, opid, ttl_ms)))


def delete(peer, key, opid=UNNAMED):
    return decode_written(call(peer, DELETE, delete_args(key, opid)))


def cas(peer, key, revision, value, opid=UNNAMED, ttl_ms=0):
    return decode_written(call(peer, CAS, cas_args(key, revision, value, opid, ttl_ms)))


def txn(peer, conditions, changes, opid=UNNAMED):
    return decode_written(call(peer, TXN, txn_args(conditions, changes, opid)))


def stat(peer):
    return decode_stat(call(peer, STAT))


def dump(peer, prefix=b""):
    """Every key below prefix: {key: Entry}, in pages."""
    found, start = {}, b""
    while True:
        page = decode_range(call(peer, RANGE, range_args(prefix, start)))
        found.update(page.items)
        if not page.more:
            return found
        start = page.next
