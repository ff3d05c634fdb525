"""XDR (RFC 4506): what the services and the envelopes need, and no more."""
import struct


def uint(*values):
    return struct.pack(f">{len(values)}I", *(v & 0xFFFFFFFF for v in values))


def uhyper(*values):
    return struct.pack(f">{len(values)}Q", *values)


def padding(length):
    return bytes(-length % 4)


def opaque(data, claim=None):
    """opaque<> of data; claim, if given, is the length it lies about."""
    return uint(len(data) if claim is None else claim) + data + padding(len(data))


def string(text):
    return opaque(text.encode())


class Decoder:
    """Takes values off the front of data; done() insists that all was taken."""

    def __init__(self, data):
        self.data = data
        self.at = 0

    def take(self, count):
        if self.at + count > len(self.data):
            raise ValueError(f"{count} bytes wanted at {self.at} of {len(self.data)}")
        self.at += count
        return self.data[self.at - count:self.at]

    def uint(self):
        return struct.unpack(">I", self.take(4))[0]

    def hyper(self):
        return struct.unpack(">Q", self.take(8))[0]

    def opaque(self):
        length = self.uint()
        data = self.take(length)
        if self.take(-length % 4).strip(b"\0"):
            raise ValueError("padding is not zero")
        return data

    def string(self):
        return self.opaque().decode()

    def done(self):
        if self.at != len(self.data):
            raise ValueError(f"{len(self.data) - self.at} bytes left over")
