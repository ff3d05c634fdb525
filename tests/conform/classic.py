"""rstat, rusers and spray, the same over every mechanism."""
import time

from tests.lib import classic
from tests.lib.classic import (ALLNAMES, BOOT_TIME, DEAD_PROCESS, NAMES, NUM, RSTAT, RUSERS,
                               SPRAY, SPRAY_CLEAR, SPRAY_GET, SPRAY_MAX, SPRAY_SPRAY, STATS,
                               USER_PROCESS, utmp_record, write_utmp)
from tests.lib.command import succeeds
from tests.lib.daemon import Daemon
from tests.lib.envelope import GARBAGE_ARGS, PROC_UNAVAIL, PROG_MISMATCH, PROG_UNAVAIL, SUCCESS
from tests.lib.harness import equal, expect, per_mechanism, test
from tests.lib.mechanisms import connect, leave, peer_of, session
from tests.lib.xdr import Decoder, opaque, uint

WITH_RUSERS = ("--enable", "rusers")


def programs(peer):
    for prog, versions in classic.VERSIONS.items():
        for vers in versions:
            yield peer, {"prog": prog, "vers": vers}


@per_mechanism("NULL of every version of a classic program answers")
def null(name):
    with session(name, args=WITH_RUSERS) as (_, peer):
        for _, version in programs(peer):
            peer.expect_status(SUCCESS, 0, **version)


@per_mechanism("a classic program's first and last version are told, and procedures end")
def beyond(name):
    with session(name, args=WITH_RUSERS) as (_, peer):
        for prog, versions in classic.VERSIONS.items():
            for vers in (0, versions[-1] + 1):
                peer.expect_status(PROG_MISMATCH, 0, results=uint(versions[0], versions[-1]),
                                   prog=prog, vers=vers)
        for _, version in programs(peer):
            peer.expect_status(PROC_UNAVAIL, 4, **version)


@per_mechanism("bytes after no arguments are GARBAGE_ARGS in every classic procedure")
def trailing(name):
    with session(name, args=WITH_RUSERS) as (_, peer):
        for _, version in programs(peer):
            for proc in (0, 2):
                peer.expect_status(GARBAGE_ARGS, proc, bytes(4), **version)
            peer.expect_status(GARBAGE_ARGS, 1, bytes(400), **version)


@per_mechanism("rstat tells processor times, boot and present time, in versions 1 to 3")
def rstat(name):
    with peer_of(name) as peer:
        for vers in classic.VERSIONS[RSTAT]:
            got = classic.decode_stats(vers, peer.call(STATS, prog=RSTAT, vers=vers))
            expect(vers == 1 or got.boot[1] == 0, f"microseconds: {got}")
        equal(got.now[1], 0, "microseconds")
        expect(abs(got.now[0] - time.time()) < 60, f"present time {got.now}")
        expect(got.boot[0] <= got.now[0], f"boot time {got.boot}")


@per_mechanism("rstat says whether there are disks, the same in every version")
def havedisk(name):
    with peer_of(name) as peer:
        said = {peer.call(classic.HAVEDISK, prog=RSTAT, vers=vers)
                for vers in classic.VERSIONS[RSTAT]}
        expect(len(said) == 1 and said <= {uint(0), uint(1)}, f"{said}")


def get(peer):
    d = Decoder(peer.call(SPRAY_GET, prog=SPRAY))
    count, seconds, micro = d.uint(), d.uint(), d.uint()
    d.done()
    expect(seconds < 3600 and micro < 1000000, f"clock {seconds}.{micro}")
    return count


@per_mechanism("spray counts what arrives since CLEAR, and does not answer it")
def spray(name):
    with session(name) as (_, peer):
        equal(peer.call(SPRAY_CLEAR, prog=SPRAY), b"", "CLEAR")
        for size in (0, 1, 86, 1500, SPRAY_MAX):
            peer.start(SPRAY_SPRAY, opaque(bytes(size)), prog=SPRAY)
        # The first record back is GET's: the sprayed ones are not answered.
        equal(get(peer), 5, "counter")
        peer.call(SPRAY_CLEAR, prog=SPRAY)
        equal(get(peer), 0, "counter after CLEAR")


