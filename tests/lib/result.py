"""A saved result that nobody measured: always the same, and as large as the
report's tests need it, whatever else the machine does."""
import math

MECHANISMS = {"tcp": 14.2, "unix": 9.1, "pipe": 8.4, "rpc/local": 17.0}
FLOORS = {"tcp": "floor tcp", "unix": "floor unix", "pipe": "floor pipe",
          "rpc/local": "floor unix"}
FLOOR_US = {"floor tcp": 11.9, "floor unix": 6.9, "floor pipe": 6.0}


def histogram(median_us, calls):
    """Most calls are near the median, one in ten takes longer, some far longer."""
    shares = [(0.9 + 0.02 * i, math.exp(-((i - 5) / 3) ** 2)) for i in range(11)]
    shares += [(1.2 * 1.5 ** i, 0.2 / 3 ** i) for i in range(8)]
    total = sum(share for _, share in shares)
    counts = [(round(median_us * 1000 * at), round(calls * share / total)) for at, share in shares]
    return [[ns, n] for ns, n in counts if n > 0]


def row(name, kind, median_us, calls, size, **more):
    buckets = histogram(median_us, calls)
    calls = sum(n for _, n in buckets)
    spent = sum(ns * n for ns, n in buckets)
    per_call = {"known": True, "user_ns": spent / calls * 0.09, "system_ns": spent / calls * 0.26,
                "voluntary_switches": 1.02, "involuntary_switches": 0.01}
    return {"name": name, "kind": kind, "measured": True, "void": False, "calls": calls,
            "warmup_calls": 10, "bytes": 2 * size * calls, "wall_ns": spent * 1.02,
            "client_per_call": per_call,
            "server_per_call": {**per_call, "user_ns": spent / calls * 0.2},
            "latency_ns": {"min": buckets[0][0], "max": buckets[-1][0], "mean": spent / calls},
            "rounds": [{"p50_ns": median_us * (1000 + i), "mean_ns": median_us * (1100 + i),
                        "calls": calls // 6, "wall_ns": spent / 6} for i in range(6)],
            "histogram": buckets, **more}


def table(title, size, outstanding, rows, **more):
    return {"title": title, "workload": "echo", "procedure": f"ECHO.{'ECHO' if size else 'NULL'}",
            "size": size, "outstanding": outstanding, "connections": 1, "arrivals": "closed",
            "rate": 0, "rows": rows, **more}


def result(verb, tables):
    return {"schema": f"rpcall/{verb}/1", "tables": tables, "mechs": [
        {"name": name, "target": f"{name}:there", "direction": "two-way", "reach": "this host"}
        for name in MECHANISMS] if verb == "compare" else [],
        "env": {"version": "0", "command": f"rpcall {verb}", "date": "2001-02-03T04:05:06Z",
                "host": "host", "kernel": "Linux", "cpu": "a processor", "cores": 2,
                "clock_cost_ns": 20, "placement": "", "spin": "off", "seed": "1", "seconds": 1}}


def comparison(calls=20000):
    """NULL, with 1 and with 16 calls under way, 64 B, 4 KiB, 64 KiB."""
    tables = []
    for title, size, outstanding in (("NULL", 0, 1), ("ECHO 64 B", 64, 1), ("ECHO 4 KiB", 4096, 1),
                                     ("ECHO 64 KiB", 65536, 1), ("NULL, 16 outstanding", 0, 16)):
        scale = (1 + size / 20000) * outstanding ** 0.7
        rows = [row(name, "mechanism", us * scale, calls, size,
                    floor=FLOORS[name] if outstanding == 1 else "")
                for name, us in MECHANISMS.items()]
        if outstanding == 1:
            rows += [row(name, "floor", us * scale, calls, size) for name, us in FLOOR_US.items()]
        tables.append(table(title, size, outstanding, rows))
    # One that was not measured, and one of which little is known.
    tables[3]["rows"][3].update(measured=False, note="it was away", histogram=[], latency_ns={})
    tables[3]["rows"][0].update(row("tcp", "mechanism", 50, 60, 65536, floor="floor tcp"))
    return result("compare", tables)


def sweep(rates=(1000, 4000, 16000, 64000), reached=20000, name="pipe"):
    """One mechanism at these rates; those over reached were not."""
    tables = []
    for rate in rates:
        slower = 1 + rate / reached * 3 if rate <= reached else 500
        one = row(name, "mechanism", 9 * slower, 20000, 64)
        one["wall_ns"] = one["calls"] * 1e9 / min(rate, reached)
        one["open_loop"] = {"scheduled": one["calls"], "missed": 0, "held": 0, "unsent": 0}
        tables.append(table(f"ECHO 64 B, {rate}/s", 64, 1, [one], arrivals="even", rate=rate))
    return result("bench", tables)
