"""Record marking (RFC 5531 section 11): both directions, without any I/O."""
import struct
from collections import deque

LAST = 0x80000000
MARK = 4  # bytes of a fragment header


def mark(length, last=True):
    return struct.pack(">I", length | (LAST if last else 0))


def record(payload):
    """payload as a record of one fragment."""
    return mark(len(payload)) + payload


def fragments(payload, sizes):
    """payload in fragments of the given sizes; together they must fill it."""
    assert sum(sizes) == len(payload)
    out, at = [], 0
    for i, size in enumerate(sizes):
        out.append(mark(size, i == len(sizes) - 1) + payload[at:at + size])
        at += size
    return b"".join(out)


class Reassembler:
    """Feed it bytes, take whole records from it."""

    def __init__(self):
        self.buffer = bytearray()
        self.parts = []
        self.ready = deque()

    def feed(self, data):
        self.buffer += data
        at = 0
        while len(self.buffer) - at >= MARK:
            (head,) = struct.unpack_from(">I", self.buffer, at)
            size = head & ~LAST
            if len(self.buffer) - at - MARK < size:
                break
            at += MARK
            self._fragment(bytes(self.buffer[at:at + size]), bool(head & LAST))
            at += size
        del self.buffer[:at]

    def _fragment(self, data, last):
        self.parts.append(data)
        if last:
            self.ready.append(b"".join(self.parts))
            self.parts = []

    def take(self):
        return self.ready.popleft() if self.ready else None
