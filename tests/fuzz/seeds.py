#!/usr/bin/env python3
"""Writes the fuzz targets' first inputs, sound ones, as files.

Usage: seeds.py DIR; they go to DIR/TARGET/NUMBER. What a target's input looks
like stands in its file, fuzz_TARGET.c.
"""
import os
import struct
import sys

ECHO = 0x20525001


def words(*values):
    return b"".join(struct.pack(">I", v & 0xFFFFFFFF) for v in values)


def opaque(data):
    return words(len(data)) + data + bytes(-len(data) % 4)


def auth(flavor=0, body=b""):
    return words(flavor) + opaque(body)


def auth_sys(name=b"host", gids=(1, 2)):
    return auth(1, words(0) + opaque(name) + words(0, 0, len(gids), *gids))


def rpc_call(proc, args=b"", prog=ECHO, vers=1, rpcvers=2, cred=auth()):
    return words(9, 0, rpcvers, prog, vers, proc) + cred + auth() + args


def fragment(data, last=True):
    return words(len(data) | (last << 31)) + data


ARGS = [b"", opaque(b""), opaque(b"x"), opaque(bytes(range(100))),
        words(64, 1), words(4 << 20, 0), words((4 << 20) + 1, 0), words(1000),
        words(60000001), words(0x7FFFFFFF), words(0x80000000)]

USAGE = words(*range(14))
WHOAMI = (opaque(b"rpc/tcp") + opaque(b"tcp6") + opaque(b"127.0.0.1:1") +
          words(2, 1, 1000) + opaque(b"rpcall 0.1.0") + USAGE)
RESULTS = ARGS + [WHOAMI, words(5, 0xE3069283)]


def calls():
    yield from ARGS
    for proc, args in enumerate([b"", *ARGS[1:3], ARGS[4], ARGS[7], b"", b""]):
        yield rpc_call(proc, args)
        yield rpc_call(proc, args, cred=auth_sys())
        yield words(9, ECHO, 1, proc) + args
    yield rpc_call(0, vers=2)
    yield rpc_call(0, prog=100000)
    yield rpc_call(1, rpcvers=3)
    yield rpc_call(1, cred=auth(6, bytes(20)))
    yield rpc_call(5, cred=auth_sys(b"n" * 255, range(16)))
    yield rpc_call(5, cred=auth(1, bytes(400)))


def hyper(*values):
    return b"".join(struct.pack(">Q", v) for v in values)


def stats_page(first=52, counts=3):
    row = (words(1, ECHO, 1, 0) + opaque(b"rpc/tcp") + hyper(3, 120, 84) +
           hyper(*range(9)) + hyper(900) + words(first, counts) + hyper(1, 0, 2, 5)[:8 * counts])
    figures = words(2) + opaque(b"peers") + hyper(1) + opaque(b"cpu_user_ns_total") + hyper(7)
    return figures + words(1) + row + hyper(10**9) + words(0)


LISTING = (words(1) + opaque(b"echo") + words(ECHO, 1, 0) + opaque(b"ECHO_NULL") +
           words(1) + opaque(b"fifo") + opaque(b"x-fifo") + opaque(b"fifo:/run/f") + words(0))
STATS = [LISTING + stats_page(), LISTING + stats_page(114, 4), words(0, 0, 0) + stats_page(0, 0)]


def replies():
    for result in RESULTS:
        yield result
        yield words(9, 0) + result
        yield words(9, 1, 0) + auth() + words(0) + result
    for status in range(1, 6):
        yield words(9, status, 1, 1)
        yield words(9, 1, 0) + auth(1, bytes(8)) + words(status, 1, 1)
    yield words(9, 6, 5)
    yield words(9, 1, 1, 0, 2, 2)
    yield words(9, 1, 1, 1, 5)


def records():
    stream = (fragment(b"abc") + fragment(b"") + fragment(b"x" * 40, False) +
              fragment(b"", False) + fragment(b"y" * 24))
    large = fragment(bytes(4500), False) + fragment(bytes(400)) * 3
    for limits in (0x3C, 0x3D, 0x3E, 0x7F, 0x1C):
        for splits in (b"\0" * 8, b"\x8d\x80" * 4, b"\x0f\x03\x82\x0c" * 2):
            yield bytes([limits]) + splits + stream
        yield bytes([limits]) + b"\x8d\x80\x0c\x0a" * 2 + large
    yield b"\x3e" + b"\x0d" * 8 + words(0xFFFFFFFF)
    yield b"\x3e" + b"\x0d" * 8 + words(0x80000000 | 5001)


def fifos():
    yield b"\0rpcf\0\0\0\1" + bytes(range(16))
    yield b"\0rpcf\0\0\0\2"
    yield b"\1" + b"\0" * 40
    yield b"\1\x80\x0frpcrpcf\0\x80\x02"
    yield b"\1\x7f" + b"rpcf" * 15 + b"rpc\2" + b"\2" * 16


