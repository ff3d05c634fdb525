"""How much compare measures, and why it ends: rounds, presets, and a budget of time."""
import json

from tests.lib.command import USAGE, fails, succeeds
from tests.lib.harness import equal, expect, test

BARE = ("--over", "pipe", "--no-stock", "--no-floor", "--outstanding", "1", "--size", "64")
SHORT = ("--duration", "2ms", "--warmup", "0ms")


def compared(*options):
    return json.loads(succeeds("rpcall", "compare", "--json", *BARE, *options, patience=60))


def ends(result):
    return [(table["ended_by"], {len(row["rounds"]) for row in table["rows"]})
            for table in result["tables"]]


@test("there are as many rounds as were asked for, and the result says that this was why")
def rounds():
    result = compared(*SHORT, "--rounds", "3")
    equal(ends(result), [("rounds", {3})] * 2, "ends")
    equal(result["env"]["preset"], "default", "preset")
    expect(result["env"]["planned_seconds"] > 0, "no estimate")


@test("when the time of a budget is up no table has another round, and that is said")
def budget():
    # It was up before the first round: each table has one, of the shortest.
    result = compared("--budget", "1ms", "--warmup", "0ms")
    equal(ends(result), [("time", {1})] * 2, "ends")
    said = [remark["text"] for remark in result["remarks"] if "time was up" in remark["text"]]
    equal(len(said), 2, "remarks")
    expect(all("after 1 rounds" in text for text in said), str(said))


@test("the preset lmbench shows the median of the means of its rounds")
def lmbench():
    result = compared(*SHORT, "--preset", "lmbench", "--rounds", "3")
    equal(result["env"]["placement"], "left to the kernel", "placement")
    for table in result["tables"]:
        (text,) = [remark["text"] for remark in result["remarks"]
                   if "As lmbench counts" in remark["text"] and f"{table['title']}:" in remark["text"]]
        for row in table["rows"]:
            us = sorted(round["mean_ns"] for round in row["rounds"])[1] / 1000
            shown = text.partition(f"{row['name']} ")[2].split(",")[0].rstrip(".")
            expect(abs(float(shown) - us) <= us / 100, f"{us} of {row['name']} in {text}")


@test("extents that are none are wrong usage")
def bad():
    for options in (("--rounds", "0"), ("--rounds", "65"), ("--tight", "51"), ("--budget", "soon"),
                    ("--preset", "fast")):
        fails(USAGE, "rpcall", "compare", *BARE, *options)
