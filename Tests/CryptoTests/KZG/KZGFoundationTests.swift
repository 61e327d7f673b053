// What the KZG functions stand on: the setup, compressed points, polynomials.

import Samples
import Testing

@testable import Crypto

private typealias Curve = BLS12381

@Suite struct KZGFoundationTests {
  @Test func `every point of the setup lies in its group`() {
    let (lagrange, monomial) = (TrustedSetup.lagrangeOfBlob, TrustedSetup.allMonomialG1)
    #expect(lagrange.count == 4096 && monomial.count == 4096)
    #expect((lagrange + monomial).allSatisfy { !$0.isInfinity && $0.isInPrimeOrderSubgroup })
    #expect(TrustedSetup.cellMonomialG1 == Array(monomial.prefix(64)))
    let g2 = powersG2()
    #expect(g2.count == 65 && g2.allSatisfy { !$0.isInfinity && $0.isInPrimeOrderSubgroup })
    #expect(TrustedSetup.secretG2 == g2[1] && TrustedSetup.cellSecretG2 == g2[64])
  }

  private func powersG2() -> [AffinePoint<Curve.G2>] {
    (0..<TrustedSetup.g2Count).compactMap {
      Curve.compressedG2(at: TrustedSetup.monomialG2.baseAddress! + $0 * 96)
    }
  }

  @Test func `the setup consists of powers of one secret`() {
    var samples = SeededGenerator(seed: 30)
    let monomial = TrustedSetup.allMonomialG1
    let (g2, s) = (TrustedSetup.generatorG2, TrustedSetup.secretG2)
    // A random combination of all neighbours at once.
    let factors = samples.scalars(4095)
    let lower = KZG.combination(Array(monomial.dropLast()), factors).affine()
    let upper = KZG.combination(Array(monomial.dropFirst()), factors).affine()
    #expect(Curve.isOne([(upper, -g2), (lower, s)]))
    #expect(!Curve.isOne([(upper, -g2), (lower, g2)]))
    let powers = powersG2()
    for i in 0..<64 {
      #expect(Curve.isOne([(monomial[1], powers[i]), (-monomial[0], powers[i + 1])]))
    }
    #expect(Curve.isOne([(monomial[64], g2), (-monomial[0], powers[64])]))
  }

  @Test func `both forms of the setup give the same commitments`() throws {
    var samples = SeededGenerator(seed: 31)
    let polynomial = try BlobPolynomial(samples.blob())
    let fromValues = KZG.combination(TrustedSetup.lagrangeOfBlob, polynomial.values)
    let fromCoefficients = KZG.combination(TrustedSetup.allMonomialG1, polynomial.coefficients)
    #expect(fromValues == fromCoefficients)
  }

  @Test func `compressed points come back`() {
    var samples = SeededGenerator(seed: 32)
    for _ in 0..<20 {
      let point = KZG.combination([TrustedSetup.generatorG1], [samples.scalar()]).affine()
      for p in [point, -point, .infinity] {
        let bytes = Curve.compressed(p)
        #expect(bytes.withUnsafeBytes { Curve.compressedG1(at: $0.baseAddress!) } == p)
      }
    }
  }

  @Test func `bytes with wrong flags or abscissae are no points`() {
    func decode(_ bytes: [UInt8]) -> AffinePoint<Curve.G1>? {
      bytes.withUnsafeBytes { Curve.compressedG1(at: $0.baseAddress!) }
    }
    let zeros = [UInt8](repeating: 0, count: 47)
    #expect(decode([0xc0] + zeros) == .infinity)
    // Not compressed, infinity with a sign, infinity with an abscissa.
    for first: UInt8 in [0x00, 0x20, 0x40, 0x60, 0xe0, 0xc1] {
      #expect(decode([first] + zeros) == nil)
    }
    #expect(decode([0xc0] + zeros.dropLast() + [1]) == nil)
    // An abscissa that is not below p, and one without a point.
    #expect(decode([0x9f] + [UInt8](repeating: 0xff, count: 47)) == nil)
    #expect(decode([0x80] + zeros.dropLast() + [1]) == nil)
    #expect(decode(Curve.compressed(TrustedSetup.generatorG1)) == TrustedSetup.generatorG1)
  }

  @Test func `roots of unity have their order`() {
    let all = RootsOfUnity.all
    #expect(all.count == 8192 && all[0] == .one && all[4096] == -.one)
    #expect(Set(all.map(\.bigEndianBytes)).count == 8192)
    #expect(RootsOfUnity.power(1, bits: 6).power([64]) == .one)
    #expect(RootsOfUnity.reversed(0b0011, bits: 4) == 0b1100)
    #expect(RootsOfUnity.reversed([0, 1, 2, 3, 4, 5, 6, 7]) == [0, 4, 2, 6, 1, 5, 3, 7])
  }

  @Test(arguments: [1, 2, 8, 64])
  func `a transform is the evaluation at every root and back`(_ count: Int) {
    var samples = SeededGenerator(seed: 33)
    let coefficients = samples.scalars(count)
    let values = RootsOfUnity.evaluated(coefficients)
    let bits = count.trailingZeroBitCount
    for i in 0..<count {
      #expect(values[i] == evaluate(coefficients, at: RootsOfUnity.power(i, bits: bits)))
    }
    #expect(RootsOfUnity.interpolated(values) == coefficients)
  }

  @Test func `the barycentric formula agrees with Horner's rule`() throws {
    var samples = SeededGenerator(seed: 34)
    let polynomial = try BlobPolynomial(samples.blob())
    let coefficients = polynomial.coefficients
    for z in [samples.scalar(), .zero, .one, -.one, BlobPolynomial.domain[4095]] {
      #expect(polynomial.value(at: z) == evaluate(coefficients, at: z))
    }
    for i in [0, 1, 100, 4095] {
      #expect(polynomial.value(at: BlobPolynomial.domain[i]) == polynomial.values[i])
    }
  }

  @Test func `a quotient times its divisor is the polynomial`() throws {
    var samples = SeededGenerator(seed: 35)
    let polynomial = try BlobPolynomial(samples.blob())
    let t = samples.scalar()
    for z in [samples.scalar(), .zero, BlobPolynomial.domain[0], BlobPolynomial.domain[1234]] {
      let y = polynomial.value(at: z)
      let quotient = try BlobPolynomial(
        polynomial.quotient(at: z, value: y).flatMap(\.bigEndianBytes))
      #expect(quotient.value(at: t) * (t - z) == polynomial.value(at: t) - y)
    }
  }

  @Test func `many are inverted at once, zeros stay`() {
    var samples = SeededGenerator(seed: 36)
    let elements = samples.scalars(5) + [.zero, .one, .zero] + samples.scalars(2)
    var inverses = elements
    inverses.invert()
    #expect(inverses == elements.map { $0.inverse() })
  }
}
