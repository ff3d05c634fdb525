"""A client of the store: one operation at a time, each until it is answered.

What it does comes from a seeded generator: PUT, DELETE, CAS, a TXN of several
keys, reads of what it has written, repetitions of what was answered, and the
counting up of one key that all writers share.
"""
from .. import kv
from .ledger import COUNTER, Operation, counter_bytes, counter_value, sealed

KEYS, TXN_KEYS = 3, 3
SIZES = (0, 5, 40, 200, 200, 1500, 6000)  # bytes of values; 6000 takes pages


class Writer:
    def __init__(self, index, rng, ledger):
        self.name = b"w%02d" % index
        self.rng = rng
        self.ledger = ledger
        self.client = kv.Client(bytes(rng.randrange(256) for _ in range(16)))
        self.keys = [self.name + b"/%d" % i for i in range(KEYS)]
        self.pair = [self.name + b"/t%d" % i for i in range(TXN_KEYS)]
        self.op = None          # the mutation outstanding, or the last one
        self.reading = None     # the key of a GET outstanding
        self.outstanding = False
        self.kinds = (self._put, self._put, self._delete, self._cas, self._txn, self._txn,
                      self._txn_conflict, self._get, self._count, self._repeat)

    def next(self):
        """What to send: (proc, args)."""
        self.outstanding = True
        self.reading = None
        return self.rng.choice(self.kinds)()

    def again(self):
        """What to send after the answer to it may have been lost."""
        if self.reading is not None:
            return kv.GET, kv.get_args(self.reading)
        return self.op.proc, self.op.args

    def take(self, results):
        """The answer; returns what has to be sent to complete this, or None."""
        self.outstanding = False
        if self.reading is None:
            self.ledger.answered(self.op, results)
            return None
        entry = kv.decode_get(results)
        if self.reading != COUNTER:
            self.ledger.check_read(self.reading, entry)
            return None
        self.outstanding, self.reading = True, None
        return self._count_from(entry)

    def _value(self):
        return sealed(self.name + self.rng.randbytes(self.rng.choice(SIZES)))

    def _opid(self):
        # Two answers stay with the server, so that the last may be asked for.
        self.client.done = max(0, self.client.sequence - 2)
        return self.client.next()

    def _mutation(self, proc, make_args, effects, wanted=(kv.OK,)):
        opid = self._opid()
        self.op = Operation(opid, proc, make_args(opid), effects, wanted)
        self.ledger.sent(self.op)
        return self.again()

    def _put(self):
        key, value = self.rng.choice(self.keys), self._value()
        return self._mutation(kv.PUT, lambda opid: kv.put_args(key, value, opid), {key: value})

    def _delete(self):
        key = self.rng.choice(self.keys)
        there = key in self.ledger.state
        return self._mutation(kv.DELETE, lambda opid: kv.delete_args(key, opid),
                              {key: None} if there else {},
                              (kv.OK,) if there else (kv.NOT_FOUND,))

    def _cas(self):
        key, value = self.rng.choice(self.keys), self._value()
        revision = self.ledger.state.get(key, (None, 0))[1]
        return self._mutation(kv.CAS, lambda opid: kv.cas_args(key, revision, value, opid),
                              {key: value})

    def _txn(self):
        """All keys of the pair get values, or one of them goes."""
        effects = {key: self._value() for key in self.pair}
        gone = self.rng.choice(self.pair)
        if gone in self.ledger.state and self.rng.random() < 0.3:
            effects[gone] = None
        conditions = [kv.if_exists(key) for key in self.pair if key in self.ledger.state]
        changes = [kv.change_delete(key) if value is None else kv.change_put(key, value)
                   for key, value in effects.items()]
        return self._mutation(kv.TXN, lambda opid: kv.txn_args(conditions, changes, opid),
                              effects)

    def _txn_conflict(self):
        changes = [kv.change_put(key, self._value()) for key in self.pair]
        conditions = [kv.if_revision(self.pair[0], 1 << 62)]
        return self._mutation(kv.TXN, lambda opid: kv.txn_args(conditions, changes, opid),
                              {}, (kv.CONFLICT,))

    def _get(self):
        self.reading = self.rng.choice(self.keys + self.pair)
        return self.again()

    def _count(self):
        self.reading = COUNTER
        return self.again()

    def _count_from(self, entry):
        number, revision = (counter_value(entry.value), entry.revision) if entry else (0, 0)
        value = counter_bytes(number + 1)
        return self._mutation(kv.CAS, lambda opid: kv.cas_args(COUNTER, revision, value, opid),
                              {COUNTER: value}, (kv.OK, kv.CONFLICT))

    def _repeat(self):
        """The last operation once more: nothing happens, the answer is the same."""
        return self.again() if self.op else self._put()
