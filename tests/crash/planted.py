"""The checks of this directory notice what they are for: bugs planted between
the server and LMDB (tests/crash/plant.c) make them fail, each as it should."""
import re

from tests.lib.crash.settings import fast_place, seed
from tests.lib.crash.store import new_store, preload
from tests.lib.crash.trial import Trial
from tests.lib.harness import Failed, expect, skip, sanitized, test


def goes_red(pattern, cycles=40, **settings):
    """A trial with this bug must fail, and say something like pattern."""
    if sanitized():
        skip("the planted bugs are between the plain build and LMDB")
    with new_store(fast_place(), env=preload("plant", **settings)) as store:
        store.check = lambda: None  # it is the record that is to notice
        trial = Trial(store, seed())
        try:
            trial.run(cycles)
        except Failed as failure:
            expect(re.search(pattern, str(failure)), f"red for another reason: {failure}")
            return
    raise Failed(f"{settings}: {cycles} cycles, and nothing was noticed")


@test("a planted lost commit is noticed")
def lost():
    goes_red("LOST|GET of|was given to|older than", PLANT="lost", PLANT_EVERY=31)


@test("a planted lost record of a transaction is noticed")
def half():
    goes_red("LOST|TORN|GET of", PLANT="half", PLANT_DBI="data", PLANT_EVERY=31)


@test("a planted wrong byte in a value is noticed")
def flipped():
    goes_red("TORN|GET of|LOST", PLANT="flip", PLANT_DBI="data", PLANT_EVERY=31)


@test("planted amnesia, which makes repetitions happen twice, is noticed")
def forgotten():
    goes_red("repetition|DUPLICATED|status", PLANT="forget", PLANT_DBI="answers")
