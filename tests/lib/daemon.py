"""build/rpcalld in a private directory: start, wait for ready, stop, check."""
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import threading

from .harness import PATIENCE, ROOT, Failed, expect, program

# Each line that a sanitizer prints, and our own alerts.
ALARMS = re.compile(
    r"ERROR: \w+Sanitizer|runtime error:|WARNING: ThreadSanitizer|\balert\b")
READY = "rpcalld: ready"
OPTIONS = "ASAN_OPTIONS"


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as s:
            s.bind(("::1", 0))
        return True
    except OSError:
        return False


def listen_uris(run):
    """Every endpoint there is, at ports of the kernel's choice."""
    uris = ["rpc+tcp://127.0.0.1:0", "rpc+udp://127.0.0.1:0", "tcp://127.0.0.1:0",
            f"rpc+local:{run}/rpc.sock", f"unix:{run}/rpcall.sock", f"fifo:{run}/fifo"]
    if has_ipv6():
        uris += ["rpc+tcp6://[::1]:0", "rpc+udp6://[::1]:0", "tcp://[::1]:0"]
    return uris


def limit_args(limits):
    """{"idle-ms": 200} as rpcalld's options; _ may stand for -."""
    args = []
    for name, value in (limits or {}).items():
        args += ["--limit", f"{name.replace('_', '-')}={value}"]
    return args


def check_log(text, who="rpcalld"):
    alarm = ALARMS.search(text)
    if alarm:
        raise Failed(f"{who} said:\n{text[max(0, alarm.start() - 200):][:6000]}")


def sanitizer_options(env):
    """Those of a test are added to those that all tests have."""
    common, own = os.environ.get(OPTIONS), env.get(OPTIONS)
    return {OPTIONS: f"{common}:{own}"} if common and own else {}


def _with_resources(resources):
    def prepare():
        for which, value in resources.items():
            resource.setrlimit(which, (value, value))
    return prepare if resources else None


class Daemon:
    """A running daemon. Leaving the with block stops it with SIGTERM and
    insists on exit status 0 and a clean log."""

    def __init__(self, limits=None, workers=int(os.environ.get("RPCALL_TEST_WORKERS", "1")), args=(), listen=None, run=None,
                 rpcbind=False, env=None, wrapper=(), resources=None, state=None):
        self.scratch = tempfile.mkdtemp(prefix="rpcall-")
        self.run = run or os.path.join(self.scratch, "run")
        self.state = state or os.path.join(self.scratch, "state")
        self.limits = limits or {}
        self.args = list(args)
        self.env = {**os.environ, **(env or {}), **sanitizer_options(env or {})}
        self.lines = []
        self.ready = threading.Event()
        self.command = [*wrapper, program("rpcalld"), *self.options(listen, workers, rpcbind),
                        *limit_args(limits), *args]
        try:
            self._start(resources)
        except BaseException:
            self.discard()
            raise

    def options(self, listen, workers, rpcbind):
        opts = ["--run", self.run, "--state", self.state,
                "--spin", os.environ.get("RPCALL_TEST_SPIN", "off")]
        if workers is not None:  # else as many as there are by default
            opts += ["--workers", str(workers)]
        for uri in listen or listen_uris(self.run):
            opts += ["--listen", uri]
        return opts if rpcbind else opts + ["--no-rpcbind"]

    def _start(self, resources):
        self.process = subprocess.Popen(
            self.command, cwd=ROOT, env=self.env, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            preexec_fn=_with_resources(resources))
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()
        if not self.ready.wait(PATIENCE) or not self.is_ready():
            raise Failed("the daemon did not become ready:\n" + self.stderr())
        self.pid = self._daemon_pid()

    def _daemon_pid(self):
        """Under a wrapper such as strace the daemon is its child."""
        pid = self.process.pid
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
            children = f.read().split()
        return int(children[0]) if self.command[0] != program("rpcalld") and children else pid

    def _listen(self):
        for line in self.process.stderr:
            self.lines.append(line.decode(errors="replace"))
            if self.lines[-1].startswith(READY):
                self.ready.set()
        self.ready.set()  # it has ended: let nobody wait

    def is_ready(self):
        return any(line.startswith(READY) for line in self.lines)

    def stderr(self):
        return "".join(self.lines)

    def endpoints(self):
        with open(os.path.join(self.run, "endpoints"), encoding="ascii") as f:
            return f.read().split()

    def uri(self, start):
        """The one endpoint whose URI begins with start."""
        found = [uri for uri in self.endpoints() if uri.startswith(start)]
        expect(len(found) == 1, f"endpoints {start}*: {found} of {self.endpoints()}")
        return found[0]

    def alive(self):
        return self.process.poll() is None

    def signal(self, number):
        os.kill(self.pid, number)

    def wait(self, patience=PATIENCE):
        """Waits for the end, returns the exit status."""
        status = self.process.wait(patience)
        self.listener.join(PATIENCE)
        return status

    def stop(self):
        """Stops it, whatever its state; complains unless all was well."""
        try:
            if self.alive():
                self.signal(signal.SIGTERM)
            status = self.wait()
            check_log(self.stderr())
            expect(status == 0, f"rpcalld ended with status {status}:\n{self.stderr()[-4000:]}")
        finally:
            self.discard()

    def kill(self):
        """kill -9; what it leaves behind stays until discard()."""
        self.signal(signal.SIGKILL)
        self.wait()

    def discard(self):
        """Ends the process if it still runs, removes its directory."""
        process = getattr(self, "process", None)
        if process and process.poll() is None:
            process.kill()
            process.wait()
        if process and process.stderr:
            self.listener.join(PATIENCE)
            process.stderr.close()
        shutil.rmtree(self.scratch, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            self.stop()
        else:
            self.discard()
