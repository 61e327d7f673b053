"""Vectors for precompiled contracts, answered by the executable specification (on py_ecc, hashlib, pow)."""

import json
from functools import lru_cache
from hashlib import sha256
from importlib import import_module
from random import Random
from types import SimpleNamespace

from coincurve import PrivateKey
from curve_points import BLS12_381, BN254
from ethereum.exceptions import EthereumException
from ethereum_types.numeric import Uint
from py_ecc.bls.g2_primitives import G1_to_pubkey

# What the gas limit of a transaction pays for; what costs more is of no interest.
GAS = 3_000_000

SECP256K1_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def word(number):
    return (number % 2**256).to_bytes(32, "big")


def edge(random, order):
    choices = [0, 1, order - 1, order, order // 2, order // 2 + 1, 2**256 - 1, random.getrandbits(256)]
    return random.choice(choices)


def ecrecover(random):
    digest = random.randbytes(32)
    signature = PrivateKey(word(1 + random.getrandbits(200))).sign_recoverable(digest, hasher=None)
    r, s, v = signature[:32], signature[32:64], 27 + signature[64]
    if random.random() < 0.2:
        r = word(edge(random, SECP256K1_ORDER))
    if random.random() < 0.2:
        s = word(random.choice([edge(random, SECP256K1_ORDER), SECP256K1_ORDER - int.from_bytes(s, "big")]))
    if random.random() < 0.2:
        v = random.choice([0, 1, 26, 29, 27 + 256, 55 - v])
    return digest + word(v) + r + s


def modexp(random):
    lengths = [random.choice([0, 1, 8, 31, 32, 33, 64, random.randint(0, 130)]) for _ in range(3)]
    operands = []
    for length in lengths:
        operand = bytearray(random.randbytes(length))
        if random.random() < 0.3:
            operand = bytearray(length)
            if length and random.random() < 0.7:
                operand[random.randrange(length)] = 1 << random.randrange(8)
        operands.append(bytes(operand))
    head = [word(length) for length in lengths]
    if random.random() < 0.05:
        head[random.randrange(3)] = word(random.choice([2**256 - 1, 2**64, 2**32, 1025, 1024]))
    return b"".join(head) + b"".join(operands)


def blake2f(random):
    rounds = random.choice([0, 1, 9, 10, 11, 12, 13, random.randint(0, 300)])
    flag = random.choice([0, 1]) if random.random() < 0.9 else random.getrandbits(8)
    return rounds.to_bytes(4, "big") + random.randbytes(208) + bytes([flag])


def p256verify(random):
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature

    key = ec.derive_private_key(random.randrange(1, P256_ORDER), ec.SECP256R1())
    digest = random.randbytes(32)
    r, s = decode_dss_signature(key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256()))))
    numbers = key.public_key().public_numbers()
    x, y = numbers.x, numbers.y
    if random.random() < 0.15:
        r = edge(random, P256_ORDER)
    if random.random() < 0.25:
        s = random.choice([edge(random, P256_ORDER), P256_ORDER - s])
    if random.random() < 0.1:
        y = random.choice([-y, y + 1, 0])
    return digest + word(r) + word(s) + word(x) + word(y)


def point_evaluation(random):
    # A constant polynomial has the same value everywhere, and infinity as its proof.
    value = random.randrange(BLS12_381.order)
    commitment = G1_to_pubkey(BLS12_381.module.multiply(BLS12_381.module.G1, value))
    proof = G1_to_pubkey(BLS12_381.in_g1(random)) if random.random() < 0.3 else bytes([0xC0]) + bytes(47)
    z = random.randrange(BLS12_381.order)
    if random.random() < 0.1:
        z += BLS12_381.order
    claimed = value + 1 if random.random() < 0.1 else value
    return b"\x01" + sha256(commitment).digest()[1:] + word(z) + word(claimed) + commitment + proof


def field_element(random):
    value = random.randrange(BLS12_381.p)
    if random.random() < 0.2:
        value = random.choice([0, 1, BLS12_381.p - 1, BLS12_381.p, 2**384 - 1])
    return BLS12_381.number(value)


def multiples(point):
    def make(random):
        count = random.choice([0, 1, 1, 2, 3, 5])
        return b"".join(point(random) + word(BLS12_381.scalar(random)) for _ in range(count))

    return make


