"""rpcall call against nfs-ganesha, through JSON alone: MOUNT and NFS 3. Files
that one wrote are read back by the other, libnfs, and the other way round."""
import json
import os
import random
import shutil
import subprocess
import tempfile

from tests.lib.command import fails, run, succeeds
from tests.lib.ganesha import EXPORT, MOUNT, NFS, Ganesha
from tests.lib.harness import PATIENCE, equal, expect, skip, test

HOST = "rpc://127.0.0.1"
UNREACHABLE, PROG_MISMATCH, PROC_UNAVAIL, GARBAGE_ARGS = 69, 82, 83, 84
REG, DIRECTORY, LINK, PIPE = "NF3REG", "NF3DIR", "NF3LNK", "NF3FIFO"


def call(procedure, argument=None, target=HOST):
    """Calls it as root by AUTH_SYS; returns what its JSON says."""
    args = [] if argument is None else ["-d", json.dumps(argument)]
    return json.loads(succeeds("rpcall", "call", "--auth", "sys", target, procedure,
                               "--zero-fill", *args))


def nfs(procedure, argument, target=HOST):
    """Calls a procedure of NFS that must answer NFS3_OK; returns its result."""
    answer = call("NFS/3." + procedure, argument, target)
    equal(answer["status"], "NFS3_OK", procedure)
    return answer["resok"]


def refused(procedure, argument):
    """Calls one that must be refused; returns the status."""
    answer = call("NFS/3." + procedure, argument)
    expect("resok" not in answer, answer)
    return answer["status"]


def handle(data):
    return {"data": data}


def root():
    answer = call("MOUNT/3.MNT", EXPORT)
    equal(answer["fhs_status"], "MNT3_OK", "MNT")
    return answer["mountinfo"]["fhandle"]


def place(directory, name):
    return {"dir": handle(directory), "name": name}


def mode(bits):
    return {"mode": {"set_it": True, "mode": bits}}


def create(directory, name, how="GUARDED"):
    """Creates a regular file; returns its handle."""
    made = nfs("CREATE", {"where": place(directory, name),
                          "how": {"mode": how, "obj_attributes": mode(0o644)}})
    equal(made["obj_attributes"]["attributes"]["type"], REG, "type")
    return made["obj"]["handle"]["data"]


def lookup(directory, name):
    return nfs("LOOKUP", {"what": place(directory, name)})["object"]["data"]


def attributes(file):
    return nfs("GETATTR", {"object": handle(file)})["obj_attributes"]


def write(file, offset, data, target=HOST):
    done = nfs("WRITE", {"file": handle(file), "offset": offset, "count": len(data),
                         "stable": "FILE_SYNC", "data": "hex:" + data.hex()}, target)
    equal((done["count"], done["committed"]), (len(data), "FILE_SYNC"), "WRITE")


def read(file, size, part, target=HOST):
    """Reads a file in parts, to its end."""
    data, eof = b"", False
    while not eof:
        got = nfs("READ", {"file": handle(file), "offset": str(len(data)), "count": part}, target)
        text = got["data"]
        expect(text.startswith("hex:"), text[:20])
        data += bytes.fromhex(text[4:])
        eof = got["eof"]
        expect(eof or (got["count"] > 0 and len(data) <= size), f"{len(data)} bytes of {size}")
    return data


def listing(directory, part=4096):
    """All entries by READDIRPLUS, a page at a time: {name: (type, handle)}."""
    found, cookie, verifier, pages = {}, "0", "hex:0000000000000000", 0
    while True:
        page = nfs("READDIRPLUS", {"dir": handle(directory), "cookie": cookie,
                                   "cookieverf": verifier, "dircount": part, "maxcount": part})
        for e in page["reply"]["entries"]:
            found[e["name"]] = (e["name_attributes"]["attributes"]["type"],
                                e["name_handle"]["handle"]["data"])
            cookie = e["cookie"]
        verifier, pages = page["cookieverf"], pages + 1
        if page["reply"]["eof"]:
            return found, pages
        expect(page["reply"]["entries"] and pages < 100, f"page {pages} leads nowhere")


def libnfs(tool, *args):
    """Runs nfs-cat, nfs-cp or nfs-ls; returns the bytes that it printed."""
    if not shutil.which(tool):
        skip(f"{tool} is not installed (package libnfs-utils)")
    done = subprocess.run([tool, *args], stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=PATIENCE, check=False)
    expect(done.returncode == 0, f"{tool} {args}: {done.returncode}, {done.stderr}")
    return done.stdout


