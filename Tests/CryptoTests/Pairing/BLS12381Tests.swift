// The seven operations of EIP-2537: vectors, group laws, subgroups, hostile inputs.

import Samples
import Testing

@testable import Crypto

private typealias Curve = BLS12381

private let modulus = """
  000000000000000000000000000000001a0111ea397fe69a4b1ba7b6434bacd7\
  64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab
  """
private let orderWords: [UInt64] = [
  0xffff_ffff_0000_0001, 0x53bd_a402_fffe_5bfe, 0x3339_d808_09a1_d805, 0x73ed_a753_299d_7d48,
]
private let zero = String(repeating: "0", count: 128)
private let one = String(repeating: "0", count: 127) + "1"
private let infinity1 = zero + zero
private let infinity2 = infinity1 + infinity1
private let generator1 = """
  0000000000000000000000000000000017f1d3a73197d7942695638c4fa9ac0f\
  c3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb\
  0000000000000000000000000000000008b3f481e3aaa0f1a09e30ed741d8ae4\
  fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1
  """
private let generator2 = """
  00000000000000000000000000000000024aa2b2f08f0a91260805272dc51051\
  c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8\
  0000000000000000000000000000000013e02b6052719f607dacd3a088274f65\
  596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e\
  000000000000000000000000000000000ce5d527727d6e118cc9cdc6da2e351a\
  adfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801\
  000000000000000000000000000000000606c4a02ea734cc32acd2b02bc28b99\
  cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be
  """
private let scalarOne = String(repeating: "0", count: 63) + "1"

private func run(_ hex: String, _ operation: (UnsafeRawBufferPointer) -> [UInt8]?) throws
  -> [UInt8]?
{
  try [UInt8](hex: hex).withUnsafeBytes(operation)
}

private func pairingCheck(_ hex: String) throws -> Bool? {
  try [UInt8](hex: hex).withUnsafeBytes { Curve.pairingCheck($0) }
}

private func bytes(_ hex: String) throws -> [UInt8]? { try [UInt8](hex: hex) }

