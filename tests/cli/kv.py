"""rpcall kv: what a user sees, and changes that happen once whatever is lost."""
import json
import os
import tempfile

from tests.lib import kv
from tests.lib.command import UNREACHABLE, USAGE, fails, run, succeeds
from tests.lib.daemon import Daemon
from tests.lib.harness import equal, expect, per_mechanism, test, while_it_lasts
from tests.lib.mechanisms import connect
from tests.lib.middle import (Middle, swallow_answer, swallow_call, take,
                              wait_for_the_end)
from tests.lib.targets import target

NO, INTERNAL = 1, 70
OTHER_STORE = {"pipe": "the server behind a pipe has a store of its own"}


def socket_of(daemon):
    return daemon.uri("unix:").partition(":")[2]


def stat(daemon):
    with connect(daemon, "unix") as peer:
        return kv.stat(peer)


def put_once(daemon, script, *options, also="", key="k"):
    """Puts a value through a Middle; returns rpcall's output and the Middle."""
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path = os.path.join(place, "middle.sock")
        with Middle(path, socket_of(daemon), script) as middle:
            done = run("rpcall", "kv", f"unix:{path}{also}", "put", key, "v", *options)
    return done, middle


@test("put, get and delete do what they say, and tell of a key that is not there")
def basics():
    with Daemon() as daemon:
        uri = daemon.uri("unix:")
        equal(succeeds("rpcall", "kv", uri, "put", "a", "b c"), "revision 1\n")
        equal(succeeds("rpcall", "kv", uri, "get", "a"), "b c")
        equal(succeeds("rpcall", "kv", uri, "delete", "a"), "revision 2\n")
        expect("no such key" in fails(NO, "rpcall", "kv", uri, "get", "a"), "get")
        expect("no such key" in fails(NO, "rpcall", "kv", uri, "delete", "a"), "delete")
        expect("durability  sync" in succeeds("rpcall", "kv", uri, "stat"), "stat")


@test("rpcall kv prints JSON: revisions as strings, values as opaque")
def json_output():
    with Daemon() as daemon:
        def ask(*words):
            answer = json.loads(succeeds("rpcall", "kv", "--json", daemon.uri("unix:"), *words))
            equal(answer.pop("schema"), "rpcall/kv/1", "schema")
            return answer

        equal(ask("put", "a", "\xff\n"), {"revision": "1"}, "put")
        equal(ask("get", "a"), {"key": "hex:61", "revision": "1", "ttl_ms": "0",
                                "value": "hex:c3bf0a"}, "get")
        answer = ask("stat")
        equal((answer["durability"], answer["revision"], answer["keys"]), ("sync", "1", "1"))
        equal(ask("delete", "a"), {"revision": "2"}, "delete")


@test("a wrong command of rpcall kv is wrong usage")
def usage():
    for words in ([], ["frob", "a"], ["get"], ["get", "a", "b"], ["put", "a"], ["stat", "a"],
                  ["get", ""], ["get", "k" * 1025], ["lines", "file"]):
        fails(USAGE, "rpcall", "kv", "unix:/nowhere", *words)
    fails(UNREACHABLE, "rpcall", "kv", "unix:/nowhere", "get", "a")


@test("a change whose answer is lost is sent again and happens once")
def lost_answer():
    with Daemon() as daemon:
        done, middle = put_once(daemon, [swallow_answer])
        equal((done.status, done.out), (0, "revision 1\n"), f"the answer\n{done.err}")
        equal(middle.seen, 2, "connections")
        equal(stat(daemon).mutations, 1, "changes")


@test("a change that did not arrive is sent again and happens once")
def lost_call():
    with Daemon() as daemon:
        done, _ = put_once(daemon, [swallow_call, swallow_call])
        equal((done.status, done.out), (0, "revision 1\n"), f"the answer\n{done.err}")
        equal(stat(daemon).mutations, 1, "changes")


@test("a change whose answer does not come in time is sent again and happens once")
def late_answer():
    def attempt(ms):
        with Daemon() as daemon:
            done, _ = put_once(daemon, [wait_for_the_end], "-t", f"{ms}ms")
            equal(stat(daemon).mutations, 1, "changes")
        return (done.status, done.out) == (0, "revision 1\n")
    while_it_lasts(100, attempt, "the answer to the second attempt")


@per_mechanism("a change is repeated over another mechanism and happens once",
               unless=OTHER_STORE)
def other_mechanism(name):
    with Daemon() as daemon:
        done, middle = put_once(daemon, [swallow_answer], also="," + target(daemon, name))
        equal((done.status, done.out), (0, "revision 1\n"), f"the answer\n{done.err}")
        equal(middle.seen, 1, "connections to the first target")
        equal(stat(daemon).mutations, 1, "changes")


class Restarts:
    """A daemon that a script can kill and start again on the same store."""

    def __init__(self, place):
        self.options = {"run": os.path.join(place, "run"), "state": os.path.join(place, "state")}
        self.daemon = Daemon(**self.options)

    def again(self):
        self.daemon.kill()
        self.daemon.discard()
        self.daemon = Daemon(**self.options)

    def killed_after(self, middle, client):
        middle.ask(take(client))
        self.again()

    def killed_before(self, _, client):
        take(client)
        self.again()


def across_a_kill(when, mutations):
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        server = Restarts(place)
        try:
            done, _ = put_once(server.daemon, [getattr(server, when)])
            equal((done.status, done.out), (0, "revision 1\n"), f"the answer\n{done.err}")
            now = stat(server.daemon)
            equal((now.revision, now.mutations), (1, mutations), "revision, changes since")
            server.daemon.stop()
        finally:
            server.daemon.discard()


@test("a change that the server was killed after is answered by the next one, from its store")
def killed_after():
    across_a_kill("killed_after", 0)


@test("a change that the server was killed before is made by the next one")
def killed_before():
    across_a_kill("killed_before", 1)


@test("a client that starts where others were forgotten goes on above the floor")
def forgotten_floor():
    with Daemon(limits={"kv-clients": 1}) as daemon:
        for revision in (1, 2, 3):
            equal(succeeds("rpcall", "kv", daemon.uri("unix:"), "put", "k", "v"),
                  f"revision {revision}\n")
        expect(stat(daemon).floor > 0, "nobody was forgotten")


@test("a repeated change of a client that was forgotten is not claimed to have happened, or not")
def forgotten_client():
    with Daemon(limits={"kv-clients": 1}) as daemon:
        def forget(middle, client):
            swallow_answer(middle, client)
            for _ in range(2):
                succeeds("rpcall", "kv", daemon.uri("unix:"), "put", "other", "v")

        done, _ = put_once(daemon, [forget])
        equal(done.status, INTERNAL, f"status\n{done.out}{done.err}")
        expect("not known" in done.err, done.err)
        equal(stat(daemon).mutations, 3, "changes")


@test("lines are answered one by one, each with one client's next change")
def lines():
    with Daemon() as daemon, tempfile.NamedTemporaryFile("w", prefix="rpcall-") as f:
        f.write("put a 1\nput b 2 3\ndelete a\ndelete a\n")
        f.flush()
        with open(f.name, encoding="ascii") as stdin:
            done = run("rpcall", "kv", daemon.uri("unix:"), "lines", "@-", stdin=stdin)
        equal((done.status, done.out), (0, "revision 1\nrevision 2\nrevision 3\nnot found\n"),
              done.err)
        equal(stat(daemon).clients, 1, "clients")
