"""rpcall with less memory than the values have that it is given."""
from .harness import program, sanitized

RECORD = (4 << 20) + (4 << 10)  # bytes of a message, unless --max-record says otherwise
MEMORY = 32 << 20  # bytes of addresses, 14 MiB of which the program itself takes


def bounded(*args):
    """The command. AddressSanitizer needs terabytes of addresses: there it is the result alone
    that counts."""
    limit = [] if sanitized() else ["prlimit", f"--as={MEMORY}"]
    return [*limit, program("rpcall"), *args]
