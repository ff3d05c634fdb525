"""Interfaces of several files that a server tells of: #include among them, and servers that lie."""
import os
import tempfile

from tests.lib.command import fails, succeeds
from tests.lib.harness import equal, expect, test
from tests.lib.teller import Teller, environment

PROTOCOL = 76
PROGRAM = b"program T_PROG { version T_V1 { void T_NULL(void) = 0;\n" \
          b"text T_HELLO(int) = 1; } = 1; } = 0x20525099;\n"
MAIN = b'#include "types.x"\n#include "types.x"\n' + PROGRAM
TYPES = b'#ifndef TYPES\n#define TYPES\n#include "bounds.x"\ntypedef string text<BOUND>;\n#endif\n'
BOUNDS = b"const BOUND = 9;\n"
INCLUDED = (("types.x", TYPES), ("bounds.x", BOUNDS))


def hello(server, place):
    return "rpcall", "call", f"unix:{server.path}", "T.HELLO", "5", {"env": environment(place)}


def answers(server, place):
    *call, options = hello(server, place)
    equal(succeeds(*call, **options), '"hi"\n', "HELLO")


@test("a served interface comes with all that it includes, and is cached as one")
def several():
    size = len(MAIN + TYPES + BOUNDS)
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        with Teller(MAIN, included=INCLUDED) as server:
            for _ in range(2):
                answers(server, place)
                equal(server.fetched, size, "bytes fetched")
            cache = os.path.join(place, "rpcall", "idl")
            entries = os.listdir(cache)
            equal(len(entries), 1, "files in the cache")
            with open(os.path.join(cache, entries[0]), "r+b") as f:
                equal(f.read(), MAIN + TYPES + BOUNDS, "the cache")
                f.seek(-3, os.SEEK_END)
                f.write(b"8")
            answers(server, place)
            equal(server.fetched, 2 * size, "after the cache was changed")
        # The same main file with other bounds is another interface.
        with Teller(MAIN, included=(INCLUDED[0], ("bounds.x", b"const BOUND = 1;\n"))) as server:
            *call, options = hello(server, place)
            err = fails(PROTOCOL, *call, **options)
            expect("string<1> of 2 bytes" in err, err)


def included(name, text=b""):
    return {"text": MAIN, "included": ((name, text),)}


LIES = [
    (included("types.x", b'#include "types.x"\n'), "nested more than 16 deep"),
    (included("../types.x"), 'includes a file of the name "../types.x"'),
    (included("/etc/passwd"), 'includes a file of the name "/etc/passwd"'),
    (included("sub/types.x"), 'includes a file of the name "sub/types.x"'),
    (included(".."), 'includes a file of the name ".."'),
    (included(""), 'includes a file of the name ""'),
    (included("a\x1b[31m"), 'includes a file of the name "a?[31m"'),
    ({"text": MAIN, "included": INCLUDED + (("types.x", b""),)},
     'includes a file of the name "types.x"'),
    (included("other.x", TYPES), "cannot read types.x"),
    ({"text": b'#include "/etc/passwd"\n', "included": INCLUDED}, "cannot read /etc/passwd"),
    ({"text": b"#include <rpcsvc/mount.x>\n", "included": INCLUDED},
     "cannot read rpcsvc/mount.x"),
    (included("types.x", b"struct text { int };"), "reflection:types.x:1:"),
    ({"text": MAIN, "files": 3}, "not the one that it announced"),
    ({"text": MAIN, "files": 65}, "has 65 files: more than 64 are not read"),
    ({"text": MAIN, "files": 0xFFFFFFFF}, "more than 64 are not read"),
    ({**included("types.x"), "size": 3 << 20}, "has 6291456 bytes: more than 4 MiB"),
    ({**included("types.x"), "size": 0x80000000}, "has 4294967296 bytes: more than 4 MiB"),
    ({**included("types.x", TYPES), "digest": bytes(32)}, "not the one that it announced"),
    # Each includes the next one twice: 2^40 texts, were there no limit.
    ({"text": b'#include "f0.x"\n', "included": tuple(
        (f"f{i}.x", b'#include "f%d.x"\n' % (i + 1) * 2) for i in range(40))}, "nested more than 16"),
    ({"text": b'#include "f0.x"\n', "included": tuple(
        (f"f{i}.x", b'#include "f%d.x"\n' % (i + 1) * 2) for i in range(9)) + (("f9.x", b""),)},
     "more than 64 files or 4 MiB"),
]


@test("a server that lies about what its interface includes gets one clear error", deadline=120)
def lies():
    for lie, error in LIES:
        with Teller(**lie) as server, tempfile.TemporaryDirectory(prefix="rpcall-") as place:
            *call, options = hello(server, place)
            err = fails(PROTOCOL, *call, **options)
            expect(error in err, f"{error!r} is not in {err!r}")
            expect(all(c == "\n" or c >= " " for c in err), f"{err!r}")