private func text(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

@Suite struct BLS12381Tests {
  @Test func `sums agree with py_ecc`() throws {
    for vector in BLS12381Vectors.sumsG1 {
      #expect(try run(vector.input, Curve.addG1) == bytes(vector.sum))
    }
    for vector in BLS12381Vectors.sumsG2 {
      #expect(try run(vector.input, Curve.addG2) == bytes(vector.sum))
    }
  }

  @Test func `multiples agree with py_ecc`() throws {
    for vector in BLS12381Vectors.multiplesG1 {
      #expect(try run(vector.input, Curve.multiplyG1) == bytes(vector.sum))
    }
    for vector in BLS12381Vectors.multiplesG2 {
      #expect(try run(vector.input, Curve.multiplyG2) == bytes(vector.sum))
    }
  }

  @Test func `pairings agree with py_ecc`() throws {
    for vector in BLS12381Vectors.pairings {
      #expect(try pairingCheck(vector.input) == vector.isOne)
    }
  }

  @Test func `maps to the groups agree with py_ecc`() throws {
    for vector in BLS12381Vectors.mapsG1 {
      #expect(try run(vector.input, Curve.mapToG1) == bytes(vector.point))
    }
    for vector in BLS12381Vectors.mapsG2 {
      #expect(try run(vector.input, Curve.mapToG2) == bytes(vector.point))
    }
  }

  @Test func `sums of many multiples agree with double and add`() throws {
    var samples = SeededGenerator(seed: 10)
    let p1 = try #require(
      try [UInt8](hex: generator1).withUnsafeBytes { Curve.g1(at: $0.baseAddress!) })
    let p2 = try #require(
      try [UInt8](hex: generator2).withUnsafeBytes { Curve.g2(at: $0.baseAddress!) })
    for count in [1, 2, 11, 12, 23, 24, 60] {
      var input1 = ""
      var input2 = ""
      var sum1 = JacobianPoint<Curve.G1>.infinity
      var sum2 = JacobianPoint<Curve.G2>.infinity
      for i in 0..<count {
        // Infinity, equal and opposite points, zero and one among the scalars.
        let factor: UInt64 = i % 7 == 5 ? 0 : UInt64(i / 2 + 1)
        var q1 = p1.multiplied(by: factor).affine()
        var q2 = p2.multiplied(by: factor).affine()
        if i % 3 == 0 { (q1, q2) = (-q1, -q2) }
        let k: [UInt64] =
          i % 5 == 1 ? [UInt64(i / 5), 0, 0, 0] : (0..<4).map { _ in samples.next() }
        let scalar = text(
          k.reversed().flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word &>> UInt64(56 - 8 * $0)) }
          })
        input1 += text(Curve.encoded(q1)) + scalar
        input2 += text(Curve.encoded(q2)) + scalar
        sum1 = sum1 + q1.doubledAndAdded(k)
        sum2 = sum2 + q2.doubledAndAdded(k)
      }
      #expect(try run(input1, Curve.multiplyG1) == Curve.encoded(sum1.affine()), "\(count)")
      #expect(try run(input2, Curve.multiplyG2) == Curve.encoded(sum2.affine()), "\(count)")
    }
  }

  @Test func `points outside of the subgroups add but do nothing else`() throws {
    for vector in BLS12381Vectors.outsideG1 {
      #expect(try run(vector.point + infinity1, Curve.addG1) == bytes(vector.point))
      #expect(try run(vector.point + scalarOne, Curve.multiplyG1) == nil, "\(vector.what)")
      #expect(try pairingCheck(vector.point + generator2) == nil, "\(vector.what)")
      #expect(try pairingCheck(vector.point + infinity2) == nil, "\(vector.what)")
    }
    for vector in BLS12381Vectors.outsideG2 {
      #expect(try run(vector.point + infinity2, Curve.addG2) == bytes(vector.point))
      #expect(try run(vector.point + scalarOne, Curve.multiplyG2) == nil, "\(vector.what)")
      #expect(try pairingCheck(generator1 + vector.point) == nil, "\(vector.what)")
      #expect(try pairingCheck(infinity1 + vector.point) == nil, "\(vector.what)")
    }
  }

  @Test func `membership agrees with multiplication by the order`() throws {
    func g1(_ hex: String) throws -> AffinePoint<Curve.G1> {
      try #require(try [UInt8](hex: hex).withUnsafeBytes { Curve.g1(at: $0.baseAddress!) })
    }
    func g2(_ hex: String) throws -> AffinePoint<Curve.G2> {
      try #require(try [UInt8](hex: hex).withUnsafeBytes { Curve.g2(at: $0.baseAddress!) })
    }
    var p = try g1(generator1)
    var q = try g2(generator2)
    for _ in 0..<4 {
      #expect(p.isInPrimeOrderSubgroup && p.doubledAndAdded(orderWords).isInfinity)
      #expect(q.isInPrimeOrderSubgroup && q.doubledAndAdded(orderWords).isInfinity)
      p = p.multiplied(by: 0x1234_5678_9abc_def1).affine()
      q = q.multiplied(by: 0x1234_5678_9abc_def1).affine()
    }
    for vector in BLS12381Vectors.outsideG1 {
      let p = try g1(vector.point)
      #expect(!p.isInPrimeOrderSubgroup && !p.doubledAndAdded(orderWords).isInfinity)
    }
    for vector in BLS12381Vectors.outsideG2 {
      let q = try g2(vector.point)
      #expect(!q.isInPrimeOrderSubgroup && !q.doubledAndAdded(orderWords).isInfinity)
    }
  }

  @Test func `mapped points are in the groups`() throws {
    var samples = SeededGenerator(seed: 11)
    for _ in 0..<4 {
      let u: Curve.Fp = samples.element()
      let padding = String(repeating: "0", count: 32)
      let input = padding + text(u.bytes)
      let p = try #require(try run(input, Curve.mapToG1))
      let q = try #require(try run(input + input, Curve.mapToG2))
      #expect(try run(text(p) + scalarOne, Curve.multiplyG1) == p)
      #expect(try run(text(q) + scalarOne, Curve.multiplyG2) == q)
    }
  }

  @Test func `elements that are not below p or not padded with zeros are refused`() throws {
    let padded = "01" + one.dropFirst(2)
    let padding = String(repeating: "0", count: 31) + "1" + one.dropFirst(32)
    for wrong in [modulus, String(repeating: "f", count: 128), padded, padding] {
      #expect(try run(wrong, Curve.mapToG1) == nil)
      #expect(try run(wrong + one, Curve.mapToG2) == nil)
      #expect(try run(one + wrong, Curve.mapToG2) == nil)
      for i in 0..<2 {
        let point = (0..<2).map { $0 == i ? wrong : zero }.joined()
        #expect(try run(point + infinity1, Curve.addG1) == nil)
        #expect(try run(infinity1 + point, Curve.addG1) == nil)
        #expect(try run(point + scalarOne, Curve.multiplyG1) == nil)
        #expect(try pairingCheck(point + generator2) == nil)
      }
      for i in 0..<4 {
        let point = (0..<4).map { $0 == i ? wrong : zero }.joined()
        #expect(try run(point + infinity2, Curve.addG2) == nil)
        #expect(try run(infinity2 + point, Curve.addG2) == nil)
        #expect(try run(point + scalarOne, Curve.multiplyG2) == nil)
        #expect(try pairingCheck(generator1 + point) == nil)
      }
    }
  }

  @Test func `points off the curves are refused`() throws {
    for wrong in [one + one, zero + one, one + zero] {
      #expect(try run(wrong + infinity1, Curve.addG1) == nil)
      #expect(try run(infinity1 + wrong, Curve.addG1) == nil)
      #expect(try run(wrong + scalarOne, Curve.multiplyG1) == nil)
      #expect(try pairingCheck(wrong + generator2) == nil)
      #expect(try run(wrong + wrong + infinity2, Curve.addG2) == nil)
      #expect(try run(wrong + wrong + scalarOne, Curve.multiplyG2) == nil)
      #expect(try pairingCheck(generator1 + wrong + wrong) == nil)
    }
  }

  @Test func `inputs of any other length are refused`() throws {
    let whole = [
      generator1 + generator1, generator2 + generator2, generator1 + scalarOne,
      generator2 + scalarOne, generator1 + generator2, one, one + one,
    ]
    let operations: [(UnsafeRawBufferPointer) -> [UInt8]?] = [
      Curve.addG1, Curve.addG2, Curve.multiplyG1, Curve.multiplyG2,
      { Curve.pairingCheck($0).map { [$0 ? 1 : 0] } }, Curve.mapToG1, Curve.mapToG2,
    ]
    for (input, operation) in zip(whole, operations) {
      #expect(try run(input, operation) != nil)
      #expect(try run("", operation) == nil)
      #expect(try run(input + "00", operation) == nil)
      #expect(try run(String(input.dropLast(2)), operation) == nil)
    }
  }

  @Test func `infinity is the neutral element`() throws {
    #expect(try run(infinity1 + infinity1, Curve.addG1) == bytes(infinity1))
    #expect(try run(infinity2 + infinity2, Curve.addG2) == bytes(infinity2))
    #expect(try run(infinity1 + scalarOne, Curve.multiplyG1) == bytes(infinity1))
    #expect(try run(infinity2 + scalarOne, Curve.multiplyG2) == bytes(infinity2))
    #expect(try pairingCheck(infinity1 + generator2) == true)
    #expect(try pairingCheck(generator1 + infinity2) == true)
    #expect(try pairingCheck(infinity1 + infinity2) == true)
    #expect(try pairingCheck(generator1 + generator2) == false)
    #expect(try pairingCheck(infinity1 + generator2 + generator1 + generator2) == false)
  }
}
