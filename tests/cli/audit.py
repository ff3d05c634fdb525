"""The arithmetic of results, done anew from their rounds and histograms by other means."""
import functools
import itertools
import json
import math
import statistics

from tests.lib.command import succeeds
from tests.lib.harness import equal, expect, program, test

RESAMPLES, SLOW = 10000, 1.25
MASK = (1 << 64) - 1


@functools.lru_cache
def compared():
    return json.loads(succeeds("rpcall", "compare", "--json", "--over", "unix,pipe", "--size", "64",
                               "--rounds", "6", "--duration", "3ms", "--warmup", "1ms",
                               "--no-stock", patience=60))


@functools.lru_cache
def paced():
    return json.loads(succeeds("rpcall", "bench", f"pipe:{program('rpcalld')} --stdio", "ECHO.ECHO",
                               "--json", "--rate", "20k", "--arrivals", "poisson", "--rounds", "3",
                               "--duration", "150ms", "-n", "4"))


def rows():
    for result in (compared(), paced()):
        for table in result["tables"]:
            for row in table["rows"]:
                equal((row["measured"], row["void"]), (True, False), row["note"])
                yield table, row


def splitmix(state):
    while True:
        state = (state + 0x9e3779b97f4a7c15) & MASK
        z = ((state ^ state >> 30) * 0xbf58476d1ce4e5b9) & MASK
        z = ((z ^ z >> 27) * 0x94d049bb133111eb) & MASK
        yield z ^ z >> 31


def bootstrap(values, seed):
    """The 95 % in the middle of medians of resamples."""
    draws = ((x >> 32) * len(values) >> 32 for x in splitmix(seed))
    medians = sorted(statistics.median(values[i] for i in itertools.islice(draws, len(values)))
                     for _ in range(RESAMPLES))
    return medians[RESAMPLES // 40], medians[-1 - RESAMPLES // 40]


def middle(histogram):
    """The median, however few samples there are."""
    samples = [ns for ns, n in histogram for _ in range(n)]
    return samples[(len(samples) + 1) // 2 - 1]


def percentile(histogram, p):
    """The sample that sorting would find there, if ten lie beyond it."""
    total = sum(n for _, n in histogram)
    rank = max(1, math.ceil(p * total / 100 - 1e-9))
    if total - rank < 10:
        return None
    below = itertools.accumulate(n for _, n in histogram)
    return next(ns for (ns, _), seen in zip(histogram, below, strict=True) if seen >= rank)


def near(got, wanted, tolerance, what):
    same = got is None and wanted is None
    expect(same or None not in (got, wanted) and math.isclose(got, wanted, rel_tol=tolerance),
           f"{what}: {got}, by other means {wanted}")


@test("percentiles and means are those of the histogram, and none has fewer than ten beyond it")
def latencies():
    for table, row in rows():
        kinds = [(row["latency_ns"], row["histogram"])]
        if row["open_loop"]:
            kinds += [(row["open_loop"][f"{kind}_ns"], row["open_loop"][f"{kind}_histogram"])
                      for kind in ("service", "pacing")]
        for latency, histogram in kinds:
            for name in ("p50", "p90", "p99", "p99.9", "p99.99"):
                near(latency[name], percentile(histogram, float(name[1:])), 1e-3,
                     f"{table['title']}, {row['name']}: {name}")
            total = sum(n for _, n in histogram)
            if total == 0:
                continue  # all calls waited for others: there is no pacing error
            near(latency["mean"], sum(ns * n for ns, n in histogram) / total, 1e-3, "mean")


@test("counts, times and rates add up over rounds")
def sums():
    for table, row in rows():
        what = f"{table['title']}, {row['name']}"
        loop = row["open_loop"] or {"unsent": 0, "scheduled": row["calls"]}
        equal(sum(n for _, n in row["histogram"]), row["calls"] + loop["unsent"], what)
        equal(loop["scheduled"], row["calls"] + loop["unsent"], f"{what}: scheduled")
        equal(sum(one["calls"] for one in row["rounds"]), row["calls"], f"{what}: calls")
        equal(sum(one["lost"] for one in row["rounds"]),
              row["errors"] - sum(row["failed"].values()), f"{what}: lost")
        near(sum(one["wall_ns"] for one in row["rounds"]), row["wall_ns"], 1e-9, f"{what}: time")
        equal(row["bytes"], 2 * table["size"] * (row["calls"] - row["errors"]), f"{what}: bytes")
        near(row["calls_per_s"], (row["calls"] - row["errors"]) / row["wall_ns"] * 1e9, 1e-9,
             f"{what}: calls/s")
        for one in row["rounds"]:
            if table["rate"] == 0:
                near(one["mean_ns"], one["wall_ns"] / one["calls"], 1e-9, f"{what}: mean")


def best(table):
    """The row that is 1 times the best, which has the lowest median."""
    mechanisms = [row for row in table["rows"] if row["kind"] == "mechanism"]
    first, = [row for row in mechanisms if row["x_best"] == {"point": 1, "low": 1, "high": 1}]
    lowest = min(middle(row["histogram"]) for row in mechanisms)
    near(middle(first["histogram"]), lowest, 1e-3, f"{table['title']}: the lowest median")
    return first


@test("ratios are medians of the ratios within rounds, with the bootstrap's interval")
def ratios():
    seed, checked = int(compared()["env"]["seed"]), 0
    for table in compared()["tables"]:
        named = {row["name"]: row for row in table["rows"]}
        for row in table["rows"]:
            others = {"x_floor": named.get(row["floor"]), "x_best": best(table),
                      "x_again": named.get(row["again"])}
            for name, other in others.items():
                what = f"{table['title']}, {row['name']}: {name}"
                if other is None:
                    equal(row[name]["point"], None, what)
                    continue
                pairs = [a["p50_ns"] / b["p50_ns"]
                         for a, b in zip(row["rounds"], other["rounds"], strict=True)]
                near(row[name]["point"], statistics.median(pairs), 1e-9, what)
                # Drawing takes longer here than it does there: some will do.
                if name == "x_floor" and row["kind"] == "mechanism":
                    low, high = bootstrap(pairs, seed)
                    near(row[name]["low"], low, 1e-9, f"{what}, low")
                    near(row[name]["high"], high, 1e-9, f"{what}, high")
                    checked += 1
    expect(checked >= 4, f"{checked} intervals")


@test("noise is how far a mechanism is from itself, and slow rounds are slow on every row")
def noise():
    for table in compared()["tables"]:
        (again,) = [row for row in table["rows"] if row["kind"] == "again"]
        point = again["x_again"]["point"]
        near(table["noise"], max(point, 1 / point), 1e-9, f"{table['title']}: noise")
        usual = [statistics.median(one["mean_ns"] for one in row["rounds"]) for row in table["rows"]]
        for i in range(6):
            slow = all(row["rounds"][i]["mean_ns"] > SLOW * mean
                       for row, mean in zip(table["rows"], usual, strict=True))
            for row in table["rows"]:
                equal(row["rounds"][i]["slow"], slow, f"{table['title']}, {row['name']}, round {i}")
