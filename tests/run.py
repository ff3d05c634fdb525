#!/usr/bin/python3
"""Runs the tests: tests/run.py [--filter TEXT] [--list] [--slowest N] [DIR...]

Loads *.py of tests/conform, tests/cli and tests/interop (or of DIR...), runs
each test against build/ (environment variable B names another directory) with
a deadline, inside a private rpcbind where one can be had, and ends with
"N passed, N failed, N skipped". Exit status 1 if any failed. --slowest N, or N
in the environment variable SLOWEST, shows the N tests that took longest.
"""
import argparse
import ctypes
import importlib.util
import os
import signal
import subprocess
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.dont_write_bytecode = True

from tests.lib import harness, mechanisms  # noqa: E402

DIRECTORIES = ("conform", "cli", "interop")
WITH_RPCBIND = os.path.join(harness.ROOT, "scripts", "with-rpcbind")


M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4  # of <malloc.h>
KEPT = 128 << 20


class Deadline(BaseException):
    """Not an Exception: no test may catch it by mistake."""


def keep_memory():
    """What Python frees stays in its heap: a payload of a mebibyte that malloc()
    has from mmap() costs 256 page faults, each time that one is copied."""
    libc = ctypes.CDLL(None)
    libc.mallopt(M_MMAP_MAX, 0)
    libc.mallopt(M_TRIM_THRESHOLD, KEPT)


def arguments():
    parser = argparse.ArgumentParser(description="run the conformance, cli and interop tests")
    parser.add_argument("--filter", default="", help="only tests whose line contains this")
    parser.add_argument("--list", action="store_true", help="print the tests, run none")
    parser.add_argument("--slowest", metavar="N", type=int, help="show the N slowest tests",
                        default=int(os.environ.get("SLOWEST", "0")))
    parser.add_argument("dirs", nargs="*", metavar="DIR", help="directories or files of tests")
    return parser.parse_args()


def enter_private_rpcbind():
    """Runs this program again under with-rpcbind, unless it is or cannot be."""
    if "RPCALL_RPCBIND_PID" in os.environ or "RPCALL_NO_RPCBIND" in os.environ:
        return
    probe = subprocess.run([WITH_RPCBIND, "true"], stdin=subprocess.DEVNULL,
                           capture_output=True, text=True, check=False)
    if probe.returncode == 0:
        os.execv(WITH_RPCBIND, [WITH_RPCBIND, sys.executable, *sys.argv])
    os.environ["RPCALL_NO_RPCBIND"] = probe.stderr.strip() or f"status {probe.returncode}"


def test_files(dirs):
    for place in dirs or [os.path.join(HERE, name) for name in DIRECTORIES]:
        if os.path.isfile(place):
            yield place
        elif os.path.isdir(place):
            yield from (os.path.join(place, name) for name in sorted(os.listdir(place))
                        if name.endswith(".py"))
        else:
            sys.exit(f"run.py: error: no such file or directory: {place}")


def load(path):
    path = os.path.abspath(path)
    name = os.path.relpath(path, harness.ROOT)[:-3].replace(os.sep, ".")
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


def alarm(*_):
    raise Deadline()


def attempt(test):
    """Runs one test; returns ("ok" | "skip" | "FAIL", detail)."""
    signal.signal(signal.SIGALRM, alarm)
    signal.alarm(test.deadline)
    try:
        test.run()
        mechanisms.shared_daemon_alive()
    except harness.Skip as reason:
        return "skip", f" ({reason})"
    except Deadline:
        return "FAIL", f" (deadline of {test.deadline} s)\n" + traceback.format_exc()
    except Exception:  # pylint: disable=broad-except
        return "FAIL", "\n" + traceback.format_exc()
    finally:
        signal.alarm(0)
    return "ok", ""


def cpu_seconds():
    """Of this process and of those that have ended, which says more than the
    time does where others use the machine."""
    return sum(os.times()[:4])


def run(tests, slowest):
    counts = {"ok": 0, "FAIL": 0, "skip": 0}
    took = []
    for test in tests:
        begin, cpu = time.monotonic(), cpu_seconds()
        outcome, detail = attempt(test)
        took.append((time.monotonic() - begin, cpu_seconds() - cpu, test.title()))
        counts[outcome] += 1
        print(f"{outcome} - {test.title()}{detail}", flush=True)
    for seconds, cpu, title in sorted(took, reverse=True)[:slowest]:
        print(f"{seconds:7.1f} s {cpu:7.1f} s of CPU  {title}")
    return counts


def last_test():
    """The daemon that most tests shared has to end well, too."""
    return harness.Test("the daemon that the tests shared stops with status 0",
                        mechanisms.stop_shared_daemon, harness.DEADLINE)


def selected(args):
    for path in test_files(args.dirs):
        load(path)
    tests = [t for t in harness.REGISTRY if args.filter in t.title()]
    if not tests:
        sys.exit("run.py: error: no test matches")
    return tests


def main():
    args = arguments()
    if args.list:
        print("\n".join(t.title() for t in selected(args)))
        return 0
    enter_private_rpcbind()
    # What is undefined traps (make check-sanitize): that is told, not only seen.
    os.environ.setdefault("ASAN_OPTIONS", "handle_sigill=1")
    keep_memory()
    counts = run(selected(args) + [last_test()], args.slowest)
    print(f"{counts['ok']} passed, {counts['FAIL']} failed, {counts['skip']} skipped")
    return 1 if counts["FAIL"] else 0


if __name__ == "__main__":
    sys.exit(main())
