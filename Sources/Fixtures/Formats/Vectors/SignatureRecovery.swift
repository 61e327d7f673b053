// Recovery of the keys of test vectors, beside their verification.

internal import Crypto
internal import Primitives

/// The keys of many signatures, recovered at once in every way that the processor has.
struct SignatureRecovery {
  /// Each signature twice, with the even and the odd point.
  private var signatures: [RecoverableHash] = []
  private var addresses: [(way: BatchRecovery, addresses: [Address?])] = []

  /// Notes a signature. Its place.
  mutating func add(hash: Hash256, r: UInt256, s: UInt256) -> Int {
    for yParity in [0, 1] as [UInt8] {
      signatures.append(RecoverableHash(hash: hash, r: r, s: s, yParity: yParity))
    }
    return signatures.count / 2 - 1
  }

  /// Recovers all that have been noted.
  mutating func recover() {
    addresses = BatchRecovery.allCases.filter(\.isAvailable).map {
      ($0, Secp256k1.recover(signatures, by: $0))
    }
  }

  /// What is wrong with the keys of the signature in this place: one of them must be the key (x, y) if it
  /// verifies, and none if not.
  func problem(_ place: Int, x: UInt256, y: UInt256) -> String? {
    let signature = signatures[2 * place]
    let verifies = Secp256k1.verify(
      hash: signature.hash, r: signature.r, s: signature.s, x: x, y: y)
    // Points with x-coordinates from the order up are not recovered: one in 2^128, but for tests.
    if verifies && signature.r < Self.fieldElementsAboveOrder { return nil }
    let key = x.bigEndianBytes + y.bigEndianBytes
    let owner = Address(truncating: Keccak256.hash(key).word)
    for (way, addresses) in addresses {
      let found = addresses[(2 * place)...(2 * place + 1)].contains(owner)
      if found != verifies {
        return verifies
          ? "the key is not recovered (\(way.name))" : "the key is recovered (\(way.name))"
      }
    }
    return nil
  }

  /// p − n: a smaller r may stand for the x-coordinate r + n.
  private static let fieldElementsAboveOrder = UInt256(
    l0: 0x402d_a172_2fc9_baee, l1: 0x4551_2319_50b7_5fc4, l2: 1, l3: 0)
}
