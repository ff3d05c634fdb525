"""A strict reader of Prometheus' text format 0.0.4, which is what a scraper
would refuse and more: types before samples, families in one piece, no series
twice, histograms that add up."""
import math
import re

METRIC = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"')
SAMPLE = re.compile(rf"({METRIC})(?:\{{(.*)\}})? (\S+)")
TYPES = ("counter", "gauge", "histogram", "summary", "untyped")


class Family:
    def __init__(self, name):
        self.name = name
        self.help = self.type = None
        self.samples = {}  # (sample's name, sorted labels) -> value


def _labels(text, line):
    labels, at = {}, 0
    while at < len(text):
        match = LABEL.match(text, at)
        if not match or match[1] in labels:
            raise ValueError(f"labels of {line!r}")
        labels[match[1]] = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], match[2])
        at = match.end()
        if at < len(text):
            if text[at] != "," or at + 1 == len(text):
                raise ValueError(f"comma in {line!r}")
            at += 1
    return labels


def _number(text):
    if not re.fullmatch(r"[+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf)|NaN", text):
        raise ValueError(f"number {text!r}")
    return float(text)


def _belongs(family, name):
    if family.type == "histogram":
        return name in (family.name + "_bucket", family.name + "_sum", family.name + "_count")
    return name == family.name


def parse(text):
    """{name: Family}; raises ValueError for whatever is not as it must be."""
    families, current = {}, None
    if not text.endswith("\n"):
        raise ValueError("the last line has no end")
    for line in text[:-1].split("\n"):
        comment = re.fullmatch(rf"# (HELP|TYPE) ({METRIC}) ([^\n]+)", line)
        if comment:
            kind, name, rest = comment.groups()
            if current is None or current.name != name:
                if name in families:
                    raise ValueError(f"{name} is in two pieces")
                current = families[name] = Family(name)
            if kind == "TYPE" and (current.type or current.samples or rest not in TYPES):
                raise ValueError(f"type in {line!r}")
            if kind == "HELP" and (current.help or re.search(r"\\(?![\\n])", rest)):
                raise ValueError(f"help in {line!r}")
            setattr(current, kind.lower(), rest)
            continue
        sample = SAMPLE.fullmatch(line)
        if not sample or current is None or not _belongs(current, sample[1]):
            raise ValueError(f"line {line!r}")
        key = (sample[1], tuple(sorted(_labels(sample[2] or "", line).items())))
        if key in current.samples:
            raise ValueError(f"twice: {line!r}")
        current.samples[key] = _number(sample[3])
    for family in families.values():
        _check(family)
    return families


def _check(family):
    if family.type is None or family.help is None:
        raise ValueError(f"{family.name} without a type or help")
    if family.type == "counter" and not family.name.endswith("_total"):
        raise ValueError(f"counter {family.name}")
    if any(math.isnan(v) or v < 0 for v in family.samples.values()):
        raise ValueError(f"values of {family.name}")
    if family.type == "histogram":
        _check_histogram(family)


def histograms(family):
    """{labels without le: ([(le, cumulative)], sum, count)}"""
    found = {}
    for (name, labels), value in family.samples.items():
        rest = tuple(item for item in labels if item[0] != "le")
        buckets, parts = found.setdefault(rest, ([], {}))
        part = name[len(family.name) + 1:]
        if part == "bucket":
            buckets.append((_number(dict(labels)["le"]), value))
        else:
            parts[part] = value
    return {k: (b, p["sum"], p["count"]) for k, (b, p) in found.items()}


def _check_histogram(family):
    bounds = set()
    for buckets, total, count in histograms(family).values():
        ends = [le for le, _ in buckets]
        counts = [n for _, n in buckets]
        if ends != sorted(set(ends)) or counts != sorted(counts):
            raise ValueError(f"buckets of {family.name} are not in order")
        if ends[-1] != math.inf or counts[-1] != count or (count == 0) != (total == 0):
            raise ValueError(f"the last bucket of {family.name}: {counts[-1]} of {count}")
        bounds.add(tuple(ends))
    if len(bounds) > 1:
        raise ValueError(f"series of {family.name} differ in their buckets")
