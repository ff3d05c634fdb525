"""The REFLECT service of idl/reflect.x: numbers, and results taken apart."""
from dataclasses import dataclass, field

from .xdr import Decoder, uint

PROG = 0x205250FF
VERS = 1
NULL, INFO, LIST, IDL, STATS = range(5)
NAME_MAX, PAGE_MAX, BUCKETS = 63, 1024, 118
TIMED, EVERY = 1024, 127

ERRORS = ("prog_unavail", "prog_mismatch", "proc_unavail", "garbage_args", "system_err",
          "denied", "rpc_mismatch", "no_reply", "not_a_call")


@dataclass
class Info:
    product: str
    release: str
    host: str
    started: int
    uptime_ns: int
    pid: int
    workers: int
    cpus: int
    spin_us: int
    limits: dict = field(default_factory=dict)


@dataclass
class Row:
    found: int
    prog: int
    vers: int
    proc: int
    mechanism: str
    calls: int
    bytes_in: int
    bytes_out: int
    errors: dict
    timed_ns: int
    first: int
    counts: list

    def key(self):
        return (self.found, self.prog, self.vers, self.proc, self.mechanism)


def call(peer, proc, args=b""):
    """One call of REFLECT: its results' bytes."""
    return peer.call(proc, args, prog=PROG, vers=VERS)


def _array(d, item):
    count = d.uint()
    if count > PAGE_MAX:
        raise ValueError(f"{count} items in a page")
    return [item(d) for _ in range(count)]


def _value(d):
    return d.string(), d.hyper()


def _row(d):
    found, prog, vers, proc = (d.uint() for _ in range(4))
    mechanism = d.string()
    calls, bytes_in, bytes_out = (d.hyper() for _ in range(3))
    errors = {name: d.hyper() for name in ERRORS}
    return Row(found, prog, vers, proc, mechanism, calls, bytes_in, bytes_out, errors,
               d.hyper(), d.uint(), _array(d, Decoder.hyper))


def _pages(peer, proc, page):
    """Calls page(decoder) for each page of proc, which ends with `next`."""
    start, count = 0, 0
    while True:
        d = Decoder(call(peer, proc, uint(start)))
        page(d)
        count += 1
        following = d.uint()
        d.done()
        if following == 0:
            return count
        if following <= start:
            raise ValueError(f"page {start} is followed by {following}")
        start = following


def info(peer):
    found = []

    def page(d):
        head = [d.string() for _ in range(3)] + [d.hyper(), d.hyper()]
        head += [d.uint() for _ in range(4)]
        if not found:
            found.append(Info(*head))
        found[0].limits.update(_array(d, _value))
    _pages(peer, INFO, page)
    return found[0]


def listing(peer):
    """(procedures, endpoints): (service, prog, vers, proc, name), (mechanism, netid, uri)."""
    procedures, endpoints = [], []

    def page(d):
        procedures.extend(_array(d, lambda d: (d.string(), d.uint(), d.uint(), d.uint(),
                                               d.string())))
        endpoints.extend(_array(d, lambda d: (d.string(), d.string(), d.string())))
    _pages(peer, LIST, page)
    return procedures, endpoints


def stats(peer):
    """(figures by name, rows by key)."""
    figures, rows = {}, {}

    def page(d):
        figures.update(_array(d, _value))
        for row in _array(d, _row):
            rows[row.key()] = row
        d.hyper()
    _pages(peer, STATS, page)
    return figures, rows


def idl_part(peer, prog, vers, file=0, offset=0):
    """(name, files, size, digest, text), or None where there is none."""
    d = Decoder(call(peer, IDL, uint(prog, vers, file, offset)))
    if d.uint() == 1:
        d.done()
        return None
    part = d.string(), d.uint(), d.uint(), d.take(32), d.opaque()
    d.done()
    return part


def idl(peer, prog, vers):
    """(name, digest, text) of a program's own file, from all its parts."""
    text = b""
    while True:
        name, _, size, digest, part = idl_part(peer, prog, vers, 0, len(text))
        text += part
        if len(text) == size:
            return name, digest, text
        if not part:
            raise ValueError(f"nothing at {len(text)} of {size}")
