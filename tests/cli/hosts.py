"""scripts/compare-hosts: the comparison between two network namespaces, which stand for hosts."""
import json
import os
import subprocess

from tests.lib.harness import BUILD, ROOT, equal, expect, skip, test

SHORT = ("--rounds", "2", "--duration", "5ms", "--warmup", "1ms", "--outstanding", "1", "--json")


def compare(*options):
    done = subprocess.run([os.path.join(ROOT, "scripts/compare-hosts"), *options],
                          env={**os.environ, "B": BUILD}, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)
    if done.returncode == 77:
        skip(done.stderr.strip())
    equal((done.returncode, done.stderr), (0, ""), "status and stderr")
    return json.loads(done.stdout)


def check(result, sizes):
    for table in result["tables"]:
        for row in table["rows"]:
            if row["name"] == "rpc/udp" and table["size"] > 65507:
                continue
            equal((row["measured"], row["void"]), (True, False), f"{row['name']}: {row['note']}")
    equal([table["size"] for table in result["tables"]], sizes, "sizes")
    expect(any("do not leave a host" in remark["text"] for remark in result["remarks"]),
           "what does not cross hosts is said")


@test("what crosses hosts is compared between two, the rest is said to stay")
def two_hosts():
    check(compare(*SHORT, "--size", "64,1K"), [0, 64, 1024])


@test("a link of 100 Mbit/s bounds what goes through it")
def slow_link():
    result = compare("--rate", "100mbit", *SHORT, "--size", "256K")
    check(result, [0, 256 << 10])
    (tcp,) = [row for row in result["tables"][1]["rows"] if row["name"] == "tcp"]
    # 256 KiB at 100 Mbit/s take 21 ms each way; half a burst of 64 KiB is free.
    expect(tcp["latency_ns"]["min"] > 21e6, f"{tcp['latency_ns']['min']} ns")
