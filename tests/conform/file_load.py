"""FILE under load: many calls in flight, slow readers, long digests."""
import os
import signal

from tests.lib import file, proc
from tests.lib.daemon import Daemon
from tests.lib.file import Exports, exported
from tests.lib.harness import (NO_FRAMING, PATIENCE, equal, expect, fewer, per_mechanism,
                               skip, test, wait_until)
from tests.lib.mechanisms import Bystanders, connect, leave, server_pid
from tests.lib.record import record

KIB, MIB, TIB = 1 << 10, 1 << 20, 1 << 40
MEMORY = "/dev/shm"
NO_QUARANTINE = {"ASAN_OPTIONS": "quarantine_size_mb=1"}
SOCKETS = ("rpc/tcp", "tcp")
READS, WRITES = fewer(200), max(4, fewer(10))  # more than a share is, in MiB


def in_flight(files, proc_, all_args):
    """Sends all calls in one write, reading meanwhile: {xid: args}."""
    xids, out = {}, []
    for args in all_args:
        xid = files.peer.xid()
        xids[xid] = args
        out.append(record(files.peer.envelope.call(xid, file.PROG, file.VERS, proc_, args)))
    files.peer.send(b"".join(out))
    return xids


def answers(files, proc_, xids):
    """What each call was answered, in whatever order the answers come."""
    got = {}
    while len(got) < len(xids):
        reply = files.peer.recv_record()
        xid = int.from_bytes(reply[:4], "big")
        expect(xid in xids and xid not in got, f"an answer to {xid:#x}")
        got[xid] = file.decode(proc_, files.peer.result(xid, reply))
    return got


def many_in_flight(name, where=None):
    blocks = [file.payload(MIB, seed) for seed in range(32)]
    with exported(name, where=where, env=NO_QUARANTINE) as (exports, files, _):
        files.create("rw/a")
        xids = in_flight(files, file.WRITE, [file.write_args("rw/a", i * MIB, block)
                                             for i, block in enumerate(blocks)])
        equal(set(answers(files, file.WRITE, xids).values()), {(file.OK, None)}, "WRITEs")
        expect(exports.get("rw/a") == b"".join(blocks), "the file is not what was written")
        xids = in_flight(files, file.READ, [file.read_args("rw/a", i * MIB) for i in range(32)])
        got = answers(files, file.READ, xids)
        for i, xid in enumerate(xids):
            equal(got[xid], (file.OK, (i == 31, blocks[i])), f"READ {i}")


@per_mechanism("32 READs and 32 WRITEs of 1 MiB in flight are all answered, each with its own",
               unless=NO_FRAMING)
def many(name):
    many_in_flight(name)


@per_mechanism("the same in a file system without a disk", unless=NO_FRAMING)
def many_in_memory(name):
    if not os.path.isdir(MEMORY) or os.statvfs(MEMORY).f_bavail * 4096 < 256 * MIB:
        skip(f"{MEMORY} has no room")
    many_in_flight(name, MEMORY)


@per_mechanism("large READs around the end of a file, of nothing, and of a directory",
               unless=NO_FRAMING)
def ends(name):
    data = file.payload(300 * KIB + 3)
    with exported(name) as (exports, files, _):
        exports.put("ro/a", data)
        for offset, count in ((0, MIB), (1, 300 * KIB), (len(data) - 1, 64 * KIB),
                              (len(data), 64 * KIB), (len(data) + 9, MIB), (3, 64 * KIB)):
            part = data[offset:offset + count]
            equal(files.read("ro/a", offset, count),
                  (file.OK, (int(offset + count >= len(data)), part)), f"READ {offset} {count}")
        equal([files.read(path)[0] for path in ("ro", "ro/none", "ro/../a")],
              [file.ISDIR, file.NOENT, file.INVAL], "statuses")
        equal([files.write(path, 0, data) for path in ("rw", "rw/none", "ro/a", "rw/../a")],
              [file.ISDIR, file.NOENT, file.ROFS, file.INVAL], "statuses of WRITE")


