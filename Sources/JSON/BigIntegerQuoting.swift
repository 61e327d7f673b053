// Integers that do not fit 64 bits, made into strings before parsing.

/// simdjson refuses a document with an integer beyond 64 bits. Old fixtures hold a few.
enum BigIntegerQuoting {
  /// The text with every integer of 19 digits or more put into quotes. Other text is unchanged, so
  /// that what was malformed stays malformed.
  static func quoted(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count + 64)
    var position = 0
    while position < bytes.count {
      let end = endOfToken(bytes, from: position)
      let token = bytes[position..<end]
      let isBigInteger = token.count >= 19 && token.allSatisfy(isDigit) && token.first != zero
      if isBigInteger { output.append(quote) }
      output.append(contentsOf: token)
      if isBigInteger { output.append(quote) }
      position = end
    }
    return output
  }

  private static let quote = UInt8(ascii: "\"")
  private static let zero = UInt8(ascii: "0")

  /// The end of the string, the number or the single other byte that begins at `start`.
  private static func endOfToken(_ bytes: [UInt8], from start: Int) -> Int {
    var end = start + 1
    if bytes[start] == quote {
      while end < bytes.count, bytes[end] != quote {
        end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
      }
      return min(end + 1, bytes.count)
    }
    guard isNumberPart(bytes[start]) else { return end }
    while end < bytes.count, isNumberPart(bytes[end]) { end += 1 }
    return end
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= zero && byte <= UInt8(ascii: "9") }

  private static func isNumberPart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
      UInt8(ascii: "+"), UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }
}
