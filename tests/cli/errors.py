"""Errors of the verbs that call: what went wrong, where, and what to do about it."""
from tests.lib.answerer import Answerer
from tests.lib.command import fails
from tests.lib.envelope import Rpc
from tests.lib.harness import equal, expect, test
from tests.lib.record import record
from tests.lib.rpcinfo import control, require_rpcbind

USAGE, TIMEOUT, DENIED, GARBAGE = 64, 75, 77, 84
NOWHERE = "unix:/nonexistent.sock"


@test("a name that nothing has brings the nearest one that something has")
def nearest():
    for written, meant in (("ECHO.ECH", "ECHO/1.ECHO"), ("ehco/1.echo", "ECHO/1.ECHO"),
                           ("SORCE", "ECHO/1.SOURCE"), ("ECHO/2.SOURCE", "ECHO/1.SOURCE"),
                           ("NFS/3.GETATR", "NFS/3.GETATTR"), ("MUONT/3.MNT", "MOUNT/3.MNT")):
        err = fails(USAGE, "rpcall", "call", NOWHERE, written)
        expect(f'has a procedure "{written}"\nhint: did you mean {meant}?\n' in err, err)
    for written in ("XYZZY.ECHO", "ECHO.XYZZY", "A", "A.B", "A" * 60 + "." + "B" * 60,
                    "ECHO.ECHOECHOECHO"):
        err = fails(USAGE, "rpcall", "call", NOWHERE, written)
        expect("did you mean" not in err, err)


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
