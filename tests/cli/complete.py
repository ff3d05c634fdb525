"""Completion: what is offered at the end of a line."""
import os
import re
import socket

from tests.lib.command import USAGE, fails, run, succeeds
from tests.lib.completion import BREAKS, offered, offers, private
from tests.lib.harness import equal, expect, per_mechanism, test
from tests.lib.mechanisms import shared_daemon
from tests.lib.targets import target
from tests.lib.teller import IDL, Teller

VERB = re.compile(r"^(?:\w+)? +(\w+) +\w", re.M)


@test("verbs are offered as the help has them")
def verbs():
    with private() as env:
        listed = VERB.findall(succeeds("rpcall", "help").split("\n\n")[2])
        equal(offered(env, ""), sorted(f"{name} " for name in listed), "verbs")
        equal(offered(env, "desc"), ["describe "], "desc")
        equal(offered(env, "help comp"), ["compare ", "completion "], "help comp")
        equal(offered(env, "nonsense "), [], "an unknown verb")


@test("each verb's options are offered as its help has them")
def options():
    with private() as env:
        for verb in offered(env, ""):
            told = re.findall(r"^  (?:-\w, )?(--[\w-]+)", succeeds("rpcall", "help", verb.strip()),
                              re.M)
            equal(offered(env, f"{verb}--"), sorted({f"{name} " for name in told}), verb)


VALUES = [
    ("call --auth ", ["none ", "sys "]), ("call --auth=s", ["sys "]),
    ("ls --color a", ["always ", "auto "]), ("stats --format ", ["json ", "prometheus ", "text "]),
    ("bench --workload kv-", ["kv-get ", "kv-mixed ", "kv-put ", "kv-stat "]),
    ("call --int64 n", ["number "]), ("call -t ", []), ("call -- --", []),
    ("compare --over rpc/tcp,rpc/u", ["rpc/tcp,rpc/udp"]), ("kv unix:/a st", ["stat "]),
    ("kv unix:/a get ", []), ("completion ", ["bash ", "zsh "]),
]


@test("values that are few are offered, where the tables have them")
def values():
    with private() as env:
        for line, wanted in VALUES:
            equal(offered(env, line), wanted, line)


@test("targets are offered: schemes, names of targets.conf, endpoints, sockets, FIFOs")
def targets():
    with private() as env:
        place = env["XDG_CONFIG_HOME"]
        os.makedirs(f"{place}/rpcall")
        with open(f"{place}/rpcall/targets.conf", "w", encoding="ascii") as f:
            f.write("# mine\nhome  unix:/run/home\n\n here\ttcp://127.0.0.1:1 \nbad\n")
        with open(f"{place}/endpoints", "w", encoding="ascii") as f:
            f.write("tcp://127.0.0.1:4711\nunix:/x\x1b[m\nnonsense\n")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(f"{place}/a b")
            os.makedirs(f"{place}/f o/deep")
            os.mkfifo(f"{place}/f o/ctl")
            offers(env, "call ", "rpc://", "rpc+tcp6://", "unix:", "pipe:")
            equal(offered(env, "call @"), ["here ", "home "], "@")
            equal(offered(env, "call tcp://1"), ["//127.0.0.1:4711 "], "endpoints")
            equal(offered(env, f"call unix:{place}/a"), [f"{place}/a\\ b "], "sockets")
            equal(offered(env, f"call 'unix:{place}/a"), [f"unix:{place}/a b"], "in quotes")
            equal(offered(env, f"call fifo:{place}/f"), [f"{place}/f\\ o "], "FIFOs")
            equal(offered(env, f"call unix:/a,unix:{place}/a"), [], "one target")
            equal(offered(env, f"kv unix:/a,unix:{place}/a"), [f"{place}/a\\ b "], "several")


@test("a target by its name is the one of targets.conf")
def named():
    with private() as env:
        place = env["XDG_CONFIG_HOME"]
        os.makedirs(f"{place}/rpcall")
        uri = target(shared_daemon(), "unix")
        with open(f"{place}/rpcall/targets.conf", "w", encoding="ascii") as f:
            f.write(f"here {uri}\n")
        equal(succeeds("rpcall", "call", "@here", "ECHO.NULL", env=env), "null\n", "call")
        expect("ECHO" in succeeds("rpcall", "list", "@here", env=env), "list")
        offers(env, "call @here ", "ECHO/1.")
        err = fails(USAGE, "rpcall", "call", "@nowhere", "ECHO.NULL", env=env)
        expect("@nowhere: no such name in" in err, err)


@per_mechanism("procedures are offered by asking the server",
               unless={"pipe": "its command is not started by pressing Tab"})
