"""The run directory: links, wrong types, two servers, and what kill -9 leaves."""
import os
import stat
import subprocess
import tempfile

from tests.lib.daemon import Daemon, listen_uris
from tests.lib.envelope import Lean
from tests.lib.harness import (PATIENCE, equal, expect, mechanism_names, program,
                               skip, test, wait_until)
from tests.lib.mechanisms import Bystanders, connect, mechanism
from tests.lib.pipes import (FifoPeer, hello, session_path, spare_path, wait_for_spare,
                             write_control)


def run_refused(run, listen=None, args=()):
    """Starts a daemon that must not start; returns its stderr."""
    command = [program("rpcalld"), "--run", run, "--state", run + ".state", "--no-rpcbind",
               "--workers", "1"]
    for uri in listen or listen_uris(run):
        command += ["--listen", uri]
    done = subprocess.run([*command, *args], stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=PATIENCE, text=True, check=False)
    expect(done.returncode > 0, f"status {done.returncode}: {done.stderr}")
    expect("rpcalld: ready" not in done.stderr, "it became ready")
    equal(done.stdout, "", "stdout")
    expect("rpcalld" in done.stderr, f"no word on why: {done.stderr!r}")
    return done.stderr


def snapshot(directory):
    """Names, types, inodes and contents of all that is below directory."""
    seen = {}
    for place, dirs, files in os.walk(directory):
        for name in dirs + files:
            path = os.path.join(place, name)
            status = os.lstat(path)
            content = open(path, "rb").read() if stat.S_ISREG(status.st_mode) else None
            seen[path] = (status.st_ino, stat.S_IFMT(status.st_mode), content)
    return seen


def settled(daemon):
    """A snapshot of what a daemon has made when it has made it all."""
    wait_for_spare(daemon.uri("fifo:").partition(":")[2])
    return snapshot(daemon.run)


def leftovers(directory):
    """Sockets and FIFOs below directory."""
    return sorted(path for path, (_, kind, _) in snapshot(directory).items()
                  if kind in (stat.S_IFSOCK, stat.S_IFIFO))


def scratch():
    return tempfile.TemporaryDirectory(prefix="rpcall-")


@test("a second server on one run directory refuses and touches nothing")
def two_servers():
    with Daemon() as daemon, Bystanders(daemon) as others:
        before = settled(daemon)
        run_refused(daemon.run)
        equal(snapshot(daemon.run), before, "run directory")
        others.check()
        for name in mechanism_names():
            connect(daemon, name).close()


@test("a run directory that is a symbolic link is refused, and nothing is made behind it")
def run_is_link():
    with scratch() as place:
        target, run = os.path.join(place, "target"), os.path.join(place, "run")
        os.mkdir(target, 0o700)
        os.symlink(target, run)
        run_refused(run)
        equal(os.listdir(target), [], "names behind the link")


@test("a run directory that is a file is refused")
def run_is_file():
    with scratch() as place:
        run = os.path.join(place, "run")
        with open(run, "w", encoding="ascii") as f:
            f.write("precious")
        run_refused(run)
        with open(run, encoding="ascii") as f:
            equal(f.read(), "precious", "the file")


@test("a run directory that somebody else owns is refused")
def run_of_another():
    if os.getuid() != 0:
        skip("only root can give a directory away")
    with scratch() as place:
        run = os.path.join(place, "run")
        os.mkdir(run, 0o700)
        try:
            os.chown(run, 65534, 65534)
        except OSError as e:
            skip(f"cannot give a directory away: {e}")
        run_refused(run)
        equal(os.listdir(run), [], "names in it")


