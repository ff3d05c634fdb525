"""A stock rpcgen client of ECHO, compiled once per run of the tests."""
import atexit
import os
import shlex
import shutil
import subprocess
import tempfile

from .harness import PATIENCE, ROOT, Failed, skip

SOURCE = os.path.join(ROOT, "tests", "interop", "stock_client.c")
_built = []


def _run(command, place):
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False,
                          timeout=120, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise Failed(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")


def _build(place):
    shutil.copy(os.path.join(ROOT, "idl", "echo.x"), place)
    _run(["rpcgen", "-C", "-M", "echo.x"], place)
    _run([*shlex.split(os.environ.get("CC", "cc")), "-w", "-O1", "-I.", "-isystem", "/usr/include/tirpc",
          "-o", "stock_client", SOURCE, "echo_clnt.c", "echo_xdr.c", "-ltirpc"], place)
    return os.path.join(place, "stock_client")


def stock_client():
    """Returns the path of the compiled client."""
    for tool in ("rpcgen", "cpp"):
        if not shutil.which(tool):
            skip(f"{tool} is not installed")
    if not _built:
        place = tempfile.mkdtemp(prefix="rpcall-stock-")
        atexit.register(shutil.rmtree, place, ignore_errors=True)
        _built.append(_build(place))
    return _built[0]


def run_stock_client(netid, host, auth="none", largest=8000, patience=PATIENCE):
    """Runs all calls of ECHO; returns the lines it printed."""
    done = subprocess.run([stock_client(), netid, host, auth, str(largest)], text=True,
                          capture_output=True, check=False, timeout=patience,
                          stdin=subprocess.DEVNULL)
    if done.returncode:
        raise Failed(f"stock client over {netid}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout.splitlines()
