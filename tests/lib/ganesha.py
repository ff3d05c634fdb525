"""nfs-ganesha: an NFS server in user space, with files in memory, that nobody
here wrote. It runs in the foreground below the test, in a directory of its own,
and is found through the private rpcbind."""
import glob
import os
import re
import shutil
import subprocess
import tempfile

from .harness import PATIENCE, Failed, skip, wait_until
from .rpcinfo import entries, require_rpcbind, rpcinfo

MOUNT, NFS = 100005, 100003
EXPORT = "/mem"
SERVED = ((MOUNT, 1), (MOUNT, 3), (NFS, 3))
MODULES = "/usr/lib/*/ganesha/libfsalmem.so"
# It must not outlive a test that is killed: it would keep the namespaces.
MORTAL = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []

# Only NFS 3 and MOUNT: no recovery, no lock manager, at ports of the kernel's
# choice. "Graceless": new files are opened at once.
CONFIG = """
NFS_CORE_PARAM {
	Protocols = 3;
	NFS_Port = 0;
	MNT_Port = 0;
	Enable_NLM = false;
	Enable_RQUOTA = false;
}
NFSv4 { Graceless = true; RecoveryRoot = PLACE; }
MEM { Inode_Size = 1048576; }
EXPORT {
	Export_Id = 77;
	Path = /mem;
	Pseudo = /mem;
	Access_Type = RW;
	Squash = No_Root_Squash;
	SecType = sys;
	Protocols = 3;
	FSAL { Name = MEM; }
}
"""


class Ganesha:
    """A running server. Leaving the with block ends it and removes what it
    has registered, whatever its state."""

    def __init__(self):
        require_rpcbind()
        program = shutil.which("ganesha.nfsd", path="/usr/bin:/usr/sbin")
        if not program or not glob.glob(MODULES):
            skip("nfs-ganesha is not installed (packages nfs-ganesha, nfs-ganesha-mem)")
        self.place = tempfile.mkdtemp(prefix="rpcall-ganesha-")
        self.log = os.path.join(self.place, "log")
        config = os.path.join(self.place, "ganesha.conf")
        with open(config, "w", encoding="ascii") as f:
            f.write(CONFIG.replace("PLACE", self.place))
        self.process = subprocess.Popen(
            [*MORTAL, program, "-F", "-f", config, "-L", self.log, "-N", "NIV_EVENT",
             "-p", os.path.join(self.place, "pid")],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_until(self.is_ready, "nfs-ganesha is registered with rpcbind")
        except BaseException:
            self.stop()
            raise

    def is_ready(self):
        if self.process.poll() is not None:
            skip("nfs-ganesha does not start here: " + self.complaint())
        return all(any(e.version == version and e.netid == netid for e in entries(program))
                   for program, version in SERVED for netid in ("tcp", "udp"))

    def complaint(self):
        try:
            with open(self.log, encoding="utf-8", errors="replace") as f:
                wrong = re.findall(r":(?:CRIT|FATAL) :(.*)", f.read())
        except FileNotFoundError:
            wrong = []
        return wrong[0] if wrong else f"status {self.process.returncode}"

    def port(self, program, netid="tcp"):
        for e in entries(program):
            if e.netid == netid:
                high, low = map(int, e.address.split(".")[-2:])
                return high * 256 + low
        raise Failed(f"{program} is not registered for {netid}")

    def alive(self):
        return self.process.poll() is None

    def stop(self):
        if self.alive():
            self.process.terminate()
            try:
                self.process.wait(PATIENCE / 4)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for program, version in SERVED:
            rpcinfo("-d", program, version)
        shutil.rmtree(self.place, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        alive = self.alive()
        self.stop()
        if kind is None and not alive:
            raise Failed("nfs-ganesha has ended during the test: " + self.complaint())