@per_mechanism("READs of what is not in memory come right, too", unless=NO_FRAMING)
def cold(name):
    blocks = [file.payload(MIB, seed) for seed in range(16)]
    with exported(name, env=NO_QUARANTINE) as (exports, files, _):
        exports.put("ro/a", b"".join(blocks))
        fd = os.open(exports.path("ro/a"), os.O_RDWR)
        os.fsync(fd)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(fd)
        xids = in_flight(files, file.READ, [file.read_args("ro/a", i * MIB) for i in range(16)])
        got = answers(files, file.READ, xids)
        for i, xid in enumerate(xids):
            equal(got[xid], (file.OK, (i == 15, blocks[i])), f"READ {i}")


@per_mechanism("answers from the disk and from memory, and digests, come together as they may",
               unless=NO_FRAMING)
def mixed(name):
    blocks = [file.payload(MIB, seed) for seed in range(32)]
    with exported(name, env=NO_QUARANTINE) as (exports, files, _):
        exports.put("ro/a", b"".join(blocks))
        fd = os.open(exports.path("ro/a"), os.O_RDWR)
        os.fsync(fd)
        for _ in range(fewer(3)):
            for i in range(0, 32, 2):
                os.posix_fadvise(fd, i * MIB, MIB, os.POSIX_FADV_DONTNEED)
            digests = in_flight(files, file.DIGEST, [file.digest_args("ro/a", i * MIB, MIB)
                                                     for i in range(4)])
            reads = in_flight(files, file.READ, [file.read_args("ro/a", i * MIB)
                                                 for i in range(32)])
            got = both(files, digests, reads)
            for i, xid in enumerate(digests):
                equal(got[xid], (file.OK, file.digest_of(blocks[i])), f"DIGEST {i}")
            for i, xid in enumerate(reads):
                equal(got[xid], (file.OK, (i == 31, blocks[i])), f"READ {i}")
        os.close(fd)


def both(files, digests, reads):
    """Answers to both kinds of calls, in whatever order they come."""
    got = {}
    while len(got) < len(digests) + len(reads):
        reply = files.peer.recv_record()
        xid = int.from_bytes(reply[:4], "big")
        proc_ = file.DIGEST if xid in digests else file.READ
        got[xid] = file.decode(proc_, files.peer.result(xid, reply))
    return got


@per_mechanism(f"a peer that asks for {READS} MiB in READs and reads late is bounded, then served",
               unless=NO_FRAMING)
def slow_reader(name):
    with exported(name, env=NO_QUARANTINE) as (exports, files, daemon):
        exports.put("ro/a", file.payload(MIB))
        with Bystanders(daemon) as others:
            files.peer.null()
            before = proc.rss_kib(server_pid(daemon, files.peer))
            args = file.read_args("ro/a")
            call = record(files.peer.envelope.call(7, file.PROG, file.VERS, file.READ, args))
            files.peer.push(call * READS, patience=0.5)
            others.check()
            grown = proc.rss_kib(server_pid(daemon, files.peer)) - before
            expect(grown < 16 * KIB, f"the server holds {grown} KiB for it")
            for _ in range(READS):
                status, (eof, data) = file.decode(
                    file.READ, files.peer.result(7, files.peer.recv_record()))
                equal((status, eof, len(data)), (file.OK, 1, MIB), "READ")


@per_mechanism(f"a peer that sends {10 * WRITES} WRITEs of 1 MiB at once takes no more than its share",
               unless=NO_FRAMING)
def many_writes(name):
    with exported(name, env=NO_QUARANTINE) as (_, files, daemon):
        files.create("rw/a")
        with Bystanders(daemon) as others:
            before = proc.rss_kib(server_pid(daemon, files.peer))
            call = record(files.peer.envelope.call(
                7, file.PROG, file.VERS, file.WRITE, file.write_args("rw/a", 0, bytes(MIB))))
            for _ in range(WRITES):
                files.peer.send(call * 10)
                grown = proc.rss_kib(server_pid(daemon, files.peer)) - before
                expect(grown < 24 * KIB, f"the server holds {grown} KiB for it")
            others.check()
            for _ in range(10 * WRITES):
                equal(file.decode(file.WRITE, files.peer.result(7, files.peer.recv_record())),
                      (file.OK, None), "WRITE")


def abandon(name, peer):
    """Leaves so that the server sees that nobody is there any more."""
    peer.reset() if name in SOCKETS else peer.close()


@per_mechanism("a DIGEST ends when its caller is gone: the server need not finish it to stop",
               unless=NO_FRAMING)
