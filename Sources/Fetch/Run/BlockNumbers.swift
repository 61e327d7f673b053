// Which blocks to fetch.

/// Numbers of blocks, as `N`, `N-M` and lists of these.
public struct BlockNumbers: Sendable, Equatable {
  /// How many blocks one run may fetch.
  public static let limit = 100_000

  /// The numbers in the order given, each once.
  public let numbers: [UInt64]

  /// Reads a list such as `100,0x80,200-210`. Nil for anything else, and for more numbers than
  /// `limit`.
  public init?(_ text: String) {
    var numbers: [UInt64] = []
    var seen: Set<UInt64> = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false)
      guard ends.count <= 2, let first = Self.number(ends[0]),
        let last = Self.number(ends[ends.count - 1]), first <= last,
        last - first < UInt64(Self.limit)
      else { return nil }
      for number in first...last where seen.insert(number).inserted { numbers.append(number) }
      guard numbers.count <= Self.limit else { return nil }
    }
    self.numbers = numbers
  }

  private static func number(_ text: Substring) -> UInt64? {
    let digits = text.hasPrefix("0x") || text.hasPrefix("0X") ? text.dropFirst(2) : text
    // `UInt64(_:radix:)` would take a sign.
    guard digits.first?.isHexDigit == true else { return nil }
    return UInt64(digits, radix: digits.startIndex == text.startIndex ? 10 : 16)
  }
}
