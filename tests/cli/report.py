"""Saved results: read back in every form, held against one another, judged."""
import contextlib
import copy
import csv
import functools
import io
import json
import os
import re
import tempfile
import xml.etree.ElementTree as ET

from tests.lib.command import USAGE, fails, run, succeeds
from tests.lib.harness import ROOT, equal, expect, program, skip, test

NO, BAD_DATA, NO_FILE = 1, 65, 66
SHORT = ("--warmup", "1ms", "--rounds", "6")
SCHEMAS = os.path.join(ROOT, "client/report/schema")


def bench(*options):
    return succeeds("rpcall", "bench", f"pipe:{program('rpcalld')} --stdio", "ECHO.ECHO",
                    *SHORT, "--duration", "60ms", *options)


@functools.lru_cache
def measured():
    """The files of one comparison, by name: all tests are of the same."""
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        succeeds("rpcall", "compare", "--over", "unix,pipe", "--size", "64", *SHORT,
                 "--duration", "5ms", "--outstanding", "1", "--out", place,
                 "--lines", os.path.join(place, "lines"), patience=60)
        return {name: read(place, name) for name in os.listdir(place)}


@contextlib.contextmanager
def saved():
    """A directory with these files in it."""
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        for name, text in measured().items():
            write(place, name, text)
        yield place


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as f:
        return f.read()


def write(place, name, value):
    path = os.path.join(place, name)
    with open(path, "w", encoding="utf-8") as f:
        json.dump(value, f) if not isinstance(value, str) else f.write(value)
    return path


def report(place, *options):
    return succeeds("rpcall", "report", os.path.join(place, "compare.json"), *options)


def almost(a, b, where="result"):
    """Equal but for the last digits of reals."""
    if isinstance(a, dict) and isinstance(b, dict):
        equal(list(a), list(b), f"members of {where}")
        for name in a:
            almost(a[name], b[name], f"{where}.{name}")
    elif isinstance(a, list) and isinstance(b, list):
        equal(len(a), len(b), f"length of {where}")
        for i, (x, y) in enumerate(zip(a, b)):
            almost(x, y, f"{where}[{i}]")
    elif isinstance(a, float) and isinstance(b, float):
        expect(abs(a - b) <= 1e-8 * abs(a), f"{where}: {a} and {b}")
    else:
        equal(a, b, where)


NUMBER = re.compile(r"(\d+(?:\.\d+)?)")


def same_text(a, b, where):
    """Equal but for the last digit of what is not whole: costs are saved per
    call, so that totals differ in their last bits."""
    a, b = NUMBER.split(a), NUMBER.split(b)
    equal(a[::2], b[::2], where)
    for x, y in zip(a[1::2], b[1::2]):
        digits = max(len(x.partition(".")[2]), len(y.partition(".")[2]))
        expect(x == y or abs(float(x) - float(y)) <= 1.01 * 10 ** -digits, f"{where}: {x} and {y}")


def rows_of(result):
    return [(table, row) for table in result["tables"] for row in table["rows"]]


@test("a saved result gives the same JSON, CSV and HTML again")
def same():
    with saved() as place:
        almost(json.loads(report(place, "--json")), json.loads(read(place, "compare.json")))
        same_text(report(place, "--format", "html"), read(place, "compare.html"), "HTML")
        for new, old in zip(csv.reader(io.StringIO(report(place, "--format", "csv"))),
                            csv.reader(io.StringIO(read(place, "compare.csv"))), strict=True):
            equal(new[:24], old[:24], "CSV")


@test("JSON and lines follow their published schemas, and a wrong one does not")
def schema():
    try:
        import jsonschema  # pylint: disable=import-outside-toplevel
    except ImportError:
        skip("no python3-jsonschema")
    result_schema = json.loads(read(SCHEMAS, "result.schema.json"))
    resolver = jsonschema.RefResolver("", {}, store={"result.schema.json": result_schema})
    lines = jsonschema.Draft7Validator(json.loads(read(SCHEMAS, "round.schema.json")),
                                       resolver=resolver)
    results = jsonschema.Draft7Validator(result_schema)
    with saved() as place:
        result = json.loads(read(place, "compare.json"))
        results.validate(result)
        rounds = read(place, "lines").splitlines()
        equal(len(rounds), sum(len(row["rounds"]) for _, row in rows_of(result)), "lines")
        for line in rounds:
            lines.validate(json.loads(line))
        result["tables"][0]["rows"][0]["calls"] = "many"
        expect(not results.is_valid(result), "a wrong result passes the schema")
    results.validate(json.loads(bench("--json")))


