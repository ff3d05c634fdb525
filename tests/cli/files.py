"""Saved results as files: several put together, and what a stranger may have put in one."""
import contextlib
import copy
import json
import os
import tempfile

from tests.lib.command import fails, succeeds
from tests.lib.harness import ROOT, equal, expect, skip, test
from tests.lib.result import comparison, result, table

BAD_DATA = 65
SCHEMA = os.path.join(ROOT, "client/report/schema/result.schema.json")


@contextlib.contextmanager
def files(**values):
    """Their paths, by name."""
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        paths = {}
        for name, value in values.items():
            paths[name] = os.path.join(place, name + ".json")
            with open(paths[name], "w", encoding="utf-8") as f:
                f.write(value if isinstance(value, str) else json.dumps(value))
        yield paths


def elsewhere():
    """The same, measured elsewhere and only in part, and of a mechanism more."""
    other = comparison()
    other["env"].update(host="elsewhere", date="2002-02-02T02:02:02Z", partial=True)
    other["mechs"].append({"name": "fifo", "target": "fifo:/there", "reach": "this host"})
    return other


def header(text):
    return text.partition("\n\n")[0]


@test("of several files each is named with what is not alike, and what is alike is said once")
def several():
    with files(first=comparison(), second=elsewhere()) as paths:
        both = (paths["first"], paths["second"])
        text = succeeds("rpcall", "report", *both)
        expect("a processor" in header(text) and "command" in header(text), header(text))
        expect("host" not in header(text) and "2001-" not in header(text), header(text))
        listed = text.partition("\nFiles\n")[2].partition("\n\n")[0]
        for path, env in zip(both, (comparison()["env"], elsewhere()["env"])):
            expect(path in listed.replace("\n", "") or os.path.basename(path) in listed, listed)
            expect(env["host"] in listed and env["date"] in listed, listed)
        expect("a processor" not in listed and "interrupted" in listed, listed)
        expect("second.json was interrupted" in text.replace("\n", "").replace("  ", ""), text)
        for form in ("markdown", "html"):
            page = succeeds("rpcall", "report", *both, "--format", form)
            expect(page.count("2002-02-02") == 1 and "elsewhere" in page, f"heads in {form}")
        expect("fifo" in page, "a mechanism of the second file on the page")
        one = succeeds("rpcall", "report", paths["first"])
        expect("\nFiles\n" not in one and "2001-" in header(one) and "host, Linux" in header(one),
               header(one))


@test("several files in one keep where each was measured, by the schema, when read again")
def together():
    with files(first=comparison(), second=elsewhere()) as paths:
        both = json.loads(succeeds("rpcall", "report", *paths.values(), "--json"))
        equal([one["path"] for one in both["files"]], list(paths.values()), "paths")
        equal([one["env"]["host"] for one in both["files"]], ["host", "elsewhere"], "hosts")
        with files(both=both) as again:
            once_more = json.loads(succeeds("rpcall", "report", again["both"], "--json"))
            equal(once_more["files"], both["files"], "read again")
        expect("files" not in json.loads(succeeds("rpcall", "report", paths["first"], "--json")),
               "one file is none of several")
    try:
        import jsonschema  # pylint: disable=import-outside-toplevel
    except ImportError:
        skip("no python3-jsonschema")
    with open(SCHEMA, encoding="utf-8") as f:
        jsonschema.Draft7Validator(json.load(f)).validate(both)


@test("names that a stranger chose do nothing on a terminal or a page")
def hostile():
    script, escape = "</title><script>alert(1)</script>", "\033]0;x\007\033[2J"
    bad = comparison()
    for at in (bad["env"], bad["tables"][0], bad["tables"][0]["rows"][0], bad["mechs"][0]):
        for name, value in at.items():
            if isinstance(value, str) and name not in ("kind", "arrivals"):
                at[name] = (script + escape)[:31] if name == "name" else script + escape
    other = copy.deepcopy(bad)
    other["env"]["host"] = escape
    with files(bad=bad, other=other) as paths:
        for form in ("text", "markdown", "html", "svg", "junit"):
            for given in ([paths["bad"]], [paths["bad"], paths["other"]]):
                out = succeeds("rpcall", "report", *given, "--format", form)
                expect("\033" not in out and "\007" not in out, f"escapes in {form}")
                if form in ("html", "svg", "junit"):
                    expect("<script>alert" not in out, f"a script in {form}")
        out = succeeds("rpcall", "compare", paths["bad"], paths["other"])
        expect("\033" not in out and "host differs" in out, "escapes in a comparison")


def rows(count, **more):
    given = {"name": "x", "kind": "floor", "measured": True, **more}
    return result("compare", [table("many", 64, 1, [given] * count)])


@test("what is garbage, cut off or larger than it may be is one error that says so")
def garbage():
    good = json.dumps(comparison())
    for text, said in (
            ("", "it is empty"), ("\0" * 100, "no JSON object"), ("\ufeff" + good, "no JSON object"),
            (good[:len(good) // 2], "bad JSON"), (good + "x", "bad JSON"),
            ('{"a":' + "[" * 100000, "nested more than 512 deep"),
            ('{"schema":"rpcall/regress/1"}', "env"), ('"x"', "no JSON object"),
            ("1e999", "no JSON object"),
            (json.dumps(rows(2049, histogram=[[1000, 5]])), "too many histograms"),
            (json.dumps(rows(1025, open_loop={})), "too many histograms"),
            (json.dumps(rows(4097)), "too many rows"),
            (json.dumps({**comparison(), "files": [{"env": {}}] * 65}), "too many files"),
            (json.dumps({**comparison(), "mechs": [{}] * 65}), "too many mechanisms"),
            (json.dumps({**comparison(), "tables": comparison()["tables"] * 205}), "too many tab")):
        with files(bad=text, good=good) as paths:
            for args in (("report", paths["good"], paths["bad"]),
                         ("compare", paths["bad"], paths["good"])):
                err = fails(BAD_DATA, "rpcall", *args)
                expect(said in err and paths["bad"] in err, f"{said!r} is not in {err!r}")
    err = fails(BAD_DATA, "rpcall", "report", "/dev/zero")
    expect("/dev/zero: larger than 64 MiB" in err and "@" not in err, err)
    with files(empty=rows(4096)) as paths:
        succeeds("rpcall", "report", paths["empty"])
