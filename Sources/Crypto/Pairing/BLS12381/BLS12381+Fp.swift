// The base field of BLS12-381 in Montgomery form: six limbs, R = 2³⁸⁴.

internal import CKernels

extension BLS12381 {
  /// Integers modulo p = (x − 1)²(x⁴ − x² + 1)/3 + x, x = −0xd201000000010000; 381 bits.
  struct Fp: PrimeField {
    var l0: UInt64
    var l1: UInt64
    var l2: UInt64
    var l3: UInt64
    var l4: UInt64
    var l5: UInt64

    /// The limbs of a Montgomery form, least significant first.
    @inline(__always)
    init(
      _ l0: UInt64, _ l1: UInt64, _ l2: UInt64, _ l3: UInt64, _ l4: UInt64, _ l5: UInt64
    ) {
      self.l0 = l0
      self.l1 = l1
      self.l2 = l2
      self.l3 = l3
      self.l4 = l4
      self.l5 = l5
    }

    /// Twelve limbs, least significant first.
    struct Product: BitwiseCopyable {
      var low: Fp
      var high: Fp
    }

    @inline(__always) static var zero: Self { Self(0, 0, 0, 0, 0, 0) }

    /// R mod p.
    @inline(__always) static var one: Self {
      Self(
        0x7609_0000_0002_fffd, 0xebf4_000b_c40c_0002, 0x5f48_9857_53c7_58ba,
        0x77ce_5853_7052_5745, 0x5c07_1a97_a256_ec6d, 0x15f6_5ec3_fa80_e493)
    }

    /// p itself, not an element.
    @inline(__always) static var modulus: Self {
      Self(
        0xb9fe_ffff_ffff_aaab, 0x1eab_fffe_b153_ffff, 0x6730_d2a0_f6b0_f624,
        0x6477_4b84_f385_12bf, 0x4b1b_a7b6_434b_acd7, 0x1a01_11ea_397f_e69a)
    }

    /// −1/p mod 2⁶⁴.
    @inline(__always) static var negativeInverse: UInt64 { 0x89f3_fffc_fffc_fffd }

    /// R² mod p, which takes an integer into Montgomery form.
    @inline(__always) static var rSquared: Self {
      Self(
        0xf4df_1f34_1c34_1746, 0x0a76_e6a6_09d1_04f1, 0x8de5_476c_4c95_b6d5,
        0x67eb_88a9_939d_83c0, 0x9a79_3e85_b519_952d, 0x1198_8fe5_92ca_e3aa)
    }

    /// R³ mod p, which takes the inverse of a Montgomery form into Montgomery form.
    @inline(__always) static var rCubed: Self {
      Self(
        0xed48_ac6b_d94c_a1e0, 0x315f_831e_03a7_adf8, 0x9a53_352a_615e_29dd,
        0x34c0_4e5e_921e_1761, 0x2512_d435_6572_4728, 0x0aa6_3460_9175_5d4d)
    }

    static var byteCount: Int { 48 }

    @inline(__always) var isZero: Bool { l0 | l1 | l2 | l3 | l4 | l5 == 0 }

    @inline(__always)
    static func == (_ x: Self, _ y: Self) -> Bool {
      let low = (x.l0 ^ y.l0) | (x.l1 ^ y.l1) | (x.l2 ^ y.l2)
      return low | (x.l3 ^ y.l3) | (x.l4 ^ y.l4) | (x.l5 ^ y.l5) == 0
    }
  }
}

extension BLS12381.Fp {
  /// x + y + carry as integers.
  @inline(__always)
  static func add(_ x: Self, _ y: Self, _ carry: inout UInt64) -> Self {
    let s0 = addCarry(x.l0, y.l0, &carry)
    let s1 = addCarry(x.l1, y.l1, &carry)
    let s2 = addCarry(x.l2, y.l2, &carry)
    let s3 = addCarry(x.l3, y.l3, &carry)
    let s4 = addCarry(x.l4, y.l4, &carry)
    let s5 = addCarry(x.l5, y.l5, &carry)
    return Self(s0, s1, s2, s3, s4, s5)
  }

