"""SIGTERM: stop accepting, finish what was accepted, exit 0."""
import errno
import os
import signal

from tests.lib.daemon import Daemon
from tests.lib.envelope import SUCCESS
from tests.lib.harness import (Failed, equal, expect, per_mechanism, test, wait_until,
                               while_it_lasts)
from tests.lib.mechanisms import Bystanders, connect, leave, server_pid, session
from tests.lib.peer import Closed

DELAY_MS = 300
NEVER = {"drain-ms": 86400000}  # what it waits for must end, or it does not


@per_mechanism("SIGTERM finishes an accepted call before the server exits with 0")
def finishes(name):
    with Daemon() as daemon, leave(connect(daemon, name)) as peer:
        slow = peer.start_delay(DELAY_MS)
        os.kill(server_pid(daemon, peer), signal.SIGTERM)
        equal(peer.recv_record(), peer.envelope.reply(slow, SUCCESS), "reply to DELAY")
        if peer.framed:
            peer.expect_closed()
        if name != "pipe":
            equal(daemon.wait(), 0, "exit status")


@test("SIGTERM finishes the calls of all mechanisms at once")
def finishes_all():
    with Daemon() as daemon, Bystanders(daemon) as others:
        slow = {name: peer.start_delay(DELAY_MS) for name, peer in others.peers.items()}
        daemon.signal(signal.SIGTERM)
        for name, peer in others.peers.items():
            equal(peer.recv_record(), peer.envelope.reply(slow[name], SUCCESS), name)
        equal(daemon.wait(), 0, "exit status")
        others.check = lambda *_, **__: None  # there is nobody left to ask


@per_mechanism("after SIGTERM no new peer is accepted, while a call is finished",
               unless={"pipe": "its server has one peer", "rpc/udp": "it has no connections"})
def accepts_no_more(name):
    def attempt(ms):
        with session(name, NEVER) as (daemon, peer):
            slow = peer.start_delay(ms)
            daemon.signal(signal.SIGTERM)
            wait_until(lambda: refused(daemon, name), "new peers are refused")
            waits = not peer.has_input()
            equal(peer.recv_record(), peer.envelope.reply(slow, SUCCESS), "reply to DELAY")
            equal(daemon.wait(), 0, "exit status")
        return waits
    while_it_lasts(500, attempt, "new peers are refused while a call is finished")


def refused(daemon, name):
    if name == "fifo":
        return control_is_closed(daemon)
    try:
        with connect(daemon, name) as peer:
            peer.null()
        return False
    except (Closed, OSError, Failed):
        return True


def control_is_closed(daemon):
    path = os.path.join(daemon.run, "fifo", "ctl")
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
        return False
    except OSError as e:
        expect(e.errno in (errno.ENXIO, errno.ENOENT), f"open of ctl: {e}")
        return True


@test("a daemon with idle peers on every mechanism stops at once")
def idle_peers():
    with Daemon(NEVER) as daemon, Bystanders(daemon) as others:
        daemon.signal(signal.SIGTERM)
        equal(daemon.wait(), 0, "exit status")
        others.check = lambda *_, **__: None


@test("SIGINT stops it like SIGTERM")
def interrupt():
    with Daemon(NEVER) as daemon:
        daemon.signal(signal.SIGINT)
        equal(daemon.wait(), 0, "exit status")


@test("a second SIGTERM while it finishes does no harm")
def twice():
    with session("tcp") as (daemon, peer):
        slow = peer.start_delay(DELAY_MS)
        daemon.signal(signal.SIGTERM)
        daemon.signal(signal.SIGTERM)
        equal(peer.recv_record(), peer.envelope.reply(slow, SUCCESS), "reply to DELAY")
        equal(daemon.wait(), 0, "exit status")


@test("half a record does not keep the daemon from stopping")
def half_record():
    with session("tcp", NEVER) as (daemon, peer):
        peer.send(b"\x80\0\0\x40half")
        peer.wait_read()
        daemon.signal(signal.SIGTERM)
        equal(daemon.wait(), 0, "exit status")
