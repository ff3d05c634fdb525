"""Traps of measuring, each provoked and each named in the report."""
import json
import os

from tests.lib.command import succeeds
from tests.lib.daemon import Daemon
from tests.lib.faults import Faults
from tests.lib.harness import equal, expect, program, skip, test
from tests.lib.proxy import LosingProxy

SHORT = ("--warmup", "1ms", "--rounds", "2", "--duration", "2ms", "--outstanding", "1")


def warnings(*options, **how):
    """What a short comparison warns of."""
    out = succeeds("rpcall", "compare", "--json", *SHORT, *options, patience=60, **how)
    return [remark["text"] for remark in json.loads(out)["remarks"] if remark["warning"]]


def named(said, what, who):
    """Is what said of who, and of nobody else?"""
    equal([text.split(":")[0] for text in said if what in text], who, f"{what!r} in {said}")


@test("without a trap none is named")
def none():
    said = warnings("--over", "tcp,unix,fifo,pipe", "--size", "64", "--no-stock")
    if len(os.sched_getaffinity(0)) < 2:
        skip("there is one CPU only")
    for what in ("Nagle", "share one CPU", "the pipe holds", "9,000"):
        named(said, what, [])


@test("a pipe that the server makes larger when it takes a session on is looked at after that")
def large_pipes():
    out = json.loads(succeeds("rpcall", "compare", "--json", *SHORT, "--over", "fifo,pipe",
                              "--size", "128K", "--no-stock", "--no-floor", patience=60))
    equal({m["name"]: m["pipe_bytes"] for m in out["mechs"]}, {"fifo": 1 << 20, "pipe": 1 << 20},
          "bytes of the smaller pipe")
    equal([r["text"] for r in out["remarks"] if "the pipe holds" in r["text"]], [], "remarks")


@test("a server of others is named as not placed by us, beside those that are")
def unplaced():
    with Daemon() as daemon:
        over = (daemon.uri("unix:"), "fifo", daemon.uri("tcp://127"),
                f"pipe:{program('rpcalld')} --stdio")
        said = warnings("--over", ",".join(over), "--size", "64", "--no-stock", "--no-floor")
    named(said, "not placed by us", ["unix, tcp"])


@test("Nagle's algorithm is named, of the mechanism that has it")
def nagle():
    with Faults() as faults, Daemon() as daemon:
        faults.keep_nagle()
        said = warnings("--over", ",".join((daemon.uri("tcp://127"), daemon.uri("unix:"))),
                        "--size", "64", "--no-stock", "--no-floor",
                        env={**os.environ, **faults.env})
        named(said, "Nagle", ["tcp"])


@test("pipes of 4 KiB are named")
def small_pipe():
    with Faults() as faults:
        faults.small_pipes(4096)
        said = warnings("--over", "fifo,pipe,unix", "--size", "64", "--no-stock", "--no-floor",
                        env={**os.environ, **faults.env})
        named(said, "the pipe holds 4 KiB", ["fifo", "pipe"])


@test("both ends on one CPU are named, and polling there")
def one_cpu():
    cpu = min(os.sched_getaffinity(0))
    mine = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {cpu})
    try:
        said = warnings("--over", "unix", "--size", "64", "--no-stock")
        polling = warnings("--over", "unix", "--size", "64", "--no-stock", "--spin", "auto")
    finally:
        os.sched_setaffinity(0, mine)
    expect(any("share one CPU" in text for text in said), str(said))
    expect(not any("Both ends poll" in text for text in said), str(said))
    expect(any("Both ends poll" in text for text in polling), str(polling))


@test("the buffer of libtirpc's local transport is named where a message exceeds it")
def stock_buffer():
    said = warnings("--over", "rpc/local", "--size", "1K,64K", "--no-floor")
    named(said, "9,000", ["ECHO 64 KiB, stock rpc/local"])


@test("datagrams that left again are named, and counted")
def resent():
    with Daemon() as daemon:
        port = int(daemon.uri("rpc+udp://").rpartition(":")[2])
        # Setting up takes the first 30 or so, the rounds ten times as many.
        with LosingProxy(port, {100}) as proxy:
            said = warnings("--over", f"rpc+udp://127.0.0.1:{proxy.port}", "--size", "64",
                            "--no-again")
    (found,) = [text for text in said if "left again" in text]
    expect(" rpc/udp: 1 times " in found, found)