@per_mechanism("what spray cannot decode is refused and not counted")
def spray_garbage(name):
    with session(name) as (_, peer):
        for args in (b"", uint(4), opaque(bytes(SPRAY_MAX + 1)), opaque(b"abcd", 8845),
                     opaque(b"abcd", 0xFFFFFFFF), opaque(b"abcd") + bytes(4)):
            peer.expect_status(GARBAGE_ARGS, SPRAY_SPRAY, args, prog=SPRAY)
        equal(get(peer), 0, "counter")


@test("spray has one counter for all peers")
def spray_is_shared():
    with Daemon() as daemon, leave(connect(daemon, "tcp")) as peer, \
            leave(connect(daemon, "unix")) as other:
        peer.start(SPRAY_SPRAY, opaque(b"x"), prog=SPRAY)
        equal(get(peer), 1, "counter")
        other.start(SPRAY_SPRAY, opaque(b"x"), prog=SPRAY)
        equal(get(other), 2, "counter")
        equal(get(peer), 2, "counter")


@test("rusers is off unless it is asked for")
def rusers_is_off():
    lines = succeeds("rpcalld", "-t", "--no-rpcbind")
    expect("service rusers" not in lines, lines)
    expect("service rstat" in lines and "service spray" in lines, lines)
    with peer_of("tcp") as peer:
        for vers in classic.VERSIONS[RUSERS]:
            peer.expect_status(PROG_UNAVAIL, NUM, prog=RUSERS, vers=vers)


def logins(peer, vers, proc):
    return classic.decode_logins(vers, peer.call(proc, prog=RUSERS, vers=vers))


@per_mechanism("rusers lists users, or every entry, in versions 2 and 3")
def rusers(name):
    write_utmp(utmp_record(BOOT_TIME, "reboot", "~", "6.1.0"),
               utmp_record(USER_PROCESS, "a-very-long-name", "pts/rpcall", "h" * 256),
               utmp_record(DEAD_PROCESS, "", "pts/rpcall", ""))
    with session(name, args=WITH_RUSERS) as (_, peer):
        for vers, cut in ((2, (8, 8, 16)), (3, (32, 32, 256))):
            equal(peer.call(NUM, prog=RUSERS, vers=vers), uint(1), "NUM")
            equal(logins(peer, vers, NAMES), [classic.Login(
                "a-very-long-name"[:cut[0]], "pts/rpcall"[:cut[1]], "h" * cut[2],
                1000000000, 0)], "NAMES")
            equal([login.user for login in logins(peer, vers, ALLNAMES)],
                  ["reboot", "a-very-long-name"[:cut[0]], ""], "ALLNAMES")


@per_mechanism("rusers lists a hundred logins at most, and counts all")
def many_users(name):
    longest = utmp_record(USER_PROCESS, "u" * 32, "l" * 32, "h" * 256)
    write_utmp(*[longest] * 150)
    with session(name, args=WITH_RUSERS) as (_, peer):
        for vers in classic.VERSIONS[RUSERS]:
            equal(peer.call(NUM, prog=RUSERS, vers=vers), uint(150), "NUM")
            equal(len(logins(peer, vers, NAMES)), classic.LOGINS_MAX, "NAMES")


@per_mechanism("without a utmp file nobody is logged in")
def nobody(name):
    write_utmp()
    with session(name, args=WITH_RUSERS) as (_, peer):
        for vers in classic.VERSIONS[RUSERS]:
            equal(peer.call(NUM, prog=RUSERS, vers=vers), uint(0), "NUM")
            equal(logins(peer, vers, ALLNAMES), [], "ALLNAMES")
