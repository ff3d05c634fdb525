"""Credentials and verifiers (RFC 5531 sections 8 and 9), on every rpc mechanism."""
from tests.lib import echo
from tests.lib.envelope import (AUTH_BADCRED, AUTH_BADVERF, AUTH_NONE,
                                AUTH_REJECTEDCRED, AUTH_SHORT, AUTH_SYS, NO_AUTH,
                                auth, auth_sys, auth_sys_body)
from tests.lib.harness import NO_CREDENTIAL, equal, per_mechanism
from tests.lib.mechanisms import peer_of
from tests.lib.peer import Closed
from tests.lib.xdr import opaque, string, uint

UNKNOWN_FLAVOUR = 0x7777
OTHER_PROG = 0x20525FFE
BODY_MAX = 400
HUGE = (0x7FFFFFFF, 0x80000000, 0xFFFFFFFC, 0xFFFFFFFF)


def call(peer, xid, cred=NO_AUTH, verf=NO_AUTH, prog=echo.PROG, proc=echo.DELAY, **fields):
    """A call that answers with nothing, and not NULL, which needs no credential."""
    args = uint(0) if proc == echo.DELAY else b""
    return peer.envelope.call(xid, prog, echo.VERS, proc, args, cred=cred, verf=verf, **fields)


def refused(peer, why, xid=7, **fields):
    peer.expect(call(peer, xid, **fields), peer.envelope.auth_error(xid, why))


def accepted(peer, xid=8, **fields):
    peer.expect(call(peer, xid, **fields), peer.envelope.reply(xid, 0))


@per_mechanism("rpcvers other than 2 is MSG_DENIED, RPC_MISMATCH 2..2", unless=NO_CREDENTIAL)
def rpcvers(name):
    with peer_of(name) as peer:
        for version in (0, 1, 3, 0x7FFFFFFF, 0xFFFFFFFF):
            peer.expect(call(peer, version, rpcvers=version),
                        peer.envelope.rpc_mismatch(version))
        peer.null()


@per_mechanism("a call like the one before it but for its credential is refused for that",
               unless=NO_CREDENTIAL)
def unlike_the_last(name):
    with peer_of(name) as peer:
        for cred in (auth(UNKNOWN_FLAVOUR), auth(AUTH_SYS), auth(AUTH_SHORT)):
            accepted(peer)
            accepted(peer)
            refused(peer, AUTH_BADCRED if cred == auth(AUTH_SYS) else AUTH_REJECTEDCRED, cred=cred)
        accepted(peer)
        peer.expect(call(peer, 9, rpcvers=3), peer.envelope.rpc_mismatch(9))


@per_mechanism("rpcvers is checked before the credential", unless=NO_CREDENTIAL)
def rpcvers_first(name):
    with peer_of(name) as peer:
        for cred in (auth(UNKNOWN_FLAVOUR), auth(AUTH_SYS, b"junk"), auth(0, bytes(404))):
            peer.expect(call(peer, 3, cred=cred, rpcvers=3), peer.envelope.rpc_mismatch(3))


@per_mechanism("NULL answers whatever the credential says (RFC 5531 section 12.1)",
               unless=NO_CREDENTIAL)
def null_needs_none(name):
    with peer_of(name) as peer:
        for cred in (auth(UNKNOWN_FLAVOUR), auth(AUTH_SHORT, b"shorthand"), auth(AUTH_SYS, b"junk"),
                     auth_sys()):
            accepted(peer, cred=cred, proc=echo.NULL)


@per_mechanism("the credential is checked before the program", unless=NO_CREDENTIAL)
def auth_second(name):
    with peer_of(name) as peer:
        refused(peer, AUTH_REJECTEDCRED, cred=auth(UNKNOWN_FLAVOUR), prog=OTHER_PROG)
        refused(peer, AUTH_BADCRED, cred=auth(AUTH_SYS, b"junk"), prog=OTHER_PROG)


@per_mechanism("an unknown flavour is AUTH_REJECTEDCRED", unless=NO_CREDENTIAL)
def unknown_flavour(name):
    with peer_of(name) as peer:
        for flavour in (3, 4, 5, UNKNOWN_FLAVOUR, 0xFFFFFFFF):
            refused(peer, AUTH_REJECTEDCRED, cred=auth(flavour))
        refused(peer, AUTH_REJECTEDCRED, cred=auth(UNKNOWN_FLAVOUR, bytes(BODY_MAX)))
        peer.null()


@per_mechanism("AUTH_SHORT is AUTH_REJECTEDCRED", unless=NO_CREDENTIAL)
def auth_short(name):
    with peer_of(name) as peer:
        refused(peer, AUTH_REJECTEDCRED, cred=auth(AUTH_SHORT))
        refused(peer, AUTH_REJECTEDCRED, cred=auth(AUTH_SHORT, b"shorthand"))
        peer.null()


@per_mechanism("a credential of more than 400 bytes is AUTH_BADCRED", unless=NO_CREDENTIAL)
def long_credential(name):
    with peer_of(name) as peer:
        for flavour in (AUTH_NONE, AUTH_SYS, UNKNOWN_FLAVOUR):
            refused(peer, AUTH_BADCRED, cred=auth(flavour, bytes(BODY_MAX + 1)))
            refused(peer, AUTH_BADCRED, cred=auth(flavour, bytes(4000)))
        peer.null()


