"""Two ends of get and put: exports of a daemon, and a directory of this end."""
import contextlib
import os

from .daemon import Daemon
from .file import Exports
from .harness import equal
from .targets import target

PART = ".rpcall-part"


class Place(Exports):
    """Exports, and a directory here/ for this end."""

    def __init__(self):
        super().__init__()
        os.mkdir(self.path("here"))

    def here(self, *parts):
        return self.path("here", *parts)

    def uri(self, daemon, name):
        uri = target(daemon, name)
        return " ".join([uri, *daemon.args]) if name == "pipe" else uri


@contextlib.contextmanager
def place(limits=None, **options):
    with Place() as here:
        with Daemon(limits, args=here.args(), **options) as daemon:
            yield here, daemon


def parts(directory):
    return [leaf for leaf in os.listdir(directory) if leaf.endswith(PART)]


def left_nothing(here):
    equal(parts(here.path("rw")) + parts(here.here()), [], "parts that are left")