TARGETS = [b"rpc://host", b"rpc://[::1]", b"rpc+tcp://127.0.0.1:7411",
           b"rpc+tcp6://host:0", b"rpc+udp://[fe80::1%eth0]:65535",
           b"rpc+udp6://[::1]", b"rpc+local:", b"rpc+local:/run/s.sock",
           b"rpc+local:///run/s", b"tcp://host", b"tcp://[::1]:80",
           b"unix:/p", b"unix:///p?auth=none", b"fifo:/dir",
           b"pipe:ssh -T host rpcalld --stdio", b"host:80", b"tcp://a:1:2",
           b"rpc+tcp://host:99999", b"rpc+tcp://host?auth=sys"]
WORDS = [b"", b"rpcalld --stdio", b" a  b\tc ", b"'a b' \"c d\" e\\ f",
         b"\"it's\" 'say \"x\"'", b"'open", b"a ''", b"\\", b"x " * 63,
         b"\"a\\\"b\\\\c\""]
UADDRS = [b"127.0.0.1.28.243", b"::1.0.111", b"/run/rpcbind.sock",
          b"0.0.0.0.255.255", b"h.256.1", b"h.1.", b".1.2", b"1.2",
          b"host.001.009", b"h." + b"1." * 40]

IDL = [b"const A = 1; enum e { X = 1, Y = -2, Z };",
       b"struct s { int a; opaque b<A>; string c<>; s *next; }; const A = 5;",
       b"union u switch (int d) { case 1: case 2: hyper a; default: void; };",
       b"#define N (3+1)\n#if defined(RPC_HDR) && N\ntypedef s t[N];\n#endif\n%x\n",
       b"program P { version V { t F(int, string) = 1; } = 1; } = 0x20000001;",
       b"struct s { struct { quadruple a; bool b[2]; } c; union switch (bool d) "
       b"{ case TRUE: int e; } f; };", b"typedef a b; typedef b a; struct s { s t; };"]
PATHS = [b"", b"rw", b"rw/a/b", b"rw/../x", b"rw//x", b"rw/.", b"/rw", b"rw/",
         b"rw/..a/...", b"rw/" + b"n" * 255, b"rw/" + b"n" * 256,
         b"/".join([b"d" * 15] * 64), b"/".join([b"d" * 15] * 64) + b"x"]

VALUES = [bytes([t]) + words(*w) for t in range(8) for w in
          ((), (0,) * 12, (1,) * 16, (2, 1, 0x61000000, 1, 3, 0, 0), (0xFFFFFFFF,) * 8,
           (1, 0x7FC00000, 0x7FF80000, 0, 5, 0xC3A40000, 1))]
JSONS = [bytes([t]) + text for t in range(8) for text in
         (b"{}", b"[]", b"null", b'{"a": 1, "b": "hex:00", "c": null}', b'"\\u00e4\\ud83d\\ude00"',
          b'[{"a": 1, "s": "x"}, {"s": "y", "a": -2}]', b'{"k": "X", "x": "5"}', b"1e3",
          b'{"f": "NaN", "d": 0.1, "q": -1e400, "h": "0xff"}')]
OPEN = [bytes([t]) + text for t in range(16) for text in
        (b"", b"{", b'{"', b'{"a": 1, "', b'{"k": "X", ', b'{"k": ', b'[{"a": 2}, {', b"tr", b'"he',
         b'{"u": {"s": true, ', b'{"a": [{"k": "Y", "', b"[" * 70, b'{"x": "\\"', b"a", b"u.s=t",
         b"a[1].k=", b"d.d.a", b"c=X", b'{"a":' + b" " * 1100 + b'1, "')]

ROUND = '{"p50_ns": 10, "mean_ns": 11.5, "p90_ns": 20, "p99_ns": null, "calls": 9, "slow": false}'
ROW = ('{"kind": "mechanism", "name": "unix", "floor": "f", "stock": "", "measured": true, '
       '"void": false, "note": "", "calls": 50, "errors": 1, "bytes": 9, "wall_ns": 1e9, '
       '"latency_ns": {"max": 999, "min": 3, "mean": 7.5}, "client_per_call": {"known": true, '
       '"user_ns": 4}, "rounds": [' + ", ".join([ROUND] * 6) + '], "histogram": [[10, 60], [400, 9]]}')
SAVED = [f'{{"schema": "rpcall/{verb}/1", "env": {{"seed": "7", "cores": 2}}, "tables": '
         f'[{{"title": "t", "size": 64, "rows": [{rows}]}}]}}'.encode()
         for verb in ("bench", "compare")
         for rows in ("", ROW, ROW + ", " + ROW.replace('"unix"', '"f"').replace("mechanism", "floor"))]
# A word without quotes that ends where the text does.
SAVED.append(b"{cce")

SEEDS = {"saved": SAVED, "value": VALUES, "json": JSONS, "idl": IDL, "path": PATHS,
         "args": ARGS, "call": calls(), "reply": replies(),
         "record": records(), "fifo": fifos(), "target": TARGETS,
         "words": WORDS, "stats": STATS, "uaddr": UADDRS, "complete": OPEN}


def main():
    for name, inputs in SEEDS.items():
        directory = os.path.join(sys.argv[1], name)
        os.makedirs(directory, exist_ok=True)
        for number, data in enumerate(inputs):
            with open(os.path.join(directory, str(number)), "wb") as f:
                f.write(data)


main()
