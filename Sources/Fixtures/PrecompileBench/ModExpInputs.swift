// Inputs of MODEXP among which the slowest for their gas should be, for each of its prices.

internal import Ledger
internal import Primitives
internal import Samples

/// Makes inputs of MODEXP.
enum ModExpInputs {
  /// Lengths of base and modulus in bytes.
  private static let sizes = [
    1, 2, 3, 4, 7, 8, 9, 16, 24, 31, 32, 33, 40, 48, 56, 64, 72, 96, 128, 136, 192, 200, 256, 384,
    512, 768, 1024,
  ]

  /// Moduli of `size` bytes: what they are, and their bytes.
  private static func moduli(_ size: Int) -> [(String, [UInt8])] {
    var source = SeededGenerator(seed: UInt64(size))
    let random = [0xff] + source.bytes(size - 1)
    let half = size / 2
    return [
      ("odd", Array(random.dropLast()) + [random[size - 1] | 1]),
      ("all ones", [UInt8](repeating: 0xff, count: size)),
      ("even", Array(random.dropLast()) + [random[size - 1] & 0xfe | 2]),
      ("half of it zeros", Array(random.prefix(size - half)) + [UInt8](repeating: 0, count: half)),
      ("a power of two", [0x80] + [UInt8](repeating: 0, count: size - 1)),
      (
        "short",
        [UInt8](repeating: 0, count: size - (size + 3) / 4)
          + [UInt8](repeating: 0xff, count: (size + 3) / 4)
      ),
    ].filter { $0.1.contains { $0 > 1 } }
  }

  /// Exponents: one, small ones, as many bits as the least price buys, a head, a tail behind a head of
  /// zeros.
  private static func exponents(_ size: Int, _ fork: Fork) -> [(String, [UInt8])] {
    var shapes: [(String, [UInt8])] = [
      ("1", [1]), ("2", [2]), ("3", [3]), ("0xff", [0xff]), ("0x10001", [1, 0, 1]),
      ("32 bytes of ones", [UInt8](repeating: 0xff, count: 32)),
      ("2^255", [0x80] + [UInt8](repeating: 0, count: 31)),
      (
        "16 bytes of ones behind zeros",
        [UInt8](repeating: 0, count: 32) + [UInt8](repeating: 0xff, count: 16)
      ),
    ]
    let words = (size + 7) / 8
    // Squarings that the least price pays for.
    let free: Int =
      switch fork {
      case .byzantium: 700 * 20 / max(1, size * size)
      case .berlin: 600 / (words * words)
      default: size <= 32 ? 500 / 16 : 500 / (2 * words * words)
      }
    if free > 1 {
      let bits = min(free + 1, 256)
      let head = UInt256.max &>> (256 - bits)
      let bytes = Array(head.bigEndianBytes.drop { $0 == 0 })
      shapes.append(("\(bits) ones, the least price", bytes))
    }
    if free > 264 {
      let tail = (free - 255) / (fork >= .osaka ? 16 : 8)
      shapes.append(
        ("\(32 + tail) bytes, the least price", [UInt8](repeating: 0xff, count: 32 + tail)))
    }
    return shapes
  }

  /// All for the price that begins with `fork`.
  static func all(_ fork: Fork) -> [PrecompileInput] {
    var source = SeededGenerator(seed: 5)
    return sizes.flatMap { size in
      moduli(size).flatMap { modulusName, modulus in
        exponents(size, fork).flatMap { exponentName, exponent in
          [size, 1].map { baseSize in
            let base = source.bytes(baseSize)
            let lengths = [base, exponent, modulus].map { UInt256(UInt64($0.count)) }
            return PrecompileInput(
              name: "\(size) bytes, \(modulusName), base of \(baseSize), exponent \(exponentName)",
              bytes: lengths.flatMap(\.bigEndianBytes) + base + exponent + modulus)
          }
        }
      }
    }
  }
}
