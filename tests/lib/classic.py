"""The classic services: numbers and results of rstat, rusers and spray, and the
utmp(5) file that rusers reads."""
import os
import struct
from dataclasses import dataclass

from .harness import skip
from .xdr import Decoder

RSTAT, RUSERS, SPRAY = 100001, 100002, 100012
VERSIONS = {RSTAT: (1, 2, 3), RUSERS: (2, 3), SPRAY: (1,)}
STATS, HAVEDISK = 1, 2
NUM, NAMES, ALLNAMES = 1, 2, 3
SPRAY_SPRAY, SPRAY_GET, SPRAY_CLEAR = 1, 2, 3
SPRAY_MAX = 8845
LOGINS_MAX = 100

UTMP = "/run/utmp"
BOOT_TIME, USER_PROCESS, DEAD_PROCESS = 2, 7, 8
WORDS = {1: 18, 2: 24, 3: 26}  # of 4 bytes in a result of STATS


@dataclass
class Stats:
    cpu: list
    interrupts: int
    load: list = None
    boot: tuple = None
    now: tuple = None


def decode_stats(version, results):
    """A result of STATS: what all versions tell, and what later ones add."""
    d = Decoder(results)
    words = [d.uint() for _ in range(WORDS[version])]
    d.done()
    stats = Stats(words[:4], words[12])
    if version > 1:
        stats.load, stats.boot = words[18:21], tuple(words[21:23])
    if version > 2:
        stats.now = tuple(words[23:25])
    return stats


@dataclass
class Login:
    user: str
    line: str
    host: str
    time: int
    idle: int
    type: int = USER_PROCESS


def _fixed(d, size):
    data = d.opaque()
    if len(data) != size:
        raise ValueError(f"{len(data)} bytes of {size}")
    return data.rstrip(b"\0").decode()


def _login2(d):
    line, user, host = _fixed(d, 8), _fixed(d, 8), _fixed(d, 16)
    return Login(user, line, host, d.uint(), d.uint())


def _login3(d):
    user, line, host, kind = d.string(), d.string(), d.string(), d.uint()
    return Login(user, line, host, d.uint(), d.uint(), kind)


def decode_logins(version, results):
    d = Decoder(results)
    take = _login2 if version == 2 else _login3
    logins = [take(d) for _ in range(d.uint())]
    d.done()
    return logins


def utmp_record(kind, user="", line="", host="", time=1000000000):
    return struct.pack("=hxxi32s4s32s256shhiii4i20x", kind, 1, line.encode(), b"",
                       user.encode(), host.encode(), 0, 0, 0, time, 0, 0, 0, 0, 0)


def write_utmp(*records):
    """Says who is logged in. Only inside scripts/with-rpcbind, where /run is
    the tests' own."""
    if "RPCALL_RPCBIND_PID" not in os.environ:
        skip("no private /run: run this under scripts/with-rpcbind")
    if os.path.realpath("/var/run") != "/run":
        skip("/var/run is not /run here")
    with open(UTMP, "wb") as f:
        f.write(b"".join(records))
