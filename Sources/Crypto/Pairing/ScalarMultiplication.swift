// Multiples of points by public integers. Nothing here is constant time: no input is secret.

/// An integer in signed binary digits of a width: odd digits below 2^(width − 1) in magnitude, each
/// followed by at least width − 1 zeros (width-w NAF).
struct WindowedDigits {
  private let digits: UnsafeMutablePointer<Int8>
  /// The number of digits up to the leading one.
  private(set) var count = 0

  /// Digits that any magnitude of 128 bits can have.
  static let capacity = 129

  /// Fills `storage`, of at least `capacity` entries, with the digits of n.
  init(_ n: Int128, width: Int, storage: UnsafeMutablePointer<Int8>) {
    digits = storage
    var rest = n.magnitude
    let sign: Int8 = n < 0 ? -1 : 1
    let mask = UInt128(1) &<< UInt128(width) &- 1
    while rest != 0 {
      var digit = 0
      if rest & 1 == 1 {
        digit = Int(truncatingIfNeeded: rest & mask)
        if digit > Int(mask) / 2 { digit -= Int(mask) + 1 }
        rest = rest &- UInt128(truncatingIfNeeded: digit)
      }
      digits[count] = Int8(truncatingIfNeeded: digit) &* sign
      count += 1
      rest = rest &>> 1
    }
  }

  /// The digit at a position; zero above the leading one.
  @inline(__always)
  subscript(_ position: Int) -> Int { position < count ? Int(digits[position]) : 0 }
}

extension AffinePoint {
  /// n·p for n of one word, by double and add.
  func multiplied(by n: UInt64) -> JacobianPoint<Group> {
    var result = JacobianPoint<Group>.infinity
    for bit in (0..<(64 - n.leadingZeroBitCount)).reversed() {
      result = result.doubled()
      if n &>> UInt64(bit) & 1 == 1 { result = result + self }
    }
    return result
  }
}

extension JacobianPoint {
  /// m·p + n·φ(p) for an endomorphism φ, both chains of doublings in one (Gallant, Lambert, Vanstone,
  /// "Faster Point Multiplication on Elliptic Curves with Efficient Endomorphisms").
  @inline(__always)
  func multiplied(by m: Int128, _ n: Int128, endomorphism: (Self) -> Self) -> Self {
    let half = Self.tableSize
    return withUnsafeTemporaryAllocation(of: Self.self, capacity: 2 * half) { table in
      withUnsafeTemporaryAllocation(of: Int8.self, capacity: 2 * WindowedDigits.capacity) { slab in
        guard let storage = slab.baseAddress else { return .infinity }
        let first = WindowedDigits(m, width: Self.width, storage: storage)
        let second = WindowedDigits(
          n, width: Self.width, storage: storage + WindowedDigits.capacity)
        let twice = doubled()
        var multiple = self
        for i in 0..<half {
          if i > 0 { multiple = multiple + twice }
          table.initializeElement(at: i, to: multiple)
          table.initializeElement(at: half + i, to: endomorphism(multiple))
        }
        var result = Self.infinity
        for position in (0..<max(first.count, second.count)).reversed() {
          result = result.doubled()
          result.add(first[position], of: table, from: 0)
          result.add(second[position], of: table, from: half)
        }
        return result
      }
    }
  }

  /// Adds an odd digit's multiple out of the odd multiples in a table.
  @inline(__always)
  private mutating func add(
    _ digit: Int, of table: UnsafeMutableBufferPointer<Self>, from start: Int
  ) {
    if digit > 0 {
      self = self + table[start + digit / 2]
    } else if digit < 0 {
      self = self + -table[start - digit / 2]
    }
  }

  private static var width: Int { 5 }
  private static var tableSize: Int { 8 }
}
