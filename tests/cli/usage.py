"""Options, help, and wrong usage: one clear line and exit code 64."""
import json
import os
import re
import subprocess
import tempfile

from tests.lib.command import USAGE, fails, run, succeeds
from tests.lib.harness import PATIENCE, equal, expect, program, test

PROGRAMS = ("rpcall", "rpcalld")
VERBS = ("ping", "stats", "doctor", "list", "bench", "compare", "check", "diff", "call", "watch",
         "describe", "encode", "decode", "version", "help")


@test("--version names the program and its version on stdout, and exits 0")
def version():
    for name in PROGRAMS:
        out = succeeds(name, "--version")
        expect(re.match(rf"{name} \d+\.\d+", out), f"{name} --version: {out!r}")
        equal(out.count("\n"), 1, "lines")


@test("--json makes a document of what encode and version print, and leaves bytes alone")
def documents():
    args = ("encode", "ECHO.SOURCE", '{"length": 1, "seed": 2}', "--json")
    equal(json.loads(succeeds("rpcall", *args)),
          {"schema": "rpcall/encode/1", "xdr": "hex:0000000100000002"}, "encode")
    equal(succeeds("rpcall", *args, "--binary").encode(), b"\0\0\0\1\0\0\0\2", "bytes")
    number = succeeds("rpcall", "version").split()[1]
    equal(json.loads(succeeds("rpcall", "version", "--json")),
          {"schema": "rpcall/version/1", "version": number}, "version")


@test("options of all verbs may stand before the verb, with their values")
def before():
    wanted = json.loads(succeeds("rpcall", "version", "--json"))
    for options in (["--json"], ["-q", "--json"], ["-qv", "--color", "never", "--json"],
                    ["-t", "5s", "--json"], ["-t5s", "--timeout=5s", "--json"]):
        equal(json.loads(succeeds("rpcall", *options, "version")), wanted, str(options))
    equal(succeeds("rpcall", "-q", "--help"), succeeds("rpcall", "help"), "help")
    for options, said in ((["--jsn"], 'unknown verb "--jsn"'), (["-t", "5x"], "--timeout 5x: not"),
                          (["--count", "1"], 'unknown verb "--count"')):
        expect(said in fails(USAGE, "rpcall", *options, "version"), str(options))
    for options in (["--json"], ["-t"], ["-t", "5s"]):
        fails(USAGE, "rpcall", *options)


@test("--help goes to stdout and exits 0")
def help_option():
    for name in PROGRAMS:
        done = run(name, "--help")
        equal((done.status, done.err), (0, ""), f"status and stderr of {name} --help")
        expect(name in done.out and len(done.out.splitlines()) > 5, f"{name} --help: {done.out!r}")


@test("the help of rpcalld names each of its options")
def help_is_complete():
    out = succeeds("rpcalld", "--help")
    for option in ("--listen", "--run", "--state", "--workers", "--spin", "--no-rpcbind",
                   "--enable", "--disable", "--export", "--stdio", "--clean", "-t", "--log", "--limit",
                   "--version", "--help"):
        expect(option in out, f"{option} is not in the help")


@test("rpcall help VERB and rpcall VERB --help tell of that verb on stdout")
def help_of_verbs():
    for verb in VERBS:
        out = succeeds("rpcall", "help", verb)
        expect(verb in out, f"help {verb}: {out!r}")
        equal(succeeds("rpcall", verb, "--help"), out, f"{verb} --help")


@test("rpcall help names every verb")
def help_names_verbs():
    out = succeeds("rpcall", "help")
    for verb in VERBS:
        expect(re.search(rf"\b{verb}\b", out), f"{verb} is not in {out!r}")


@test("rpcall version says what --version says")
def version_verb():
    expect(succeeds("rpcall", "--version").strip() in succeeds("rpcall", "version"), "version")


@test("rpcall without a verb, or with an unknown one, is wrong usage")
def no_verb():
    fails(USAGE, "rpcall")
    for words in (("frobnicate",), ("help", "frobnicate")):
        equal(fails(USAGE, "rpcall", *words),
              'rpcall: error: unknown verb "frobnicate"\nhint: rpcall help\n', words)
    for written, meant in (("lsit", "list"), ("describ", "describe"), ("PING", "ping"),
                           ("benhc", "bench"), ("decod", "decode")):
        for words in ((written,), ("help", written)):
            equal(fails(USAGE, "rpcall", *words), f'rpcall: error: unknown verb "{written}"\n'
                  f"hint: did you mean rpcall {meant}?\nhint: rpcall help\n", words)
    # What completes lines is no verb of the user's.
    expect("rpcall complete?" not in fails(USAGE, "rpcall", "complet"), "a hidden verb")
    fails(USAGE, "rpcall", "help", "list", "call")
    expect("did you mean" not in fails(USAGE, "rpcall", ""), "of nothing")


@test("a verb without its target is wrong usage")
def no_target():
    for verb in ("ping", "bench"):
        fails(USAGE, "rpcall", verb)


