"""pcapng files (draft-ietf-opsawg-pcapng), and the IP packets in them, taken apart strictly."""
import struct
from dataclasses import dataclass, field

SECTION, INTERFACE, PACKET = 0x0A0D0D0A, 1, 6
COMMENT = 1
LINK_RAW = 101


@dataclass
class Capture:
    section: dict = field(default_factory=dict)
    interfaces: list = field(default_factory=list)
    packets: list = field(default_factory=list)  # (interface, ns, data, options)


@dataclass
class Segment:
    protocol: int
    source: tuple  # (address, port)
    target: tuple
    data: bytes
    sequence: int = 0
    acknowledged: int = 0


def options(data):
    found = {}
    while True:
        code, length = struct.unpack_from("<HH", data)
        if code == 0:
            assert (length, len(data)) == (0, 4), "the last option ends the block"
            return found
        found[code] = data[4:4 + length]
        assert not any(data[4 + length:4 + length + -length % 4]), "padding of an option"
        data = data[4 + length + -length % 4:]


def blocks(data):
    """(type, body) of each block; the file is to end with one."""
    while data:
        kind, length = struct.unpack_from("<II", data)
        assert length % 4 == 0 and 12 <= length <= len(data), f"length {length}"
        assert struct.unpack_from("<I", data, length - 4)[0] == length, "the second length"
        yield kind, data[8:length - 4]
        data = data[length:]


def read(data):
    capture = Capture()
    for kind, body in blocks(data):
        if kind == SECTION:
            assert not capture.section, "one section"
            assert struct.unpack_from("<IHHq", body) == (0x1A2B3C4D, 1, 0, -1), "section"
            capture.section = options(body[16:])
        elif kind == INTERFACE:
            assert struct.unpack_from("<HHI", body) == (LINK_RAW, 0, 0), "interface"
            capture.interfaces.append(options(body[8:]))
        else:
            assert kind == PACKET, f"block {kind}"
            number, high, low, there, whole = struct.unpack_from("<IIIII", body)
            assert there == whole and number < len(capture.interfaces), "packet"
            padded = there + -there % 4
            capture.packets.append((number, high << 32 | low, body[20:20 + there],
                                    options(body[20 + padded:])))
    return capture


def ones_sum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def segment(packet):
    """A Segment; every length and checksum in it is to be right."""
    if packet[0] >> 4 == 4:
        assert packet[0] == 0x45 and struct.unpack_from(">H", packet, 2)[0] == len(packet), "IPv4"
        assert ones_sum(packet[:20]) == 0xFFFF, "the checksum of IPv4"
        protocol, ends, payload = packet[9], packet[12:20], packet[20:]
    else:
        assert packet[0] == 0x60 and struct.unpack_from(">H", packet, 4)[0] == len(packet) - 40
        protocol, ends, payload = packet[6], packet[8:40], packet[40:]
    pseudo = ends + struct.pack(">II", len(payload), protocol)
    assert ones_sum(pseudo + payload) == 0xFFFF, "the checksum of TCP or UDP"
    half = len(ends) // 2
    ports = struct.unpack_from(">HH", payload)
    source, target = (ends[:half], ports[0]), (ends[half:], ports[1])
    if protocol == 17:
        assert struct.unpack_from(">H", payload, 4)[0] == len(payload), "the length of UDP"
        return Segment(protocol, source, target, payload[8:])
    assert protocol == 6 and payload[12] == 0x50, "TCP"
    return Segment(protocol, source, target, payload[20:], *struct.unpack_from(">II", payload, 4))