@test("an address that is taken, and a user without a directory, are told what to say instead")
def what_instead():
    with scratch() as place, Daemon() as daemon:
        taken = daemon.uri("tcp://127")
        expect(f"cannot listen on {taken}: Address already in use\nhint: see who does: ss -lntup; or"
               in run_refused(os.path.join(place, "run"), [taken]), "no hint")
    if os.getuid() != 0:
        skip("only root has a second user")
    for args, said in (((), "no run directory: XDG_RUNTIME_DIR is not set\nhint: name one: --run DIR"),
                       (("--run", "/tmp/x"), "no state directory: HOME is not set\n"
                        "hint: name one: --state DIR")):
        try:
            done = subprocess.run([program("rpcalld"), *args], user=65534, group=65534, text=True,
                                  extra_groups=[], env={}, capture_output=True, check=False,
                                  timeout=PATIENCE)
        except OSError as e:
            skip(f"no second user: {e}")
        equal((done.returncode, done.stderr), (64, f"rpcalld: error: {said}\n"), str(args))


def planted(relative, plant):
    """A name of ours is taken by what plant(path, victim) puts there: the
    daemon must not start, and both must be as they were."""
    with scratch() as place:
        run, victim = os.path.join(place, "run"), os.path.join(place, "victim")
        path = os.path.join(run, relative)
        os.makedirs(os.path.dirname(path), 0o700)
        with open(victim, "w", encoding="ascii") as f:
            f.write("precious")
        plant(path, victim)
        before = {**snapshot(run), **snapshot(place)}
        run_refused(run)
        after = snapshot(place)
        for name in (path, victim):
            equal(after.get(name), before.get(name), name)


def plant_symlink(path, victim):
    os.symlink(victim, path)


def plant_symlink_to_directory(path, victim):
    os.mkdir(victim + ".d", 0o700)
    os.symlink(victim + ".d", path)


def plant_hard_link(path, victim):
    os.link(victim, path)


def plant_file(path, _):
    with open(path, "w", encoding="ascii") as f:
        f.write("not a socket")


def plant_directory(path, _):
    os.mkdir(path)


OUR_SOCKETS = ("rpc.sock", "rpcall.sock")


@test("a symbolic link in the place of a socket is refused and untouched")
def socket_symlink():
    for name in OUR_SOCKETS:
        planted(name, plant_symlink)


@test("a file, a hard link or a directory in the place of a socket is refused and untouched")
def socket_wrong_type():
    for name in OUR_SOCKETS:
        for plant in (plant_file, plant_hard_link, plant_directory):
            planted(name, plant)


@test("a symbolic link in the place of the FIFO directory is refused and untouched")
def fifo_directory_symlink():
    planted("fifo", plant_symlink)
    planted("fifo", plant_symlink_to_directory)


@test("a link or a file in the place of the control FIFO is refused and untouched")
def control_wrong_type():
    for plant in (plant_symlink, plant_file, plant_hard_link, plant_directory):
        planted("fifo/ctl", plant)


@test("what lies in the place of the session made ahead is untouched, and sessions are made")
def spare_wrong_type():
    for plant in (plant_symlink_to_directory, plant_file, plant_hard_link, plant_directory):
        with scratch() as place:
            run, victim = os.path.join(place, "run"), os.path.join(place, "victim")
            path = spare_path(os.path.join(run, "fifo"))
            os.makedirs(path, 0o700)
            with open(victim, "w", encoding="ascii") as f:
                f.write("precious")
            os.rmdir(path)
            plant(path, victim)
            with open(os.path.join(path, "in") if os.path.isdir(path) else victim, "a",
                      encoding="ascii") as f:
                f.write("more")
            before = snapshot(place)
            with Daemon(run=run) as daemon:
                for _ in range(2):
                    with FifoPeer(Lean, daemon.uri("fifo:").partition(":")[2]) as peer:
                        peer.null()
            after = snapshot(place)
            for name in before:
                equal(after.get(name), before[name], name)


