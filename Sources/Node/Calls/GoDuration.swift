// Times as programs in Go write them.

/// The notation of times in Go.
enum GoDuration {
  /// Nanoseconds by the names of units. Microseconds are written with either of two letters that look the same.
  private static let units: [Substring: Double] = [
    "ns": 1, "us": 1e3, "\u{b5}s": 1e3, "\u{3bc}s": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9,
    "h": 3600e9,
  ]

  /// Reads numbers with units, one behind another: `500ms`, `1m30s`, `1.5h`, and `0` without one. No time is
  /// less than none here. Errors are in Go's words.
  static func read(_ text: String) throws(RPCError) -> Duration {
    let invalid = RPCError.failed("time: invalid duration \"\(text)\"")
    var rest = text[...]
    let isNegative = rest.first == "-"
    if isNegative || rest.first == "+" { rest.removeFirst() }
    if rest.isEmpty { throw invalid }
    if rest == "0" { return .zero }
    func isOfNumber(_ character: Character) -> Bool {
      character == "." || character.isASCII && character.isNumber
    }
    var sum = 0.0
    while !rest.isEmpty {
      let digits = rest.prefix(while: isOfNumber)
      // What has a point may have nothing on one side of it.
      guard digits != ".", let number = Double("0\(digits)"), !digits.isEmpty else { throw invalid }
      rest = rest.dropFirst(digits.count)
      let unit = rest.prefix { !isOfNumber($0) }
      if unit.isEmpty { throw .failed("time: missing unit in duration \"\(text)\"") }
      guard let scale = Self.units[unit] else {
        throw .failed("time: unknown unit \"\(unit)\" in duration \"\(text)\"")
      }
      rest = rest.dropFirst(unit.count)
      sum += number * scale
    }
    // Go counts nanoseconds in 64 bits.
    guard let nanoseconds = Int64(exactly: sum.rounded(.down)) else { throw invalid }
    return isNegative ? .zero : .nanoseconds(nanoseconds)
  }
}

extension Duration {
  /// A time of whole milliseconds as Go writes it.
  var goText: String {
    let (seconds, rest) = components
    let milliseconds = rest / 1_000_000_000_000_000
    if seconds == 0, milliseconds > 0 { return "\(milliseconds)ms" }
    var fraction = "\(1000 + milliseconds)".dropFirst()
    while fraction.last == "0" { fraction.removeLast() }
    let hours = seconds / 3600 > 0 ? "\(seconds / 3600)h" : ""
    let minutes = seconds / 60 > 0 ? "\(seconds / 60 % 60)m" : ""
    return hours + minutes + "\(seconds % 60)" + (fraction.isEmpty ? "" : ".\(fraction)") + "s"
  }
}
