"""rpcall repl at a terminal: Tab, history, Ctrl-C, a server that goes away."""
import contextlib
import os
import signal
import stat
import tempfile

from tests.lib.completion import private
from tests.lib.harness import BUILD, ROOT, equal, expect, per_mechanism, test, wait_until
from tests.lib.mechanisms import shared_daemon
from tests.lib.targets import target
from tests.lib.teller import Teller, environment
from tests.lib.terminal import Terminal

CTRL_C, CTRL_D, UP = "\x03", "\x04", "\x1b[A"


@contextlib.contextmanager
def repl(uri="", **more):
    """Yields (terminal, its prompt) of a repl that is connected and waits for a line."""
    with private(**more) as env, \
            Terminal([os.path.join(BUILD, "rpcall"), "repl", *[uri] * bool(uri)], env,
                     ROOT) as shell:
        prompt = f"{uri[:76] or 'rpcall'}> "
        shell.wait(prompt)
        yield shell, prompt


def line(shell, prompt, keys, answer):
    """Types a line, waits for its answer and for the next prompt."""
    shell.type(keys + "\n")
    shell.wait(answer)
    shell.wait(prompt)


@per_mechanism("Tab completes commands, procedures, members and values by the live schema")
def tab(name):
    uri = target(shared_daemon(), name)
    with tempfile.TemporaryDirectory(prefix="rpcall-") as cache, \
            repl(uri, **environment(cache)) as (shell, prompt):
        line(shell, prompt, 'ECHO.EC\t"text:hi"', '"hex:6869"')
        line(shell, prompt, "des\tkv.ge\t", "kv_get_result KV_GET(kv_key) = 1;")
        line(shell, prompt, 'KV.RAN\t{"pre\t"te\tnone", "st\t"he\t", "e\t"\t', "")
        shell.type(CTRL_D)


@test("Tab goes into JSON: nested, in lists, by a union's case; and over several lines")
def json():
    with repl(target(shared_daemon(), "unix")) as (shell, prompt):
        shell.type('KV.TXN {"ch\t[{"ki\t"KV_CHANGE_D\t, "\t"text:none"}], "op\t{"seq\t"0", "\t\t')
        shell.wait('"client": ')
        shell.wait('"done": ')
        shell.type(CTRL_C)
        shell.wait(prompt)
        shell.type("KV.TXN {\n")
        shell.wait("... ")
        shell.type('"con\t[], "ch\t[],\n')
        shell.wait("... ")
        shell.type('"opid": {"client": "hex:00000000000000000000000000000000", "seq\t0, "do\t0}}\n')
        shell.wait('"KV_OK"')
        shell.wait(prompt)
        line(shell, prompt, "call KV.RANGE --zero-f\t-f pre\ttext:none -f keys\ttr\t", '"KV_OK"')
        line(shell, prompt, "set int6\tnum\t", "")
        line(shell, prompt, "set", "int64=number")
        shell.type("quit\n")
        equal(shell.end(), 0, "exit status")


@test("Tab lists what is ambiguous, and does nothing where nothing fits")
def ambiguous():
    with repl(target(shared_daemon(), "unix")) as (shell, prompt):
        shell.type("KV.\t")
        shell.wait(" GET ")
        shell.wait("WATCH")
        shell.wait(f"{prompt}KV.")
        shell.type("GET nonsense\t\t" + CTRL_C)
        shell.wait(prompt)
        shell.type("conn\t" + CTRL_C)
        shell.wait("connect ")
        shell.wait(prompt)
        shell.type(CTRL_D)
        equal(shell.end(), 0, "exit status")


@test("Ctrl-C ends the call that runs, and the repl goes on, on the same connection")
def interrupt():
    def hello(n):
        return None if n == 0 else b"\0\0\0\2hi\0\0"
    with Teller(hello=hello) as server, repl(f"unix:{server.path}") as (shell, prompt):
        shell.type("T.HELLO 5\n")
        wait_until(lambda: server.asked == 1, "the call is made")
        shell.type(CTRL_C)
        shell.wait("interrupted")
        shell.wait(prompt)
        line(shell, prompt, "T.HELLO 6", '"hi"')
        equal(len(server.peers), 1, "connections")
        shell.type("T.HELLO [" + CTRL_C)
        shell.wait(prompt)
        shell.type("T.HELLO [\n")
        shell.wait("... ")
        shell.type(CTRL_C)
        shell.wait(prompt)
        line(shell, prompt, "T.HELLO 7", '"hi"')
        shell.type(CTRL_D)
        equal(shell.end(), 0, "exit status")