  /// x − y as integers; the carry starts at 1 and ends at 0 when the difference is negative.
  @inline(__always)
  static func subtract(_ x: Self, _ y: Self, _ carry: inout UInt64) -> Self {
    let d0 = subtractCarry(x.l0, y.l0, &carry)
    let d1 = subtractCarry(x.l1, y.l1, &carry)
    let d2 = subtractCarry(x.l2, y.l2, &carry)
    let d3 = subtractCarry(x.l3, y.l3, &carry)
    let d4 = subtractCarry(x.l4, y.l4, &carry)
    let d5 = subtractCarry(x.l5, y.l5, &carry)
    return Self(d0, d1, d2, d3, d4, d5)
  }

  @inline(__always)
  static func masked(_ x: Self, _ mask: UInt64) -> Self {
    Self(x.l0 & mask, x.l1 & mask, x.l2 & mask, x.l3 & mask, x.l4 & mask, x.l5 & mask)
  }

  /// x − p if that is not negative, for x < 2p; see `FourLimbField`.
  @inline(__always)
  static func reduceOnce(_ x: Self) -> Self {
    let p = opaqueModulus
    var carry: UInt64 = 1
    let difference = subtract(x, p, &carry)
    return lazySum(difference, masked(p, carry &- 1))
  }

  /// p in registers: folded as a constant into a carry chain it breaks the chain.
  @inline(__always)
  static var opaqueModulus: Self {
    let p = modulus
    return Self(
      nt_in_register(p.l0), nt_in_register(p.l1), nt_in_register(p.l2), nt_in_register(p.l3),
      nt_in_register(p.l4), nt_in_register(p.l5))
  }

  @inline(__always)
  static func lazySum(_ x: Self, _ y: Self) -> Self {
    var carry: UInt64 = 0
    return add(x, y, &carry)
  }

  @inline(__always)
  static func + (_ x: Self, _ y: Self) -> Self { reduceOnce(lazySum(x, y)) }

  @inline(__always)
  static func - (_ x: Self, _ y: Self) -> Self {
    var carry: UInt64 = 1
    let difference = subtract(x, y, &carry)
    return lazySum(difference, masked(modulus, carry &- 1))
  }

  @inline(__always)
  static prefix func - (_ x: Self) -> Self { zero - x }

  @inline(__always)
  func doubled() -> Self { self + self }

  @inline(__always)
  func halved() -> Self {
    let even = Self.lazySum(self, Self.masked(Self.modulus, 0 &- (l0 & 1)))
    return Self(
      even.l0 &>> 1 | even.l1 &<< 63, even.l1 &>> 1 | even.l2 &<< 63,
      even.l2 &>> 1 | even.l3 &<< 63, even.l3 &>> 1 | even.l4 &<< 63,
      even.l4 &>> 1 | even.l5 &<< 63, even.l5 &>> 1)
  }

  /// Not inlined: sixteen of these in a point addition would not fit the instruction cache.
  @inline(never)
  static func * (_ x: Self, _ y: Self) -> Self { reduce(product(x, y)) }

  @inline(never)
  func squared() -> Self { Self.reduce(Self.square(self)) }

  @inline(never)
  func inverse() -> Self {
    var p = Self.modulus
    var x = self
    withUnsafeMutableBytes(of: &x) { x in
      withUnsafeMutableBytes(of: &p) { p in
        guard let x = x.baseAddress, let p = p.baseAddress else { return }
        invert(
          x.assumingMemoryBound(to: UInt64.self), modulo: p.assumingMemoryBound(to: UInt64.self),
          inverseOfP: 0 &- Self.negativeInverse, wordCount: 6, limbCount: 7)
      }
    }
    // 1/(a·R) becomes R/a.
    return x * Self.rCubed
  }
}

extension BLS12381.Fp {
  init?(bigEndian bytes: UnsafeRawPointer) {
    let x = Self(
      loadBigEndian(bytes + 40), loadBigEndian(bytes + 32), loadBigEndian(bytes + 24),
      loadBigEndian(bytes + 16), loadBigEndian(bytes + 8), loadBigEndian(bytes + 0))
    var carry: UInt64 = 1
    _ = Self.subtract(x, Self.modulus, &carry)
    guard carry == 0 else { return nil }
    self = x * Self.rSquared
  }

  func store(bigEndian bytes: UnsafeMutableRawPointer) {
    let x = Self.reduce(Product(low: self, high: .zero))
    storeBigEndian(x.l5, bytes)
    storeBigEndian(x.l4, bytes + 8)
    storeBigEndian(x.l3, bytes + 16)
    storeBigEndian(x.l2, bytes + 24)
    storeBigEndian(x.l1, bytes + 32)
    storeBigEndian(x.l0, bytes + 40)
  }
}
