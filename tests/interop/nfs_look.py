"""rpcall list, describe, watch and doctor look at nfs-ganesha, which tells nothing of itself."""
import json
import re

from tests.lib.command import run, succeeds
from tests.lib.ganesha import EXPORT, Ganesha
from tests.lib.harness import PATIENCE, equal, expect, test
from tests.lib.running import Running

HOST = "rpc://127.0.0.1"


def call(procedure, argument):
    return json.loads(succeeds("rpcall", "call", "--auth", "sys", HOST, procedure, "--zero-fill",
                               "-d", json.dumps(argument)))


@test("a foreign server is listed and described by the installed interfaces")
def listed():
    with Ganesha():
        out = succeeds("rpcall", "list", HOST)
        expect(re.search(r"^(nfs|NFS) +100003 +3 +22 +rpc/tcp rpc/udp +\S+/nfs3\.x$", out, re.M), out)
        expect(re.search(r"^mountd +100005 +1,3 +6 +rpc/tcp rpc/udp +\S+/mount\.x$", out, re.M) or
               re.search(r"^MOUNT +100005 +1,3 +6 +", out, re.M), out)
        out = succeeds("rpcall", "list", HOST, "NFS")
        expect(re.search(r"^NFS/3\.GETATTR +GETATTR3res NFSPROC3_GETATTR\(GETATTR3args\) = 1;$", out,
                         re.M), out)
        out = succeeds("rpcall", "describe", HOST, "NFS/3.GETATTR")
        expect(out.startswith("GETATTR3res NFSPROC3_GETATTR(GETATTR3args) = 1;\n"), out)
        expect("struct fattr3 {" in out, out)


@test("a directory of a foreign server is watched: the change names the member")
def watched():
    with Ganesha():
        top = call("MOUNT/3.MNT", EXPORT)["mountinfo"]["fhandle"]
        with Running("watch", "--auth", "sys", HOST, "NFS/3.GETATTR", "--json", "-n", "10ms", "-d",
                     json.dumps({"object": {"data": top}})) as watch:
            first = json.loads(watch.line())
            equal(first["result"]["status"], "NFS3_OK", "GETATTR")
            made = call("NFS/3.MKDIR", {"where": {"dir": {"data": top}, "name": "d"},
                                        "attributes": {}})
            equal(made["status"], "NFS3_OK", "MKDIR")
            while ".resok.obj_attributes.nlink" not in [
                    c["path"] for c in json.loads(watch.line())["changes"]]:
                pass  # times may change before it does


@test("a foreign server is well, and when it was killed its registrations are stale")
def looked_at():
    server = Ganesha()
    try:
        doctor = ("rpcall", "doctor", "--connect-timeout", "20s", "127.0.0.1")
        done = run(*doctor, "nfs")
        equal(done.status, 0, done.out)
        expect(re.search(r"^\S+ +nfs/3 answers: rpc/tcp rpc/udp \(", done.out, re.M), done.out)
        server.process.kill()
        server.process.wait(PATIENCE)
        done = run(*doctor, "nfs/3")
        equal(done.status, 1, done.out)
        expect(re.search(r"^FAIL  nfs/3 is registered at \d+ addresses, but nobody listens there "
                         r".*\n      hint: .* rpcinfo -d 100003 3$", done.out, re.M), done.out)
    finally:
        server.stop()
