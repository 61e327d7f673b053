// Writing JSON.

/// Writes one JSON value.
///
/// The caller opens and closes objects and arrays in matching pairs; commas and line breaks are ours.
public struct JSONWriter: Sendable {
  /// How the text is laid out.
  public enum Layout: Sendable {
    /// A line for each member and element, two spaces for each level, and a line break at the end.
    case indented
    /// No spaces and no line breaks.
    case compact
  }

  /// What was written so far.
  public private(set) var text = ""
  private let isCompact: Bool
  private var levels: [Level] = []
  private var hasKey = false

  private struct Level {
    let close: Character
    var isEmpty = true
  }

  /// An empty document.
  public init(_ layout: Layout = .indented) { isCompact = layout == .compact }

  /// Writes an object whose members `body` writes.
  public mutating func object<Failure: Error>(
    _ body: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    try nest("{", "}", body)
  }

  /// Writes an array whose elements `body` writes.
  public mutating func array<Failure: Error>(
    _ body: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    try nest("[", "]", body)
  }

  /// Writes the name of the next member.
  public mutating func key(_ name: String) {
    separate()
    quote(name)
    text += isCompact ? ":" : ": "
    hasKey = true
  }

  /// Writes a string.
  public mutating func value(_ string: String) {
    separate()
    quote(string)
  }

  /// Writes a whole number.
  public mutating func value(_ number: some BinaryInteger) {
    separate()
    text += String(number)
  }

  /// Writes a fraction with at most six decimals; null when it is not finite.
  public mutating func value(_ number: Double) {
    separate()
    guard number.isFinite else {
      text += "null"
      return
    }
    let scaled = (number * 1e6).rounded() / 1e6
    text += scaled == scaled.rounded() && abs(scaled) < 1e15 ? "\(Int(scaled))" : "\(scaled)"
  }

  /// Writes a truth value.
  public mutating func value(_ truth: Bool) {
    separate()
    text += truth ? "true" : "false"
  }

  /// Writes null.
  public mutating func null() {
    separate()
    text += "null"
  }

  /// Writes a member with a string.
  public mutating func member(_ name: String, _ string: String) {
    key(name)
    value(string)
  }

  /// Writes a member with a whole number.
  public mutating func member(_ name: String, _ number: some BinaryInteger) {
    key(name)
    value(number)
  }

  /// Writes a member with a fraction.
  public mutating func member(_ name: String, _ number: Double) {
    key(name)
    value(number)
  }

  /// Writes a member with a truth value.
  public mutating func member(_ name: String, _ truth: Bool) {
    key(name)
    value(truth)
  }

  /// Writes a member with an array of an object for each element, whose members `body` writes.
  public mutating func objects<Elements: Sequence>(
    _ name: String, of elements: Elements, _ body: (inout JSONWriter, Elements.Element) -> Void
  ) {
    key(name)
    array { list in
      for element in elements { list.object { body(&$0, element) } }
    }
  }

  private mutating func nest<Failure: Error>(
    _ open: Character, _ close: Character, _ body: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    separate()
    text.append(open)
    levels.append(Level(close: close))
    try body(&self)
    let level = levels.removeLast()
    if !level.isEmpty { breakLine() }
    text.append(level.close)
    if levels.isEmpty && !isCompact { text.append("\n") }
  }

  private mutating func separate() {
    if hasKey {
      hasKey = false
      return
    }
    guard !levels.isEmpty else { return }
    if !levels[levels.count - 1].isEmpty { text.append(",") }
    levels[levels.count - 1].isEmpty = false
    breakLine()
  }

  private mutating func breakLine() {
    if isCompact { return }
    text.append("\n")
    text += String(repeating: "  ", count: levels.count)
  }

  private mutating func quote(_ string: String) {
    text.append("\"")
    defer { text.append("\"") }
    // Most strings, and all long ones, hold nothing that must be escaped.
    guard string.utf8.contains(where: Self.needsEscape) else {
      text += string
      return
    }
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case "\r": text += "\\r"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }
}
