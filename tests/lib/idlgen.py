"""Random interfaces with values: as .x, as JSON, and packed by xdrlib, which knows nothing of us."""
import json
import random


def _half(x):
    """Close to x, and the same text in 32 bits as in 64."""
    return round(x) % (1 << 20) / 2


class Generator:
    """Makes named types; each make_*() returns (declaration format, value maker), where a
    value maker packs into an xdrlib.Packer and returns what the JSON must be."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines = []
        self.count = 0

    def name(self, prefix):
        self.count += 1
        return f"{prefix}{self.count}"

    def scalar(self):
        r = self.random
        bits = lambda n: r.choice([0, 1, (1 << n) - 1, 1 << (n - 1), r.getrandbits(n)])

        def whole(n, signed, pack, text):
            def make(p):
                v = bits(n) - (1 << (n - 1) if signed else 0)
                pack(p)(v)
                return str(v) if text else v
            return make

        def real(pack, narrow):
            def make(p):
                v = narrow(r.choice([0.0, -1.5, 0.1, 1e-30, 3.0e38, r.uniform(-1e9, 1e9)]))
                pack(p)(v)
                return v
            return make

        def boolean(p):
            v = r.random() < 0.5
            p.pack_bool(v)
            return v

        return r.choice([
            ("int %s", whole(32, True, lambda p: p.pack_int, False)),
            ("unsigned int %s", whole(32, False, lambda p: p.pack_uint, False)),
            ("unsigned %s", whole(32, False, lambda p: p.pack_uint, False)),
            ("hyper %s", whole(64, True, lambda p: p.pack_hyper, True)),
            ("unsigned hyper %s", whole(64, False, lambda p: p.pack_uhyper, True)),
            ("short %s", whole(16, True, lambda p: p.pack_int, False)),
            ("unsigned char %s", whole(8, False, lambda p: p.pack_uint, False)),
            ("float %s", real(lambda p: p.pack_float, _half)),
            ("double %s", real(lambda p: p.pack_double, float)),
            ("bool %s", boolean)])

    def enum(self):
        name, r = self.name("e"), self.random
        items = {self.name("ITEM"): value for value in r.sample(range(-99, 99), 4)}
        self.lines.append(f"enum {name} {{ " +
                          ", ".join(f"{k} = {v}" for k, v in items.items()) + " };")

        def make(p):
            item = r.choice(list(items) + [None])
            p.pack_enum(12345 if item is None else items[item])
            return item or 12345
        return f"{name} %s", make, items

    def data(self):
        r, bound = self.random, self.random.randrange(0, 9)
        fixed = lambda p, v: p.pack_fopaque(bound, v)

        def opaque(pack, length):
            def make(p):
                v = r.randbytes(length())
                pack(p, v)
                return "hex:" + v.hex()
            return make

        def string(p):
            v = r.choice(["", "x", "\u00e4\u20ac", "\x00\n\"\\", "\U0001f600"])
            v = v.encode() if len(v.encode()) <= bound else r.randbytes(bound)
            p.pack_string(v)
            try:
                return v.decode()
            except UnicodeDecodeError:
                return {"$bytes": "hex:" + v.hex()}
        return r.choice([(f"opaque %s[{bound}]", opaque(fixed, lambda: bound)),
                         (f"opaque %s<{bound}>", opaque(lambda p, v: p.pack_opaque(v),
                                                        lambda: r.randint(0, bound))),
                         (f"string %s<{bound}>", string)])

    def typedef(self, depth):
        """A declaration that can stand before a name: a typedef where it has brackets."""
        form, make = self.any(depth)
        if form.endswith("%s") and "*" not in form:
            return form[:-3].strip(), make
        name = self.name("t")
        self.lines.append(f"typedef {form % name};")
        return name, make

    def array(self, depth):
        of, make = self.typedef(depth - 1)
        r, bound = self.random, self.random.randrange(1, 5)
        if r.random() < 0.5:
            return f"{of} %s[{bound}]", lambda p: [make(p) for _ in range(bound)]

        def variable(p):
            n = r.randint(0, bound)
            p.pack_uint(n)
            return [make(p) for _ in range(n)]
        return f"{of} %s<{bound}>", variable

    def optional(self, depth):
        form, make = self.struct(depth - 1)

        def maybe(p):
            there = self.random.random() < 0.6
            p.pack_bool(there)
            return make(p) if there else None
        return form.replace("%s", "*%s"), maybe

    def list(self, depth):
        name = self.name("n")
        form, make = self.any(depth - 1)
        self.lines.append(f"struct {name} {{ {form % 'item'}; {name} *next; }};")

        def chain(p):
            values = []
            for _ in range(self.random.randint(0, 4)):
                p.pack_bool(True)
                values.append({"item": make(p)})
            p.pack_bool(False)
            return values
        return f"{name} *%s", chain

    def struct(self, depth):
        name = self.name("s")
        members = [(self.name("m"), *self.any(depth - 1))
                   for _ in range(self.random.randint(1, 4))]
        self.lines.append(f"struct {name} {{ " +
                          " ".join(f"{form % member};" for member, form, _ in members) + " };")
        return f"{name} %s", lambda p: {member: make(p) for member, _, make in members}

    def union(self, depth):
        name, arm = self.name("u"), self.name("a")
        enum, _, items = self.enum()
        form, make = self.any(depth - 1)
        first, second, *_ = items
        self.lines.append(f"union {name} switch ({enum % 'd'}) {{ case {first}: {form % arm}; "
                          f"case {second}: void; }};")

        def choose(p):
            case = self.random.choice([first, second])
            p.pack_enum(items[case])
            return {"d": case, arm: make(p)} if case == first else {"d": case}
        return f"{name} %s", choose

    def any(self, depth):
        if depth <= 0:
            return self.random.choice([self.scalar, self.data, lambda: self.enum()[:2]])()
        return self.random.choice([
            self.scalar, self.data, lambda: self.enum()[:2], lambda: self.array(depth),
            lambda: self.optional(depth), lambda: self.list(depth), lambda: self.struct(depth),
            lambda: self.union(depth)])()


def interface(seed, members=12, depth=4):
    """(text of a .x file with a struct "all", a maker of its values)"""
    g = Generator(seed)
    parts = [(f"f{i}", *g.any(depth)) for i in range(members)]
    g.lines.append("struct all { " + " ".join(f"{form % name};" for name, form, _ in parts) + " };")
    return "\n".join(g.lines) + "\n", lambda p: {name: make(p) for name, _, make in parts}


def dumps(value, shuffled=None):
    """JSON text; with a Random, members in another order and without blanks."""
    def shuffle(v):
        if isinstance(v, dict):
            keys = list(v)
            shuffled.shuffle(keys)
            return {k: shuffle(v[k]) for k in keys}
        return [shuffle(x) for x in v] if isinstance(v, list) else v
    return json.dumps(shuffle(value) if shuffled else value, ensure_ascii=bool(shuffled))
