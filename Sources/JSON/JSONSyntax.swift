// Where a text stops being JSON.

/// Finds the place at which a text is no JSON (RFC 8259): simdjson says only that there is one.
struct JSONSyntax {
  /// The first byte that cannot stand where it does, or the end of the text where it must go on; nil
  /// where nothing of the kind is found. Whether numbers fit and surrogates have partners is not asked.
  static func firstFault(in bytes: [UInt8]) -> Int? {
    var syntax = JSONSyntax(bytes: bytes)
    do throws(Fault) {
      try syntax.takeDocument()
      return nil
    } catch {
      return syntax.position
    }
  }

  /// The line and the column of a place, both from 1; a column is a character.
  static func lineAndColumn(of place: Int, in bytes: [UInt8]) -> (line: Int, column: Int) {
    let before = bytes[..<place]
    let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    return (line, before[start...].count { $0 & 0xc0 != 0x80 } + 1)
  }

  private struct Fault: Error {}

  private let bytes: [UInt8]
  private var position = 0
  /// The brackets that are to come, the innermost last.
  private var closings: [UInt8] = []

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ byte: UInt8) throws(Fault) {
    guard next == byte else { throw Fault() }
    position += 1
  }

  private mutating func skipSpace() {
    while let byte = next, [0x20, 0x0a, 0x0d, 0x09].contains(byte) { position += 1 }
  }

  // MARK: - Values

  private mutating func takeDocument() throws(Fault) {
    repeat { try takeOpening() } while try takeClosings()
    if next != nil { throw Fault() }
  }

  /// A value up to its end, or to the first value in it.
  private mutating func takeOpening() throws(Fault) {
    while true {
      skipSpace()
      switch next {
      case UInt8(ascii: "{"):
        position += 1
        closings.append(UInt8(ascii: "}"))
        skipSpace()
        if next == closings.last { return }
        try takeName()
      case UInt8(ascii: "["):
        position += 1
        closings.append(UInt8(ascii: "]"))
        skipSpace()
        if next == closings.last { return }
      case UInt8(ascii: "\""): return try takeString()
      case UInt8(ascii: "t"): return try takeWord("true")
      case UInt8(ascii: "f"): return try takeWord("false")
      case UInt8(ascii: "n"): return try takeWord("null")
      default: return try takeNumber()
      }
    }
  }

  /// What stands behind a value; whether another one follows.
  private mutating func takeClosings() throws(Fault) -> Bool {
    skipSpace()
    while let closing = closings.last {
      if next == UInt8(ascii: ",") {
        position += 1
        if closing == UInt8(ascii: "}") { try takeName() }
        return true
      }
      try take(closing)
      closings.removeLast()
      skipSpace()
    }
    return false
  }

  private mutating func takeName() throws(Fault) {
    skipSpace()
    try takeString()
    skipSpace()
    try take(UInt8(ascii: ":"))
  }

  private mutating func takeWord(_ word: StaticString) throws(Fault) {
    for index in 0..<word.utf8CodeUnitCount { try take(word.utf8Start[index]) }
  }

  private mutating func takeNumber() throws(Fault) {
    if next == UInt8(ascii: "-") { position += 1 }
    if next == UInt8(ascii: "0") { position += 1 } else { try takeDigits() }
    if next == UInt8(ascii: ".") {
      position += 1
      try takeDigits()
    }
    guard next == UInt8(ascii: "e") || next == UInt8(ascii: "E") else { return }
    position += 1
    if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
    try takeDigits()
  }

  private mutating func takeDigits() throws(Fault) {
    let start = position
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    if position == start { throw Fault() }
  }

  // MARK: - Strings

  private mutating func takeString() throws(Fault) {
    try take(UInt8(ascii: "\""))
    while let byte = next, byte >= 0x20 {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return
      case UInt8(ascii: "\\"): try takeEscape()
      case ..<0x80: position += 1
      default: try takeCharacter(byte)
      }
    }
    throw Fault()
  }

  private mutating func takeEscape() throws(Fault) {
    position += 1
    guard let byte = next, "\"\\/bfnrtu".utf8.contains(byte) else { throw Fault() }
    position += 1
    guard byte == UInt8(ascii: "u") else { return }
    for _ in 0..<4 {
      guard let digit = next, Character(Unicode.Scalar(digit)).isHexDigit, digit < 0x80 else {
        throw Fault()
      }
      position += 1
    }
  }

  /// A character of two to four bytes, in its shortest form and no surrogate (RFC 3629).
  private mutating func takeCharacter(_ first: UInt8) throws(Fault) {
    let second: ClosedRange<UInt8>
    switch first {
    case 0xe0: second = 0xa0...0xbf
    case 0xed: second = 0x80...0x9f
    case 0xf0: second = 0x90...0xbf
    case 0xf4: second = 0x80...0x8f
    case 0xc2...0xf3: second = 0x80...0xbf
    default: throw Fault()
    }
    let size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
    guard position + size <= bytes.count, second.contains(bytes[position + 1]),
      bytes[(position + 2)..<max(position + 2, position + size)].allSatisfy({ $0 & 0xc0 == 0x80 })
    else { throw Fault() }
    position += size
  }
}
