"""The HTML report as a file: its policy, and its figures against the JSON's."""
import json
import math
import os
import tempfile

from tests.lib.command import succeeds
from tests.lib.harness import equal, expect, test
from tests.lib.page import Page, hash_of, shown

SHORT = ("--size", "64,4K", "--warmup", "1ms", "--rounds", "6", "--duration", "4ms",
         "--outstanding", "4", "--no-stock")


def measured():
    """A comparison's JSON, and the page that was made of it."""
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path = os.path.join(place, "r.json")
        text = succeeds("rpcall", "compare", "--over", "unix,pipe,tcp", *SHORT, "--json",
                        patience=60)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return json.loads(text), Page(succeeds("rpcall", "report", path, "--format", "html"))


def us(ns):
    return None if ns is None else ns / 1e3


def cost(row, end):
    per = row[f"{end}_per_call"]
    return us(per["user_ns"] + per["system_ns"]) if per["known"] else None


def switches(row):
    ends = [row["client_per_call"], row["server_per_call"]]
    if not all(end["known"] for end in ends):
        return None
    return sum(end[f"{kind}_switches"] for end in ends for kind in ("voluntary", "involuntary"))


def figures(row):
    """What the page's table has to show of a row of the JSON."""
    return [*(us(row["latency_ns"][p]) for p in ("p50", "p90", "p99", "p99.9")),
            row["calls_per_s"], row["mb_per_s"], cost(row, "client"), cost(row, "server"),
            switches(row), *(row[x]["point"] for x in ("x_floor", "x_stock", "x_best"))]


def same(got, wanted, where):
    equal(len(got), len(wanted), f"cells of {where}")
    for i, (a, b) in enumerate(zip(got, wanted)):
        alike = a is b if None in (a, b) else math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9)
        expect(alike, f"{where}, cell {i}: {a} in the page, {b} in the JSON")


@test("the page's policy allows its own style and script, by their hashes, and nothing else")
def policy():
    _, page = measured()
    (style,), (script,) = page.all("style"), page.all("script")
    equal(page.policy(), {"default-src": ["'none'"], "base-uri": ["'none'"],
                          "form-action": ["'none'"], "style-src": [hash_of(style.text())],
                          "script-src": [hash_of(script.text())]}, "policy")
    for element in page.all():
        for name in element.attributes:
            expect(name != "style" and not name.startswith("on"),
                   f"<{element.name} {name}=>, which the policy forbids")
            expect(name not in ("src", "srcset", "xlink:href") and
                   (name != "href" or element[name].startswith("#")),
                   f"<{element.name} {name}={element[name]}> leads out of the page")


@test("every figure of the page's tables is the one of the JSON")
def values():
    result, page = measured()
    tables = page.tables()
    for table in result["tables"]:
        rows = tables[table["title"]]
        equal(set(rows), {(row["kind"], row["name"]) for row in table["rows"]}, "rows")
        for row in table["rows"]:
            same(rows[row["kind"], row["name"]], figures(row), row["name"])


@test("a figure is shown as it is, rounded")
def rounding():
    _, page = measured()
    cells = [d for table in page.all("table") for d in table.all("data")]
    expect(len(cells) > 100, f"{len(cells)} figures")
    for cell in cells:
        digits = cell.text().partition(".")[2]
        expect(abs(shown(cell.text()) - float(cell["value"])) <=
               0.500001 * 10 ** -len(digits), f"{cell.text()} for {cell['value']}")
