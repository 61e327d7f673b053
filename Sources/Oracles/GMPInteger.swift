// An integer of GMP: the oracle of the arithmetic.

internal import CGMP
public import Primitives

/// An integer of any size and sign, computed by GMP.
public final class GMPInteger {
  private let z = UnsafeMutablePointer<__mpz_struct>.allocate(capacity: 1)

  /// The number `value`.
  public init(_ value: Int = 0) { __gmpz_init_set_si(z, value) }

  /// The number `value`, unsigned.
  public init(_ value: UInt256) {
    __gmpz_init(z)
    let limbs = [value.l0, value.l1, value.l2, value.l3]
    __gmpz_import(z, 4, -1, 8, 0, 0, limbs)
  }

  /// `value` read as two's complement.
  public init(signed value: UInt256) {
    __gmpz_init(z)
    let limbs = [value.l0, value.l1, value.l2, value.l3]
    __gmpz_import(z, 4, -1, 8, 0, 0, limbs)
    if value.isNegative { __gmpz_sub(z, z, GMPInteger.modulus.z) }
  }

  deinit {
    __gmpz_clear(z)
    z.deallocate()
  }

  /// 2^256; never written again.
  public nonisolated(unsafe) static let modulus: GMPInteger = {
    let result = GMPInteger()
    __gmpz_ui_pow_ui(result.z, 2, 256)
    return result
  }()

  /// The number modulo 2^256, in two's complement.
  public var word: UInt256 {
    let reduced = GMPInteger()
    __gmpz_fdiv_r(reduced.z, z, GMPInteger.modulus.z)
    var limbs = [UInt64](repeating: 0, count: 4)
    __gmpz_export(&limbs, nil, -1, 8, 0, 0, reduced.z)
    return UInt256(l0: limbs[0], l1: limbs[1], l2: limbs[2], l3: limbs[3])
  }

  /// Whether the number is in 0 ..< 2^256.
  public var fits: Bool { __gmpz_cmp_si(z, 0) >= 0 && __gmpz_cmp(z, GMPInteger.modulus.z) < 0 }

  /// The number in decimal digits.
  public var decimal: String {
    guard let text = __gmpz_get_str(nil, 10, z) else { return "" }
    defer { text.deallocate() }
    return String(cString: text)
  }

  /// Whether the number is less than `other`.
  public func isLess(than other: GMPInteger) -> Bool { __gmpz_cmp(z, other.z) < 0 }

  /// The sum.
  public static func + (a: GMPInteger, b: GMPInteger) -> GMPInteger {
    let result = GMPInteger()
    __gmpz_add(result.z, a.z, b.z)
    return result
  }

  /// The difference.
  public static func - (a: GMPInteger, b: GMPInteger) -> GMPInteger {
    let result = GMPInteger()
    __gmpz_sub(result.z, a.z, b.z)
    return result
  }

  /// The product.
  public static func * (a: GMPInteger, b: GMPInteger) -> GMPInteger {
    let result = GMPInteger()
    __gmpz_mul(result.z, a.z, b.z)
    return result
  }

  /// Rounded towards zero.
  public static func / (a: GMPInteger, b: GMPInteger) -> GMPInteger {
    let result = GMPInteger()
    __gmpz_tdiv_q(result.z, a.z, b.z)
    return result
  }

  /// With the sign of the dividend.
  public static func % (a: GMPInteger, b: GMPInteger) -> GMPInteger {
    let result = GMPInteger()
    __gmpz_tdiv_r(result.z, a.z, b.z)
    return result
  }

  /// The number times 2^`count`.
  public static func << (a: GMPInteger, count: Int) -> GMPInteger {
    let result = GMPInteger()
    __gmpz_mul_2exp(result.z, a.z, UInt(count))
    return result
  }

  /// Rounded down.
  public static func >> (a: GMPInteger, count: Int) -> GMPInteger {
    let result = GMPInteger()
    __gmpz_fdiv_q_2exp(result.z, a.z, UInt(count))
    return result
  }

  /// `self` raised to `exponent`, modulo 2^256.
  public func power(_ exponent: GMPInteger) -> GMPInteger {
    let result = GMPInteger()
    __gmpz_powm(result.z, z, exponent.z, GMPInteger.modulus.z)
    return result
  }
}
