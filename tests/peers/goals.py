"""A table of goals: what a row is called, what it has to reach, and the function that measures it.

A row is added by a function in one of the modules beside this one:

    @goal("what", at_most=1.05)
    def row(bench): return figure([1.01, 1.02], "how it came about")

It returns a figure, the values of its rounds, or raises Missing, which skips the row by name;
whatever else it raises (Broken: a program of ours does not work) ends the run.
"""
import contextlib
import dataclasses
import json
import statistics
import subprocess

from tests.lib.daemon import Daemon
from tests.lib.harness import program
from tests.peers.tools import Missing, Ours, redis_server

GOALS = []
LIMIT_S = 300  # of one run of a program, whatever the machine is doing
MET, MISSED, SKIPPED = "met", "missed", "skipped"


@dataclasses.dataclass
class Goal:
    what: str
    bound: float
    at_most: bool
    unit: str
    measure: object

    def reached(self, value):
        return value <= self.bound if self.at_most else value >= self.bound

    def text(self):
        return f"{'at most' if self.at_most else 'at least'} {self.bound:g}{self.unit}"


@dataclasses.dataclass
class Figure:
    value: float
    low: float
    high: float
    detail: str


def figure(rounds, detail=""):
    return Figure(statistics.median(rounds), min(rounds), max(rounds), detail)


def goal(what, at_most=None, at_least=None, unit=""):
    """Rows stand in the table in the order in which they are defined."""
    def add(measure):
        GOALS.append(Goal(what, at_least if at_most is None else at_most, at_most is not None, unit,
                          measure))
        return measure
    return add


class Bench:
    """What rows measure with: daemons and servers that are started once, and comparisons that
    several rows read. seconds are those of one measurement."""

    def __init__(self, seconds, rounds, place):
        self.seconds, self.rounds, self.place = seconds, rounds, place
        self.kept = {}
        self.stack = contextlib.ExitStack()

    def once(self, key, make):
        if key not in self.kept:
            self.kept[key] = make()
        return self.kept[key]

    def daemon(self, spin="auto", durability="async", **limits):
        """A daemon as it is by default, but for what is named."""
        def start():
            return self.stack.enter_context(Daemon(
                limits=limits, workers=None, args=["--spin", spin, "--durability", durability]))
        return self.once(("daemon", spin, durability, *limits.items()), start)

    def ours(self, **how):
        return Ours(self.daemon(**how), self.seconds)

    def redis(self, *options):
        return self.once(("redis", options), lambda: self.stack.enter_context(
            redis_server(self.place, *options)))

    def compare(self, *options):
        """A result in JSON; the same options are measured once. Its rounds are shorter than
        our other measurements, and there are more of them."""
        def run():
            done = subprocess.run(
                [program("rpcall"), "compare", "--json", "--no-again", "--outstanding", "1",
                 "--rounds", str(max(4 * self.rounds, 2)),
                 "--duration", f"{max(self.seconds * 100, 20):.0f}ms", *options],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True, timeout=LIMIT_S)
            return json.loads(done.stdout)
        return self.once(("compare", *options), run)

    def ratios(self, above, below):
        """Of two measurements that take turns, so that what the machine does meets both."""
        pairs = [(above(), below()) for _ in range(self.rounds)]
        if any(b == 0 for _, b in pairs):
            raise Missing("too short: the machine is busy")
        return figure([a / b for a, b in pairs],
                      f"{statistics.median(a for a, _ in pairs):,.0f} against "
                      f"{statistics.median(b for _, b in pairs):,.0f}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stack.close()


def measure(entry, bench):
    """A row of the table, as it is written and printed."""
    row = {"what": entry.what, "goal": entry.text()}
    try:
        found = entry.measure(bench)
    except Missing as why:
        return {**row, "outcome": SKIPPED, "why": str(why)}
    return {**row, "outcome": MET if entry.reached(found.value) else MISSED, "figure": found.value,
            "low": found.low, "high": found.high, "detail": found.detail}