@test("every row is a line of Markdown and a case of JUnit; several files keep their names")
def forms():
    with saved() as place:
        rows = rows_of(json.loads(read(place, "compare.json")))
        text = report(place, "--format", "markdown").partition("### Where the time goes")[0]
        lines = [line for line in text.splitlines()
                 if line.startswith("| ") and not line.startswith("| mechanism")]
        equal(sorted(line.split(" | ")[0][2:] for line in lines),
              sorted(row["name"] for _, row in rows), "rows of Markdown")
        suite = ET.fromstring(report(place, "--format", "junit"))
        equal((suite.tag, suite.get("failures")), ("testsuite", "0"), "JUnit")
        equal(len(suite), sum(row["kind"] == "mechanism" for _, row in rows), "cases")
        path = os.path.join(place, "compare.json")
        both = json.loads(succeeds("rpcall", "report", path, path, "--json"))
        equal(len(both["tables"]), 4, "tables of two files")
        expect(all(path in table["title"] for table in both["tables"]), "titles name the file")
        out = os.path.join(place, "chosen.md")
        succeeds("rpcall", "report", path, "--row", "pipe", "-o", out)
        expect("| pipe |" in read(out) and "| unix |" not in read(out), read(out))


@test("hgrm has the percentiles of the row, up to the largest value")
def hgrm():
    with saved() as place:
        table, row = rows_of(json.loads(read(place, "compare.json")))[0]
        text = report(place, "--format", "hgrm", "--table", table["title"], "--row", row["name"])
        lines = [line.split() for line in text.splitlines() if line and line.strip()[0].isdigit()]
        value, percentile, count = (float(lines[-1][i]) for i in range(3))
        equal((round(value * 1000), percentile, count),
              (row["latency_ns"]["max"], 1.0, sum(n for _, n in row["histogram"])), "the last line")
        median = next(float(line[0]) for line in lines if float(line[1]) >= 0.5)
        expect(abs(median * 1000 / row["latency_ns"]["p50"] - 1) < 0.002, f"median {median}")
        counts = [int(line[2]) for line in lines]
        equal(counts, sorted(counts), "counts grow")
        fails(USAGE, "rpcall", "report", os.path.join(place, "compare.json"), "--format", "hgrm")


def slower(result, factor, chosen):
    """A copy in which the chosen rows' times are factor times as long."""
    result = copy.deepcopy(result)
    for _, row in rows_of(result):
        if not chosen(row):
            continue
        for one in row["rounds"]:
            for name in ("p50_ns", "mean_ns", "p90_ns", "p99_ns"):
                one[name] = one[name] and one[name] * factor
        row["histogram"] = [[int(ns * factor), n] for ns, n in row["histogram"]]
        for name, ns in row["latency_ns"].items():
            row["latency_ns"][name] = ns and int(ns * factor)
    return result


def steady(result):
    """A copy whose rounds are alike, so that a planted difference is all there is."""
    result = copy.deepcopy(result)
    for _, row in rows_of(result):
        for i, one in enumerate(row["rounds"]):
            for name in ("p50_ns", "mean_ns", "p90_ns", "p99_ns"):
                one[name] = (10000 if row["kind"] == "floor" else 12000) + i
    return result


def verdicts(old, new, *options, status=0):
    done = run("rpcall", "compare", old, new, "--json", *options)
    equal(done.status, status, f"status\n{done.err}")
    return {(f["workload"], f["row"], f["metric"]): f["verdict"]
            for f in json.loads(done.out)["findings"]}


@test("a row that became slower is found, alone, and the exit status says so")
def regression():
    with saved() as place:
        result = steady(json.loads(read(place, "compare.json")))
        old = write(place, "old.json", result)
        new = write(place, "new.json", slower(result, 1.2, lambda row: row["name"] == "pipe"))
        limits = ("--fail-if", "p50 > +10%", "--fail-if", "mean > +30%")
        found = verdicts(old, new, *limits, status=NO)
        equal({key[1:] for key, verdict in found.items() if verdict == "BROKEN"},
              {("pipe", "p50")}, "what is broken")
        equal(set(verdicts(new, old, *limits).values()), {"ok"}, "the other way round")
        said = verdicts(old, new)
        equal({said[key] for key in said if key[1:] == ("pipe", "p50")}, {"worse"}, "pipe")
        equal({said[key] for key in said if key[1] == "unix"}, {"no significant difference"},
              "unix")
        equal(len(verdicts(old, old, "--fail-if", "calls/s < -5%")), 4, "findings")


