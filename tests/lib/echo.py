"""The ECHO service of idl/echo.x: numbers, arguments and results."""
import functools
from dataclasses import dataclass

from .xdr import Decoder, opaque, uint

PROG = 0x20525001
VERS = 1
NULL, ECHO, SINK, SOURCE, DELAY, WHOAMI = range(6)
FIRST_UNKNOWN_PROC = 6
MAX = 4194304
DELAY_MAX = 60000000

ANONYMOUS, ADDRESS, AUTH_SYS, FIFO, PEERCRED, PARENT = range(6)


@dataclass
class Usage:
    user_ns: int
    system_ns: int
    voluntary: int
    involuntary: int
    calls: int
    bytes_in: int
    bytes_out: int


@dataclass
class Whoami:
    mechanism: str
    netid: str
    peer: str
    identity: int
    uid_known: int
    uid: int
    server: str
    usage: Usage


def source_args(length, seed):
    return uint(length, seed)


def payload(length, seed=1):
    """length bytes in which every position can be told from its neighbours."""
    block = _block(min(length, 65536), seed)
    return (block * (length // max(len(block), 1) + 1))[:length]


@functools.lru_cache(maxsize=64)
def _block(length, seed):
    table = bytes((value + seed) & 0xFF for value in range(256))
    return _unseeded()[:length].translate(table)


@functools.lru_cache(maxsize=1)
def _unseeded():
    return bytes((i * 7 + i // 256 * 13) & 0xFF for i in range(65536))


def decode_opaque(results):
    d = Decoder(results)
    data = d.opaque()
    d.done()
    return data


def decode_digest(results):
    d = Decoder(results)
    digest = d.uint(), d.uint()
    d.done()
    return digest


def decode_whoami(results):
    d = Decoder(results)
    who = Whoami(d.string(), d.string(), d.string(), d.uint(), d.uint(), d.uint(),
                 d.string(), Usage(*(d.hyper() for _ in range(7))))
    d.done()
    return who


def echo_args(data):
    return opaque(data)
