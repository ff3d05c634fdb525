"""Errors of the verbs that call: what went wrong, where, and what to do about it."""
import os
import tempfile

from tests.lib.answerer import Answerer
from tests.lib.command import fails, succeeds
from tests.lib.envelope import Rpc
from tests.lib.harness import equal, expect, test
from tests.lib.record import record
from tests.lib.rpcinfo import control, require_rpcbind

USAGE, TIMEOUT, DENIED, GARBAGE = 64, 75, 77, 84
NOWHERE = "unix:/nonexistent.sock"


@test("a name that nothing has brings the nearest one that something has")
def nearest():
    for written, meant in (("ehco/1.echo", "ECHO/1.ECHO"), ("MUONT/3.MNT", "MOUNT/3.MNT"),
                           ("SORCE", "ECHO/1.SOURCE"), ("ECHO/2.SOURCE", "ECHO/1.SOURCE")):
        err = fails(USAGE, "rpcall", "call", NOWHERE, written)
        expect(f'has a procedure "{written}"\nhint: did you mean {meant}?\n' in err, err)
    for program, written, meant in (("ECHO", "ECH", "ECHO/1.ECHO"),
                                    ("NFS/3", "GETATR", "NFS/3.GETATTR")):
        err = fails(USAGE, "rpcall", "call", NOWHERE, f"{program}.{written}")
        expect(f'{program} has no procedure "{written}"\nhint: did you mean {meant}?\n'
               "hint: it has 0 NULL, 1 " in err, err)
    for written in ("XYZZY.ECHO", "ECHO.XYZZY", "A", "A.B", "A" * 60 + "." + "B" * 60,
                    "ECHO.ECHOECHOECHO"):
        err = fails(USAGE, "rpcall", "call", NOWHERE, written)
        expect("did you mean" not in err, err)


TWO = ("program CLOCKPROG { version V2 { int TIME(void) = 1; int SET(int) = 3; } = 2; } = 777001;",
       "program CLOCKSPROG { version V3 { int TIME(void) = 1; int SETS(int) = 3; } = 3; } = 777001;")


@test("a program's versions may be in several files, by several names: a version's own comes first")
def versions():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        files = []
        for i, text in enumerate(TWO):
            files += ["-i", os.path.join(place, f"t{i}.x")]
            with open(files[-1], "w", encoding="ascii") as f:
                f.write(text)
        for name in ("CLOCK/3.SETS", "clocks/3.3", "777001/3.SETS"):
            equal(succeeds("rpcall", "describe", *files, name), "int SETS(int) = 3;\n", name)
        # SETS of version 3 is one edit nearer.
        err = fails(USAGE, "rpcall", "describe", *files, "CLOCK/2.SETES")
        equal(err, 'rpcall: error: CLOCK/2 has no procedure "SETES"\nhint: did you mean CLOCK/2.SET?'
              "\nhint: it has 1 TIME, 3 SET\n", "stderr")
        err = fails(USAGE, "rpcall", "describe", *files, "CLOCK/2.0")
        expect(err.startswith("rpcall: error: CLOCK/2 has no procedure 0 in its interface: it is "
                              "NULL") and "\nhint: it has 1 TIME, 3 SET\n" in err, err)
        err = fails(USAGE, "rpcall", "call", *files, NOWHERE, "CLOCK/2.7")
        expect("CLOCK/2 has no procedure 7\nhint: it has 1 TIME, 3 SET\n" in err, err)
        expect("no interface here describes 777001/4.7" in
               fails(USAGE, "rpcall", "describe", *files, "777001/4.7"), "another version")


@test("procedure 0 of a program that goes by a name is called, though no interface has it")
def null_of_name():
    with answered(lambda xid: Rpc.reply(xid, 0)) as server:
        equal(succeeds("rpcall", "call", "rpc+local:" + server.path, "rstat/3.0",
                       "--no-reflection"), "null\n", "rstat/3.0")


@test("a program's number is shown as everybody writes it")
def numbers():
    require_rpcbind()
    err = fails(69, "rpcall", "ping", "rpc://127.0.0.1", "777001/1")
    expect("777001" in err and "0x" not in err, err)


def answered(reply):
    return Answerer(lambda call: record(reply(int.from_bytes(call[:4], "big"))))


@test("what the server denies is named, with what could help")
def denied():
    for why, name in ((1, "AUTH_BADCRED"), (5, "AUTH_TOOWEAK"), (99, "?")):
        with answered(lambda xid, w=why: Rpc.auth_error(xid, w)) as server:
            uri = "rpc+local:" + server.path
            err = fails(DENIED, "rpcall", "call", uri, "ECHO.NULL", "--no-reflection")
            equal(err, f"rpcall: error: ECHO/1.NULL: the server denies it ({name}, auth_stat "
                  f"{why})\nhint: say who you are: --auth sys\n", "stderr")
            err = fails(DENIED, "rpcall", "call", uri, "ECHO.NULL", "--auth", "sys",
                        "--no-reflection")
            expect("hint" not in err, err)


@test("arguments that the server cannot decode bring the hint to look at them")
def garbage():
    with answered(lambda xid: Rpc.reply(xid, 4)) as server:
        err = fails(GARBAGE, "rpcall", "call", "rpc+local:" + server.path, "ECHO.NULL",
                    "--no-reflection")
    expect("cannot decode the arguments" in err and "-vv shows" in err, err)


@test("a reply that does not come is told with how long it was waited for")
def timed_out():
    with Answerer(lambda call: b"", hold=True) as server:
        uri = "rpc+local:" + server.path
        for duration, text in (("50ms", "50 ms"), ("1500us", "1500 us")):
            err = fails(TIMEOUT, "rpcall", "call", uri, "100005/3.0", "--no-reflection", "-t",
                        duration)
            equal(err, f"rpcall: error: MOUNT/3.NULL: no reply within {text}\nhint: wait longer: "
                  "-t 60s\n", "stderr")
        err = fails(TIMEOUT, "rpcall", "stats", uri, "-t", "40ms")
        expect("no reply within 40 ms" in err, err)


@test("an rpcbind that is silent is told of with how long it was waited for")
def silent_rpcbind():
    require_rpcbind()
    control("stop")
    try:
        err = fails(TIMEOUT, "rpcall", "call", "rpc://127.0.0.1", "ECHO.NULL", "--no-reflection",
                    "--connect-timeout", "300ms")
    finally:
        control("cont")
    expect("(tcp port 111: no reply within 300 ms)" in err, err)
