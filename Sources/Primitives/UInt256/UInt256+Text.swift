// UInt256 as hexadecimal and decimal text.

extension UInt256: CustomStringConvertible {
  /// The number that `string` spells in hexadecimal, with or without the prefix `0x`. Leading zeros
  /// and an odd number of digits are fine.
  public init(hex string: some StringProtocol) throws(HexError) {
    self = try Hex.decodeNumber(string)
  }

  /// The number in hexadecimal as a quantity: `0x` and no leading zeros, `0x0` for zero.
  public var hex: String {
    let digits = Swift.max(1, (bitWidth + 3) / 4)
    return String(unsafeUninitializedCapacity: 2 + digits) { text in
      text[0] = UInt8(ascii: "0")
      text[1] = UInt8(ascii: "x")
      for index in 0..<digits {
        let value = (self &>> (4 * (digits - 1 - index))).l0 & 15
        text[2 + index] = Hex.digit(UInt8(truncatingIfNeeded: value))
      }
      return 2 + digits
    }
  }

  /// The number as a hexadecimal quantity.
  public var description: String { hex }

  /// The number that `string` spells in decimal digits, or nil when it does not or is too large.
  public init?(decimal string: some StringProtocol) { self.init(decimalUTF8: string.utf8) }

  /// The number that the characters `digits` spell in decimal, or nil when they do not or it is too
  /// large.
  public init?(decimalUTF8 digits: some Sequence<UInt8>) {
    var number = UInt256.zero
    var isEmpty = true
    for character in digits {
      let digit = character &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      let (low, high) = number.scaled(by: 10, adding: UInt256(UInt64(digit)))
      guard high == 0 else { return nil }
      number = low
      isEmpty = false
    }
    if isEmpty { return nil }
    self = number
  }

  /// The number in decimal digits.
  public var decimal: String {
    let chunk = UInt256(10_000_000_000_000_000_000 as UInt64)  // 10^19, the largest that fits
    var parts: [String] = []
    var rest = self
    repeat {
      let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: chunk)
      parts.append(String(remainder.l0))
      rest = quotient
    } while !rest.isZero
    var text = parts.removeLast()
    for part in parts.reversed() {
      text += String(repeating: "0", count: 19 - part.utf8.count) + part
    }
    return text
  }
}