def pairings(curve):
    return lambda random: curve.pairs(random, random.choice([0, 1, 2, 2, 3]))


# File name (it tells `needletail conform` contract and fork), fork, function, input, vectors a batch.
KINDS = [
    ("ecrecover", "frontier", "ecrecover.ecrecover", ecrecover, 60),
    ("modexp", "byzantium", "modexp.modexp", modexp, 80),
    ("modexp_eip2565", "berlin", "modexp.modexp", modexp, 80),
    ("modexp_eip7883", "osaka", "modexp.modexp", modexp, 80),
    ("bn256Add", "istanbul", "alt_bn128.alt_bn128_add", lambda r: BN254.g1(r) + BN254.g1(r), 60),
    (
        "bn256ScalarMul",
        "istanbul",
        "alt_bn128.alt_bn128_mul",
        lambda r: BN254.g1(r) + word(BN254.scalar(r)),
        60,
    ),
    ("bn256Pairing", "istanbul", "alt_bn128.alt_bn128_pairing_check", pairings(BN254), 4),
    ("blake2f", "istanbul", "blake2f.blake2f", blake2f, 30),
    ("pointEvaluation", "cancun", "point_evaluation.point_evaluation", point_evaluation, 3),
    ("blsG1Add", "prague", "bls12_381.bls12_381_g1.bls12_g1_add", lambda r: BLS12_381.g1(r) + BLS12_381.g1(r), 30),
    ("blsG1Mul", "prague", "bls12_381.bls12_381_g1.bls12_g1_msm", multiples(BLS12_381.g1), 10),
    ("blsG2Add", "prague", "bls12_381.bls12_381_g2.bls12_g2_add", lambda r: BLS12_381.g2(r) + BLS12_381.g2(r), 20),
    ("blsG2Mul", "prague", "bls12_381.bls12_381_g2.bls12_g2_msm", multiples(BLS12_381.g2), 6),
    ("blsPairing", "prague", "bls12_381.bls12_381_pairing.bls12_pairing", pairings(BLS12_381), 3),
    ("blsMapG1", "prague", "bls12_381.bls12_381_g1.bls12_map_fp_to_g1", field_element, 10),
    (
        "blsMapG2",
        "prague",
        "bls12_381.bls12_381_g2.bls12_map_fp2_to_g2",
        lambda r: field_element(r) + field_element(r),
        6,
    ),
    ("p256Verify", "osaka", "p256verify.p256verify", p256verify, 40),
]


@lru_cache(maxsize=None)
def contract(fork, function):
    module, name = function.rsplit(".", 1)
    base = f"ethereum.forks.{fork}.vm.precompiled_contracts"
    return getattr(import_module(f"{base}.{module}"), name)


def damaged(random, data):
    """The input, now and then of another length."""
    ticket = random.random()
    if ticket < 0.04:
        return data[: random.randint(0, len(data))]
    if ticket < 0.08:
        return data + random.randbytes(random.randint(1, 40))
    return data


def vector(name, fork, function, data):
    """The vector of an input; None where it costs too much or the specification has no answer."""
    evm = SimpleNamespace(message=SimpleNamespace(data=data), gas_left=Uint(GAS), output=b"")
    entry = {"Name": name, "Input": data.hex()}
    try:
        contract(fork, function)(evm)
    except EthereumException as error:
        # The specification also calls a point that is none "out of gas", once the price is paid.
        if type(error).__name__ == "OutOfGasError" and evm.gas_left == GAS:
            return None
        return entry | {"ExpectedError": type(error).__name__}
    except OverflowError:
        # Lengths near 2^256 are beyond the specification's own arithmetic until Osaka bounds them.
        return None
    return entry | {"Expected": bytes(evm.output).hex(), "Gas": GAS - int(evm.gas_left)}


def write_file(folder, index, seed):
    """Writes one file of the kind with this index; answers its path."""
    name, fork, function, make, count = KINDS[index]
    random = Random(f"{name} {seed}")
    vectors = []
    for number in range(count):
        entry = vector(f"{name}-{seed}-{number}", fork, function, damaged(random, make(random)))
        if entry:
            vectors.append(entry)
    path = f"{folder}/{name}-{seed}.json"
    with open(path, "w") as file:
        json.dump(vectors, file, indent=1)
    return path
