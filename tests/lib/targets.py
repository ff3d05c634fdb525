"""Targets of the command line for each mechanism of a running daemon."""
from .harness import expect, program
from .mechanisms import mechanism


def target(daemon, name):
    """The URI that rpcall takes for this mechanism of the daemon."""
    if name == "pipe":
        return f"pipe:{program('rpcalld')} --stdio"
    return daemon.uri(mechanism(name).scheme)


def silent(name, place):
    """A target of this mechanism that nobody serves."""
    unserved = {
        "rpc/tcp": "rpc+tcp://127.0.0.1:1", "rpc/udp": "rpc+udp://127.0.0.1:1",
        "tcp": "tcp://127.0.0.1:1", "rpc/local": f"rpc+local:{place}/none.sock",
        "unix": f"unix:{place}/none.sock", "fifo": f"fifo:{place}/none",
        "pipe": f"pipe:{place}/none --stdio"}
    expect(name in unserved, f"tests/lib/targets.py has no silent target for {name}")
    return unserved[name]
