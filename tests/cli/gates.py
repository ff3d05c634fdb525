"""Limits on saved results: what is broken, what cannot be judged, what is passed over."""
import copy
import json
import os
import tempfile
import xml.etree.ElementTree as ET

from tests.lib.command import run
from tests.lib.harness import ROOT, equal, expect, skip, test
from tests.lib.result import result, row, table

NO, BAD_DATA = 1, 65
SCHEMA = os.path.join(ROOT, "client/report/schema/regress.schema.json")


def one(**changes):
    """A result of one row with 20,000 calls in six rounds."""
    given = row("pipe", "mechanism", 10, 20000, 64)
    given.update(changes)
    for i, each in enumerate(given["rounds"]):
        each.update({"p90_ns": 12000 + i, "p99_ns": 15000 + i})
    return result("bench", [table("ECHO 64 B", 64, 1, [given])])


def few(calls):
    """The same of so few calls."""
    given = row("pipe", "mechanism", 10, calls, 64)
    for each in given["rounds"]:
        each.update({"p90_ns": None, "p99_ns": None})
    return result("bench", [table("ECHO 64 B", 64, 1, [given])])


def lost(note, unfit=False):
    return one(measured=False, note=note, unfit=unfit, histogram=[], latency_ns={}, rounds=[])


def judge(old, new, *limits, status=0):
    """The findings, by their limits, and the run; JUnit has as many of each kind."""
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        paths = [os.path.join(place, name) for name in ("old.json", "new.json", "junit.xml")]
        for path, value in zip(paths, (old, new)):
            with open(path, "w", encoding="utf-8") as f:
                json.dump(value, f)
        asked = [word for limit in limits for word in ("--fail-if", limit)]
        done = run("rpcall", "compare", *paths[:2], "--json", "--junit", paths[2], *asked)
        equal(done.status, status, f"status\n{done.out}\n{done.err}")
        suite = ET.parse(paths[2]).getroot()
        text = run("rpcall", "compare", *paths[:2], *asked)
        equal(text.status, status, "status with text")
        expect(all(len(line) <= 100 for line in text.out.splitlines()), text.out)
    out = json.loads(done.out)
    for kind, counts in (("failure", ["broken"]), ("error", ["not_judged"]),
                         ("skipped", ["skipped", "inside_noise"])):
        equal(len(suite.findall(f"testcase/{kind}")), sum(out[name] for name in counts), kind)
    return {f["threshold"]: f for f in out["findings"]}, suite, text


@test("a percentile that the samples do not carry is not judged, and that is no success")
def too_few():
    found, suite, text = judge(few(600), few(600), "p99 > 1s", "p90 > 1s", "p99 > +10%",
                               status=BAD_DATA)
    equal({limit: f["verdict"] for limit, f in found.items()},
          {"p99 > 1s": "not judged", "p90 > 1s": "ok", "p99 > +10%": "not judged"}, "verdicts")
    samples = sum(n for _, n in few(600)["tables"][0]["rows"][0]["histogram"])
    equal(found["p99 > 1s"]["why"], f"{samples} samples, p99 needs 1000", "why")
    equal(found["p99 > +10%"]["why"], f"{samples // 6} samples in a round, p99 needs 1000", "why")
    equal([case.get("message") for case in suite.iter("error")],
          [f"not judged: {found[limit]['why']}" for limit in ("p99 > 1s", "p99 > +10%")], "JUnit")
    expect("limits not judged: 2 of 3" in text.err and "not judged: " in text.out, text.out)
    judge(few(600), few(600), "p99 > 1s", "p50 > 1us", status=NO)


@test("a limit on what is not known by rounds, or of few rounds, is not judged where it may be broken")
def no_noise():
    slow = one()
    (given,) = slow["tables"][0]["rows"]
    given["histogram"] = [[2 * ns, n] for ns, n in given["histogram"]]
    given["rounds"] = [{**each, "p50_ns": each["p50_ns"] * 2} for each in given["rounds"][:3]]
    found, _, _ = judge(one(), slow, "p99.9 > +10%", "p50 > +10%", status=BAD_DATA)
    equal([f["verdict"] for f in found.values()], ["not judged"] * 2, "verdicts")
    expect("not known by rounds" in found["p99.9 > +10%"]["why"], found)
    equal(found["p50 > +10%"]["why"], "3 rounds, an interval needs 5", "why")
    found, _, _ = judge(one(), one(), "p99.9 > +10%")
    equal(found["p99.9 > +10%"]["verdict"], "ok", "within the limit")
    given["server_per_call"]["known"] = False
    found, _, _ = judge(slow, slow, "cpu > 1us", status=BAD_DATA)
    equal(found["cpu > 1us"]["why"], "cpu is not known", "why")


