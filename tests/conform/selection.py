"""Which services are on: --enable and --disable."""
from tests.lib.command import USAGE, fails, succeeds
from tests.lib.daemon import Daemon
from tests.lib.envelope import PROG_UNAVAIL
from tests.lib.harness import equal, expect, test
from tests.lib.mechanisms import connect


@test("a service that is disabled is PROG_UNAVAIL, and -t does not list it")
def disabled():
    with Daemon(args=("--disable", "echo")) as daemon, connect(daemon, "rpc/tcp") as peer:
        peer.expect_status(PROG_UNAVAIL, 0)
    lines = succeeds("rpcalld", "-t", "--no-rpcbind", "--disable", "echo").splitlines()
    equal([line for line in lines if line.startswith("service echo ")], [], "lines of echo")


@test("a service that this build does not have cannot be switched, by either option")
def unknown():
    for option in ("--enable", "--disable"):
        expect("no such service" in fails(USAGE, "rpcalld", option, "nonsense"), option)
