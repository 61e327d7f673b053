// ECADD, ECMUL and ECPAIRING (EIP-196, EIP-197): vectors, group laws, bilinearity, hostile inputs.

import Samples
import Testing

@testable import Crypto

private let modulus = "30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47"
private let order = "30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001"
private let orderWords: [UInt64] = [
  0x43e1_f593_f000_0001, 0x2833_e848_79b9_7091, 0xb850_45b6_8181_585d, 0x3064_4e72_e131_a029,
]
private let zero = String(repeating: "0", count: 64)
private let one = String(repeating: "0", count: 63) + "1"
private let two = String(repeating: "0", count: 63) + "2"
/// y of −(1, 2), which is p − 2.
private let minusTwo = String(modulus.dropLast() + "5")
private let generator = one + two
private let twistGenerator = """
  198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2\
  1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed\
  090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b\
  12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa
  """

private func add(_ hex: String) throws -> [UInt8]? {
  try [UInt8](hex: hex).withUnsafeBytes { BN254.add($0) }
}

private func multiply(_ hex: String) throws -> [UInt8]? {
  try [UInt8](hex: hex).withUnsafeBytes { BN254.multiply($0) }
}

private func pairingCheck(_ hex: String) throws -> Bool? {
  try [UInt8](hex: hex).withUnsafeBytes { BN254.pairingCheck($0) }
}

private func bytes(_ hex: String) throws -> [UInt8]? { try [UInt8](hex: hex) }

@Suite struct BN254Tests {
  @Test func `sums agree with py_ecc`() throws {
    for vector in BN254Vectors.sums {
      #expect(try add(vector.input) == bytes(vector.sum))
    }
  }

  @Test func `multiples agree with py_ecc`() throws {
    for vector in BN254Vectors.multiples {
      #expect(try multiply(vector.input) == bytes(vector.multiple), "\(vector.input)")
    }
  }

  @Test func `pairings agree with py_ecc`() throws {
    for vector in BN254Vectors.pairings {
      #expect(try pairingCheck(vector.input) == vector.isOne)
    }
  }

  @Test func `input is zero-extended and truncated`() throws {
    let infinity = zero + zero
    #expect(try add("") == bytes(infinity))
    #expect(try add(generator) == bytes(generator))
    #expect(try add(generator + infinity + "ff") == bytes(generator))
    #expect(try multiply("") == bytes(infinity))
    #expect(try multiply(generator) == bytes(infinity))
    // 0x02 is the leading byte of the scalar.
    #expect(try multiply(generator + "02") == multiply(generator + "02" + zero.dropFirst(2)))
    #expect(try multiply(generator + one + "ff") == bytes(generator))
    #expect(try multiply(generator + order) == bytes(infinity))
  }

