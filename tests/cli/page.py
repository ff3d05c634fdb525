"""The HTML report as a file: its policy, and its figures against the JSON's.

What it makes of a run is seen once; the rest is of results that nobody measured,
so that it does not depend on how many calls a busy machine had time for.
"""
import json
import math
import os
import tempfile
import xml.etree.ElementTree as ET

from tests.lib.command import USAGE, fails, succeeds
from tests.lib.harness import equal, expect, test
from tests.lib.page import Page, hash_of, shown
from tests.lib.result import comparison, sweep

NOTHING = 65
SVG = "{http://www.w3.org/2000/svg}"
SHORT = ("--size", "64", "--warmup", "1ms", "--rounds", "6", "--duration", "4ms",
         "--outstanding", "4", "--no-stock")


def reported(*results):
    """What report makes of results: JSON, and a page."""
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        paths = [os.path.join(place, f"r{i}.json") for i in range(len(results))]
        for path, result in zip(paths, results):
            with open(path, "w", encoding="utf-8") as f:
                json.dump(result, f)
        return (json.loads(succeeds("rpcall", "report", *paths, "--json")),
                Page(succeeds("rpcall", "report", *paths, "--format", "html")))


def measured():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        succeeds("rpcall", "compare", "--over", "unix,pipe", *SHORT, "--out", place,
                 patience=60)
        with open(os.path.join(place, "compare.json"), encoding="utf-8") as result:
            with open(os.path.join(place, "compare.html"), encoding="utf-8") as page:
                return json.load(result), Page(page.read())


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
    got = list(got)
    equal(len(got), len(wanted), f"cells of {where}")
    for i, (a, b) in enumerate(zip(got, wanted)):
        alike = a is b if None in (a, b) else math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9)
        expect(alike, f"{where}, cell {i}: {a} in the page, {b} in the JSON")


@test("the page's policy allows its own style and script, by their hashes, and nothing else")
def policy():
    _, page = reported(comparison())
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


@test("every figure of the page's tables is the one of the JSON of the same run")
def values():
    check_values(*measured())
    check_values(*reported(comparison()))


def check_values(result, page):
    tables = page.tables()
    for table in result["tables"]:
        rows = tables[table["title"]]
        equal(set(rows), {(row["kind"], row["name"]) for row in table["rows"]}, "rows")
        for row in table["rows"]:
            if row["measured"] and not row["void"]:
                same(rows[row["kind"], row["name"]], figures(row), row["name"])
            else:
                expect(row["note"] in rows[row["kind"], row["name"]][0], "why there are none")


def rows_of(result):
    return [(table, row) for table in result["tables"] for row in table["rows"]
            if row["kind"] == "mechanism" and row["measured"]]


@test("the values behind the charts of each load are those of the JSON, up to the slowest call")
def chart_values():
    result, page = reported(comparison())
    latency, cpu, tail = (page.charts(name) for name in ("latency", "cpu", "percentiles"))
    for table, row in rows_of(result):
        title, name, of = table["title"], row["name"], row["latency_ns"]
        floors = [r["latency_ns"]["p50"] for r in table["rows"] if r["name"] == row["floor"]]
        same(latency[title][name].values(), [of["p50"], of["p99"], *(floors or [None]), None],
             f"{title}, {name}")
        ends = [cost(row, "client"), cost(row, "server")]
        same(cpu[title][name].values(), [*ends, sum(ends)], f"CPU of {title}, {name}")
        expect({"p50", "slowest"} <= set(tail[title][name]), "percentiles up to the slowest")
        for head, value in tail[title][name].items():
            same([value], [of["max" if head == "slowest" else head]], f"{title}, {name}, {head}")
    equal(set(latency["ECHO 64 KiB"]["rpc/local"].values()), {None}, "what was not measured")


@test("charts against size and against calls under way have the JSON's values")
def chart_sweeps():
    result, page = reported(comparison())
    size, calls = page.charts("size"), page.charts("concurrency")
    labels = {64: "64 B", 4096: "4 KiB", 65536: "64 KiB"}
    for table, row in rows_of(result):
        if table["size"] > 0:
            column, got = labels[table["size"]], size
            drawn = {"Median latency against payload size": row["latency_ns"]["p50"],
                     "Throughput against payload size": row["mb_per_s"]}
        else:
            column, got = str(table["outstanding"]), calls
            drawn = {"Throughput against calls under way": row["calls_per_s"],
                     "p99 latency against calls under way": row["latency_ns"]["p99"]}
        for title, value in drawn.items():
            same([got[title][row["name"]][column]], [value], f"{title}, {row['name']}, {column}")