@test("an unknown option is wrong usage, and is named")
def unknown_option():
    for args in (["--frobnicate"], ["ping", "--frobnicate", "tcp://127.0.0.1:1"],
                 ["bench", "tcp://127.0.0.1:1", "ECHO.ECHO", "--frobnicate"],
                 ["compare", "--frobnicate"]):
        expect("frobnicate" in fails(USAGE, "rpcall", *args), "the option is not named")
    expect("frobnicate" in fails(USAGE, "rpcalld", "--frobnicate"), "the option is not named")


@test("an option without its argument is wrong usage")
def missing_argument():
    for option in ("--listen", "--run", "--state", "--workers", "--spin", "--limit", "--log"):
        fails(USAGE, "rpcalld", option)
    fails(USAGE, "rpcall", "ping", "tcp://127.0.0.1:1", "-t")


@test("a wrong value of an option is wrong usage")
def wrong_values():
    for option, value in (("--workers", "many"), ("--workers", "0"), ("--workers", "-1"),
                          ("--spin", "round"), ("--limit", "peers"), ("--limit", "peers=x"),
                          ("--limit", "peers=-1"), ("--limit", "nosuch=1"),
                          ("--listen", "ftp://127.0.0.1:1"), ("--listen", "tcp://127.0.0.1:65536"),
                          ("--listen", "unix:"),
                          ("--listen", "127.0.0.1:7411")):
        fails(USAGE, "rpcalld", "-t", option, value)
    for value in ("5x", "-3", "", "1e999s"):
        fails(USAGE, "rpcall", "ping", "tcp://127.0.0.1:1", "-t", value)


@test("a ping of no calls is wrong usage")
def no_pings():
    for option in ("-c", "--count"):
        expect("at least one" in fails(USAGE, "rpcall", "ping", "tcp://127.0.0.1:1", option, "0"),
               "why is not told")


@test("the three mistakes in --limit are told apart")
def limit_mistakes():
    for value, reason in (("nosuch=1", "no limit has that name"),
                          ("peers=x", "not NAME=N"), ("peers", "not NAME=N"),
                          ("peers=0", "not within 1 to 1048576"),
                          ("peers=99999999999999999999", "not within 1 to 1048576")):
        err = fails(USAGE, "rpcalld", "-t", "--limit", value)
        expect(f"--limit {value}: {reason}" in err, f"{value}: {err!r}")


@test("a bare HOST:PORT is refused, and both readings are offered")
def bare_host_port():
    for verb in ("ping", "list", "bench"):
        err = fails(USAGE, "rpcall", verb, "127.0.0.1:7411")
        for reading in ("tcp://127.0.0.1:7411", "rpc+tcp://127.0.0.1:7411"):
            expect(re.search(rf"(?<![+\w]){re.escape(reading)}", err), f"{reading} not in {err!r}")


@test("a target that is none is wrong usage")
def bad_target():
    for target in ("http://127.0.0.1/", "tcp://", "tcp://127.0.0.1:0x50",
                   "tcp://127.0.0.1:99999", "tcp://[::1:7411", "unix:relative", "fifo:",
                   "rpc+tcp:127.0.0.1", "tcp://127.0.0.1:7411?auth=magic"):
        fails(USAGE, "rpcall", "ping", target)


@test("a stray argument of rpcalld is wrong usage")
def stray():
    fails(USAGE, "rpcalld", "tcp://127.0.0.1:0")


@test("stdout that is full is an error")
def full_stdout():
    for name in PROGRAMS:
        with open("/dev/full", "w", encoding="ascii") as full:
            done = subprocess.run([program(name), "--version"], stdout=full, timeout=PATIENCE,
                                  stderr=subprocess.DEVNULL, check=False)
        expect(done.returncode != 0, f"{name} --version > /dev/full exits 0")


@test("rpcalld -t prints what would be served on stdout, exits 0 and makes nothing")
def check_only():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        run_dir = os.path.join(place, "run")
        uris = ["tcp://127.0.0.1:0", f"unix:{run_dir}/rpcall.sock", f"fifo:{run_dir}/fifo",
                f"rpc+local:{run_dir}/rpc.sock", "rpc+udp://127.0.0.1:0"]
        listen = [word for uri in uris for word in ("--listen", uri)]
        out = succeeds("rpcalld", "-t", "--no-rpcbind", "--run", run_dir,
                       "--state", run_dir + ".state", *listen)
        for uri in uris:
            expect(uri in out, f"{uri} is not in {out!r}")
        expect("0x20525001" in out, f"ECHO's number is not in {out!r}")
        equal(os.listdir(place), [], "what it made")


@test("rpcalld -t without --listen names all that it would serve")
def check_defaults():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        out = succeeds("rpcalld", "-t", "--run", f"{place}/run", "--state", f"{place}/state")
        for scheme in ("rpc+tcp://", "rpc+udp://", "rpc+local:", "tcp://127.0.0.1:7411", "unix:",
                       "fifo:"):
            expect(scheme in out, f"{scheme} is not in {out!r}")
