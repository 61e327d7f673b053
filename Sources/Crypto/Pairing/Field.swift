// What the towers and curves ask of a field, and what the extension towers ask of its prime field.

/// A finite field. Values are immutable words: no operation traps, none allocates.
protocol Field: Equatable, BitwiseCopyable, Sendable {
  static var zero: Self { get }
  static var one: Self { get }
  static func + (_ x: Self, _ y: Self) -> Self
  static func - (_ x: Self, _ y: Self) -> Self
  static func * (_ x: Self, _ y: Self) -> Self
  static prefix func - (_ x: Self) -> Self
  var isZero: Bool { get }
  func squared() -> Self
  func doubled() -> Self
  /// 1/x, and zero for zero.
  func inverse() -> Self
}

/// Integers modulo a prime p, kept in Montgomery form (x·R mod p, always below p).
///
/// p leaves at least two bits of its words unused, so that a sum of two elements needs no
/// reduction before it is multiplied and a sum of a few products none before it is reduced.
protocol PrimeField: Field {
  /// An integer of twice the width: a product, or a sum of products, before Montgomery reduction.
  associatedtype Product: BitwiseCopyable

  /// Bytes of the canonical big-endian integer.
  static var byteCount: Int { get }
  /// The canonical big-endian integer of `byteCount` bytes; nil when it is not below p.
  init?(bigEndian bytes: UnsafeRawPointer)
  /// Writes the canonical big-endian integer of `byteCount` bytes.
  func store(bigEndian bytes: UnsafeMutableRawPointer)

  /// x/2.
  func halved() -> Self
  /// x + y without reduction: only good as a factor of `product`.
  static func lazySum(_ x: Self, _ y: Self) -> Self
  /// The integer x·y, where each factor may be a lazy sum.
  static func product(_ x: Self, _ y: Self) -> Product
  /// x + y of two products.
  static func add(_ x: Product, _ y: Product) -> Product
  /// x − y of two products known not to be negative.
  static func subtract(_ x: Product, _ y: Product) -> Product
  /// x − y modulo p·R.
  static func subtractModular(_ x: Product, _ y: Product) -> Product
  /// x/R mod p, for x < p·R.
  static func reduce(_ x: Product) -> Self
}

extension Field {
  /// x raised to an exponent given in words, least significant first, by windows of four bits.
  func power(_ exponent: [UInt64]) -> Self {
    withUnsafeTemporaryAllocation(of: Self.self, capacity: 16) { powers in
      powers.initializeElement(at: 0, to: .one)
      for i in 1..<16 { powers.initializeElement(at: i, to: powers[i - 1] * self) }
      var result = Self.one
      for word in exponent.reversed() {
        for shift in stride(from: 60, through: 0, by: -4) {
          result = result.squared().squared().squared().squared()
          let digit = Int(truncatingIfNeeded: word &>> UInt64(shift)) & 15
          if digit != 0 { result = result * powers[digit] }
        }
      }
      return result
    }
  }
}
