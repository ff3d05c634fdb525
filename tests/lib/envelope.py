"""The two envelopes, from RFC 5531 section 9 and idl/frame.x.

Both have call(xid, prog, vers, proc, args) and reply(xid, status, results),
so a test that knows only the ECHO service runs in either.
"""
from .xdr import opaque, string, uint

SUCCESS, PROG_UNAVAIL, PROG_MISMATCH, PROC_UNAVAIL, GARBAGE_ARGS, SYSTEM_ERR = range(6)

CALL, REPLY = 0, 1
MSG_ACCEPTED, MSG_DENIED = 0, 1
RPC_MISMATCH, AUTH_ERROR = 0, 1
AUTH_NONE, AUTH_SYS, AUTH_SHORT = 0, 1, 2
AUTH_BADCRED, AUTH_REJECTEDCRED, AUTH_BADVERF = 1, 2, 3

NO_AUTH = uint(AUTH_NONE, 0)


def auth(flavour, body=b"", claim=None):
    """An opaque_auth: a credential or a verifier."""
    return uint(flavour) + opaque(body, claim)


def auth_sys_body(uid=1000, gid=1000, gids=(), machine="test", stamp=7):
    return uint(stamp) + string(machine) + uint(uid, gid, len(gids), *gids)


def auth_sys(**fields):
    return auth(AUTH_SYS, auth_sys_body(**fields))


class Rpc:
    """RFC 5531 messages."""
    HEADER = 40  # bytes of a call header without credentials

    @staticmethod
    def call(xid, prog, vers, proc, args=b"", cred=NO_AUTH, verf=NO_AUTH, rpcvers=2):
        return uint(xid, CALL, rpcvers, prog, vers, proc) + cred + verf + args

    @staticmethod
    def reply(xid, status, results=b""):
        return uint(xid, REPLY, MSG_ACCEPTED) + NO_AUTH + uint(status) + results

    @staticmethod
    def rpc_mismatch(xid, low=2, high=2):
        return uint(xid, REPLY, MSG_DENIED, RPC_MISMATCH, low, high)

    @staticmethod
    def auth_error(xid, why):
        return uint(xid, REPLY, MSG_DENIED, AUTH_ERROR, why)


class Lean:
    """The frame of idl/frame.x."""
    HEADER = 16

    @staticmethod
    def call(xid, prog, vers, proc, args=b""):
        return uint(xid, prog, vers, proc) + args

    @staticmethod
    def reply(xid, status, results=b""):
        return uint(xid, status) + results