  @Test func `multiplication is repeated addition`() throws {
    var sum = zero + zero
    for n in 0..<40 {
      let scalar = String(repeating: "0", count: 62) + (n < 16 ? "0" : "") + String(n, radix: 16)
      let multiple = try #require(try multiply(generator + scalar))
      #expect(try multiple == bytes(sum))
      let next = try #require(try add(sum + generator))
      sum = next.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
  }

  @Test func `coordinates that are not below p are refused`() throws {
    let above = String(modulus.dropLast() + "8")
    let ones = String(repeating: "f", count: 64)
    for wrong in [modulus, above, ones] {
      #expect(try add(wrong + two) == nil)
      #expect(try add(one + wrong) == nil)
      #expect(try add(wrong + wrong) == nil)
      #expect(try add(generator + zero + wrong) == nil)
      #expect(try multiply(wrong + zero) == nil)
      #expect(try pairingCheck(wrong + zero + twistGenerator) == nil)
      for i in 0..<4 {
        var words = stride(from: 0, to: 256, by: 64).map {
          String(twistGenerator.dropFirst($0).prefix(64))
        }
        words[i] = wrong
        #expect(try pairingCheck(generator + words.joined()) == nil)
        #expect(try pairingCheck(zero + zero + words.joined()) == nil)
      }
    }
  }

  @Test func `points off the curve are refused`() throws {
    let minusOne = String(modulus.dropLast() + "6")
    for wrong in [one + one, two + two, zero + one, one + zero, minusOne + minusOne] {
      #expect(try add(wrong) == nil)
      #expect(try add(generator + wrong) == nil)
      #expect(try multiply(wrong) == nil)
      #expect(try pairingCheck(wrong + twistGenerator) == nil)
      #expect(try pairingCheck(wrong + zero + zero + zero + zero) == nil)
      #expect(try pairingCheck(generator + wrong + wrong) == nil)
      #expect(try pairingCheck(generator + zero + zero + wrong) == nil)
    }
  }

  @Test func `points of the twist outside of G2 are refused`() throws {
    for vector in BN254Vectors.outsideG2 {
      #expect(try pairingCheck(generator + vector.point) == nil, "\(vector.what)")
      #expect(try pairingCheck(zero + zero + vector.point) == nil, "\(vector.what)")
    }
  }

  @Test func `pairings with infinity are one`() throws {
    let infinity = zero + zero
    #expect(try pairingCheck("") == true)
    #expect(try pairingCheck(infinity + infinity + infinity) == true)
    #expect(try pairingCheck(generator + infinity + infinity) == true)
    #expect(try pairingCheck(infinity + twistGenerator) == true)
    #expect(try pairingCheck(generator + twistGenerator) == false)
    #expect(try pairingCheck(infinity + twistGenerator + generator + twistGenerator) == false)
    let inverse = one + minusTwo
    #expect(
      try pairingCheck(
        generator + twistGenerator + infinity + twistGenerator + inverse + twistGenerator)
        == true)
  }

  @Test func `a pairing input of broken length is refused`() throws {
    #expect(try pairingCheck("00") == nil)
    #expect(try pairingCheck(generator + twistGenerator + "00") == nil)
    #expect(try pairingCheck(generator + twistGenerator.dropLast(2)) == nil)
  }

  @Test func `multiplication by the endomorphism agrees with double and add`() {
    let p = AffinePoint<BN254.G1>(BN254.Fp(1), BN254.Fp(2))
    var samples = SeededGenerator(seed: 8)
    var scalars = (0..<20).map { _ in (0..<4).map { _ in samples.next() } }
    for i in 0..<256 {
      var word: [UInt64] = [0, 0, 0, 0]
      word[i / 64] = 1 &<< UInt64(i % 64)
      scalars.append(word)
    }
    scalars.append([UInt64](repeating: .max, count: 4))
    scalars.append(orderWords)
    for k in scalars {
      #expect(p.multiplied(by: (k[0], k[1], k[2], k[3])) == p.doubledAndAdded(k), "\(k)")
    }
  }

  @Test func `membership in G2 agrees with multiplication by the order`() throws {
    func coordinate(_ hex: String, _ i: Int) throws -> BN254.Fp {
      let word = try [UInt8](hex: String(hex.dropFirst(64 * i).prefix(64)))
      return try #require(word.withUnsafeBytes { BN254.Fp(bigEndian: $0.baseAddress!) })
    }
    func point(_ hex: String) throws -> AffinePoint<BN254.G2> {
      AffinePoint(
        Fp2(try coordinate(hex, 1), try coordinate(hex, 0)),
        Fp2(try coordinate(hex, 3), try coordinate(hex, 2)))
    }
    var q = try point(twistGenerator)
    for _ in 0..<4 {
      #expect(q.isOnCurve && q.isInPrimeOrderSubgroup && q.doubledAndAdded(orderWords).isInfinity)
      q = q.multiplied(by: 0x1234_5678_9abc_def1).affine()
    }
    for vector in BN254Vectors.outsideG2 {
      let q = try point(vector.point)
      #expect(q.isOnCurve && !q.isInPrimeOrderSubgroup && !q.doubledAndAdded(orderWords).isInfinity)
    }
  }
}
