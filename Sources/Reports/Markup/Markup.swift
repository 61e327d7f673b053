// Elements of HTML and SVG, with everything escaped that is not markup.

/// A piece of HTML or SVG that is being written.
///
/// Names of elements and attributes are the program's own; values and text may be anybody's.
public struct Markup: Sendable {
  /// What was written so far.
  public private(set) var source = ""

  /// An empty piece.
  public init() {}

  /// Writes an element with these attributes around what `body` writes.
  public mutating func element(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:],
    _ body: (inout Markup) -> Void
  ) {
    open(name, attributes)
    source += ">"
    body(&self)
    source += "</\(name)>"
  }

  /// Writes an element that holds text.
  public mutating func element(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:], text: String
  ) {
    element(name, attributes) { $0.text(text) }
  }

  /// Writes an element that holds nothing, as SVG and the void elements of HTML have them.
  public mutating func empty(_ name: String, _ attributes: KeyValuePairs<String, String> = [:]) {
    open(name, attributes)
    source += "/>"
  }

  /// Writes text.
  public mutating func text(_ text: String) { source += Self.escaped(text) }

  /// Writes what was written before.
  public mutating func append(_ other: Markup) { source += other.source }

  /// Begins a line, for those who read the source.
  public mutating func breakLine() { source += "\n" }

  /// Writes a style sheet, which is the program's own.
  mutating func style(_ rules: String) { source += "<style>\n\(rules)\n</style>" }

  private mutating func open(_ name: String, _ attributes: KeyValuePairs<String, String>) {
    source += "<\(name)"
    for (key, value) in attributes { source += " \(key)=\"\(Self.escaped(value))\"" }
  }

  /// The text with what would be markup replaced, and without characters that XML cannot hold.
  static func escaped(_ text: String) -> String {
    guard text.utf8.contains(where: needsEscape) else { return text }
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case "\n", "\t": escaped.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || scalar.value == 0x7f: escaped += "\u{fffd}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""),
      UInt8(ascii: "'"), 0x7f:
      true
    default: byte < 0x20
    }
  }
}
