// The towers of fields: laws that fix each operation, and constants recomputed from their definition.

import Primitives
import Samples
import Testing

@testable import Crypto

/// Laws any field must satisfy, on given elements.
private func expectFieldLaws<F: Field>(_ elements: [F]) {
  for x in elements {
    #expect(x + .zero == x)
    #expect(x * .one == x)
    #expect(x - x == .zero)
    #expect(-x + x == .zero)
    #expect(x.doubled() == x + x)
    #expect(x.squared() == x * x)
    #expect(x.isZero == (x == .zero))
    if x.isZero {
      #expect(x.inverse() == .zero)
    } else {
      #expect(x.inverse() * x == .one)
    }
    for y in elements {
      #expect(x + y == y + x)
      #expect(x * y == y * x)
      #expect(x - y == -(y - x))
      #expect((x + y) - y == x)
      #expect((x + y).squared() == x.squared() + (x * y).doubled() + y.squared())
      for z in elements {
        #expect((x + y) + z == x + (y + z))
        #expect((x * y) * z == x * (y * z))
        #expect(x * (y + z) == x * y + x * z)
      }
    }
  }
}

private func primeFieldLaws<F: PrimeField>(_: F.Type) {
  var samples = SeededGenerator(seed: 1)
  let elements = F.edges + (0..<4).map { _ in samples.element() }
  expectFieldLaws(elements)
  for x in elements {
    #expect(x.halved().doubled() == x)
    #expect(x.power(F.modulusWords) == x)
    let decoded = x.bytes.withUnsafeBytes { F(bigEndian: $0.baseAddress!) }
    #expect(decoded == x)
    for y in elements {
      // The largest unreduced values the towers form.
      let lazy = F.product(F.lazySum(x, y), F.lazySum(y, x))
      #expect(F.reduce(lazy) == (x + y).squared())
      #expect(F.reduce(F.subtractModular(F.product(x, x), F.product(y, y))) == x * x - y * y)
      #expect(F.reduce(F.add(F.product(x, x), F.product(y, y))) == x * x + y * y)
    }
  }
}

private func manyInverses<F: PrimeField>(_: F.Type) {
  var samples = SeededGenerator(seed: 2)
  for _ in 0..<2_000 {
    let x: F = samples.element()
    #expect(x.inverse() * x == .one)
  }
  var power = F.one
  for _ in 0..<(F.byteCount * 8) {
    #expect(power.inverse() * power == .one)
    #expect((power - .one).inverse() * (power - .one) == (power == .one ? .zero : .one))
    power = power.doubled()
  }
}

private func towerLaws<C: PairingCurve>(_: C.Type) {
  var samples = SeededGenerator(seed: 3)
  expectFieldLaws([.zero, .one, -.one] + (0..<3).map { _ in samples.element(Fp2<C.Fp>.self) })
  expectFieldLaws([.zero, .one, -.one] + (0..<3).map { _ in samples.element(Fp6<C>.self) })
  expectFieldLaws([.zero, .one, -.one] + (0..<3).map { _ in samples.element(Fp12<C>.self) })
  for edge in C.Fp.edges {
    expectFieldLaws(C.Fp.edges.map { Fp2($0, edge) })
  }
}

private func generatorsOfTheTower<C: PairingCurve>(_: C.Type) {
  let u = Fp2(C.Fp.zero, C.Fp.one)
  let v = Fp6<C>(.zero, .one, .zero)
  let w = Fp12<C>(.zero, .one)
  let xi = C.multipliedByNonResidue(.one)
  #expect(u.squared() == -.one)
  #expect(v * v * v == Fp6(xi, .zero, .zero))
  #expect(v.multipliedByV() == v * v)
  #expect(w * w == Fp12(v, .zero))

  var samples = SeededGenerator(seed: 4)
  let x: Fp2<C.Fp> = samples.element()
  let y: Fp2<C.Fp> = samples.element()
  let z: Fp6<C> = samples.element()
  #expect(C.multipliedByNonResidue(x) == x * xi)
  #expect(x.halved().doubled() == x)
  #expect(x * x.conjugated() == Fp2(x.c0.squared() + x.c1.squared(), .zero))
  #expect(z.multiplied(by01: x, y) == z * Fp6(x, y, .zero))
  #expect(z.multiplied(by0: x) == z * Fp6(x, .zero, .zero))
  #expect(z.multiplied(by1: y) == z * Fp6(.zero, y, .zero))
}

private func frobeniusMaps<C: PairingCurve>(_: C.Type) {
  var samples = SeededGenerator(seed: 5)
  let x: Fp12<C> = samples.element()
  #expect(x.frobenius() == x.power(C.Fp.modulusWords))
  #expect(x.frobeniusSquared() == x.frobenius().frobenius())
  let sixth = x.frobeniusSquared().frobeniusSquared().frobeniusSquared()
  #expect(sixth == x.conjugated())
  #expect(sixth.conjugated() == x)
}

