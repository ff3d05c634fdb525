"""Stock rpcgen clients on stock libtirpc must not notice who serves them."""
from tests.lib import echo
from tests.lib.daemon import Daemon, has_ipv6
from tests.lib.harness import equal, expect, skip, test, wait_until
from tests.lib.mechanisms import our_uid
from tests.lib.rpcinfo import entries, require_rpcbind
from tests.lib.stock import run_stock_client

HOST = "127.0.0.1"
KIB, MIB = 1 << 10, 1 << 20
MECHANISM = {"tcp": "rpc/tcp", "tcp6": "rpc/tcp", "udp": "rpc/udp", "udp6": "rpc/udp",
             "local": "rpc/local"}
ADDRESS = f"{echo.ADDRESS} 0 0"
CLAIM = f"{echo.AUTH_SYS} 1 {our_uid()}"
PEERCRED = f"{echo.PEERCRED} 1 {our_uid()}"


def calls(netid, host, auth, largest, identity):
    require_rpcbind()
    with Daemon(rpcbind=True):
        wait_until(lambda: netid in {e.netid for e in entries()}, f"{netid} is registered")
        lines = run_stock_client(netid, host, auth, largest)
    equal(lines[0], "null", "first line")
    expect(f"echo {largest}" in lines, f"no ECHO of {largest} bytes in {lines}")
    equal(lines[-4:], ["sink 9 e3069283", "source 1000", "delay",
                       f"whoami {MECHANISM[netid]} {netid} {identity}"], "last lines")


@test("a stock client calls every procedure over tcp")
def tcp():
    calls("tcp", HOST, "none", MIB, ADDRESS)


@test("a stock client calls every procedure over tcp with AUTH_SYS")
def tcp_auth_sys():
    calls("tcp", HOST, "sys", 64 * KIB, CLAIM)


@test("a stock client echoes 4 MiB over tcp")
def tcp_largest():
    calls("tcp", HOST, "sys", echo.MAX, CLAIM)


@test("a stock client calls every procedure over udp")
def udp():
    calls("udp", HOST, "none", 8000, ADDRESS)


@test("a stock client calls every procedure over udp with AUTH_SYS")
def udp_auth_sys():
    calls("udp", HOST, "sys", 8000, CLAIM)


@test("a stock client calls every procedure over local")
def local():
    calls("local", "localhost", "none", 100000, PEERCRED)


@test("a stock client calls every procedure over local with AUTH_SYS")
def local_auth_sys():
    calls("local", "localhost", "sys", MIB, PEERCRED)


@test("a stock client calls every procedure over tcp6 and udp6")
def ipv6():
    if not has_ipv6():
        skip("no IPv6 loopback here")
    calls("tcp6", "::1", "sys", 64 * KIB, CLAIM)
    calls("udp6", "::1", "none", 8000, ADDRESS)
