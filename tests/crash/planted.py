"""The checks of this directory notice what they are for: bugs planted between
the server and LMDB (tests/crash/plant.c) make them fail."""
import re

from tests.lib.crash.settings import fast_place, seed
from tests.lib.crash.store import new_store, preload
from tests.lib.crash.trial import Trial
from tests.lib.harness import Failed, sanitized, skip, test

CYCLES, TRIALS = 40, 4
# What the record says when the server does not agree with it (ledger.py). Which
# of it is said first depends on who asks first.
RECORD = (r"LOST|TORN|DUPLICATED|GET of|was given to|older than|a repetition of|: status \d|"
          "has run|was there|was not there|changes")


def failure_of(number, settings):
    """What a trial with this bug says in the end, or nothing."""
    with new_store(fast_place(), env=preload("plant", **settings)) as store:
        store.check = lambda: None  # it is the record that is to notice
        try:
            Trial(store, number).run(CYCLES)
        except Failed as failure:
            return str(failure)
    return ""


def goes_red(**settings):
    """A trial with this bug must fail by the record. Now and then the server
    notices first, and ends: then another one."""
    if sanitized():
        skip("the planted bugs are between the plain build and LMDB")
    said = []
    while len(said) < TRIALS:
        said.append(failure_of(seed() + len(said), settings))
        if re.search(RECORD, said[-1]):
            return
    raise Failed(f"{settings}: not noticed by the record, but: {said}")


@test("a planted lost commit is noticed")
def lost():
    goes_red(PLANT="lost", PLANT_EVERY=31)


@test("a planted lost record of a transaction is noticed")
def half():
    goes_red(PLANT="half", PLANT_DBI="data", PLANT_EVERY=31)


@test("a planted wrong byte in a value is noticed")
def flipped():
    goes_red(PLANT="flip", PLANT_DBI="data", PLANT_EVERY=31)


@test("planted amnesia, which makes repetitions happen twice, is noticed")
def forgotten():
    goes_red(PLANT="forget", PLANT_DBI="replies")