@test("loads that differ in their rate become charts of latency against it, rates missed told")
def rates():
    result, page = reported(sweep())
    against, columns = page.charts("rate"), ("1k", "4k", "16k", "64k")
    rows = [table["rows"][0]["latency_ns"] for table in result["tables"]]
    for title, p in (("Median", "p50"), ("p99", "p99")):
        got = against[f"{title} latency against offered rate"]["pipe"]
        same([got[rate] for rate in columns], [row[p] for row in rows], title)
    missed = [title.text() for title in page.all("title") if "rate was not reached" in title.text()]
    equal([text.partition(":")[0] for text in missed], 2 * ["pipe, 64k"], "rates missed")
    equal({name: list(rows) for name, rows in page.charts("latency").items()},
          {"pipe": [f"{rate}/s" for rate in (1000, 4000, 16000, 64000)]}, "one panel for all loads")
    equal(len(page.tables()["pipe"]), 4, "lines of the table of loads")


@test("several files' lines stand in one chart, those of one mechanism told apart by file")
def several():
    _, page = reported(sweep(), sweep(reached=9000), sweep(name="tcp"))
    equal(set(page.charts("rate")["Median latency against offered rate"]),
          {"pipe r0", "pipe r1", "tcp"}, "lines")
    rows = page.charts("latency")
    expect("1000/s" in rows["tcp"] and "1000/s, r1" in rows["pipe"], f"rows: {rows}")


@test("a subject's charts are an SVG file that stands alone, with the values of the page's")
def svg():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path = os.path.join(place, "r.json")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(comparison(), f)
        page = Page(succeeds("rpcall", "report", path, "--format", "html"))
        for name in ("latency", "size", "concurrency", "cpu", "percentiles"):
            out = os.path.join(place, f"{name}.svg")
            succeeds("rpcall", "report", path, "--chart", name, "-o", out)
            root = ET.parse(out).getroot()
            (section,) = (s for s in page.all("section") if s["aria-labelledby"] == name)
            equal([e.text for e in root.iter(SVG + "title")],
                  [e.text() for e in section.all("title")], f"values of {name}")
            for element in root.iter():
                expect(not {"href", "src", "style"} & set(element.keys()), f"{element.tag} refers")
        both = ET.fromstring(succeeds("rpcall", "report", path, "--format", "svg"))
        equal(len(list(both.iter(SVG + "title"))), len(page.all("title")) - 1, "all charts")
        fails(USAGE, "rpcall", "report", path, "--format", "svg", "--chart", "pie")
        fails(USAGE, "rpcall", "report", path, "--format", "html", "--chart", "cpu")
        expect("nothing to draw" in fails(NOTHING, "rpcall", "report", path, "--format", "svg",
                                          "--chart", "rate"), "no rates")


@test("characters that XML does not have are none of an SVG")
def no_characters():
    odd = sweep(name="pi\uffffpe\ufffe")
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path = os.path.join(place, "r.json")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(odd, f)
        text = succeeds("rpcall", "report", path, "--format", "svg", "--chart", "rate")
    ET.fromstring(text)
    expect("pi\u00b7pe\u00b7" in text, "the name, with what stands for them")


@test("one mechanism alone is held against no other, in no form of the report")
def alone():
    result, page = reported(sweep())
    equal((result["verdicts"], page.all("article")), ([], []), "verdicts of one")
    result, page = reported(sweep(name="unix"), sweep(name="pipe"))
    equal((result["verdicts"], page.all("article")), ([], []), "verdicts of two that never met")
    result, page = reported(comparison())
    equal(len(page.all("article")), len(result["verdicts"]), "cards")
    expect(result["verdicts"], "none of a comparison")


@test("of one mechanism each load is named by what tells it from the others, uncut")
def loads():
    one = comparison()
    one["tables"] = [{**table, "rows": table["rows"][1:2]} for table in one["tables"]]
    one["mechs"] = one["mechs"][1:2]
    _, page = reported(one)
    names = ["NULL", "ECHO, 64 B", "ECHO, 4 KiB", "ECHO, 64 KiB", "NULL, 16 calls"]
    equal(list(page.charts("latency")["unix"]), names, "rows of the chart")
    equal([text.text() for text in page.all("text") if text["class"] == "name end"], 2 * names,
          "labels")
    expect("IPC mechanism measured" in page.all("h1")[0].text(), "title")
    (honest,) = (name for name in page.tables() if name == "Honesty")
    equal({len(cells) for cells in page.tables()[honest].values()}, {4}, "columns of honesty")
    _, page = reported(sweep())
    equal({len(cells) for cells in page.tables()[honest].values()}, {13}, "of an open loop")


@test("a figure is shown as it is, rounded")
def rounding():
    _, page = reported(comparison())
    cells = [d for table in page.all("table") if table["class"] == "figures"
             for d in table.all("data")]
    expect(len(cells) > 100, f"{len(cells)} figures")
    for cell in cells:
        digits = cell.text().partition(".")[2]
        expect(abs(shown(cell.text()) - float(cell["value"])) <=
               0.500001 * 10 ** -len(digits), f"{cell.text()} for {cell['value']}")
