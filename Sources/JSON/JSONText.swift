// A string inside a JSON document, and the numbers and bytes it spells.

public import Primitives

/// A string of a document, in place.
public struct JSONText: @unchecked Sendable {
  private let owner: JSONDocument
  private let start: UnsafePointer<UInt8>?
  private let count: Int

  init(owner: JSONDocument, start: UnsafePointer<UInt8>?, count: Int) {
    self.owner = owner
    self.start = start
    self.count = count
  }

  private var buffer: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: start, count: count)
  }

  /// The text as a string.
  public var string: String { String(decoding: buffer, as: UTF8.self) }

  /// The bytes of the text (UTF-8).
  public var utf8: [UInt8] { Array(buffer) }

  /// Whether there is no character.
  public var isEmpty: Bool { count == 0 }

  /// Whether the text begins with these characters.
  public func hasPrefix(_ prefix: StaticString) -> Bool {
    prefix.withUTF8Buffer { buffer.starts(with: $0) }
  }

  /// The number that a quantity spells: `0x` and hex digits (leading zeros allowed, `0x` alone is
  /// zero), the suites' `0x:bigint 0x…`, or decimal digits. Nil for other text and beyond 256 bits.
  public var quantity: UInt256? {
    var digits = buffer[...]
    let bigInteger: StaticString = "0x:bigint "
    if hasPrefix(bigInteger) { digits = digits.dropFirst(bigInteger.utf8CodeUnitCount) }
    guard digits.isHexPrefixed else { return Self.decimal(digits) }
    return Self.hexadecimal(digits.dropFirst(2))
  }

  /// The bytes that pairs of hex digits spell, with or without `0x`. Nil for other text.
  public var bytes: [UInt8]? {
    let digits = buffer[...].withoutHexPrefix
    guard digits.count.isMultiple(of: 2) else { return nil }
    var isValid = true
    let bytes = [UInt8](unsafeUninitializedCapacity: digits.count / 2) { output, filled in
      var position = digits.startIndex
      while position < digits.endIndex {
        let (high, low) = (hexValue(buffer[position]), hexValue(buffer[position + 1]))
        if (high | low) > 15 { isValid = false }
        output[filled] = high << 4 | low & 15
        filled += 1
        position += 2
      }
    }
    return isValid ? bytes : nil
  }

  /// The address that exactly 40 hex digits spell, with or without `0x`.
  public var address: Address? {
    let digits = buffer[...].withoutHexPrefix
    guard digits.count == 40, let word = Self.hexadecimal(digits) else { return nil }
    return Address(truncating: word)
  }

  /// The hash that exactly 64 hex digits spell, with or without `0x`.
  public var hash: Hash256? {
    let digits = buffer[...].withoutHexPrefix
    guard digits.count == 64, let word = Self.hexadecimal(digits) else { return nil }
    return Hash256(word)
  }

  private static func hexadecimal(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> UInt256? {
    var limbs: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    for digit in digits {
      let value = hexValue(digit)
      guard value < 16, limbs.3 >> 60 == 0 else { return nil }
      limbs.3 = limbs.3 << 4 | limbs.2 >> 60
      limbs.2 = limbs.2 << 4 | limbs.1 >> 60
      limbs.1 = limbs.1 << 4 | limbs.0 >> 60
      limbs.0 = limbs.0 << 4 | UInt64(value)
    }
    return UInt256(l0: limbs.0, l1: limbs.1, l2: limbs.2, l3: limbs.3)
  }

  private static func decimal(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> UInt256? {
    guard !digits.isEmpty else { return nil }
    var value = UInt256.zero
    for digit in digits {
      guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
      guard let next = value.timesTen(plus: UInt64(digit - UInt8(ascii: "0"))) else { return nil }
      value = next
    }
    return value
  }
}

/// The value of a hex digit, or 255 for any other character.
private func hexValue(_ character: UInt8) -> UInt8 {
  switch character {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
  default: 255
  }
}

extension Slice<UnsafeBufferPointer<UInt8>> {
  fileprivate var isHexPrefixed: Bool {
    count >= 2 && self[startIndex] == UInt8(ascii: "0")
      && (self[startIndex + 1] == UInt8(ascii: "x") || self[startIndex + 1] == UInt8(ascii: "X"))
  }

  fileprivate var withoutHexPrefix: Self { isHexPrefixed ? dropFirst(2) : self }
}

extension UInt256 {
  /// `self · 10 + digit`, or nil when it does not fit.
  fileprivate func timesTen(plus digit: UInt64) -> UInt256? {
    var carry = UInt128(digit)
    func step(_ limb: UInt64) -> UInt64 {
      carry += UInt128(limb) * 10
      defer { carry >>= 64 }
      return UInt64(truncatingIfNeeded: carry)
    }
    let value = UInt256(l0: step(l0), l1: step(l1), l2: step(l2), l3: step(l3))
    return carry == 0 ? value : nil
  }
}