@per_mechanism("a credential that claims a huge length is AUTH_BADCRED", unless=NO_CREDENTIAL)
def lying_credential(name):
    with peer_of(name) as peer:
        for claim in HUGE:
            refused(peer, AUTH_BADCRED, cred=auth(AUTH_NONE, claim=claim))
        peer.null()


@per_mechanism("a verifier of more than 400 bytes is AUTH_BADVERF", unless=NO_CREDENTIAL)
def long_verifier(name):
    with peer_of(name) as peer:
        for cred in (NO_AUTH, auth_sys()):
            refused(peer, AUTH_BADVERF, cred=cred, verf=auth(AUTH_NONE, bytes(BODY_MAX + 1)))
            for claim in HUGE:
                refused(peer, AUTH_BADVERF, cred=cred, verf=auth(AUTH_NONE, claim=claim))
        peer.null()


@per_mechanism("a good AUTH_SYS credential is accepted, up to 255 bytes of name and 16 groups",
               unless=NO_CREDENTIAL)
def good_auth_sys(name):
    with peer_of(name) as peer:
        accepted(peer, cred=auth_sys())
        accepted(peer, cred=auth_sys(machine=""))
        accepted(peer, cred=auth_sys(machine="m" * 255, gids=range(16)))
        accepted(peer, cred=auth_sys(uid=0xFFFFFFFF, gid=0xFFFFFFFF, gids=[0xFFFFFFFF]))


MALFORMED_AUTH_SYS = {
    "empty": b"",
    "a stamp only": uint(1),
    "a name of 256 bytes": auth_sys_body(machine="m" * 256),
    "a name that claims 0xffffffff bytes": uint(1, 0xFFFFFFFF, 0, 0, 0),
    "a name that claims 0x7fffffff bytes": uint(1, 0x7FFFFFFF, 0, 0, 0),
    "a name longer than the body": uint(1, 100) + b"name",
    "17 groups": auth_sys_body(gids=range(17)),
    "0xffffffff groups": uint(1) + string("m") + uint(0, 0, 0xFFFFFFFF),
    "0x40000001 groups": uint(1) + string("m") + uint(0, 0, 0x40000001, 5),
    "fewer groups than it claims": uint(1) + string("m") + uint(0, 0, 3, 1, 2),
    "no group count": uint(1) + string("m") + uint(0, 0),
    "bytes left over": auth_sys_body() + uint(0),
    "an odd tail": auth_sys_body() + b"x",
}


@per_mechanism("a malformed AUTH_SYS credential is AUTH_BADCRED", unless=NO_CREDENTIAL)
def malformed_auth_sys(name):
    with peer_of(name) as peer:
        for what, body in MALFORMED_AUTH_SYS.items():
            peer.send_record(call(peer, 7, cred=auth(AUTH_SYS, body)))
            equal(peer.recv_record(), peer.envelope.auth_error(7, AUTH_BADCRED), what)
        peer.null()


@per_mechanism("an AUTH_SYS credential cut at every byte is AUTH_BADCRED", unless=NO_CREDENTIAL)
def cut_auth_sys(name):
    whole = auth_sys_body(gids=[1, 2, 3])
    with peer_of(name) as peer:
        for size in range(len(whole)):
            peer.send_record(call(peer, size, cred=auth(AUTH_SYS, whole[:size])))
            equal(peer.recv_record(), peer.envelope.auth_error(size, AUTH_BADCRED), f"cut {size}")


@per_mechanism("a credential that reaches past the record is refused, not read",
               unless=NO_CREDENTIAL)
def credential_past_record(name):
    head = uint(9, 0, 2, echo.PROG, echo.VERS, echo.NULL)
    with peer_of(name) as bystander:
        for tail in (uint(AUTH_SYS, 400) + bytes(12), uint(AUTH_NONE, 40) + bytes(36),
                     uint(AUTH_NONE, 0, AUTH_NONE, 8) + bytes(4), uint(AUTH_NONE, 9) + bytes(9)):
            with peer_of(name) as peer:
                peer.send_record(head + tail)
                refusal_or_nothing(peer)
        bystander.null()


def refusal_or_nothing(peer):
    """An AUTH_ERROR, or silence, or a close; never success."""
    probe = peer.envelope.call(10, echo.PROG, echo.VERS, echo.NULL)
    allowed = [peer.envelope.auth_error(9, why) for why in (AUTH_BADCRED, AUTH_BADVERF)]
    try:
        peer.send_record(probe)
        reply = peer.recv_record()
    except Closed:
        return
    if reply in allowed:
        reply = peer.recv_record()
    equal(reply, peer.envelope.reply(10, 0), "reply")


@per_mechanism("padding of a credential counts", unless=NO_CREDENTIAL)
def credential_padding(name):
    with peer_of(name) as peer:
        for size in (1, 2, 3, 4, 5, 399, 400):
            refused(peer, AUTH_REJECTEDCRED, cred=uint(UNKNOWN_FLAVOUR) + opaque(bytes(size)))
            refused(peer, AUTH_REJECTEDCRED, cred=auth(UNKNOWN_FLAVOUR, bytes(size)),
                    verf=auth(AUTH_NONE, bytes(size)))
