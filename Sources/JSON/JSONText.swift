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
    let bigInteger: StaticString = "0x:bigint "
    let start = hasPrefix(bigInteger) ? bigInteger.utf8CodeUnitCount : 0
    let text = UnsafeBufferPointer(rebasing: buffer[start...])
    let prefixLength = Hex.prefixLength(text)
    if prefixLength == 0 { return UInt256(decimalUTF8: text) }
    return text.count == prefixLength ? .zero : try? Hex.decodeNumber(utf8: text)
  }

  /// The bytes that pairs of hex digits spell, with or without `0x`. Nil for other text.
  public var bytes: [UInt8]? { try? Hex.decode(utf8: buffer) }

  /// The address that exactly 40 hex digits spell, with or without `0x`.
  public var address: Address? { word(ofDigits: 40).map { Address(truncating: $0) } }

  /// The hash that exactly 64 hex digits spell, with or without `0x`.
  public var hash: Hash256? { word(ofDigits: 64).map { Hash256($0) } }

  private func word(ofDigits expected: Int) -> UInt256? {
    guard count - Hex.prefixLength(buffer) == expected else { return nil }
    return try? Hex.decodeNumber(utf8: buffer)
  }
}
