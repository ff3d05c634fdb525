"""WHOAMI: which mechanism, who the peer is, and how strongly that is known."""
from tests.lib import echo
from tests.lib.envelope import auth_sys
from tests.lib.harness import NO_CREDENTIAL, equal, expect, per_mechanism
from tests.lib.mechanisms import IPV6, mechanism, our_uid, peer_of

CLAIMED_UID = 54321
NOT_INET = {name: "it has no address" for name in ("rpc/local", "unix", "fifo", "pipe")}


def whoami(peer, **fields):
    return echo.decode_whoami(peer.call(echo.WHOAMI, **fields))


@per_mechanism("WHOAMI names the mechanism, its netid and the server")
def names(name):
    with peer_of(name) as peer:
        who = whoami(peer)
        equal(who.mechanism, name, "mechanism")
        equal(who.netid, mechanism(name).netid, "netid")
        expect(who.server.startswith("rpcall"), f"server is {who.server!r}")


@per_mechanism("WHOAMI names the netid of IPv6",
               unless={**NOT_INET})
def names_ipv6(name):
    with peer_of(name, v6=True) as peer:
        who = whoami(peer)
        equal(who.mechanism, name, "mechanism")
        equal(who.netid, IPV6[name][1], "netid")
        expect("::1" in who.peer, f"peer is {who.peer!r}")
        expect(str(peer.sock.getsockname()[1]) in who.peer, f"port in {who.peer!r}")


@per_mechanism("WHOAMI tells the peer's address and port", unless=NOT_INET)
def address(name):
    with peer_of(name) as peer:
        who = whoami(peer)
        expect("127.0.0.1" in who.peer, f"peer is {who.peer!r}")
        expect(str(peer.sock.getsockname()[1]) in who.peer, f"port in {who.peer!r}")


@per_mechanism("two peers that ask the same by turns are told apart", unless=NOT_INET)
def by_turns(name):
    with peer_of(name) as one, peer_of(name) as other:
        for peer in (one, one, other, one, other, other):
            expect(str(peer.sock.getsockname()[1]) in whoami(peer).peer, "the other's address")


@per_mechanism("without a credential the identity is what the mechanism knows")
def identity(name):
    with peer_of(name) as peer:
        who = whoami(peer)
        equal(who.identity, mechanism(name).identity, "identity")
        if who.identity == echo.ADDRESS:
            equal(who.uid_known, 0, "uid_known of an address")
        if who.identity in (echo.PEERCRED, echo.PARENT):
            equal((who.uid_known, who.uid), (1, our_uid()), "uid")


@per_mechanism("a uid claimed in AUTH_SYS counts only where the kernel knows none",
               unless=NO_CREDENTIAL)
def claim(name):
    with peer_of(name) as peer:
        who = whoami(peer, cred=auth_sys(uid=CLAIMED_UID))
        if mechanism(name).identity == echo.PEERCRED:
            equal((who.identity, who.uid_known, who.uid), (echo.PEERCRED, 1, our_uid()), "identity")
        else:
            equal((who.identity, who.uid_known, who.uid), (echo.AUTH_SYS, 1, CLAIMED_UID),
                  "identity")


@per_mechanism("a claim lasts for its call only", unless=NO_CREDENTIAL)
def claim_is_per_call(name):
    with peer_of(name) as peer:
        whoami(peer, cred=auth_sys(uid=CLAIMED_UID))
        equal(whoami(peer).identity, mechanism(name).identity, "identity without a claim")


@per_mechanism("the counts of WHOAMI are exact: calls, bytes in, bytes out")
def usage(name):
    with peer_of(name) as peer:
        before = whoami(peer).usage
        for size in (0, 1, 10, 100):
            peer.call(echo.ECHO, echo.echo_args(echo.payload(size)))
        peer.call(echo.SINK, echo.echo_args(echo.payload(50)))
        peer.null()
        after = whoami(peer).usage
    equal((after.calls - before.calls, after.bytes_in - before.bytes_in,
           after.bytes_out - before.bytes_out), (6, 161, 111), "calls, bytes in, bytes out")
    expect(after.user_ns + after.system_ns >= before.user_ns + before.system_ns,
           "CPU time went backwards")
