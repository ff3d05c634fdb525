"""The checker: its own record of what was asked and what was acknowledged.

The server must agree with it after every kill. Each key but the counter has
one writer, which has one operation outstanding: so what a key may hold is what
was last acknowledged, or what the operation now outstanding would set. And
every change takes the next revision of the store: one that nobody was told of
is a change that happened twice, one that is missing is a change that is lost.
"""
import struct
import zlib
from dataclasses import dataclass, field

from .. import kv
from ..harness import Failed, equal, expect

COUNTER = b"counter"


def sealed(body):
    """A value that tells when it is torn."""
    return struct.pack(">I", zlib.crc32(body)) + body


def whole(value):
    return value[:4] == struct.pack(">I", zlib.crc32(value[4:]))


@dataclass(eq=False)
class Operation:
    """A mutation on its way. effects: what each key holds once it has run."""
    opid: kv.Opid
    proc: int
    args: bytes
    effects: dict
    wanted: tuple = (kv.OK,)
    sent_at: int = 0        # the highest revision acknowledged before
    answer: bytes = None
    first: int = 0          # revision of its first change, by its answer
    # After a crash: revisions of its changes, () if it has not run.
    seen: tuple = None
    seen_at: int = 0        # the store's revision at that look

    def __str__(self):
        name = ("NULL", "GET", "PUT", "DELETE", "CAS", "RANGE", "TXN")[self.proc]
        keys = ", ".join(sorted(key.decode() for key in self.effects))
        return f"{name} {self.opid.client.hex()[:8]}/{self.opid.sequence} of {keys}"


@dataclass
class Ledger:
    state: dict = field(default_factory=dict)     # key: (value, revision)
    owners: dict = field(default_factory=dict)    # revision: Operation
    pending: set = field(default_factory=set)
    top: int = 0            # the highest revision acknowledged
    gapless: int = 0        # up to here every revision has an owner
    count: int = 0          # successful CAS of the counter
    acknowledged: int = 0
    repeated: int = 0       # answers that came a second time

    # What the writers do.

    def sent(self, op):
        op.sent_at = self.top
        self.pending.add(op)

    def answered(self, op, results):
        """Takes the answer to op, the first or that of a repetition."""
        if op.answer is not None:
            equal(results, op.answer, f"the answer to a repetition of {op}")
            self.repeated += 1
            return kv.decode_written(results)
        written = kv.decode_written(results)
        expect(written.status in op.wanted, f"{op}: status {written.status}, {written}")
        op.answer = results
        self.pending.discard(op)
        self.acknowledged += 1
        if written.status == kv.OK:
            self._changed(op, written)
        else:
            expect(not op.seen, f"{op} has run (revision {op.seen}), the answer is {written}")
        return written

    def _changed(self, op, written):
        revisions = tuple(range(written.first, written.revision + 1))
        expect(len(revisions) == len(op.effects), f"{op}: {written} for {len(op.effects)} changes")
        if op.seen:
            equal(revisions, op.seen, f"{op} was there after the crash; revisions of its answer")
        elif op.seen == ():
            expect(written.first > op.seen_at, f"{op} was not there at revision {op.seen_at}, "
                   f"the answer is {written}")
        expect(written.first > op.sent_at,
               f"{op}: {written} is older than revision {op.sent_at}, known when it was sent")
        op.first = written.first
        for revision, (key, value) in zip(revisions, op.effects.items()):
            other = self.owners.setdefault(revision, op)
            expect(other is op, f"revision {revision} was given to {other} and to {op}")
            self._holds(key, value, revision)
        self.top = max(self.top, written.revision)

    def _holds(self, key, value, revision):
        if key == COUNTER:
            self.count += 1
            if revision < self.state.get(key, (None, 0))[1]:
                return  # answers of two writers overtook each other
        if value is None:
            self.state.pop(key, None)
        else:
            self.state[key] = value, revision

    def check_read(self, key, entry):
        """A writer has read a key of its own, with nothing outstanding."""
        got = None if entry is None else (entry.value, entry.revision)
        equal(got, self.state.get(key), f"GET of {key}")

    # What is looked at after a crash.

    def check_survivors(self, dump, revision):
        """What was acknowledged is there; what was not, whole or not at all.
        dump: {key: Entry} of the whole store, at this revision."""
        expect(revision >= self.top, f"LOST: revision {self.top} was acknowledged, "
               f"the store is at {revision}")
        for key, entry in dump.items():
            expect(whole(entry.value), f"TORN: the value of {key} at revision {entry.revision}")
        uncertain = {}
        for op in self.pending:
            self._look(op, dump, revision)
            uncertain.update(dict.fromkeys(op.effects, op))
        for key in self.state.keys() | dump.keys():
            if key not in uncertain:
                self._same(key, dump.get(key))

    def _same(self, key, entry):
        got = None if entry is None else (entry.value, entry.revision)
        wanted = self.state.get(key)
        if got != wanted:
            raise Failed(f"LOST: {_brief(wanted)} was acknowledged for {key}, "
                         f"the store has {_brief(got)}")

    def _look(self, op, dump, revision):
        """Has an operation without an answer run, or not, or in part?"""
        if not op.effects or COUNTER in op.effects:
            return  # others may have changed it since; see check_exact()
        ran = {key: self._has(dump.get(key), value, key) for key, value in op.effects.items()}
        expect(len(set(ran.values())) == 1, f"TORN: of {op} there is only {ran}")
        if not all(ran.values()):
            for key in op.effects:
                self._same(key, dump.get(key))
            op.seen, op.seen_at = (), revision
        elif all(value is not None for value in op.effects.values()):
            op.seen = tuple(dump[key].revision for key in op.effects)

    def _has(self, entry, value, key):
        if value is None:
            return entry is None
        return (entry is not None and entry.value == value and
                entry.revision != self.state.get(key, (None, None))[1])

    def check_exact(self, dump, revision):
        """Everything was answered: the store is exactly this."""
        equal(len(self.pending), 0, "operations without an answer")
        self.check_survivors(dump, revision)
        while self.gapless + 1 in self.owners:
            self.gapless += 1
        expect(self.gapless >= revision, f"DUPLICATED: nobody was told of the revision "
               f"{self.gapless + 1}, the store is at {revision}")
        equal(revision, self.top, "the store's revision")
        if self.count:
            equal(counter_value(dump[COUNTER].value), self.count,
                  "DUPLICATED or LOST: the counter, and how often it was counted up")


    def check_prefix(self, dump, revision):
        """The store has lost its last changes, and only those: it is what it was
        at this revision. Of a change without an answer only the key is known."""
        state, unknown = {}, {key for op in self.pending for key in op.effects}
        for number in sorted(r for r in self.owners if r <= revision):
            op = self.owners[number]
            key, value = list(op.effects.items())[number - op.first]
            state[key] = (value, number) if value is not None else None
        for key in (state.keys() | dump.keys()) - unknown:
            entry = dump.get(key)
            equal(None if entry is None else (entry.value, entry.revision), state.get(key),
                  f"NO PREFIX: {key} at revision {revision} of {self.top}")


def counter_value(value):
    return struct.unpack(">Q", value[4:])[0]


def counter_bytes(number):
    return sealed(struct.pack(">Q", number))


def _brief(held):
    return "nothing" if held is None else \
        f"{len(held[0])} bytes ({held[0][:12].hex()}...) of revision {held[1]}"