@test("a row that its load does not fit is skipped; one that could not be measured failed")
def unfit():
    away, large = lost("no server there"), lost("does not fit", unfit=True)
    for new, verdict, status in ((large, "skipped", 0), (away, "BROKEN", NO)):
        found, suite, _ = judge(new, new, "errors > 0", status=status)
        equal(found["errors > 0"]["verdict"], verdict, new)
        (case,) = suite.findall("testcase/*")
        expect(case.get("message").startswith("not measured: "), case.get("message"))
    equal(judge(away, away, "p50 > +10%")[0]["p50 > +10%"]["verdict"], "skipped", "then and now")
    equal(judge(away, one(), "p50 > +10%")[0]["p50 > +10%"]["verdict"], "skipped", "then")
    for new in (large, away):
        judge(one(), new, "p50 > +10%", status=NO)
    partial = one(measured=False, histogram=[], latency_ns={}, rounds=[])
    found, _, _ = judge(partial, partial, "errors > 0", status=BAD_DATA)
    expect("interrupted" in found["errors > 0"]["why"], found)


@test("figures beside a ratio are those that it is made of")
def basis():
    """All samples say faster, the medians of the rounds say slower."""
    old, new = one(), one()
    for each in old["tables"][0]["rows"][0]["rounds"]:
        each["p50_ns"] -= 2000
        each["wall_ns"] = each["calls"] * 1000
    (given,) = new["tables"][0]["rows"]
    given["histogram"] = [[ns // 2, n] for ns, n in given["histogram"]]
    found, _, text = judge(old, new, "p50 > +10%", "p50 > 1s", "calls/s < -99%", status=NO)
    for f in found.values():
        expect(abs(f["new"] / f["old"] / f["ratio"]["point"] - 1) < 1e-6, f)
    equal((found["p50 > +10%"]["of"], found["p50 > 1s"]["of"]), ("rounds", "samples"), "of what")
    expect(found["p50 > +10%"]["new"] > found["p50 > +10%"]["old"] and
           found["p50 > 1s"]["new"] < found["p50 > 1s"]["old"], found)
    equal(round(found["calls/s < -99%"]["old"]), 1000000, "calls per second")
    expect("medians of rounds" in text.out and "of all samples" in text.out, text.out)


@test("calls that were lost are no throughput, also not round by round")
def lost_is_none():
    calls = one()["tables"][0]["rows"][0]["rounds"][0]["calls"]
    for lost, ratio, limit, verdict, status in (
            ([0] * 6, 1, "calls/s < -5%", "ok", 0),
            ([calls // 5] * 6, 0.8, "calls/s < -5%", "BROKEN", NO),
            ([0, 0, calls, calls, calls // 2, calls], 0.25, "calls/s < -5%", "inside the noise", 0),
            ([calls] * 6, None, "calls/s < -5%", "BROKEN", NO),
            ([calls] * 6, None, "calls/s > +5%", "ok", 0)):
        new = one()
        (given,) = new["tables"][0]["rows"]
        for each, n in zip(given["rounds"], lost):
            each["lost"] = n
        given["errors"] = sum(lost)
        found, _, text = judge(one(), new, limit, status=status)
        equal(found[limit]["verdict"], verdict, text.out)
        point = found[limit]["ratio"]["point"]
        equal(point and round(point, 2), ratio, text.out)


@test("findings follow their published schema, and wrong ones do not")
def schema():
    try:
        import jsonschema  # pylint: disable=import-outside-toplevel
    except ImportError:
        skip("no python3-jsonschema")
    with open(SCHEMA, encoding="utf-8") as f:
        validator = jsonschema.Draft7Validator(json.load(f))
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path = os.path.join(place, "new.json")
        for value in (one(), few(600), lost("away"), lost("does not fit", unfit=True)):
            with open(path, "w", encoding="utf-8") as f:
                json.dump(value, f)
            for limits in ((), ("--fail-if", "p99 > +10%"), ("--fail-if", "max > 1s")):
                out = json.loads(run("rpcall", "compare", path, path, "--json", *limits).out)
                validator.validate(out)
                wrong = copy.deepcopy(out)
                wrong["findings"][0]["verdict"] = "perhaps"
                expect(not validator.is_valid(wrong), "a wrong verdict passes the schema")
