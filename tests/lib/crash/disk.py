"""File systems of a test's own: a loop-mounted ext4 whose power can be cut, and
a small one in memory.

They are mounted in a mount namespace of this process alone, so that they end
with it, however it ends; a loop device goes with its last use (autoclear).
"""
import contextlib
import ctypes
import fcntl
import os
import shutil
import struct
import subprocess
import tempfile

from ..harness import PATIENCE, Failed, Skip, wait_until

CLONE_NEWNS = 0x00020000
MS_REC, MS_PRIVATE = 0x4000, 1 << 18
EXT4_IOC_SHUTDOWN = 0x8004587D  # _IOR('X', 125, __u32)
NOLOGFLUSH = 2  # nothing more reaches the disk, not even the journal

_libc = ctypes.CDLL(None, use_errno=True)
_namespace = []


def _private_namespace():
    if _namespace:
        return
    if _libc.unshare(CLONE_NEWNS) or _libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None):
        raise Skip(f"no mount namespace: {os.strerror(ctypes.get_errno())}")
    _namespace.append(True)


def _tool(*command, failure=Failed):
    """Runs a command of the system."""
    path = shutil.which(command[0], path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    if path is None:
        raise Skip(f"{command[0]} is not installed")
    done = subprocess.run([path, *command[1:]], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=PATIENCE, check=False)
    if done.returncode:
        raise failure(f"{command[0]}: {done.stderr.strip() or done.returncode}")


class Disk:
    """An ext4 in a file, mounted at .mount unless its power is cut."""

    def __init__(self, place, mib):
        self.image, self.mount = os.path.join(place, "image"), os.path.join(place, "mnt")
        os.mkdir(self.mount)
        with open(self.image, "wb") as f:
            f.truncate(mib << 20)
        _tool("mkfs.ext4", "-q", "-F", self.image, failure=Skip)
        self.power_on(Skip)
        self._probe()

    def _probe(self):
        """Can its power be cut? An old kernel, or one in a sandbox, cannot."""
        try:
            self.cut_power()
        except OSError as e:
            raise Skip(f"EXT4_IOC_SHUTDOWN: {e.strerror}") from None
        self.power_cycle()

    def power_on(self, failure=Failed):
        _tool("mount", "-o", "loop", self.image, self.mount, failure=failure)

    def cut_power(self):
        """From now on every write fails, and what was not synced is gone."""
        fd = os.open(self.mount, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.ioctl(fd, EXT4_IOC_SHUTDOWN, struct.pack("I", NOLOGFLUSH))
        finally:
            os.close(fd)

    def power_cycle(self):
        """Nobody may have a file open there any more; the kernel may lag behind."""
        wait_until(lambda: _libc.umount2(self.mount.encode(), 0) == 0, "umount")
        self.power_on()


@contextlib.contextmanager
def _place():
    if os.getuid() != 0:
        raise Skip("only root can mount")
    _private_namespace()
    place = tempfile.mkdtemp(prefix="rpcall-disk-")
    try:
        yield place
    finally:
        if os.path.ismount(os.path.join(place, "mnt")):
            _libc.umount2(os.path.join(place, "mnt").encode(), 2)  # MNT_DETACH
        shutil.rmtree(place, ignore_errors=True)


@contextlib.contextmanager
def ext4(mib=64):
    with _place() as place:
        yield Disk(place, mib)


@contextlib.contextmanager
def tmpfs(kib):
    """A directory with so much room."""
    with _place() as place:
        mount = os.path.join(place, "mnt")
        os.mkdir(mount)
        _tool("mount", "-t", "tmpfs", "-o", f"size={kib}k,mode=700", "tmpfs", mount,
              failure=Skip)
        yield mount
