"""The test registry: tests are sentences, mechanisms come from mechs.def.

A test is a function marked with @test("sentence") or, to run once for each
mechanism of common/mechs.def, with @per_mechanism("sentence"), and then takes
the mechanism's name. skip(reason) ends a test that cannot be run here.
"""
import functools
import os
import re
import time
from dataclasses import dataclass
from typing import Callable

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("B", "build"))
MECHS_DEF = os.path.join(ROOT, "common", "mechs.def")

# How long to wait for an event that must come. Never part of an assertion.
PATIENCE = 60.0
DEADLINE = 300
LONGEST_MS = 20000

NO_FRAMING = {"rpc/udp": "a datagram carries no record marks"}
NO_CONNECTION = {"rpc/udp": "a datagram socket has no connection to lose"}
NO_CREDENTIAL = {name: "the lean frame carries no credential"
                 for name in ("tcp", "unix", "fifo", "pipe")}
NO_LISTENER = {"pipe": "a pipe's server has one peer, its parent"}


class Skip(Exception):
    """The test cannot be run here; its text says why."""


class Failed(AssertionError):
    """An expectation of a test did not hold."""


@dataclass
class Test:
    sentence: str
    run: Callable[[], None]
    deadline: int
    mechanism: str = ""

    def title(self):
        return f"{self.sentence} [{self.mechanism}]" if self.mechanism else self.sentence


REGISTRY = []


def skip(reason):
    raise Skip(reason)


def mechanism_names():
    """Returns the second argument of every MECH() line, in order."""
    with open(MECHS_DEF, encoding="utf-8") as f:
        names = re.findall(r'^\s*MECH\(\s*\w+\s*,\s*"([^"]+)"', f.read(), re.M)
    if not names:
        raise Failed(f"{MECHS_DEF} names no mechanism")
    return names


def test(sentence, deadline=DEADLINE):
    def register(function):
        REGISTRY.append(Test(sentence, function, deadline))
        return function
    return register


def per_mechanism(sentence, unless=None, deadline=DEADLINE):
    """Registers a test of each mechanism; unless maps a name to why not."""
    def register(function):
        for name in mechanism_names():
            REGISTRY.append(Test(sentence, _bound(function, name, unless or {}),
                                 deadline, name))
        return function
    return register


def _bound(function, name, unless):
    def run():
        if name in unless:
            skip(unless[name])
        function(name)
    return run


@functools.lru_cache
def sanitized():
    """Is the build under test instrumented with AddressSanitizer?"""
    with open(program("rpcalld"), "rb") as f:
        return b"__asan_init" in f.read()


def fewer(count):
    """How often a test repeats what it does count times: a sanitized server
    takes far longer, and what is random there is tried often in the plain build."""
    return max(1, count // 5) if sanitized() else count


def program(name):
    path = os.path.join(BUILD, name)
    if not os.access(path, os.X_OK):
        raise Failed(f"{path} is not built")
    return path


def flat(grown_kib, limit_kib):
    """Insists that memory grew by less than the limit. AddressSanitizer's own
    allocator wanders by some MiB, and reports what leaks at the end instead."""
    limit = limit_kib + (8192 if sanitized() else 0)
    expect(grown_kib < limit, f"memory grew by {grown_kib} KiB of at most {limit}")


def wait_until(condition, what, deadline=PATIENCE):
    """Polls until condition() is true and returns what it returned."""
    end = time.monotonic() + deadline
    pause = 0.0005
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failed(f"after {deadline:g} s still not: {what}")
        time.sleep(pause)  # between two looks; the condition decides
        pause = min(pause * 2, 0.02)


def while_it_lasts(ms, attempt, what):
    """For what is to be seen before a time of the server's is over, which on a
    busy machine it may not be: calls attempt(ms), with twice the time each time,
    until it returns true."""
    while not attempt(ms):
        ms *= 2
        expect(ms <= LONGEST_MS, f"not seen: {what}")


def expect(condition, message):
    if not condition:
        raise Failed(message)


def equal(got, wanted, what="value"):
    if got != wanted:
        raise Failed(f"{what}: got {_show(got)}, wanted {_show(wanted)}")


def _show(value):
    if not isinstance(value, (bytes, bytearray)):
        return repr(value)
    text = " ".join(value[i:i + 4].hex() for i in range(0, min(len(value), 64), 4))
    return f"<{len(value)} bytes: {text}{' ...' if len(value) > 64 else ''}>"
