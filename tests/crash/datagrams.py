"""Datagrams that are doubled, overtake each other, get lost and come late: each
mutation happens once, and its answer is the first one, also after a restart."""
import random

from tests.lib import kv
from tests.lib.crash.fleet import Fleet
from tests.lib.crash.ledger import Ledger
from tests.lib.crash.settings import seed, tell
from tests.lib.crash.store import new_store
from tests.lib.crash.trial import look
from tests.lib.harness import equal, expect, test
from tests.lib.mechanisms import connect

KEPT = 40           # datagrams that may be sent once more
ROUNDS, CALLS = 4, 250


class BadNetwork:
    """Between a peer over UDP and the server: a seeded generator decides what
    becomes of each datagram."""

    def __init__(self, peer, rng, past):
        self.peer, self.rng = peer, rng
        self.past = past        # sent before, perhaps by a peer of long ago
        self.waiting = []       # delayed
        self.copies = 0

    def __getattr__(self, name):
        return getattr(self.peer, name)

    def send_record(self, record):
        chance = self.rng.random()
        self.past.append(record)
        del self.past[:-KEPT]
        if chance < 0.1:
            return  # lost
        if chance < 0.3:
            self.waiting.append(record)
        else:
            self.peer.send_record(record)
        if self.rng.random() < 0.4:
            self.copies += 1
            self.peer.send_record(self.rng.choice(self.past))
        if len(self.waiting) > 3:
            self.rng.shuffle(self.waiting)
            self.peer.send_record(self.waiting.pop())

    def records(self):
        """Answers are lost and doubled, too."""
        for record in self.peer.records():
            chance = self.rng.random()
            if chance > 0.1:
                yield record
            if chance > 0.8:
                yield record


def round_of_calls(store, fleet, network):
    fleet.connect("rpc/udp", network)
    fleet.assign()
    goal = fleet.ledger.acknowledged + CALLS
    fleet.load(lambda: fleet.ledger.acknowledged >= goal)
    expect(not fleet.lost, "the server has gone")
    with connect(store.daemon, "unix") as peer:
        fleet.ledger.check_survivors(*look(peer))


@test("datagrams doubled, reordered, lost and late, over restarts: each mutation happens once")
def bad_network():
    rng, past, copies = random.Random(seed()), [], 0
    fleet = Fleet(seed(), Ledger())
    fleet.resend = 0.02
    with new_store() as store:
        for number in range(ROUNDS):
            store.start()
            network = BadNetwork(connect(store.daemon, "rpc/udp"), rng, past)
            round_of_calls(store, fleet, network)
            if number == ROUNDS - 1:
                fleet.settle()
                with connect(store.daemon, "unix") as peer:
                    fleet.ledger.check_exact(*look(peer))
            store.bury()
            fleet.drop("rpc/udp")
            store.check()
            copies += network.copies
    expect(copies > CALLS, "hardly anything was doubled")
    tell(f"seed {seed()}: {fleet.ledger.acknowledged} mutations acknowledged, "
         f"{copies} datagrams sent again")


@test("a datagram from before the client's done is stale, and changes nothing")
def late():
    with new_store() as store:
        store.start()
        with connect(store.daemon, "rpc/udp") as peer:
            client = kv.Client()
            first = client.next()
            answer = kv.put(peer, b"k", b"first", first)
            equal(kv.put(peer, b"k", b"first", first), answer, "the answer to a copy")
            client.done = first.sequence
            equal(kv.put(peer, b"k", b"second", client.next()).revision, 2, "revision")
            stale = kv.put(peer, b"k", b"first", first)
            equal((stale.status, stale.floor), (kv.STALE, first.sequence), "a late copy")
            equal(kv.get(peer, b"k").value, b"second", "GET")
