// 256-bit arithmetic against GMP.

internal import Oracles
internal import Primitives
internal import Samples

/// The arithmetic of the machine's words, against GMP.
final class ArithmeticTarget: FuzzTarget {
  static let name = "arithmetic"
  static let summary = "256-bit arithmetic, shifts and comparisons, against GMP"

  func run(_ generator: inout SeededGenerator) -> Finding? {
    var a = generator.word()
    let b = generator.word()
    let c = generator.word()
    // A quotient that is nearly exact makes the estimate of a digit wrong.
    if generator.oneIn(3) {
      a = b &* c &+ generator.pick([.zero, .max, UInt256(generator.next())])
    }
    for (name, holds) in sums(a, b, c) + quotients(a, b, c) + bits(a, b) where !holds {
      return Finding("\(name) of a = \(a), b = \(b), c = \(c)")
    }
    return nil
  }

  private typealias Checks = [(name: String, holds: Bool)]

  private func sums(_ a: UInt256, _ b: UInt256, _ c: UInt256) -> Checks {
    let (x, y) = (GMPInteger(a), GMPInteger(b))
    let (sum, difference, product) = (x + y, x - y, x * y)
    let full = a.multipliedFullWidth(by: b)
    return [
      ("addition", a.addingReportingOverflow(b) == (sum.word, !sum.fits)),
      ("subtraction", a.subtractingReportingOverflow(b) == (difference.word, !difference.fits)),
      ("multiplication", a.multipliedReportingOverflow(by: b) == (product.word, !product.fits)),
      ("wrapping addition", a &+ b == sum.word),
      ("wrapping subtraction", a &- b == difference.word),
      ("wrapping multiplication", a &* b == product.word),
      ("full product", full.low == product.word && full.high == (product >> 256).word),
      ("negation", a.negated == (GMPInteger() - x).word),
      ("power", a.power(b) == x.power(y).word),
      ("less", (a < b) == x.isLess(than: y)),
      (
        "signed less",
        a.isSignedLess(than: b) == GMPInteger(signed: a).isLess(than: .init(signed: b))
      ),
      ("equality", (a == b) == !(x.isLess(than: y) || y.isLess(than: x))),
      ("decimal", a.decimal == x.decimal && UInt256(decimal: a.decimal) == a),
    ]
  }

  private func quotients(_ a: UInt256, _ b: UInt256, _ c: UInt256) -> Checks {
    let (x, y, z) = (GMPInteger(a), GMPInteger(b), GMPInteger(c))
    let (signedX, signedY) = (GMPInteger(signed: a), GMPInteger(signed: b))
    func unless(_ divisor: UInt256, _ value: @autoclosure () -> GMPInteger) -> UInt256 {
      divisor.isZero ? .zero : value().word
    }
    return [
      ("quotient", a.dividedOrZero(by: b) == unless(b, x / y)),
      ("remainder", a.remainderOrZero(dividingBy: b) == unless(b, x % y)),
      ("signed quotient", a.signedDividedOrZero(by: b) == unless(b, signedX / signedY)),
      ("signed remainder", a.signedRemainderOrZero(dividingBy: b) == unless(b, signedX % signedY)),
      ("sum modulo c", UInt256.addModulo(a, b, c) == unless(c, (x + y) % z)),
      ("product modulo c", UInt256.multiplyModulo(a, b, c) == unless(c, (x * y) % z)),
    ]
  }

  private func bits(_ a: UInt256, _ b: UInt256) -> Checks {
    let count = Int(truncatingIfNeeded: b.l0 & 511)
    let shift = UInt256(UInt64(count))
    let x = GMPInteger(a)
    let index = UInt256(b.l0 % 40)
    return [
      ("left shift by b mod 512", a << shift == (x << count).word),
      ("right shift by b mod 512", a >> shift == (x >> count).word),
      (
        "arithmetic shift by b mod 512",
        a.arithmeticShiftRight(by: shift) == (GMPInteger(signed: a) >> count).word
      ),
      ("left shift by b", b < 256 || (a << b).isZero),
      ("bit width", a == .zero || (GMPInteger(1) << (a.bitWidth - 1)).word <= a),
      ("leading zeros", a.leadingZeroBitCount == 256 - a.bitWidth),
      ("bytes", UInt256(bigEndian: a.bigEndianBytes) == a),
      ("minimal bytes", UInt256(bigEndian: a.minimalBigEndianBytes) == a),
      ("byte b mod 40", a.byte(index) == byte(a, index)),
      ("sign extension by b mod 40", a.signExtended(fromByte: index) == extended(a, index)),
    ]
  }

  private func byte(_ a: UInt256, _ index: UInt256) -> UInt256 {
    index < 32 ? UInt256(UInt64(a.bigEndianBytes[Int(index.l0)])) : .zero
  }

  private func extended(_ a: UInt256, _ index: UInt256) -> UInt256 {
    guard index < 31 else { return a }
    let width = 8 * (Int(index.l0) + 1)
    let low = GMPInteger(a) % (GMPInteger(1) << width)
    let isNegative = a.bigEndianBytes[31 - Int(index.l0)] >= 0x80
    return isNegative ? (low - (GMPInteger(1) << width)).word : low.word
  }
}