private func cyclotomicOperations<C: PairingCurve>(_: C.Type) {
  var samples = SeededGenerator(seed: 6)
  let x: Fp12<C> = samples.element()
  let unitary = x.conjugated() * x.inverse()
  let f = unitary.frobeniusSquared() * unitary
  #expect(f.cyclotomicSquared() == f * f)
  #expect(f.conjugated() * f == .one)
  #expect(
    f.cyclotomicPower(SignedDigits(plus: 0x1_0004, minus: 0x21)) == f.power([0x1_0004 - 0x21]))
}

private func linesAreSparse<C: PairingCurve>(_: C.Type) {
  var samples = SeededGenerator(seed: 7)
  let f: Fp12<C> = samples.element()
  let line = Line<C>(y: samples.element(), x: samples.element(), constant: samples.element())
  let p = AffinePoint<C.G1>(samples.element(), samples.element())
  let (ly, lx) = (line.y * p.y, line.x * p.x)
  let dense =
    switch C.twist {
    case .divisive: Fp12<C>(Fp6(ly, .zero, .zero), Fp6(lx, line.constant, .zero))
    case .multiplicative: Fp12<C>(Fp6(line.constant, lx, .zero), Fp6(.zero, ly, .zero))
    }
  var product = f
  product.multiply(by: line, at: p)
  #expect(product == f * dense)
}

private func squareRoots<F: SquareRootField>(_ elements: [F], nonSquare: F) {
  #expect(nonSquare.squareRoot() == nil)
  for x in elements {
    let root = x.squared().squareRoot()
    #expect(root == x || root == -x)
    #expect(x.isZero || (nonSquare * x.squared()).squareRoot() == nil)
    #expect(x.isZero || x.isOdd != (-x).isOdd)
  }
}

@Suite struct PairingFieldTests {
  @Test func `the base fields obey the field laws`() {
    primeFieldLaws(BN254.Fp.self)
    primeFieldLaws(BLS12381.Fp.self)
  }

  @Test func `the scalars of BLS12-381 obey the field laws`() {
    var samples = SeededGenerator(seed: 8)
    let elements = [Fr.zero, .one, -.one, -.one - .one] + samples.scalars(4)
    expectFieldLaws(elements)
    let order: [UInt64] = [
      0xffff_ffff_0000_0001, 0x53bd_a402_fffe_5bfe, 0x3339_d808_09a1_d805, 0x73ed_a753_299d_7d48,
    ]
    for x in elements {
      #expect(x.power(order) == x)
      let bytes = x.bigEndianBytes
      #expect(bytes.withUnsafeBytes { Fr(bigEndian: $0.baseAddress!) } == x)
      #expect(Fr(reducing: x.integer) == x)
    }
    // 2²⁵⁶ − 1 = 2²⁵⁶ mod r − 1, and r itself is no element but reduces to zero.
    #expect(
      Fr(reducing: (.max, .max, .max, .max)) == Fr(reducing: (2, 0, 0, 0)).power([256]) - .one)
    #expect(Fr(reducing: (order[0], order[1], order[2], order[3])) == .zero)
    #expect(KZG.modulus.bigEndianBytes.withUnsafeBytes { Fr(bigEndian: $0.baseAddress!) } == nil)
  }

  @Test func `inverses are inverses`() {
    manyInverses(BN254.Fp.self)
    manyInverses(BLS12381.Fp.self)
  }

  @Test func `every storey of the towers obeys the field laws`() {
    towerLaws(BN254.self)
    towerLaws(BLS12381.self)
  }

  @Test func `the towers are built on their defining equations`() {
    generatorsOfTheTower(BN254.self)
    generatorsOfTheTower(BLS12381.self)
  }

  @Test func `the Frobenius maps are powers of p`() {
    frobeniusMaps(BN254.self)
    frobeniusMaps(BLS12381.self)
  }

  @Test func `cyclotomic shortcuts agree with plain multiplication`() {
    cyclotomicOperations(BN254.self)
    cyclotomicOperations(BLS12381.self)
  }

  @Test func `multiplying by a line is multiplying by its dense form`() {
    linesAreSparse(BN254.self)
    linesAreSparse(BLS12381.self)
  }

  @Test func `squares have roots and non-squares have none`() {
    var samples = SeededGenerator(seed: 9)
    let elements: [BLS12381.Fp] = BLS12381.Fp.edges + (0..<4).map { _ in samples.element() }
    squareRoots(elements, nonSquare: -.one)
    squareRoots(elements.map { Fp2($0, .zero) }, nonSquare: BLS12381.multipliedByNonResidue(.one))
    squareRoots(elements.map { Fp2(.zero, $0) }, nonSquare: BLS12381.multipliedByNonResidue(.one))
    squareRoots(
      elements.map { Fp2($0, samples.element()) },
      nonSquare: BLS12381.multipliedByNonResidue(.one))
  }
}