@test("a comparison of two results says what either says of itself")
def remarks_of_both():
    with saved() as place:
        result = steady(json.loads(read(place, "compare.json")))
        old, new = write(place, "old.json", result), copy.deepcopy(result)
        new["env"]["partial"] = True
        out = succeeds("rpcall", "compare", old, write(place, "new.json", new))
        mine = [line for line in out.splitlines() if line.startswith("! new: ")]
        theirs = [line for line in out.splitlines() if line.startswith("! old: ")]
        equal(len(mine), len(theirs) + 1, out)
        expect(any("interrupted" in line.lower() for line in mine), out)


@test("what an old result says of its own noise is said as of the new one")
def noise_of_both():
    with saved() as place:
        result = steady(json.loads(read(place, "compare.json")))
        for table in result["tables"]:
            pipe, = [row for row in table["rows"] if row["name"] == "pipe"]
            again = copy.deepcopy(pipe)
            again.update(name="pipe again", kind="again", again="pipe")
            for one in again["rounds"]:
                one["p50_ns"] *= 1.3
            table["rows"].append(again)
        path = write(place, "noisy.json", result)
        said = re.findall(r"^! (old|new): ([^\n]*) times itself", succeeds("rpcall", "compare", path,
                                                                           path), re.M)
        mine = [text for of, text in said if of == "new"]
        equal((len(mine), [text for of, text in said if of == "old"]),
              (len(result["tables"]), mine), "remarks")


@test("a machine that became slower, or noise as large as the difference, is no regression")
def no_regression():
    with saved() as place:
        result = steady(json.loads(read(place, "compare.json")))
        old = write(place, "old.json", result)
        new = write(place, "new.json", slower(result, 1.2, lambda row: True))
        equal(set(verdicts(old, new, "--fail-if", "p50 > +10%").values()), {"inside the noise"},
              "a slower machine")
        noisy = copy.deepcopy(result)
        for _, row in rows_of(noisy):
            for i, one in enumerate(row["rounds"]):
                one["p50_ns"] *= 0.9 if i % 2 else 1.5
        equal(set(verdicts(old, write(place, "noisy.json", noisy),
                           "--fail-if", "p50 > +10%").values()),
              {"inside the noise"}, "noise")


@test("a row that is void or gone is not passed over")
def lost_rows():
    with saved() as place:
        result = json.loads(read(place, "compare.json"))
        old = write(place, "old.json", result)
        for _, row in rows_of(result):
            row["void"] = row["name"] == "unix"
        new = write(place, "new.json", result)
        found = verdicts(old, new, "--fail-if", "errors > 0", status=NO)
        equal({key[1] for key, verdict in found.items() if verdict == "BROKEN"}, {"unix"}, "broken")
        for table in result["tables"]:
            table["rows"] = [row for row in table["rows"] if row["name"] != "unix"]
        gone = succeeds("rpcall", "compare", old, write(place, "gone.json", result))
        expect("2 rows of the old result are not in the new one" in gone, gone)


@test("a limit on what is measured now is judged, and JUnit says which row broke it")
def live():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        junit = os.path.join(place, "junit.xml")
        old = write(place, "old.json", bench("--json", "--junit", junit))
        equal(ET.parse(junit).getroot().get("failures"), "0", "failures")
        done = run("rpcall", "bench", f"pipe:{program('rpcalld')} --stdio", "ECHO.ECHO", *SHORT,
                   "--duration", "60ms", "--fail-if", "p50 > 1ns", "--fail-if", "calls/s < 0.1",
                   "--against", old, "--fail-if", "mean > +100000%", "--junit", junit)
        equal(done.status, NO, f"status\n{done.err}")
        equal(done.err.count("BROKEN"), 1, f"broken limits in\n{done.err}")
        (broken,) = [case for case in ET.parse(junit).getroot() if case.find("failure") is not None]
        expect(broken.get("name").endswith("p50 > 1ns"), broken.get("name"))


