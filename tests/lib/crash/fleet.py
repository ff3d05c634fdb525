"""Writers over every mechanism at once, driven by one loop.

A link is a peer and the calls outstanding on it. A writer whose link is gone
sends what was not answered again over another one.
"""
import random
import select
import struct
import time

from .. import kv
from ..envelope import SYSTEM_ERR
from ..harness import PATIENCE, Failed
from ..peer import Closed
from ..xdr import uint
from .writer import Writer

LOOK = 0.02     # seconds until what is waited for is looked at again
NOSPACE = uint(kv.NOSPACE)
RESEND = 1.0    # a datagram may be lost: after so many without an answer, again


class Link:
    def __init__(self, name, peer):
        self.name, self.peer = name, peer
        self.calls = {}  # xid: (writer, record)

    def send(self, writer, proc, args):
        xid = self.peer.xid()
        record = self.peer.envelope.call(xid, kv.PROG, kv.VERS, proc, args)
        self.calls[xid] = writer, record
        self.peer.send_record(record)

    def send_again(self):
        for _, record in list(self.calls.values()):
            self.peer.send_record(record)


class Fleet:
    def __init__(self, seed, ledger, writers=14):
        self.ledger = ledger
        self.writers = [Writer(i, random.Random(f"{seed}/{i}"), ledger)
                        for i in range(writers)]
        self.links = {}         # name: Link
        self.where = {}         # Writer: name of its link
        self.lost = set()       # names of links whose server has gone
        self.unknown = 0        # answers of SYSTEM_ERR: the outcome is not known
        self.failing = False    # are such answers to be expected?
        self.resend = RESEND
        self.turn = 0

    def connect(self, name, peer):
        self.links[name] = Link(name, peer)
        self.lost.discard(name)

    def drop(self, name):
        """Its server has gone: takes the answers that still came through."""
        link = self.links.pop(name)
        self._take(link, going_on=False)
        self.lost.discard(name)
        link.peer.close()
        for writer in [w for w, place in self.where.items() if place == name]:
            del self.where[writer]

    def assign(self):
        """Gives every writer another link, unless it waits for an answer on one
        that is there. What has lost its link asks again on the new one."""
        self.turn += 1
        names = sorted(self.links)
        for i, writer in enumerate(self.writers):
            lost = writer not in self.where
            if lost or not writer.outstanding:
                self.where[writer] = names[(i + self.turn) % len(names)]
            if lost and writer.outstanding:
                self._send(writer, writer.again())

    # The loop.

    def settle(self):
        """Waits for all answers, begins nothing."""
        self._run(False, lambda: self.lost or not any(w.outstanding for w in self.writers))

    def load(self, until):
        """Writers go on until until() or a link is lost."""
        self.assign()
        for writer in self.writers:
            if not writer.outstanding and writer in self.where:
                self._send(writer, writer.next())
        self._run(True, lambda: self.lost or until())

    def _run(self, going_on, until):
        last = resent = time.monotonic()
        while not until():
            now = time.monotonic()
            if self._pump(going_on, until):
                last = resent = now
            if now - last > PATIENCE:
                raise Failed(f"no answer within {PATIENCE:g} s to "
                             f"{[str(op) for op in self.ledger.pending]}")
            if now - resent > self.resend and "rpc/udp" in self.links:
                resent = now
                self.links["rpc/udp"].send_again()

    def _pump(self, going_on, until):
        """Takes what is there; was there anything?"""
        poll, links = select.poll(), {}
        for link in self.links.values():
            if link.name not in self.lost:
                links[link.peer.rfd] = link
                poll.register(link.peer.rfd, select.POLLIN)
        ready = poll.poll(LOOK * 1000)
        for fd, _ in ready:
            if until():
                break
            self._take(links[fd], going_on)
        return bool(ready)

    def _take(self, link, going_on):
        for record in link.peer.records():
            self._answer(link, record, going_on)
        if link.peer.eof:
            self.lost.add(link.name)

    def _answer(self, link, record, going_on):
        (xid,) = struct.unpack_from(">I", record)
        writer, call = link.calls.pop(xid, (None, None))
        if writer is None:
            if link.name == "rpc/udp":
                return  # the call was sent twice, and so was the answer
            raise Failed(f"{link.name}: a reply with xid {xid:#x}, which was not called")
        if self.failing and record == link.peer.envelope.reply(xid, SYSTEM_ERR):
            self.unknown += 1
            return
        results = link.peer.result(xid, record)
        if self.failing and results == NOSPACE and writer.reading is None:
            if link.name in self.links:
                self._send(writer, writer.again())  # not remembered: tried again
            return
        more = writer.take(results)
        if more is None and going_on:
            more = writer.next()
        if more is not None and (going_on or link.name in self.links):
            self._send(writer, more)

    def _send(self, writer, call):
        link = self.links[self.where[writer]]
        try:
            link.send(writer, *call)
        except (Closed, ConnectionError):
            self.lost.add(link.name)
