// Products modulo an odd number of 256 bits, in Montgomery form.

internal import Primitives

/// An odd modulus m above 2^255, with R = 2^256. Unlike `FourLimbField`, for numbers without a spare bit:
/// the field and the order of secp256k1.
struct MontgomeryModulus {
  /// m.
  let value: UInt256
  /// −1/m modulo 2^64.
  let negativeInverse: UInt64
  /// R² modulo m: what takes a number into Montgomery form.
  let rSquared: UInt256

  /// The order of the group of secp256k1.
  @inline(__always)
  static var order: MontgomeryModulus {
    MontgomeryModulus(
      value: Secp256k1.order, negativeInverse: 0x4b0d_ff66_5588_b13f,
      rSquared: UInt256(
        l0: 0x896c_f214_67d7_d140, l1: 0x7414_96c2_0e7c_f878, l2: 0xe697_f5e4_5bcd_07c6,
        l3: 0x9d67_1cd5_81c6_9bc5))
  }

  /// The prime of the field that the curve is over.
  @inline(__always)
  static var field: MontgomeryModulus {
    MontgomeryModulus(
      value: UInt256(l0: 0xffff_fffe_ffff_fc2f, l1: .max, l2: .max, l3: .max),
      negativeInverse: 0xd838_091d_d225_3531,
      rSquared: UInt256(l0: 0x7a2_000e_90a1, l1: 1, l2: 0, l3: 0))
  }

  /// x·y/R modulo m, below m, for y below m and any x.
  @inline(__always)
  func product(_ x: UInt256, _ y: UInt256) -> UInt256 {
    var sum = Accumulator()
    sum.add(x.l0, times: y, modulo: self)
    sum.add(x.l1, times: y, modulo: self)
    sum.add(x.l2, times: y, modulo: self)
    sum.add(x.l3, times: y, modulo: self)
    let result = UInt256(l0: sum.t0, l1: sum.t1, l2: sum.t2, l3: sum.t3)
    return sum.t4 != 0 || result >= value ? result &- value : result
  }

  /// x + y modulo m, for both below m.
  func sum(_ x: UInt256, _ y: UInt256) -> UInt256 {
    let (sum, carry) = x.addingReportingOverflow(y)
    return carry || sum >= value ? sum &- value : sum
  }

  /// x − y modulo m, for both below m.
  func difference(_ x: UInt256, _ y: UInt256) -> UInt256 {
    let (difference, borrow) = x.subtractingReportingOverflow(y)
    return borrow ? difference &+ value : difference
  }

  /// 1/x modulo m as a plain number, for x below m; zero for zero.
  func inverse(_ x: UInt256) -> UInt256 {
    var words = (x.l0, x.l1, x.l2, x.l3)
    var modulus = (value.l0, value.l1, value.l2, value.l3)
    withUnsafeMutableBytes(of: &words) { words in
      withUnsafeMutableBytes(of: &modulus) { modulus in
        guard let words = words.baseAddress, let modulus = modulus.baseAddress else { return }
        invert(
          words.assumingMemoryBound(to: UInt64.self),
          modulo: modulus.assumingMemoryBound(to: UInt64.self),
          inverseOfP: 0 &- negativeInverse, wordCount: 4, limbCount: 5)
      }
    }
    return UInt256(l0: words.0, l1: words.1, l2: words.2, l3: words.3)
  }

  /// Puts scale/(R·x) in the place of each x; none may be zero. All share one inversion (Montgomery's
  /// trick).
  func invertAll(
    _ elements: UnsafeMutableBufferPointer<UInt256>, scratch: UnsafeMutableBufferPointer<UInt256>,
    scale: UInt256
  ) {
    guard var running = elements.first else { return }
    // The k-th product of x₁ … x_k has been divided by R k − 1 times; inverses undo one a step.
    for index in 1..<elements.count {
      scratch[index] = running
      running = product(elements[index], running)
    }
    running = product(inverse(running), scale)
    for index in (1..<elements.count).reversed() {
      let element = elements[index]
      elements[index] = product(scratch[index], running)
      running = product(element, running)
    }
    elements[0] = running
  }
}

/// A sum of products that is divided by 2^64 at every step.
private struct Accumulator {
  var t0: UInt64 = 0
  var t1: UInt64 = 0
  var t2: UInt64 = 0
  var t3: UInt64 = 0
  var t4: UInt64 = 0

  /// (self + factor·y + multiple of m)/2^64.
  @inline(__always)
  mutating func add(_ factor: UInt64, times y: UInt256, modulo m: MontgomeryModulus) {
    var carry: UInt64 = 0
    t0 = multiplyAdd(factor, y.l0, t0, &carry)
    t1 = multiplyAdd(factor, y.l1, t1, &carry)
    t2 = multiplyAdd(factor, y.l2, t2, &carry)
    t3 = multiplyAdd(factor, y.l3, t3, &carry)
    let high = UInt128(t4) &+ UInt128(carry)
    let multiple = t0 &* m.negativeInverse
    carry = 0
    _ = multiplyAdd(multiple, m.value.l0, t0, &carry)
    t0 = multiplyAdd(multiple, m.value.l1, t1, &carry)
    t1 = multiplyAdd(multiple, m.value.l2, t2, &carry)
    t2 = multiplyAdd(multiple, m.value.l3, t3, &carry)
    let top = high &+ UInt128(carry)
    t3 = lowLimb(top)
    t4 = highLimb(top)
  }
}