@test("limits that are none are wrong usage, with all metrics named")
def bad_limits():
    for limit in ("p50", "p50 > ", "p42 > 1ms", "p50 = 1ms", "p50 > 5", "p50 > 5%",
                  "p50 > +5% more", "errors > many", "p50 > -100%", "calls/s < 1ms"):
        fails(USAGE, "rpcall", "bench", "pipe:false", "--fail-if", limit)
    hint = fails(USAGE, "rpcall", "bench", "pipe:false", "--fail-if", "p50 > +5%")
    expect("--against OLD.json" in hint, hint)
    err = fails(USAGE, "rpcall", "compare", "one.json")
    expect("one.json is one result" in err and "hint: rpcall compare one.json NEW.json\n" in err
           and "hint: rpcall compare --against one.json\n" in err, err)


def broken_results(result):
    """Texts that are no results, each with what is to be said of it."""
    yield "", "not a result of rpcall: it is empty"
    yield " \n", "not a result of rpcall: it is empty"
    yield "a text\nof lines\n", "not a result of rpcall: it is no JSON object\nhint: rpcall bench"
    yield "[]", "no JSON object"
    yield '{"a": 1}', "not a result of rpcall: its \"schema\" is not"
    yield '{"schema": "rpcall/compare/1",', "bad JSON"
    yield json.dumps({**result, "schema": "rpcall/compare/2"}), "schema"
    yield json.dumps({**result, "env": None, "tables": []}), "no tables"
    yield json.dumps({name: result[name] for name in result if name != "env"}), "env"
    for path, value, said in (
            (("size",), "many", '"size"'), (("rows", 0, "calls"), None, '"calls"'),
            (("rows", 0, "kind"), "odd", "no kind"), (("rows", 0, "histogram"), [[1]], "bucket"),
            (("rows", 0, "rounds"), [{}] * 65, "too many rounds"),
            (("rows",), [{"kind": "floor"}] * 4097, "too many rows")):
        changed = copy.deepcopy(result)
        at = changed["tables"][0]
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = value
        yield json.dumps(changed), said


@test("what is not a result is refused, and says why")
def refused():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        result = json.loads(bench("--json"))
        for text, said in broken_results(result):
            err = fails(BAD_DATA, "rpcall", "report", write(place, "bad.json", text))
            expect(said in err, f"{said!r} is not in {err!r}")
        fails(NO_FILE, "rpcall", "report", os.path.join(place, "none.json"))
        good = write(place, "good.json", result)
        err = fails(USAGE, "rpcall", "report", good, "--format", "odf")
        expect("--format odf: there are text, json, csv, " in err and " and hgrm\n" in err, err)
        err = fails(USAGE, "rpcall", "report", good, "-o", os.path.join(place, "x.odf"))
        expect("x.odf: its ending is that of no form of results; there are .txt, .json, " in err
               and " and .hgrm\n" in err, err)
        fails(USAGE, "rpcall", "report", good, "--row", "tcp")


def odd_tables(result):
    """A result for each of these figures, which it has wherever a row has one."""
    for value in (0, -1, 1e308, -1e308, 2**64 - 1, 10**30, None):
        changed = copy.deepcopy(result)
        (table,) = changed["tables"]
        table["title"] = f"odd {value}"
        (row,) = table["rows"]
        row.update({"wall_ns": value, "latency_ns": {"max": value, "min": value, "mean": value},
                    "rounds": [{"p50_ns": value, "mean_ns": value}] * 6})
        if value is not None:
            row.update({"calls": value, "bytes": value, "histogram": [[value, value]] * 3})
        yield changed


@test("figures beyond all measure are reported in every form")
def extremes():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        odd = list(odd_tables(json.loads(bench("--json"))))
        for one in odd:
            path = write(place, "odd.json", one)
            run("rpcall", "compare", path, path)
        tables = [table for one in odd for table in one["tables"]]
        path = write(place, "odd.json", {**odd[0], "tables": tables})
        for form in ("text", "json", "csv", "markdown", "html", "svg", "junit"):
            out = succeeds("rpcall", "report", path, "--format", form)
            missing = [table["title"] for table in tables if table["title"] not in out]
            equal(missing, [], f"tables that are not in {form}")
