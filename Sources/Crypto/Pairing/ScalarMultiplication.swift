// Multiples of points by public integers. Nothing here is constant time: no input is secret.

/// An integer of up to 128 bits and a sign.
struct SignedScalar: BitwiseCopyable {
  var magnitude: UInt128
  var isNegative = false
}

/// An integer in signed binary digits of a width: odd digits below 2^(width − 1) in magnitude, each
/// followed by at least width − 1 zeros (width-w NAF).
struct WindowedDigits {
  private let digits: UnsafeMutablePointer<Int8>
  /// The number of digits up to the leading one.
  private(set) var count = 0

  /// Digits that a magnitude can have; it must stay clear of 2¹²⁸ by a digit.
  static let capacity = 129

  /// Fills `storage`, of at least `capacity` entries, with the digits of n.
  init(_ n: SignedScalar, width: Int, storage: UnsafeMutablePointer<Int8>) {
    digits = storage
    var rest = n.magnitude
    let sign: Int8 = n.isNegative ? -1 : 1
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
  /// n·p for n of one word, by double and add.
  func multiplied(by n: UInt64) -> Self {
    var result = Self.infinity
    for bit in (0..<(64 - n.leadingZeroBitCount)).reversed() {
      result = result.doubled()
      if n &>> UInt64(bit) & 1 == 1 { result = result + self }
    }
    return result
  }
}

/// The sum of all scalars times their points, with one chain of doublings (Straus), where scalar
/// number i·images + j multiplies φ^j of point i: the tables of the images under an endomorphism φ are
/// images of tables (Gallant, Lambert, Vanstone, "Faster Point Multiplication on Elliptic Curves with
/// Efficient Endomorphisms").
@inline(__always)
func interleavedSum<Group: CurveGroup>(
  _ points: UnsafeBufferPointer<AffinePoint<Group>>, _ scalars: UnsafeBufferPointer<SignedScalar>,
  images: Int, endomorphism: (JacobianPoint<Group>) -> JacobianPoint<Group>
) -> JacobianPoint<Group> {
  let count = scalars.count
  return withUnsafeTemporaryAllocation(
    of: JacobianPoint<Group>.self, capacity: count * tableSize
  ) { table in
    withUnsafeTemporaryAllocation(
      of: Int8.self, capacity: count * WindowedDigits.capacity
    ) { slab in
      withUnsafeTemporaryAllocation(of: WindowedDigits.self, capacity: count) { digits in
        guard let storage = slab.baseAddress else { return .infinity }
        var top = 0
        for i in 0..<count {
          let number = WindowedDigits(
            scalars[i], width: tableWidth, storage: storage + i * WindowedDigits.capacity)
          digits.initializeElement(at: i, to: number)
          top = max(top, number.count)
        }
        for i in points.indices {
          fillTable(
            UnsafeMutableBufferPointer(rebasing: table[(i * images * tableSize)...]), points[i],
            images: images, endomorphism: endomorphism)
        }
        var result = JacobianPoint<Group>.infinity
        for position in (0..<top).reversed() {
          result = result.doubled()
          for i in 0..<count {
            let digit = digits[i][position]
            if digit > 0 {
              result = result + table[i * tableSize + digit / 2]
            } else if digit < 0 {
              result = result + -table[i * tableSize - digit / 2]
            }
          }
        }
        return result
      }
    }
  }
}

/// Width of the signed digits and number of their odd magnitudes.
private var tableWidth: Int { 5 }
private var tableSize: Int { 8 }

/// The odd multiples p, 3p, … 15p, then their images.
@inline(__always)
private func fillTable<Group: CurveGroup>(
  _ table: UnsafeMutableBufferPointer<JacobianPoint<Group>>, _ p: AffinePoint<Group>, images: Int,
  endomorphism: (JacobianPoint<Group>) -> JacobianPoint<Group>
) {
  var multiple = JacobianPoint(p)
  let twice = multiple.doubled()
  for i in 0..<tableSize {
    if i > 0 { multiple = multiple + twice }
    table.initializeElement(at: i, to: multiple)
  }
  for i in tableSize..<images * tableSize {
    table.initializeElement(at: i, to: endomorphism(table[i - tableSize]))
  }
}
