// The keys of many signatures are those of each alone.

import Crypto
import Primitives
import Samples
import Testing

@Suite struct BatchRecoveryTests {
  static let ways = BatchRecovery.allCases.filter(\.isAvailable)

  /// What libsecp256k1 says of each.
  private func single(_ signatures: [RecoverableHash]) -> [Address?] {
    signatures.map { Secp256k1.recover(hash: $0.hash, r: $0.r, s: $0.s, yParity: $0.yParity) }
  }

  @Test(arguments: ways)
  func everyBatchSizeIsRight(_ way: BatchRecovery) {
    var random = SeededGenerator(seed: 1)
    for count in 0...40 {
      let signatures = (0..<count).map { _ in random.recoverableHash() }
      #expect(Secp256k1.recover(signatures, by: way) == single(signatures))
    }
  }

  @Test(arguments: ways, [255, 256, 257, 300, 513])
  func manySignaturesAreRecoveredInTheirOrder(_ way: BatchRecovery, count: Int) {
    var random = SeededGenerator(seed: UInt64(count))
    let signatures = (0..<count).map { _ in random.recoverableHash() }
    let addresses = Secp256k1.recover(signatures, by: way)
    #expect(addresses == single(signatures))
    // Neither all nor none have a key, or the comparison would say little.
    let found = addresses.count { $0 != nil }
    #expect(found > count / 4 && found < count)
  }

  @Test(arguments: ways)
  func signersAreRecovered(_ way: BatchRecovery) throws {
    var random = SeededGenerator(seed: 2)
    var signers: [Address?] = []
    let signatures = try (0..<70).map { _ in
      let (key, hash) = (random.uniformWord() &>> 1, random.hash())
      let signed = try #require(Secp256k1.sign(hash: hash, privateKey: key))
      signers.append(Secp256k1.address(ofPrivateKey: key))
      return RecoverableHash(hash: hash, r: signed.r, s: signed.s, yParity: signed.yParity)
    }
    #expect(!signers.contains(nil))
    #expect(Secp256k1.recover(signatures, by: way) == signers)
    // High values of s belong to the same key.
    let mirrored = signatures.map {
      RecoverableHash(
        hash: $0.hash, r: $0.r, s: Secp256k1.order &- $0.s, yParity: 1 - $0.yParity)
    }
    #expect(Secp256k1.recover(mirrored, by: way) == signers)
  }

  @Test(arguments: ways)
  func valuesAtTheEdgesAreJudgedAlike(_ way: BatchRecovery) {
    let (n, p) = (Secp256k1.order, GeneratorMultiple.fieldPrime)
    let edges: [UInt256] = [
      .zero, .one, UInt256(2), UInt256(3), UInt256(5), UInt256(6), Secp256k1.halfOrder,
      Secp256k1.halfOrder &+ .one, n &- UInt256(2), n &- .one, n, n &+ .one, p &- n, p &- .one, p,
      p &+ .one, .max, GeneratorMultiple.small[0].x, GeneratorMultiple.lambda,
    ]
    for hash in [UInt256.zero, .one, n &- .one, n, n &+ .one, .max, GeneratorMultiple.small[0].x] {
      var signatures: [RecoverableHash] = []
      for r in edges {
        for s in edges {
          for yParity in [0, 1, 2, 27, 255] as [UInt8] {
            signatures.append(
              RecoverableHash(hash: Hash256(hash), r: r, s: s, yParity: yParity))
          }
        }
      }
      #expect(Secp256k1.recover(signatures, by: way) == single(signatures))
    }
  }

  @Test(arguments: ways)
  func batchesWithoutAValidSignatureAreAllNil(_ way: BatchRecovery) {
    let nothing = RecoverableHash(hash: .zero, r: .zero, s: .one, yParity: 0)
    #expect(Secp256k1.recover([nothing], by: way) == [nil])
    #expect(
      Secp256k1.recover(Array(repeating: nothing, count: 33), by: way)
        == Array(repeating: nil, count: 33))
    // x = 5 is on no point.
    let absent = RecoverableHash(hash: .zero, r: UInt256(5), s: .one, yParity: 0)
    #expect(
      Secp256k1.recover(Array(repeating: absent, count: 33), by: way)
        == Array(repeating: nil, count: 33))
  }

  @Test(arguments: ways)
  func infiniteAndDoubledSumsAreRight(_ way: BatchRecovery) {
    var signatures: [RecoverableHash] = []
    for point in GeneratorMultiple.small.prefix(8) {
      for point in [point, point.endomorphic, point.endomorphic.endomorphic] {
        for point in [point, point.negated] {
          for u2 in [1, 2, 3, 31, 32, 33] as [UInt64] {
            let half = UInt256.multiplyModulo(UInt256(u2), point.factor, Secp256k1.order)
            for u1 in [half, Secp256k1.order &- half, .zero, .one, Secp256k1.order &- .one] {
              signatures.append(point.signature(u1: u1, u2: UInt256(u2)))
            }
          }
        }
      }
    }
    let addresses = Secp256k1.recover(signatures, by: way)
    #expect(addresses == single(signatures))
    #expect(addresses.count { $0 == nil } >= 8 * 6 * 6)
  }
}
