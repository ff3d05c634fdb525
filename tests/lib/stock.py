"""Stock rpcgen clients, each compiled once per run of the tests."""
import atexit
import os
import shlex
import shutil
import subprocess
import tempfile

from .harness import PATIENCE, ROOT, Failed, skip

_built = {}


def _run(command, place):
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False,
                          timeout=120, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise Failed(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")


def _build(place, name, idl):
    generated = []
    for path in idl:
        shutil.copy(path, place)
        file = os.path.basename(path)
        _run(["rpcgen", "-C", "-M", file], place)
        generated += [file[:-2] + "_clnt.c", file[:-2] + "_xdr.c"]
    _run([*shlex.split(os.environ.get("CC", "cc")), "-w", "-O1", "-I.",
          "-isystem", "/usr/include/tirpc", "-o", name,
          os.path.join(ROOT, "tests", "interop", name + ".c"), *generated, "-ltirpc"], place)
    return os.path.join(place, name)


def stock_client(name="stock_client", idl=(os.path.join(ROOT, "idl", "echo.x"),)):
    """Returns the path of tests/interop/NAME.c, compiled with what rpcgen
    makes of these .x files."""
    for tool in ("rpcgen", "cpp"):
        if not shutil.which(tool):
            skip(f"{tool} is not installed")
    if name not in _built:
        place = tempfile.mkdtemp(prefix="rpcall-stock-")
        atexit.register(shutil.rmtree, place, ignore_errors=True)
        _built[name] = _build(place, name, idl)
    return _built[name]


def run_stock(path, *args, patience=PATIENCE):
    """Runs a stock client; returns the lines it printed."""
    done = subprocess.run([path, *args], text=True, capture_output=True, check=False,
                          timeout=patience, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise Failed(f"{path} {args}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout.splitlines()


def run_stock_client(netid, host, auth="none", largest=8000, patience=PATIENCE):
    """Runs all calls of ECHO; returns the lines it printed."""
    return run_stock(stock_client(), netid, host, auth, str(largest), patience=patience)
