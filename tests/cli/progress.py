"""The progress line at a terminal: what runs, how far, the figures so far, how long still."""
import os
import re

from tests.lib.daemon import Daemon
from tests.lib.harness import BUILD, ROOT, equal, expect, test
from tests.lib.terminal import Terminal

SHORT = ("--rounds", "6", "--duration", "120ms", "--warmup", "1ms", "--outstanding", "1",
         "--size", "64", "--no-stock", "--no-floor", "--over", "unix")
ERASE, UNWRAPPED, WRAPPED = "\r\x1b[K", "\x1b[?7l", "\x1b[?7h"
LINE = re.compile(r" *(\d+) %  0:\d\d left  (?:NULL|ECHO 64 B), unix(?: again)?  round (\d)/6"
                  r"  p50 [\d.]+ µs, \d+ calls/s")


def seen(*args, term="xterm"):
    """All that a comparison shows at a terminal."""
    env = {**os.environ, "TERM": term}
    with Terminal([os.path.join(BUILD, "rpcall"), *args], env, ROOT) as terminal:
        equal(terminal.end(), 0, "status")
        return terminal.seen.decode()


PLAN = r"4 rows in 2 tables, up to 6 rounds of 120 ms: about \d+ s\r\n"


def drawn(text, before=""):
    """The progress lines, and what follows the last one."""
    parts = text.split(ERASE)
    expect(re.fullmatch(before, parts[0]), f"before the first line: {parts[0]!r}")
    for part in parts[1:-1]:
        expect(part.startswith(UNWRAPPED) and part.endswith(WRAPPED), repr(part))
    return [part[len(UNWRAPPED):-len(WRAPPED)] for part in parts[1:-1]], parts[-1]


@test("it tells the row, the round, the figures so far and the time left, and goes away")
def figures():
    lines, report = drawn(seen("compare", *SHORT), PLAN)
    found = [LINE.fullmatch(line) for line in lines]
    expect(any(found), f"none with figures: {lines}")
    shares = [int(line.partition("%")[0]) for line in lines]
    equal(shares, sorted(shares), "it goes forward")
    expect("Honesty" in report and " left  " not in report, "the report follows an empty line")


@test("bench has it, too")
def bench():
    with Daemon() as daemon:
        lines, _ = drawn(seen("bench", daemon.uri("unix:"), "--rounds", "6", "--duration", "1s"))
    expect(any("round 6/6  p50 " in line for line in lines), str(lines))


@test("there is none with -q, with --no-progress, or where a line cannot be cleared")
def none():
    for options, term, is_there in (([], "xterm", True), (["-q"], "xterm", False),
                                    (["--no-progress"], "xterm", False), ([], "dumb", False)):
        text = seen("compare", *SHORT, "--rounds", "1", *options, term=term)
        equal((ERASE in text, UNWRAPPED in text), (is_there, is_there),
              f"a line, with {options}, TERM={term}, in {text!r}")
