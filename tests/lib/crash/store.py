"""A store with the servers on it: a daemon, and a child on ordinary pipes."""
import contextlib
import os
import shutil
import signal
import subprocess
import tempfile

from ..daemon import Daemon, check_log
from ..envelope import Lean
from ..harness import BUILD, PATIENCE, expect, mechanism_names, program, sanitized
from ..mechanisms import connect
from ..pipes import PipePeer

# A daemon must not outlive a test that is killed: it would keep a disk mounted.
MORTAL = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
CHILD = "pipe"
# The child's own peer ends with it; all others are the daemon's.
DAEMONS = [name for name in mechanism_names() if name != CHILD]


def preload(name, **settings):
    """The environment that loads build/tests/crash/NAME.so into a server."""
    path = os.path.join(BUILD, "tests", "crash", f"{name}.so")
    expect(os.path.exists(path), f"{path} is not built")
    env = {"LD_PRELOAD": path, **{key: str(value) for key, value in settings.items()}}
    if sanitized():  # its library wants to be the first
        env["ASAN_OPTIONS"] = "verify_asan_link_order=0:" + os.environ.get("ASAN_OPTIONS", "")
    return env


def together(*environments):
    """One environment of several, with all that they preload."""
    env = {}
    for other in environments:
        preloads = [e["LD_PRELOAD"] for e in (env, other) if "LD_PRELOAD" in e]
        env.update(other)
        if preloads:
            env["LD_PRELOAD"] = ":".join(preloads)
    return env


def store_check(state):
    """rpcalld --store-check: its status and what it says."""
    done = subprocess.run([program("rpcalld"), "--store-check", state], text=True, check=False,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE)
    check_log(done.stderr, "rpcalld --store-check")
    return done.returncode, done.stdout + done.stderr


class Store:
    """Servers on one state directory."""

    def __init__(self, place, state=None, args=(), env=None, **options):
        self.place, self.state = place, state or os.path.join(place, "state")
        self.args, self.env, self.options = tuple(args), env or {}, options
        self.daemon = self.child = None

    def start(self, env=None, **options):
        """Starts the daemon; Failed if it does not become ready."""
        self.daemon = Daemon(run=os.path.join(self.place, "run"), state=self.state,
                             args=self.args, env=together(self.env, env or {}),
                             **{"wrapper": MORTAL, **self.options, **options})

    def start_child(self, env=None):
        """Starts rpcalld --stdio on the same store; returns its peer."""
        self.child = PipePeer(Lean, ("--state", self.state, *self.args),
                              env=together(os.environ, self.env, env or {}))
        return self.child

    def kill_child(self):
        """Ends the child, whatever its state. Its peer stays to be read from."""
        self.child.child.send_signal(signal.SIGKILL)
        self.child.child.wait()
        check_log(self.child.stderr(), "rpcalld --stdio")
        self.child = None

    def bury(self):
        """Ends the daemon, whatever its state; returns its exit status."""
        if self.daemon.alive():
            self.daemon.signal(signal.SIGKILL)
        status = self.daemon.wait()
        daemon, self.daemon = self.daemon, None
        check_log(daemon.stderr())
        daemon.discard()
        return status

    def connect(self, name):
        return self.child if name == CHILD else connect(self.daemon, name)

    def check(self):
        status, said = store_check(self.state)
        expect(status == 0, f"rpcalld --store-check: status {status}\n{said}")

    def close(self):
        if self.child:
            self.kill_child()
        if self.daemon:
            self.bury()


@contextlib.contextmanager
def new_store(where=None, **options):
    """A Store in a directory of its own, which goes with it."""
    place = tempfile.mkdtemp(prefix="rpcall-store-", dir=where)
    store = Store(place, **options)
    try:
        yield store
    finally:
        store.close()
        shutil.rmtree(place, ignore_errors=True)
