// Bytes and numbers written in hexadecimal.

/// Why a text is not the hexadecimal form of what was asked for.
public struct HexError: Error, Hashable, Sendable {
  /// What is wrong.
  public enum Kind: Hashable, Sendable {
    /// No digits where a number was expected.
    case empty
    /// A byte string with half a byte.
    case oddLength
    /// A character that is no hexadecimal digit.
    case invalidDigit
    /// Another number of bytes than this one.
    case wrongLength(expected: Int)
    /// A number of more than 256 bits.
    case tooLarge
  }

  /// What is wrong.
  public var kind: Kind
  /// Where, in UTF-8 bytes from the start of the text.
  public var offset: Int

  /// The error `kind` at `offset`.
  public init(_ kind: Kind, at offset: Int) {
    self.kind = kind
    self.offset = offset
  }
}

/// Hexadecimal text, with the prefix `0x` as Ethereum writes it.
public enum Hex {
  /// The bytes as `0x` and two digits each.
  public static func encode(_ bytes: some Collection<UInt8>) -> String {
    // Outside this module a collection is only known by its protocol, a call for each byte.
    bytes.withContiguousStorageIfAvailable { spell($0) }
      ?? Array(bytes).withUnsafeBufferPointer { spell($0) }
  }

  private static func spell(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    String(unsafeUninitializedCapacity: 2 + 2 * bytes.count) { text in
      text[0] = UInt8(ascii: "0")
      text[1] = UInt8(ascii: "x")
      var position = 2
      for byte in bytes {
        text[position] = digit(byte >> 4)
        text[position + 1] = digit(byte & 15)
        position += 2
      }
      return position
    }
  }

  /// The bytes that `string` spells, with or without the prefix `0x`.
  public static func decode(_ string: some StringProtocol) throws(HexError) -> [UInt8] {
    var text = String(string)
    let result = text.withUTF8 { utf8 in
      Result { () throws(HexError) in try decode(utf8: utf8) }
    }
    return try result.get()
  }

  /// The bytes that the characters `text` spell, with or without the prefix `0x`.
  public static func decode(utf8 text: UnsafeBufferPointer<UInt8>) throws(HexError) -> [UInt8] {
    let start = prefixLength(text)
    let count = text.count - start
    if count & 1 != 0 { throw HexError(.oddLength, at: text.count) }
    var failure: HexError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count / 2) { bytes, initialized in
      for index in 0..<count / 2 {
        let high = value(text[start + 2 * index])
        let low = value(text[start + 2 * index + 1])
        if high | low > 15 {
          let offset = start + 2 * index + (high > 15 ? 0 : 1)
          failure = HexError(.invalidDigit, at: offset)
          return
        }
        bytes[index] = high << 4 | low
        initialized = index + 1
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Exactly `count` bytes that `string` spells.
  static func decode(
    _ string: some StringProtocol, count: Int
  ) throws(HexError) -> [UInt8] {
    let bytes = try decode(string)
    guard bytes.count == count else {
      throw HexError(.wrongLength(expected: count), at: string.utf8.count)
    }
    return bytes
  }

  /// The number that `string` spells; leading zeros and an odd number of digits are fine.
  static func decodeNumber(_ string: some StringProtocol) throws(HexError) -> UInt256 {
    var text = String(string)
    let result = text.withUTF8 { utf8 in
      Result { () throws(HexError) in try decodeNumber(utf8: utf8) }
    }
    return try result.get()
  }

  /// The number that the characters `text` spell, with or without the prefix `0x`; leading zeros and an
  /// odd number of digits are fine.
  public static func decodeNumber(
    utf8 text: UnsafeBufferPointer<UInt8>
  ) throws(HexError) -> UInt256 {
    let start = prefixLength(text)
    if text.count == start { throw HexError(.empty, at: start) }
    var number = UInt256.zero
    for offset in start..<text.count {
      let digit = value(text[offset])
      if digit > 15 { throw HexError(.invalidDigit, at: offset) }
      if number.l3 >> 60 != 0 { throw HexError(.tooLarge, at: offset) }
      number = number &<< 4
      number.l0 |= UInt64(digit)
    }
    return number
  }

  /// The lower-case digit of a number below 16.
  static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") &+ value : UInt8(ascii: "a") &- 10 &+ value
  }

  /// The length of the prefix `0x`, or zero where there is none.
  public static func prefixLength(_ text: UnsafeBufferPointer<UInt8>) -> Int {
    text.count >= 2 && text[0] == UInt8(ascii: "0") && text[1] | 0x20 == UInt8(ascii: "x") ? 2 : 0
  }

  /// The value of a digit, 255 for any other character.
  private static func value(_ character: UInt8) -> UInt8 {
    let decimal = character &- UInt8(ascii: "0")
    if decimal < 10 { return decimal }
    let letter = (character | 0x20) &- UInt8(ascii: "a")
    return letter < 6 ? letter + 10 : 255
  }
}
