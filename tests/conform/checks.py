"""The header of a call: order of the checks, and what each answers."""
from tests.lib import echo
from tests.lib.envelope import (GARBAGE_ARGS, PROC_UNAVAIL, PROG_MISMATCH,
                                PROG_UNAVAIL, REPLY)
from tests.lib.harness import NO_CREDENTIAL, equal, expect, per_mechanism
from tests.lib.mechanisms import peer_of
from tests.lib.peer import Closed
from tests.lib.xdr import uint

OTHER_PROG = 0x20525FFE
ONE_TO_ONE = uint(1, 1)
XIDS = (0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x01020304)
SHORT_OF_A_HEADER = (0, 1, 3, 4, 8, 12, 15)


@per_mechanism("the xid comes back as it came")
def xid_echoed(name):
    with peer_of(name) as peer:
        for xid in XIDS:
            call = peer.envelope.call(xid, echo.PROG, echo.VERS, echo.NULL)
            peer.expect(call, peer.envelope.reply(xid, 0))


@per_mechanism("the same xid twice is two calls and two replies")
def same_xid(name):
    with peer_of(name) as peer:
        call = peer.envelope.call(5, echo.PROG, echo.VERS, echo.NULL)
        peer.send_record(call)
        peer.send_record(call)
        for _ in range(2):
            equal(peer.recv_record(), peer.envelope.reply(5, 0), "reply")


@per_mechanism("an unknown program is PROG_UNAVAIL")
def prog_unavail(name):
    with peer_of(name) as peer:
        for prog in (0, OTHER_PROG, echo.PROG - 1, echo.PROG | 0x80000000, 0xFFFFFFFF):
            peer.expect_status(PROG_UNAVAIL, echo.NULL, prog=prog)


@per_mechanism("an unknown version is PROG_MISMATCH 1..1")
def prog_mismatch(name):
    with peer_of(name) as peer:
        for vers in (0, 2, 0x7FFFFFFF, 0xFFFFFFFF):
            peer.expect_status(PROG_MISMATCH, echo.ECHO, echo.echo_args(b"x"),
                               ONE_TO_ONE, vers=vers)


@per_mechanism("NULL in an unknown version is PROG_MISMATCH 1..1")
def null_mismatch(name):
    with peer_of(name) as peer:
        peer.expect_status(PROG_MISMATCH, echo.NULL, b"", ONE_TO_ONE, vers=0)
        peer.expect_status(PROG_MISMATCH, echo.NULL, b"", ONE_TO_ONE, vers=2)


@per_mechanism("an unknown procedure is PROC_UNAVAIL")
def proc_unavail(name):
    with peer_of(name) as peer:
        for proc in (echo.FIRST_UNKNOWN_PROC, 255, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF):
            peer.expect_status(PROC_UNAVAIL, proc)


@per_mechanism("NULL always answers")
def null_answers(name):
    with peer_of(name) as peer:
        for _ in range(10):
            peer.null()


@per_mechanism("the program is checked before the version, the procedure, the arguments")
def program_first(name):
    with peer_of(name) as peer:
        peer.expect_status(PROG_UNAVAIL, 99, b"\1", prog=OTHER_PROG, vers=9)
        peer.expect_status(PROG_UNAVAIL, echo.ECHO, b"\1\2\3\4", prog=OTHER_PROG)


@per_mechanism("the version is checked before the procedure and the arguments")
def version_second(name):
    with peer_of(name) as peer:
        peer.expect_status(PROG_MISMATCH, 99, b"\1\2\3\4", ONE_TO_ONE, vers=9)
        peer.expect_status(PROG_MISMATCH, echo.ECHO, b"\1\2\3\4", ONE_TO_ONE, vers=9)


@per_mechanism("the procedure is checked before the arguments")
def procedure_third(name):
    with peer_of(name) as peer:
        peer.expect_status(PROC_UNAVAIL, 99, b"\xff" * 8)


@per_mechanism("a peer goes on after each kind of refusal")
def goes_on(name):
    with peer_of(name) as peer:
        peer.expect_status(PROG_UNAVAIL, 0, prog=OTHER_PROG)
        peer.null()
        peer.expect_status(PROG_MISMATCH, 0, b"", ONE_TO_ONE, vers=3)
        peer.null()
        peer.expect_status(PROC_UNAVAIL, 77)
        peer.null()
        peer.expect_status(GARBAGE_ARGS, echo.ECHO)
        peer.null()


@per_mechanism("a call that differs from the one before it in one part is told apart from it")
def unlike_the_last(name):
    with peer_of(name) as peer:
        for status, results, part in ((PROG_UNAVAIL, b"", {"prog": OTHER_PROG}),
                                      (PROG_MISMATCH, ONE_TO_ONE, {"vers": 2}),
                                      (PROC_UNAVAIL, b"", {"proc": echo.FIRST_UNKNOWN_PROC}),
                                      (GARBAGE_ARGS, b"", {"args": b"\0\0\0\1"})):
            for _ in range(2):
                peer.null()
            call = {"prog": echo.PROG, "vers": echo.VERS, "proc": echo.NULL, **part}
            peer.expect(peer.envelope.call(7, **call), peer.envelope.reply(7, status, results))


def ignored_or_closed(name, payload):
    """The server must not answer payload; it may go on, or close this peer."""
    with peer_of(name) as bystander, peer_of(name) as peer:
        try:
            peer.send_record(payload)
            peer.null()  # fails on any reply but its own
        except Closed:
            expect(peer.framed, "a datagram socket cannot be closed")
        bystander.null()


@per_mechanism("a message that is no call is ignored or closed, never answered",
               unless=NO_CREDENTIAL)
def not_a_call(name):
    for message_type in (REPLY, 2, 0xFFFFFFFF):
        call = uint(9, message_type, 2, echo.PROG, echo.VERS, echo.NULL, 0, 0, 0, 0)
        ignored_or_closed(name, call)
    ignored_or_closed(name, uint(9, REPLY, 0, 0, 0, 0))


@per_mechanism("a record too short for a header is ignored or closed, never answered")
def too_short(name):
    with peer_of(name) as peer:
        whole = peer.envelope.call(9, echo.PROG, echo.VERS, echo.NULL)
    for size in SHORT_OF_A_HEADER:
        ignored_or_closed(name, whole[:size])
        ignored_or_closed(name, b"\xff" * size)


@per_mechanism("an RPC header cut before its credential is ignored or closed, never answered",
               unless=NO_CREDENTIAL)
def cut_header(name):
    with peer_of(name) as peer:
        whole = peer.envelope.call(9, echo.PROG, echo.VERS, echo.NULL)
    for size in range(24):
        ignored_or_closed(name, whole[:size])


@per_mechanism("a call cut inside its credential or verifier is ignored or closed, not answered",
               unless=NO_CREDENTIAL)
def cut_auth(name):
    with peer_of(name) as peer:
        whole = peer.envelope.call(9, echo.PROG, echo.VERS, echo.NULL)
    for size in range(24, len(whole)):
        ignored_or_closed(name, whole[:size])