@test("a symbolic link in the place of the endpoints file never leads to its target")
def endpoints_symlink():
    with scratch() as place:
        run, victim = os.path.join(place, "run"), os.path.join(place, "victim")
        os.mkdir(run, 0o700)
        with open(victim, "w", encoding="ascii") as f:
            f.write("precious")
        os.symlink(victim, os.path.join(run, "endpoints"))
        try:
            Daemon(run=run).stop()
        except AssertionError:
            pass  # refusing is as good as replacing the link
        with open(victim, encoding="ascii") as f:
            equal(f.read(), "precious", "the victim")


def killed_daemon(run):
    """Leaves in run what a server leaves on kill -9 that has a FIFO session
    in use and another that nobody has opened yet."""
    daemon = Daemon(run=run)
    directory, nonce = daemon.uri("fifo:").partition(":")[2], os.urandom(16)
    with connect(daemon, "fifo") as peer:
        peer.null()
        write_control(directory, hello(nonce))
        wait_until(lambda: os.path.exists(session_path(directory, nonce)), "a session")
        daemon.kill()
    daemon.discard()
    if not os.path.exists(session_path(directory, nonce)):
        killed_daemon(run)  # its 2 s were over: once more


@test("what kill -9 left behind, the next start removes, and serves")
def restart_after_kill():
    with scratch() as place:
        run = os.path.join(place, "run")
        for _ in range(3):
            killed_daemon(run)
        stale = [p for p in snapshot(run) if "/s-" in p]
        expect(len(stale) >= 4, "kill -9 left no session behind: the test tests nothing")
        with Daemon(run=run) as daemon:
            for path in stale:
                expect(not os.path.lexists(path), f"{path} is still there")
            with Bystanders(daemon) as others:
                others.check()


@test("rpcalld --clean lists on stdout and removes what kill -9 left behind")
def clean():
    with scratch() as place:
        run = os.path.join(place, "run")
        killed_daemon(run)
        stale = leftovers(run)
        expect(len(stale) >= 5, f"kill -9 left {stale}")
        done = run_clean(run)
        equal(done.returncode, 0, "status: " + done.stderr)
        equal([p for p in snapshot(run) if "/s-" in p], [], "sessions that are left")
        equal(leftovers(run), [], "what is left")
        listed = set(done.stdout.splitlines())
        for path in stale:  # itself, or the session whose directory it is in
            expect({path, os.path.dirname(path)} & listed, f"{path} is not in {listed}")
        again = run_clean(run)
        equal((again.returncode, again.stdout), (0, ""), "a second --clean")


def run_clean(run):
    return subprocess.run([program("rpcalld"), "--run", run, "--clean"], capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=PATIENCE, text=True, check=False)


@test("rpcalld --clean removes nothing under a server that runs")
def clean_while_running():
    with Daemon() as daemon, Bystanders(daemon) as others:
        before = settled(daemon)
        done = run_clean(daemon.run)
        expect(done.returncode != 0, f"status 0, stdout {done.stdout!r}")
        equal(snapshot(daemon.run), before, "run directory")
        others.check()


@test("rpcalld --clean removes nothing that is not ours")
def clean_spares_others():
    with scratch() as place:
        run = os.path.join(place, "run")
        killed_daemon(run)
        keep = [os.path.join(run, "notes"), os.path.join(run, "fifo", "notes"),
                os.path.join(run, "fifo", "s-notes")]
        for path in keep:
            plant_file(path, None)
        run_clean(run)
        for path in keep:
            expect(os.path.exists(path), f"{path} was removed")


@test("a stop by SIGTERM removes every socket and FIFO")
def clean_stop():
    with scratch() as place:
        run = os.path.join(place, "run")
        with Daemon(run=run) as daemon:
            expect(len(leftovers(run)) >= 3, f"only {leftovers(run)} while it runs")
            expect(mechanism("unix").scheme + run in " ".join(daemon.endpoints()), "endpoints")
        equal(leftovers(run), [], "what is left")
        expect(not os.path.exists(os.path.join(run, "endpoints")), "endpoints is left")
