"""How much, and which: from the environment, so that a run can be repeated."""
import os

from ..harness import sanitized

ROOM = 48 << 20
SLOW = 8  # a sanitized server gets so many times fewer cycles


def cycles(wanted=None):
    """CRASH_CYCLES or 200 kills; of `wanted` in 200, the same share of them."""
    count = int(os.environ.get("CRASH_CYCLES", "200"))
    count = count if wanted is None else count * wanted // 200
    return max(2, count // SLOW if sanitized() else count)


def fast_place():
    """A directory in memory, if there is room: a kill there is a kill, and a
    sync costs nothing. None: where temporary files go."""
    place = "/dev/shm"
    if not os.access(place, os.W_OK):
        return None
    room = os.statvfs(place)
    return place if room.f_bavail * room.f_frsize > ROOM else None


def seed():
    return int(os.environ.get("CRASH_SEED", "20525002"))


def tell(text):
    """What a run did, for who reads its output."""
    print(f"# {text}", flush=True)