def url(path=""):
    return f"nfs://127.0.0.1{EXPORT}{path}?version=3"


def sample(size):
    return random.Random(size).randbytes(size)


@test("MOUNT of nfs-ganesha answers through JSON: MNT, EXPORT, DUMP, UMNT")
def mount():
    with Ganesha():
        equal(call("MOUNT/3.NULL"), None, "NULL")
        equal(call("MOUNT/3.EXPORT"), [{"ex_dir": EXPORT, "ex_groups": []}], "EXPORT")
        mounted = call("MOUNT/3.MNT", EXPORT)["mountinfo"]
        expect(mounted["fhandle"].startswith("hex:"), mounted)
        equal(mounted["auth_flavors"], [1], "flavours")
        expect(call("MOUNT/3.MNT", "/nosuch") in ({"fhs_status": "MNT3ERR_NOENT"},
                                                  {"fhs_status": "MNT3ERR_ACCES"}), "no such path")
        equal(call("MOUNT/3.DUMP"), [], "DUMP")
        equal(call("MOUNT/3.UMNT", EXPORT), None, "UMNT")
        equal(call("MOUNT/1.EXPORT"), call("MOUNT/3.EXPORT"), "version 1")


@test("a foreign server is listed and pinged, and what it lacks has an exit code")
def foreign():
    with Ganesha() as server:
        shown = {line.split()[1]: line.split()[2] for line in
                 succeeds("rpcall", "list", HOST).splitlines()[1:]}
        equal((shown[str(NFS)], shown[str(MOUNT)]), ("3", "1,3"), "versions listed")
        for program in (NFS, MOUNT):
            for target in (HOST, "rpc+udp://127.0.0.1"):
                succeeds("rpcall", "ping", "-c", "1", target, f"{program}/3")
        fails(UNREACHABLE, "rpcall", "call", HOST, f"{NFS}/4.0")
        direct = f"rpc+tcp://127.0.0.1:{server.port(NFS)}"
        err = fails(PROG_MISMATCH, "rpcall", "call", direct, f"{NFS}/2.0")
        expect("versions 3 to 3" in err, err)
        fails(PROC_UNAVAIL, "rpcall", "call", direct, f"{NFS}/3.99", "--raw", "hex:")
        fails(GARBAGE_ARGS, "rpcall", "call", "--auth", "sys", direct, f"{NFS}/3.1", "--raw",
              "hex:7fffffff")


@test("FSINFO, FSSTAT, PATHCONF, ACCESS and GETATTR answer over TCP and UDP")
def about():
    with Ganesha():
        top = root()
        for target in (HOST, "rpc+tcp://127.0.0.1", "rpc+udp://127.0.0.1"):
            info = nfs("FSINFO", {"fsroot": handle(top)}, target)
            expect(info["rtmax"] >= 4096 and int(info["maxfilesize"]) > 1 << 40, info)
            equal(info["obj_attributes"]["attributes"]["type"], DIRECTORY, "type")
            expect(int(nfs("FSSTAT", {"fsroot": handle(top)}, target)["tbytes"]) >= 0, "FSSTAT")
            expect(nfs("PATHCONF", {"object": handle(top)}, target)["name_max"] >= 255, "PATHCONF")
            equal(nfs("ACCESS", {"object": handle(top), "access": "0x1f"}, target)["access"], 0x1F,
                  "ACCESS")
            equal(nfs("GETATTR", {"object": handle(top)}, target)["obj_attributes"]["fileid"], "1",
                  "GETATTR")


@test("what rpcall writes to nfs-ganesha, rpcall reads back, and so does libnfs")
def ours():
    data = sample(100_003)
    with Ganesha():
        file = create(root(), "ours")
        for at in range(0, len(data), 40_000):
            write(file, at, data[at:at + 40_000])
        equal(lookup(root(), "ours"), file, "handle")
        equal(attributes(file)["size"], str(len(data)), "size")
        equal(read(file, len(data), 65_536), data, "READ")
        equal(read(file, len(data), 30_000, "rpc+udp://127.0.0.1"), data, "READ over UDP")
        equal(libnfs("nfs-cat", url("/ours")), data, "nfs-cat")
        expect(b" 100003 ours\n" in libnfs("nfs-ls", url()), "nfs-ls lists it")
        create(root(), "ours", "UNCHECKED")
        again = {"where": place(root(), "ours"),
                 "how": {"mode": "GUARDED", "obj_attributes": mode(0o644)}}
        equal(refused("CREATE", again), "NFS3ERR_EXIST", "created twice")


