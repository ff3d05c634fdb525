"""Other people's tools: finding them, starting their servers, reading what they print."""
import contextlib
import csv
import json
import os
import shutil
import socket
import subprocess

from tests.lib.harness import ROOT, BUILD, program, wait_until


class Missing(Exception):
    """A tool that is not there, or does not work here."""


class Broken(Exception):
    """A program of ours that does not work: never left out, always an error."""


def tool(name):
    path = shutil.which(name)
    if path is None:
        raise Missing(f"{name} is not installed")
    return path


def output(*args, failure=Missing, timeout=60):
    """What a tool prints; one that fails is as good as missing, unless it is ours."""
    done = subprocess.run(args, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=timeout, check=False)
    if done.returncode != 0:
        raise failure(f"{os.path.basename(args[0])} failed: {(done.stderr or done.stdout)[:200]!r}")
    return done.stdout


@contextlib.contextmanager
def server(*args, ready):
    """A server that is waited for, and ended."""
    process = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: process.poll() is not None or ready(), f"{args[0]} is ready")
        if process.poll() is not None:
            raise Missing(f"{os.path.basename(args[0])} ended with status {process.returncode}")
        yield
    finally:
        process.kill()
        process.wait()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def answers(where):
    """Does somebody listen at a port, or at a socket's path?"""
    family = socket.AF_INET if isinstance(where, int) else socket.AF_UNIX
    with socket.socket(family) as s:
        return s.connect_ex(("127.0.0.1", where) if isinstance(where, int) else where) == 0


class Ours:
    """The daemon that everything is held against."""

    def __init__(self, daemon, seconds):
        self.daemon, self.seconds = daemon, seconds

    def target(self, scheme):
        if scheme == "pipe:":
            return f"pipe:{program('rpcalld')} --stdio"
        return self.daemon.uri(scheme + "//127" if "tcp" in scheme or "udp" in scheme else scheme)

    def bench(self, scheme, *options):
        target = self.target(scheme)
        out = output(program("rpcall"), "bench", target, "--json", "--rounds", "1",
                     "--duration", f"{self.seconds * 1000:.0f}ms", *options, failure=Broken)
        row = json.loads(out)["tables"][0]["rows"][0]
        if not row["measured"] or row["void"]:
            raise Broken(f"rpcall bench: {row['note']}")
        return row

    def p50(self, scheme, *options):
        return self.bench(scheme, *options)["latency_ns"]["p50"] / 1000

    def rate(self, scheme, *options):
        return self.bench(scheme, *options)["calls_per_s"]

    def gigabits(self, scheme):
        row = self.bench(scheme, "ECHO.SINK", "--size", "1M", "-n", "4")
        return row["mb_per_s"] * 8 / 1000


def built(name, failure=Missing):
    """A program of tests/peers; it is missing where its library is, if it has one."""
    path = os.path.join(BUILD, "peers", name)
    done = subprocess.run(["make", "-s", f"B={BUILD}", path], cwd=ROOT, capture_output=True,
                          text=True, check=False)
    if done.returncode != 0:
        raise failure(f"{name}: its development package is not installed")
    return path


@contextlib.contextmanager
def redis_server(place, *options):
    """Yields its port and its socket's path."""
    port, path = free_port(), os.path.join(place, f"redis{free_port()}.sock")
    with server(tool("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--unixsocket",
                path, "--save", "", "--dir", place, *options,
                ready=lambda: answers(port) and answers(path)):
        yield port, path


def redis_rate(where, test, clients, deep, calls):
    """Answers a second to redis-benchmark; where is a port or a path."""
    there = ("-p", str(where)) if isinstance(where, int) else ("-s", where)
    text = output(tool("redis-benchmark"), *there, "-t", test, "-c", str(clients), "-P", str(deep),
                  "-d", "100", "-n", str(max(1000, int(calls))), "-r", "1024", "--csv")
    return next(float(row[1]) for row in csv.reader(text.splitlines()[1:]))


@contextlib.contextmanager
def inplace(place, call, answer):
    """A responder that looks at nothing, at a path or a port; calls and answers are of so many
    bytes. Yields rate(connections, under way on each, seconds), in calls a second."""
    path, sizes = built("inplace", failure=Broken), (str(call), str(answer))
    if isinstance(place, str) and os.path.exists(place):
        os.unlink(place)

    def rate(connections, deep, seconds):
        calls, took = output(path, "call", str(place), *sizes, str(connections), str(deep),
                             str(seconds), failure=Broken).split()
        return int(calls) / float(took)

    with server(path, "serve", str(place), *sizes, ready=lambda: answers(place)):
        yield rate


def bare_pipes(place, call, answer):
    """The same over a pair of pipes, named ones where place is a directory, else ordinary ones."""
    path = built("barepipe", failure=Broken)

    def rate(connections, deep, seconds):
        assert connections == 1
        calls, took = output(path, place or "-", str(call), str(answer), str(deep), str(seconds),
                             failure=Broken).split()
        return int(calls) / float(took)
    return rate
