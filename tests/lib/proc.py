"""What /proc says of a process: descriptors, memory, CPU time."""
import contextlib
import os

_TICK = os.sysconf("SC_CLK_TCK")


def all_in(pid, state):
    """Are all its threads in that state: S sleeps, T is stopped?"""
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/stat", encoding="ascii", errors="replace") as f:
            if f.read().rpartition(")")[2].split()[0] != state:
                return False
    return True


def fd_count(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def watched(pid):
    """How many descriptors are in each epoll set, by the descriptor of that."""
    found = {}
    for fd in os.listdir(f"/proc/{pid}/fd"):
        if os.readlink(f"/proc/{pid}/fd/{fd}") == "anon_inode:[eventpoll]":
            with open(f"/proc/{pid}/fdinfo/{fd}", encoding="ascii") as f:
                found[fd] = f.read().count("tfd:")
    return found


def _status(pid, field):
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as f:
        for line in f:
            if line.startswith(field + ":"):
                return int(line.split()[1])
    raise KeyError(field)


def rss_kib(pid):
    return _status(pid, "VmRSS")


def rss_peak_kib(pid):
    return _status(pid, "VmHWM")


def vm_peak_kib(pid):
    return _status(pid, "VmPeak")


def threads(pid):
    return _status(pid, "Threads")


def thread_times(pid):
    """(nice value, user and system time in seconds) of each thread."""
    found = []
    for task in os.listdir(f"/proc/{pid}/task"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has ended
            with open(f"/proc/{pid}/task/{task}/stat", encoding="ascii", errors="replace") as f:
                fields = f.read().rpartition(")")[2].split()
            found.append((int(fields[16]), (int(fields[11]) + int(fields[12])) / _TICK))
    return found


def cpu_seconds(pid):
    """User and system time of all threads, in seconds."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as f:
        fields = f.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK
