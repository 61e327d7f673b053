// Powers modulo a number of any size (GMP).

internal import CGMP

/// `base ** exponent % modulus` on big-endian numbers of any length.
public enum ModExp {
  /// No operand may be longer: GMP aborts the process where it cannot allocate.
  public static let byteLimit = 1 << 24

  /// A bound of the bytes that a power of operands of these lengths takes, from copies to result;
  /// `UInt64.max` when one is longer than `byteLimit`.
  public static func memory(base: UInt64, exponent: UInt64, modulus: UInt64) -> UInt64 {
    guard max(base, exponent, modulus) <= UInt64(byteLimit) else { return .max }
    // GMP tabulates odd powers: at most 2^9 for the longest exponents, fewer for shorter ones.
    let powers = min(512, 2 * exponent + 2)
    return 4 * (base + exponent) + (powers + 16) * modulus
  }

  /// Writes the power at `output`, with as many bytes as `modulus` has; zero where the modulus is.
  /// False, and nothing written, when an operand is longer than `byteLimit`.
  public static func power(
    base: UnsafeRawBufferPointer, exponent: UnsafeRawBufferPointer,
    modulus: UnsafeRawBufferPointer, into output: UnsafeMutableRawPointer
  ) -> Bool {
    let longest = max(base.count, exponent.count, modulus.count)
    guard longest <= byteLimit else { return false }
    output.initializeMemory(as: UInt8.self, repeating: 0, count: modulus.count)
    // GMP divides by a zero modulus with a signal, and anything modulo one is zero.
    guard let top = modulus.firstIndex(where: { $0 != 0 }) else { return true }
    if top == modulus.count - 1 && modulus[top] == 1 { return true }
    if modulus.count - top <= 8 {
      let word = modulus[top...].reduce(0) { $0 &<< 8 | UInt64($1) }
      var power = WordModulus(word).power(base: base, exponent: exponent)
      for place in (top..<modulus.count).reversed() {
        output.storeBytes(of: UInt8(truncatingIfNeeded: power), toByteOffset: place, as: UInt8.self)
        power = power &>> 8
      }
      return true
    }
    return withUnsafeTemporaryAllocation(of: __mpz_struct.self, capacity: 4) { numbers in
      guard let b = numbers.baseAddress else { return false }
      let (e, m, result) = (b + 1, b + 2, b + 3)
      load(base, into: b)
      load(exponent, into: e)
      load(modulus, into: m)
      __gmpz_init(result)
      defer { for number in numbers.indices { __gmpz_clear(b + number) } }
      __gmpz_powm(result, b, e, m)
      let count = (__gmpz_sizeinbase(result, 2) + 7) / 8  // 1 for zero, which writes nothing
      __gmpz_export(output + (modulus.count - count), nil, 1, 1, 1, 0, result)
      return true
    }
  }

  /// The power, with as many bytes as `modulus` has; zero where the modulus is. Empty when an
  /// operand is longer than `byteLimit`.
  public static func power(base: [UInt8], exponent: [UInt8], modulus: [UInt8]) -> [UInt8] {
    if modulus.isEmpty { return [] }
    return [UInt8](unsafeUninitializedCapacity: modulus.count) { output, count in
      let isDone = base.withUnsafeBytes { base in
        exponent.withUnsafeBytes { exponent in
          modulus.withUnsafeBytes { modulus in
            power(
              base: base, exponent: exponent, modulus: modulus,
              into: UnsafeMutableRawPointer(output.baseAddress.unsafelyUnwrapped))
          }
        }
      }
      count = isDone ? modulus.count : 0
    }
  }

  private static func load(
    _ bytes: UnsafeRawBufferPointer, into number: UnsafeMutablePointer<__mpz_struct>
  ) {
    __gmpz_init2(number, UInt(bytes.count * 8))
    __gmpz_import(number, bytes.count, 1, 1, 1, 0, bytes.baseAddress)
  }
}
