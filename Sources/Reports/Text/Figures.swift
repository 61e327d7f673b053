// Numbers as people read them.

public import Primitives

/// Figures with their units.
public enum Figures {
  /// A time of so many nanoseconds, in the unit that gives one to three digits before the point:
  /// `870 ns`, `1.43 µs`, `12.1 ms`, `3.20 s`.
  public static func time(_ nanoseconds: Double) -> String {
    guard nanoseconds.isFinite, nanoseconds >= 0 else { return "–" }
    if nanoseconds < 999.5 { return "\(Int(nanoseconds.rounded())) ns" }
    if nanoseconds < 999_500 { return "\(significant(nanoseconds / 1e3)) µs" }
    if nanoseconds < 999_500_000 { return "\(significant(nanoseconds / 1e6)) ms" }
    return "\(significant(nanoseconds / 1e9)) s"
  }

  /// A number with three digits that matter, or as many as stand before the point.
  public static func significant(_ number: Double) -> String {
    let size = abs(number)
    return TextTable.fixed(number, decimals: size < 9.995 ? 2 : size < 99.95 ? 1 : 0)
  }

  /// How many times as fast: `1.87×`.
  public static func times(_ factor: Double) -> String {
    factor.isFinite ? significant(factor) + "×" : "–"
  }

  /// A share in percent.
  public static func percent(_ share: Double) -> String {
    share.isFinite ? TextTable.fixed(share * 100, decimals: 1) + " %" : "–"
  }

  /// A function selector as `0xa9059cbb`; a dash where there is none.
  public static func selector(_ selector: UInt32?) -> String {
    guard let selector else { return "–" }
    let digits = String(selector, radix: 16)
    return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
  }

  /// A word in hex, its middle left out where it is long.
  public static func short(_ word: UInt256) -> String {
    let text = "\(word)"
    return text.count > 22 ? "\(text.prefix(12))…\(text.suffix(8))" : text
  }
}
