"""Every procedure that a server tells of, called with no .x file on the client, over all
mechanisms; what is listed decides what is called, so that a new procedure is called, too."""
import json
import os
import struct
import subprocess
import tempfile

from tests.lib import reflect
from tests.lib.command import fails, program
from tests.lib.daemon import Daemon, check_log
from tests.lib.harness import PATIENCE, ROOT, equal, expect, per_mechanism
from tests.lib.mechanisms import connect
from tests.lib.pcapng import read, segment
from tests.lib.record import Reassembler
from tests.lib.targets import target
from tests.lib.teller import environment

TIMEOUT = 75
REPLY_HEAD = 24  # bytes: xid, REPLY, accepted, a verifier without a body, SUCCESS
UNNAMED = "NULL"  # a procedure 0 that no .x file has
NO_ANSWER = ("SPRAYPROC_SPRAY",)  # 100012/1.1
OPID = "hex:" + "01" * 16


def change(sequence, **more):
    return {"opid": {"client": OPID, "sequence": str(sequence), "done": "0"}, **more}


# What is to succeed, where the form of describe --template alone would be refused.
ARGUMENTS = {
    "KV_PUT": change(1, key="text:k", value="text:v", ttl_ms="0"),
    "KV_GET": "text:k",
    "KV_CAS": change(2, key="text:c", revision="0", value="text:v", ttl_ms="0"),
    "KV_DELETE": change(3, key="text:k"),
    "KV_TXN": change(4, conditions=[], changes=[
        {"kind": "KV_CHANGE_PUT", "put": {"key": "text:t", "value": "text:v", "ttl_ms": "0"}}]),
    "FILE_STAT": "e/f",
    "FILE_LIST": {"path": "e", "cookie": "0", "count": 8},
    "FILE_READ": {"path": "e/f", "offset": "0", "count": 8},
    "FILE_WRITE": {"path": "e/f", "offset": "0", "bytes": "text:x"},
    "FILE_CREATE": {"path": "e/a", "exclusive": False, "opid": OPID},
    "FILE_TRUNCATE": {"path": "e/a", "size": "9", "opid": OPID[:-1] + "2"},
    "FILE_RENAME": {"from": "e/a", "to": "e/b", "replace": False, "opid": OPID[:-1] + "3"},
    "FILE_REMOVE": {"path": "e/b", "opid": OPID[:-1] + "4"},
    "FILE_MKDIR": {"path": "e/d", "opid": OPID[:-1] + "5"},
    "FILE_SYNC": "e/f",
    "FILE_DIGEST": {"path": "e/f", "offset": "0", "length": "9", "kind": "FILE_SHA256"},
    "REFLECT_IDL": {"prog": 0x20525002, "vers": 1, "file": 0, "offset": 0},
}
FIRST = "KV_PUT"  # the others find what it has put


class Place:
    """A client's directory without any .x file, and what the repl is asked there."""

    def __init__(self, directory, uri):
        self.directory = directory
        self.uri = uri
        for name in ("cache", "config", "served"):
            os.mkdir(self.path(name))
        self.env = {**environment(self.path("cache")), "XDG_CONFIG_HOME": self.path("config"),
                    "HOME": self.path("config")}

    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def script(self, lines):
        done = subprocess.run([program("rpcall"), "repl", self.uri], cwd=ROOT, env=self.env,
                              input="\n".join(lines).encode(), capture_output=True,
                              timeout=PATIENCE, check=False)
        check_log(done.stderr.decode(), "rpcall repl")
        equal((done.returncode, done.stderr.decode()), (0, ""), f"repl at {self.uri}")
        return done.stdout.decode()

    def write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as f:
            f.write(text)
        return self.path(name)

    def json(self, name):
        with open(self.path(name), encoding="ascii") as f:
            return json.load(f)

    def bytes(self, name):
        with open(self.path(name), "rb") as f:
            return f.read()


def number(procedure):
    _, prog, vers, proc, _ = procedure
    return f"{prog}/{vers}.{proc}"


