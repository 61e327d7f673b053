// Powers modulo a number of one word, for which a library of big numbers does too much around each
// product.

internal import CKernels

/// A modulus of one word, above one: q·2^k with q odd. Powers are computed modulo q in Montgomery form
/// and modulo 2^k, and put together (Chinese remainder theorem).
struct WordModulus {
  private let modulus: UInt64
  private let odd: UInt64
  private let twos: UInt64
  /// 1/q modulo 2⁶⁴.
  private let inverse: UInt64
  /// 2⁶⁴ and 2¹²⁸ modulo q.
  private let one: UInt64
  private let oneSquared: UInt64

  init(_ modulus: UInt64) {
    self.modulus = modulus
    twos = UInt64(modulus.trailingZeroBitCount)
    odd = modulus &>> twos
    // Newton's iteration doubles the good bits, of which there are five.
    var inverse = odd &* 3 ^ 2
    for _ in 0..<4 { inverse = inverse &* (2 &- odd &* inverse) }
    self.inverse = inverse
    one = Self.remainder(odd == 1 ? 0 : 1, 0, odd)
    oneSquared = Self.remainder(one, 0, odd)
  }

  private static func remainder(_ high: UInt64, _ low: UInt64, _ divisor: UInt64) -> UInt64 {
    var rest: UInt64 = 0
    _ = nt_divide_128_by_64(high, low, divisor, &rest)
    return rest
  }

  /// A big-endian number modulo the modulus.
  private func remainder(_ bytes: UnsafeRawBufferPointer, modulo divisor: UInt64) -> UInt64 {
    var rest: UInt64 = 0
    Self.forEachWord(bytes) { rest = Self.remainder(rest, $0, divisor) }
    return rest
  }

  /// The words of a big-endian number, the highest first.
  @inline(__always)
  private static func forEachWord(_ bytes: UnsafeRawBufferPointer, _ body: (UInt64) -> Void) {
    let head = bytes.count % 8
    if head > 0 { body(bytes.prefix(head).reduce(0) { $0 &<< 8 | UInt64($1) }) }
    for offset in stride(from: head, to: bytes.count, by: 8) {
      body(UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
    }
  }

  /// base ** exponent modulo the modulus.
  func power(base: UnsafeRawBufferPointer, exponent: UnsafeRawBufferPointer) -> UInt64 {
    let base = remainder(base, modulo: modulus)
    guard modulus < 1 << 16, exponent.dropLast(8).contains(where: { $0 != 0 }) else {
      return power(base, exponent)
    }
    // Powers of any number repeat with the period φ, from an exponent below 16 on (Euler).
    let period = Self.totient(modulus)
    let short = (period + remainder(exponent, modulo: period)).bigEndian
    return withUnsafeBytes(of: short) { power(base, $0) }
  }

  /// Euler's function, of a number below 2¹⁶.
  private static func totient(_ number: UInt64) -> UInt64 {
    var (rest, result) = (number, number)
    var factor: UInt64 = 2
    while factor * factor <= rest {
      if rest % factor == 0 {
        result -= result / factor
        while rest % factor == 0 { rest /= factor }
      }
      factor += factor == 2 ? 1 : 2
    }
    return rest > 1 ? result - result / rest : result
  }

  /// A number modulo q in Montgomery form, and modulo 2⁶⁴.
  private struct Residue: BitwiseCopyable {
    var odd: UInt64
    var binary: UInt64
  }

  @inline(__always)
  private func product(_ x: UInt64, _ y: UInt64) -> UInt64 {
    let product = UInt128(x) &* UInt128(y)
    let multiple = UInt128(lowLimb(product) &* inverse) &* UInt128(odd)
    let (difference, isNegative) = highLimb(product).subtractingReportingOverflow(
      highLimb(multiple))
    return isNegative ? difference &+ odd : difference
  }

  @inline(__always)
  private func product(_ x: Residue, _ y: Residue) -> Residue {
    Residue(odd: product(x.odd, y.odd), binary: x.binary &* y.binary)
  }

  /// By windows of four bits.
  private func power(_ base: UInt64, _ exponent: UnsafeRawBufferPointer) -> UInt64 {
    withUnsafeTemporaryAllocation(of: Residue.self, capacity: 16) { powers in
      let unit = Residue(odd: one, binary: 1)
      let first = Residue(odd: product(base % odd, oneSquared), binary: base)
      powers.initializeElement(at: 0, to: unit)
      for i in 1..<16 { powers.initializeElement(at: i, to: product(powers[i - 1], first)) }
      var result = unit
      for byte in exponent.drop(while: { $0 == 0 }) {
        for digit in [Int(byte >> 4), Int(byte & 15)] {
          for _ in 0..<4 { result = product(result, result) }
          if digit != 0 { result = product(result, powers[digit]) }
        }
      }
      // r ≡ x mod q, r ≡ y mod 2^k: r = x + q·((y − x)/q mod 2^k).
      let x = product(result.odd, 1)
      let mask = twos == 0 ? 0 : UInt64.max &>> (64 &- twos)
      return x &+ odd &* ((result.binary &- x) &* inverse & mask)
    }
  }
}