def abandoned_digest(name):
    with Exports() as exports:
        exports.put("ro/huge", b"")
        os.truncate(exports.path("ro/huge"), TIB)
        with Daemon({"drain-ms": 600000}, args=exports.args()) as daemon:
            peer = connect(daemon, name)
            pid = server_pid(daemon, peer)
            file.Files(peer).start(file.DIGEST, file.digest_args("ro/huge"))
            peer.wait_read()
            wait_until(lambda: digesting(pid), "the digest is under way")
            abandon(name, peer)
    # Leaving the block insists that the daemon stopped within PATIENCE.


def digesting(pid):
    """Has a thread of the pool for digests run for a while? Those are nice."""
    return any(nice > 0 and seconds > 0.02 for nice, seconds in proc.thread_times(pid))


@test("long digests of one peer, more than there are threads, do not keep another's waiting")
def fair_digests():
    data = file.payload(300 * KIB)
    with Exports() as exports:
        exports.put("ro/huge", b"")
        exports.put("ro/small", data)
        os.truncate(exports.path("ro/huge"), TIB)
        with Daemon({"digest-threads": 1, "drain-ms": 0}, args=exports.args()) as daemon:
            with leave(connect(daemon, "unix")) as greedy, leave(connect(daemon, "tcp")) as other:
                for _ in range(20):
                    file.Files(greedy).start(file.DIGEST, file.digest_args("ro/huge"))
                greedy.wait_read()
                for _ in range(5):
                    equal(file.Files(other).digest("ro/small")[1],
                          file.digest_of(data), "DIGEST")
                    equal(file.Files(other).stat("ro/small")[0], file.OK, "STAT")


@test("a file that is replaced during a DIGEST is STALE, not a mixture")
def replaced():
    with Exports() as exports:
        exports.put("ro/huge", b"")
        os.truncate(exports.path("ro/huge"), TIB)
        with Daemon(args=exports.args()) as daemon, leave(connect(daemon, "unix")) as peer:
            files = file.Files(peer)
            xid = files.start(file.DIGEST, file.digest_args("ro/huge"))
            wait_until(lambda: digesting(daemon.pid), "the digest is under way")
            exports.put("ro/new", b"new")
            os.rename(exports.path("ro/new"), exports.path("ro/huge"))
            reply = peer.result(xid, peer.recv_record(PATIENCE))
            equal(file.decode(file.DIGEST, reply), (file.STALE, None), "DIGEST")


@per_mechanism("a server that is told to stop answers a digest that is under way, and ends")
def stopped(name):
    with Exports() as exports:
        exports.put("ro/huge", b"")
        os.truncate(exports.path("ro/huge"), TIB)
        with Daemon({"drain-ms": 86400000}, args=exports.args()) as daemon:
            with leave(connect(daemon, name)) as peer:
                pid = server_pid(daemon, peer)
                xid = file.Files(peer).start(file.DIGEST, file.digest_args("ro/huge"))
                wait_until(lambda: digesting(pid), "the digest is under way")
                os.kill(pid, signal.SIGTERM)
                reply = peer.result(xid, peer.recv_record())
                equal(file.decode(file.DIGEST, reply), (file.BUSY, None), "DIGEST")
            if name != "pipe":
                equal(daemon.wait(), 0, "exit status")


@test("no descriptor is left open by any procedure")
def descriptors():
    with exported("unix") as (exports, files, daemon):
        exports.put("rw/a", b"x" * 100)
        os.mkfifo(exports.path("rw/fifo"))
        os.symlink("a", exports.path("rw/link"))
        calls = [lambda path: files.stat(path), lambda path: files.list(path),
                 lambda path: files.read(path), lambda path: files.write(path, 0, b"x"),
                 lambda path: files.create(path), lambda path: files.truncate(path, 9),
                 lambda path: files.rename(path, path), lambda path: files.mkdir(path),
                 lambda path: files.sync(path), lambda path: files.digest(path),
                 lambda path: files.remove(path + "/none")]
        files.peer.null()  # it has been accepted
        before = proc.fd_count(daemon.pid)
        for path in ("", "rw", "rw/a", "rw/fifo", "rw/link", "rw/none", "rw/a/b", "none/a"):
            for call in calls:
                call(path)
        wait_until(lambda: proc.fd_count(daemon.pid) == before, "descriptors are closed")