def listed(daemon):
    """(procedures that answer, the .x text of each program and version)."""
    peer = connect(daemon, "unix")
    try:
        procedures, _ = reflect.listing(peer)
        texts = {(prog, vers): reflect.idl(peer, prog, vers)[2]
                 for _, prog, vers, _, _ in procedures}
    finally:
        peer.close()
    procedures.sort(key=lambda p: p[4] != FIRST)
    return [p for p in procedures if p[4] not in NO_ANSWER], texts


def forms(place, procedures):
    """The argument of each: ours, or what describe --template prints."""
    asked = [p for p in procedures if p[4] != UNNAMED and p[4] not in ARGUMENTS]
    text = place.script(f"describe --template {number(p)}" for p in asked)
    decoder, found = json.JSONDecoder(), dict(ARGUMENTS)
    for _, prog, vers, _, name in asked:
        value, end = decoder.raw_decode(text)
        found[name, prog, vers] = value
        text = text[end:].lstrip()
    equal(text, "", "forms")
    return [found.get(p[4], found.get((p[4], p[1], p[2]))) for p in procedures]


def results(capture):
    """The bytes of the last reply's results."""
    parts = [segment(packet) for _, _, packet, _ in read(capture).packets]
    answers = [s for s in parts if s.source == parts[0].target]
    reply = answers[-1].data
    if answers[-1].protocol == 6:
        records = Reassembler()
        records.feed(b"".join(s.data for s in answers))
        while (following := records.take()) is not None:
            reply = following
    equal(struct.unpack_from(">5I", reply, 4), (1, 0, 0, 0, 0), "the head of the reply")
    return reply[REPLY_HEAD:]


def call_all(place, procedures):
    """Each procedure by one call: its JSON in N.json, the exchange in N.pcapng."""
    lines = []
    for i, (procedure, form) in enumerate(zip(procedures, forms(place, procedures))):
        given = "" if form is None else "-d @" + place.write(f"{i}.args", json.dumps(form))
        lines.append(f"call {number(procedure)} {given} -o {place.path(f'{i}.json')} "
                     f"--pcap {place.path(f'{i}.pcapng')}")
    place.script(lines)


def encode_all(place, procedures, texts):
    """The JSON of each, as XDR again, into N.xdr: with the server's own text."""
    lines = []
    for (prog, vers), text in texts.items():
        place.write(f"served/{prog}.{vers}.x", text.decode("ascii"))
    for i, procedure in enumerate(procedures):
        _, prog, vers, _, name = procedure
        if name != UNNAMED:
            lines.append(f"encode -i {place.path('served', f'{prog}.{vers}.x')} --result "
                         f"{number(procedure)} -d @{place.path(f'{i}.json')} "
                         f"-o {place.path(f'{i}.xdr')}")
    place.script(lines)


def succeeded(name, value):
    """Where a result says how the call ended, it has to have ended well."""
    status = value.get("status", "OK") if isinstance(value, dict) else value
    return name not in ARGUMENTS or (isinstance(status, str) and status.endswith("OK"))


@per_mechanism("every procedure that the server lists is called by reflection alone, and its answer "
               "encodes to the bytes that came")
def every(name):
    with tempfile.TemporaryDirectory(prefix="rpcall-") as directory:
        os.mkdir(os.path.join(directory, "e"))
        with open(os.path.join(directory, "e", "f"), "wb") as f:
            f.write(b"a file")
        with Daemon(args=["--export", f"e={directory}/e:rw"]) as daemon:
            uri = target(daemon, name)
            if name == "pipe":
                uri += f" --state {directory}/state {' '.join(daemon.args)}"
            place = Place(directory, uri)
            procedures, texts = listed(daemon)
            expect(len(procedures) > 40, f"{len(procedures)} procedures are listed")
            call_all(place, procedures)
            fails(TIMEOUT, "rpcall", "call", uri, "100012/1.1", "--raw", "hex:00000000", "-t",
                  "50ms", env=place.env)
            encode_all(place, procedures, texts)
        for i, procedure in enumerate(procedures):
            what = f"{procedure[4]} {number(procedure)}"
            value, came = place.json(f"{i}.json"), results(place.bytes(f"{i}.pcapng"))
            expect(succeeded(procedure[4], value), f"{what}: {value}")
            again = b"" if procedure[4] == UNNAMED else place.bytes(f"{i}.xdr")
            equal(again, came, f"XDR of the answer of {what}")