@test("a server that went away and came back is connected to again, which is said")
def reconnect():
    with Teller() as first, repl(f"unix:{first.path}") as (shell, prompt):
        line(shell, prompt, "T.HELLO 5", '"hi"')
        first.stop()
        line(shell, prompt, "T.HELLO 6", "closed the connection; now no server at")
        with Teller(path=first.path):
            line(shell, prompt, "connect", "")
            line(shell, prompt, "T.HEL\t7", '"hi"')
        shell.type(CTRL_D)


@test("connect goes to another server; the prompt shows which, and Tab knows it")
def connect():
    uri = target(shared_daemon(), "unix")
    with Teller() as server, repl() as (shell, prompt):
        line(shell, prompt, "ECHO.NULL", "no target: connect TARGET")
        shell.type(f"conn\tunix:{server.path}\n")
        shell.wait(f"unix:{server.path}> ")
        line(shell, f"unix:{server.path}> ", "T.HEL\t5", '"hi"')
        shell.type(f"connect {uri}\n")
        shell.wait(f"{uri}> ")
        line(shell, f"{uri}> ", "ECHO.NU\t", "null")
        line(shell, f"{uri}> ", "target", uri)
        line(shell, "unix:/nonexistent> ", "connect unix:/nonexistent", "error: ")
        shell.type(CTRL_D)
        equal(shell.end(), 0, "exit status")


@test("history outlives the session: of this user alone, bounded, and nothing secret")
def history():
    uri = target(shared_daemon(), "unix")
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path = os.path.join(place, "rpcall", "history")
        with repl(uri, XDG_STATE_HOME=place) as (shell, prompt):
            line(shell, prompt, "ECHO.NULL", "null")
            line(shell, prompt, ' ECHO.ECHO "text:secret"', "hex:")
            line(shell, prompt, "ECHO.NULL", "null")
            line(shell, prompt, 'ECHO.ECHO "text:x"', "hex:78")
            shell.type(CTRL_D)
            equal(shell.end(), 0, "exit status")
        equal(stat.S_IMODE(os.stat(path).st_mode), 0o600, "mode")
        with open(path, encoding="ascii") as f:
            equal(f.read(), 'ECHO.NULL\nECHO.ECHO "text:x"\n', "the file")
        with open(path, "a", encoding="ascii") as f:
            f.write("ECHO.ECHO 5\n" * 2500 + "x" * 5000 + "\nECHO.WHOAMI\n")
        with repl(uri, XDG_STATE_HOME=place) as (shell, prompt):
            line(shell, prompt, UP, "netid")
            line(shell, prompt, "history", " 1000  ECHO.WHOAMI")
            shell.type(CTRL_D)
            equal(shell.end(), 0, "exit status")
        with open(path, encoding="ascii") as f:
            equal(len(f.readlines()), 1001, "lines in the file")


@test("without a home, or with a link in its place, no history is written")
def no_history():
    uri = target(shared_daemon(), "unix")
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        os.mkdir(os.path.join(place, "rpcall"))
        os.symlink(os.path.join(place, "elsewhere"), os.path.join(place, "rpcall", "history"))
        for more in ({"XDG_STATE_HOME": place}, {"HOME": os.path.join(place, "home")}):
            with repl(uri, **more) as (shell, prompt):
                line(shell, prompt, "ECHO.NULL", "null")
                shell.type(CTRL_D)
                equal(shell.end(), 0, "exit status")
        equal(sorted(os.listdir(place)), ["rpcall"], "files")


@test("SIGTERM ends the repl at its prompt and in a call")
def terminate():
    with Teller(hello=None) as server:
        with repl(f"unix:{server.path}") as (shell, prompt):
            os.kill(shell.pid, signal.SIGTERM)
            expect(shell.end() in (-signal.SIGTERM, 128 + signal.SIGTERM), "exit status")
        with repl(f"unix:{server.path}") as (shell, prompt):
            shell.type("T.HELLO 5\n")
            wait_until(lambda: server.asked == 1, "the call is made")
            os.kill(shell.pid, signal.SIGTERM)
            equal(shell.end(), 128 + signal.SIGTERM, "exit status")
