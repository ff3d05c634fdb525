"""A result holds what is needed to repeat it."""
import json
import shlex

from tests.lib.command import succeeds
from tests.lib.harness import equal, program, test


@test("a result holds the whole command line, as a shell takes it")
def command_line():
    args = ["bench", f"pipe:{program('rpcalld')} --stdio", "ECHO.ECHO", "--size", "128",
            "--rounds", "1", "--duration", "5ms", "--json"]
    result = json.loads(succeeds("rpcall", *args))
    equal(shlex.split(result["env"]["command"]), ["rpcall", *args], "command")