@test("what libnfs writes to nfs-ganesha, rpcall finds and reads; bytes by -f and -o")
def theirs():
    data = sample(50_001)
    with Ganesha(), tempfile.TemporaryDirectory(prefix="rpcall-") as here:
        path, raw = os.path.join(here, "data"), os.path.join(here, "xdr")
        with open(path, "wb") as f:
            f.write(data)
        libnfs("nfs-cp", path, url("/theirs"))
        file = lookup(root(), "theirs")
        equal(read(file, len(data), 16_384), data, "READ")
        equal(listing(root())[0]["theirs"], (REG, file), "READDIRPLUS")
        done = json.loads(succeeds(
            "rpcall", "call", "--auth", "sys", HOST, "NFS/3.WRITE", "-f", f"file.data={file}",
            "-f", "offset=50001", "-f", "count=50001", "-f", "stable=DATA_SYNC",
            "-f", f"data=@{path}"))
        equal(done["status"], "NFS3_OK", "WRITE of @file")
        equal(libnfs("nfs-cat", url("/theirs")), data + data, "nfs-cat")
        answer = run("rpcall", "call", "--auth", "sys", HOST, "NFS/3.READ", "-f",
                     f"file.data={file}", "-f", "offset=0", "-f", "count=200000", "-o", raw)
        equal((answer.status, answer.out), (0, ""), "-o")
        with open(raw, encoding="ascii") as f:
            equal(json.load(f)["resok"]["data"], "hex:" + (data + data).hex(), "READ with -o")


@test("READDIRPLUS and READDIR tell of a directory in as many pages as it takes")
def pages():
    with Ganesha():
        made = nfs("MKDIR", {"where": place(root(), "many"), "attributes": mode(0o755)})
        many = made["obj"]["handle"]["data"]
        names = {f"a file with a rather long name, number {i:03}" for i in range(24)}
        handles = {name: create(many, name) for name in names}
        found, pages_taken = listing(many, 2048)
        expect(pages_taken > 1, f"{pages_taken} page")
        equal({name: what for name, what in found.items() if name in names},
              {name: (REG, file) for name, file in handles.items()}, "entries")
        plain = nfs("READDIR", {"dir": handle(many), "cookie": 0, "count": 65536})["reply"]
        equal({e["name"] for e in plain["entries"]}, set(found), "READDIR")


@test("every other procedure of NFS 3 does its work through JSON")
def others():
    with Ganesha():
        top = root()
        file = create(top, "one")
        write(file, 0, b"one")
        expect(nfs("COMMIT", {"file": handle(file)})["verf"].startswith("hex:"), "COMMIT")
        nfs("SETATTR", {"object": handle(file), "new_attributes": {
            **mode(0o600), "size": {"set_it": True, "size": "2"},
            "mtime": {"set_it": "SET_TO_CLIENT_TIME", "mtime": {"seconds": 86400}}}})
        shown = attributes(file)
        equal((shown["mode"], shown["size"], shown["mtime"]["seconds"]), (0o600, "2", 86400),
              "SETATTR")
        made = nfs("SYMLINK", {"where": place(top, "link"), "symlink": {"symlink_data": "on/e"}})
        equal(nfs("READLINK", {"symlink": made["obj"]["handle"]})["data"], "on/e", "READLINK")
        nfs("LINK", {"file": handle(file), "link": place(top, "two")})
        equal(attributes(file)["nlink"], 2, "LINK")
        nfs("MKNOD", {"where": place(top, "fifo"),
                      "what": {"type": PIPE, "pipe_attributes": mode(0o644)}})
        nfs("RENAME", {"from": place(top, "two"), "to": place(top, "three")})
        found = {name: what[0] for name, what in listing(top)[0].items()}
        equal({k: v for k, v in found.items() if not k.startswith(".")},
              {"one": REG, "three": REG, "link": LINK, "fifo": PIPE}, "names")
        for name in ("one", "three", "link", "fifo"):
            nfs("REMOVE", {"object": place(top, name)})
        nfs("MKDIR", {"where": place(top, "dir"), "attributes": mode(0o755)})
        nfs("RMDIR", {"object": place(top, "dir")})
        equal(set(listing(top)[0]) - {".", ".."}, set(), "what is left")
        equal(refused("LOOKUP", {"what": place(top, "one")}), "NFS3ERR_NOENT", "LOOKUP")
        equal(refused("RMDIR", {"object": place(top, "dir")}), "NFS3ERR_NOENT", "RMDIR")
