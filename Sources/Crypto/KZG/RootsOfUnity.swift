// Roots of unity in the scalar field, and Fourier transforms over them.

/// The powers of a root of unity ω of order 8192, the domain of an extended blob. Roots of smaller
/// order are every second, fourth, … of them.
enum RootsOfUnity {
  typealias Fr = BLS12381.Fr

  /// log₂ of the order.
  static let bits = 13
  /// The order.
  static let count = 1 << bits

  /// ωⁱ for i below 8192, ω = 7^((r − 1)/8192).
  static let all: [Fr] = {
    let root = Fr(
      reducing: (
        0x6fdd_00bf_c78c_8967, 0x146b_58bc_4349_06ac, 0x2ccd_dea2_972e_89ed, 0x485d_5127_37b1_da3d
      ))
    var power = Fr.one
    return (0..<count).map { _ in
      defer { power = power * root }
      return power
    }
  }()

  /// The power i of the root of order 2^bits.
  static func power(_ i: Int, bits: Int) -> Fr { all[i << (Self.bits - bits)] }

  /// The number that the lowest `bits` bits of i spell in reverse.
  static func reversed(_ i: Int, bits: Int) -> Int {
    var result = 0
    for bit in 0..<bits where i >> bit & 1 == 1 { result |= 1 << (bits - 1 - bit) }
    return result
  }

  /// The elements in bit-reversed order; their count is a power of two.
  static func reversed<Element>(_ values: [Element]) -> [Element] {
    let bits = values.count.trailingZeroBitCount
    return values.indices.map { values[reversed($0, bits: bits)] }
  }
}

/// What can be transformed: added, subtracted, and multiplied by scalars.
protocol FourierValue {
  static func + (_ x: Self, _ y: Self) -> Self
  static func - (_ x: Self, _ y: Self) -> Self
  static func * (_ x: Self, _ scalar: BLS12381.Fr) -> Self
}

extension BLS12381.Fr: FourierValue {}

extension JacobianPoint<BLS12381.G1>: FourierValue {
  static func - (_ p: Self, _ q: Self) -> Self { p + -q }

  static func * (_ p: Self, _ scalar: BLS12381.Fr) -> Self {
    withUnsafePointer(to: p.affine()) {
      BLS12381.combination(UnsafeBufferPointer(start: $0, count: 1)) { _ in scalar.integer }
    }
  }
}

extension RootsOfUnity {
  /// The values at the powers of the root of unity of the polynomial with these coefficients, in order;
  /// their count is a power of two up to 8192.
  static func evaluated<Value: FourierValue>(_ coefficients: [Value]) -> [Value] {
    transformed(coefficients) { step, i in all[i * step] }
  }

  /// The coefficients of the polynomial with these values at the powers of the root of unity.
  static func interpolated(_ values: [Fr]) -> [Fr] {
    let scale = Fr(reducing: (UInt64(values.count), 0, 0, 0)).inverse()
    return transformed(values) { step, i in i == 0 ? .one : all[count - i * step] }
      .map { $0 * scale }
  }

  /// Cooley and Tukey's transform by halves; `root` gives the power i of the root whose index in the
  /// table is `step`.
  private static func transformed<Value: FourierValue>(
    _ values: [Value], root: (_ step: Int, _ i: Int) -> Fr
  ) -> [Value] {
    var result = reversed(values)
    var half = 1
    while half < result.count {
      let step = count / (2 * half)
      for i in 0..<half {
        let factor = root(step, i)
        for start in stride(from: i, to: result.count, by: 2 * half) {
          let odd = i == 0 ? result[start + half] : result[start + half] * factor
          result[start + half] = result[start] - odd
          result[start] = result[start] + odd
        }
      }
      half *= 2
    }
    return result
  }
}

extension [BLS12381.Fr] {
  /// Replaces every element by its inverse and zero by zero, with one inversion (Montgomery's trick).
  mutating func invert() {
    var product = BLS12381.Fr.one
    let prefixes = map { element in
      defer { if !element.isZero { product = product * element } }
      return product
    }
    var inverse = product.inverse()
    for i in indices.reversed() where !self[i].isZero {
      let element = self[i]
      self[i] = inverse * prefixes[i]
      inverse = inverse * element
    }
  }
}
