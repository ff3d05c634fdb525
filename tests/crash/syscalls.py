"""kill -9 in place of each system call that changes a store: of its making, and
of a commit, and of those with which answers leave (strace's injection)."""
from tests.lib import kv
from tests.lib.crash import tracer
from tests.lib.crash.settings import seed, tell
from tests.lib.crash.store import new_store
from tests.lib.crash.trial import Trial
from tests.lib.harness import PATIENCE, Failed, equal, expect, sanitized, skip, test
from tests.lib.mechanisms import connect

COMMITS = 3     # after so many answers to one writer, all of a commit was seen
MOST = 60       # of one system call; it takes far fewer to make a store, or commits


def need_plain_strace():
    tracer.need_strace()
    if sanitized():
        skip("LeakSanitizer does not run under strace")


def each_call(calls, killed_at):
    """For N from 1 until nothing happens: killed_at(call, N). Tells what was."""
    told = []
    for call in calls:
        number = 1
        while killed_at(call, number):
            number += 1
            expect(number < MOST, f"{call}: there is no end of it")
        told.append(f"{number - 1} of {call}")
    tell("killed at " + ", ".join(told))
    expect(sum(int(text.split()[0]) for text in told) > 3, "hardly a call was seen")


def killed_while_made(call, number):
    """Starts a daemon on no store and kills it at this call of its main thread;
    False when it got ready. The next one starts, whatever was left."""
    with new_store(wrapper=tracer.options(call, f"signal=KILL:when={number}")) as store:
        try:
            store.start()
            return False
        except Failed as failure:
            expect("did not become ready" in str(failure), str(failure))
        store.options = {}
        store.start()
        with connect(store.daemon, "unix") as peer:
            equal(kv.put(peer, b"k", b"v").revision, 1, "the first revision")
            equal(kv.get(peer, b"k").value, b"v", "GET")
        store.check()
        return True


@test("killed at any system call with which it makes its store, the next start makes it")
def made():
    need_plain_strace()
    each_call((*tracer.CALLS, "write"), killed_while_made)


class CallTrial(Trial):
    """One writer; the daemon is killed at a call from when strace came."""

    def killed_at(self, call, number):
        self.cycles += 1
        self.revive({}, {})
        self.check()
        goal = self.ledger.acknowledged + COMMITS
        with tracer.attached(self.store.daemon.pid, call, f"signal=KILL:when={number}") as strace:
            self.fleet.load(lambda: self.ledger.acknowledged >= goal)
            died = bool(self.fleet.lost)
            if died:
                strace.wait(PATIENCE)
        self._end_daemon()
        self.store.check()
        return died


def killed_at_each(calls):
    need_plain_strace()
    with new_store() as store:
        trial = CallTrial(store, seed(), writers=1, child=False)
        each_call(calls, trial.killed_at)
        trial.run(0)


@test("killed at any system call of a commit, it has made the change whole or not at all")
def committed():
    killed_at_each(tracer.CALLS)


@test("killed where an answer leaves, its change is there, and a repetition is answered")
def answering():
    killed_at_each(tracer.ANSWERS)