def procedures(name):
    uri = target(shared_daemon(), name)
    with private(RPCALL_IDL_PATH="/nonexistent") as env:
        offers(env, f"call {uri} ", "ECHO/1.", "KV/1.")
        equal(offered(env, f"call {uri} echo/1.e"), ["echo/1.ECHO "], "E")
        equal(offered(env, f"call {uri} KV/1.GE"), ["KV/1.GET "], "KV")
        equal(offered(env, f"call {uri} ech")[:2], ["ECHO/1.DELAY ", "ECHO/1.ECHO "], "one program")
        equal(offered(env, f"call {uri} GE"), ["GET "], "a name alone")
        equal(offered(env, f"call {uri} KV.GET "), [], "behind it is JSON")


@test("members are offered: nested, of lists, of unions, and values of enums")
def members():
    uri = target(shared_daemon(), "unix")
    with private() as env:
        line = f"call {uri} KV.TXN -f "
        equal(offered(env, line), ["changes\\[0\\].", "conditions\\[0\\].", "opid."], "all")
        equal(offered(env, line + "opid.s"), ["opid.sequence="], "nested")
        equal(offered(env, line + "'changes[7].k"), ["changes[7].key=", "changes[7].kind="], "list")
        offers(env, line + "changes[0].kind=", "KV_CHANGE_PUT ")
        offers(env, line + "opid.client=", "text:", "hex:")
        equal(offered(env, line + "none.such"), [], "no such member")
        equal(offered(env, line + "opid]["), [], "nonsense")
        offers(env, "call -i idl/foreign/nfs3.x tcp://127.0.0.1:1 NFS/3.CREATE -f ", "how.")
        offers(env, "call -i idl/foreign/nfs3.x tcp://127.0.0.1:1 NFS/3.CREATE -f how.mode=",
               "UNCHECKED ", "GUARDED ")


@test("files are offered where a verb wants them, and .x files of an -i by what is in them")
def files():
    with private() as env:
        equal(offered(env, "diff idl/k"), ["idl/kv.x "], "diff")
        equal(offered(env, "diff idl/kv.x idl/k"), ["idl/kv.x "], "diff, the second")
        equal(offered(env, "list idl/kv.x K"), ["KV/1 "], "list")
        equal(offered(env, "check idl/fore"), ["idl/foreign/"], "a directory")
        equal(offered(env, "encode -i idl/ec"), ["idl/echo.x "], "-i")
        equal(offered(env, "encode -iidl/ec"), ["-iidl/echo.x "], "-iFILE")
        equal(offered(env, "encode --idl=idl/ec"), ["idl/echo.x "], "--idl=")
        equal(offered(env, "call unix:/a KV.GET -d @idl/ec"), ["idl/echo.x "], "@FILE")
        equal(offered(env, "encode -i idl/kv.x kv_op"), ["kv_opid "], "types")
        offers(env, "describe NFS/", "NFS/3")


@test("a server that is not there, or does not answer, costs the time that was set, silently")
def dead():
    with socket.socket() as silent, private(RPCALL_COMPLETE_MS="50") as env:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        for uri in (f"tcp://127.0.0.1:{port}", f"rpc+tcp://127.0.0.1:{port}", "tcp://127.0.0.1:1",
                    f"rpc+udp://127.0.0.1:{port}", "unix:/nonexistent", "bad", "rpc://127.0.0.1:x"):
            done = run("rpcall", "complete", "bash", f"rpcall call {uri} ", BREAKS, env=env)
            equal((done.status, done.out, done.err), (0, "", ""), uri)


@test("a command is not started to complete what follows it")
def command():
    with private() as env:
        made = f"{env['HOME']}/made"
        equal(offered(env, f"call 'pipe:touch {made}' "), [], "offered")
        expect(not os.path.exists(made), "the command was started")


EVIL = [
    IDL.replace(b"T_HELLO", b"T_HELLO$(touch made)"), IDL.replace(b"T_HELLO", b"T_\x1b[2J"),
    IDL.replace(b"T_PROG", b"`id`"), b"\x00" * 70000, b"", b"struct a " + b"{ struct " * 10000,
]


@test("what a hostile server tells is offered as names of its .x file or not at all")
def hostile():
    with private(RPCALL_IDL_PATH="/nonexistent") as env:
        with Teller() as server:
            equal(offered(env, f"call unix:{server.path} T/1."), ["T/1.HELLO ", "T/1.NULL "],
                  "an honest one")
        for text in EVIL:
            with Teller(text) as server:
                equal(offered(env, f"call unix:{server.path} "), [], text[:80])
        with Teller(IDL + b"/**/", size=100_000_000) as server:
            equal(offered(env, f"call unix:{server.path} "), [], "100 MB")
        many = b"".join(b"program P%d_PROG { version P%d_V { void P%d_N(void) = 0; } = 1; } = %d;\n"
                        % (i, i, i, 0x20000000 + i) for i in range(9000))
        with Teller(many) as server:
            equal(len(offered(env, f"call unix:{server.path} ")), 4096, "many")
