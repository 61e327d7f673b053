"""Random points of the pairing curves: in the group, on the curve only, nowhere near it, and damaged."""

from py_ecc import optimized_bls12_381 as bls
from py_ecc import optimized_bn128 as bn


class Curve:
    """A curve with its two groups, and how its contracts write numbers."""

    def __init__(self, module, width, imaginary_first, b, b2):
        self.module = module
        self.p = module.field_modulus
        self.order = module.curve_order
        self.width = width
        self.imaginary_first = imaginary_first
        self.b = b
        self.b2 = b2

    def number(self, value):
        return value.to_bytes(self.width, "big")

    def element(self, random, value):
        """A field element, now and then not the smallest number that stands for it."""
        value = int(value)
        if random.random() < 0.01:
            value += self.p
        return self.number(value)

    def write_g1(self, random, point):
        if self.module.is_inf(point):
            return bytes(2 * self.width)
        x, y = self.module.normalize(point)
        return self.element(random, x) + self.element(random, y)

    def write_g2(self, random, point):
        if self.module.is_inf(point):
            return bytes(4 * self.width)
        parts = []
        for coordinate in self.module.normalize(point):
            pair = list(coordinate.coeffs)
            parts += reversed(pair) if self.imaginary_first else pair
        return b"".join(self.element(random, part) for part in parts)

    def scalar(self, random):
        """A number with 256 bits at most, often at an edge."""
        edges = [0, 1, 2, self.order - 1, self.order, self.order + 1, 2**256 - 1, 2**128, 2**255]
        return random.choice(edges) if random.random() < 0.3 else random.getrandbits(random.randint(1, 256))

    # MARK: Groups

    def in_g1(self, random):
        return self.module.multiply(self.module.G1, self.scalar(random) % self.order)

    def in_g2(self, random):
        return self.module.multiply(self.module.G2, self.scalar(random) % self.order)

    def on_g1(self, random):
        """A point of the curve, in the group or not."""
        while True:
            x = random.randrange(self.p)
            y = self.root(x**3 + self.b)
            if y is not None:
                y = random.choice([y, -y % self.p])
                return (self.module.FQ(x), self.module.FQ(y), self.module.FQ(1))

    def on_g2(self, random):
        """A point of the twist, nearly never in the group."""
        while True:
            x = self.module.FQ2([random.randrange(self.p), random.randrange(self.p)])
            y = self.root2(x * x * x + self.b2)
            if y is not None:
                return (x, y, self.module.FQ2.one())

    def root(self, value):
        value %= self.p
        root = pow(value, (self.p + 1) // 4, self.p)
        return root if root * root % self.p == value else None

    def root2(self, value):
        """The square root of x + y·i by its norm."""
        x, y = (int(part) for part in value.coeffs)
        norm = self.root(x * x + y * y)
        if norm is None:
            return None
        half = pow(2, -1, self.p)
        for sign in (norm, -norm):
            real = self.root((x + sign) * half)
            if real:
                root = self.module.FQ2([real, y * pow(2 * real, -1, self.p) % self.p])
                if root * root == value:
                    return root
        return None

    # MARK: Encodings, as a contract may get them

    def g1(self, random):
        return self.encoding(random, self.in_g1, self.on_g1, self.write_g1)

    def g2(self, random):
        return self.encoding(random, self.in_g2, self.on_g2, self.write_g2)

    def encoding(self, random, inside, outside, write):
        ticket = random.random()
        if ticket < 0.05:
            return bytes(len(write(random, inside(random))))
        if ticket < 0.12:
            return write(random, outside(random))
        encoding = bytearray(write(random, inside(random)))
        if ticket < 0.17:
            encoding[random.randrange(len(encoding))] ^= 1 << random.randrange(8)
        return bytes(encoding)

    def pairs(self, random, count):
        """Points whose pairings multiply to one half of the time."""
        module, order = self.module, self.order
        if count < 2 or random.random() < 0.5:
            return b"".join(self.g1(random) + self.g2(random) for _ in range(count))
        factors = [(random.randrange(order), random.randrange(1, order)) for _ in range(count - 1)]
        # Σ aᵢ·bᵢ + a·b = 0
        b = random.randrange(1, order)
        a = -sum(x * y for x, y in factors) * pow(b, -1, order) % order
        factors.append((a, b))
        random.shuffle(factors)
        return b"".join(
            self.write_g1(random, module.multiply(module.G1, x))
            + self.write_g2(random, module.multiply(module.G2, y))
            for x, y in factors
        )


BN254 = Curve(bn, 32, True, 3, bn.b2)
BLS12_381 = Curve(bls, 64, False, 4, bls.b2)
