// From values to places on paper, and the marks along an axis.

internal import Foundation

/// One axis of a chart.
struct ChartScale {
  /// How values are spread.
  enum Spread {
    /// Evenly, from zero to the first mark that is not less than any value.
    case linear
    /// Evenly, from zero to the greatest value.
    case exact
    /// Each doubling as wide as the one before, between the least and the greatest value.
    case doubling
  }

  /// The values with a mark, rising.
  let marks: [Double]
  private let spread: Spread
  private let low: Double
  private let high: Double
  private let start: Double
  private let end: Double

  /// An axis for `values` from 0 up to 10¹⁸, which leads from `start` to `end` on paper.
  init(_ spread: Spread, values: [Double], from start: Double, to end: Double) {
    let greatest = values.max() ?? 1
    self.start = start
    self.end = end
    let least = values.filter { $0 > 0 }.min() ?? 1
    if spread == .doubling, least < greatest {
      self.spread = .doubling
      (low, high) = (least, greatest)
      marks = Self.doublings(from: least, to: greatest)
    } else {
      self.spread = spread == .exact ? .exact : .linear
      let step = Self.roundStep(greatest > 1e-9 ? greatest / 5 : 0.2)
      low = 0
      let steps = greatest / step
      high = spread == .exact ? max(greatest, step) : max(steps.rounded(.up), 1) * step
      marks = (0...Int((high / step + 1e-9).rounded(.down))).map { Double($0) * step }
    }
  }

  /// Where a value lies.
  func callAsFunction(_ value: Double) -> Double {
    let share =
      spread != .doubling
      ? (value - low) / (high - low) : log2(max(value, low) / low) / log2(high / low)
    return start + share * (end - start)
  }

  /// The least of 1, 2, 5 × 10ⁿ that is not less.
  private static func roundStep(_ step: Double) -> Double {
    let power = pow(10, floor(log10(step)))
    return [1, 2, 5].map { $0 * power }.first { $0 >= step * 0.999 } ?? 10 * power
  }

  private static func doublings(from low: Double, to high: Double) -> [Double] {
    Array(sequence(first: low) { $0 * 2 <= high * 1.001 ? $0 * 2 : nil }.prefix(64))
  }
}

extension Double {
  /// A coordinate, short.
  var place: String {
    let tenths = Int((self * 10).rounded())
    let fraction = abs(tenths % 10)
    let sign = tenths < 0 && tenths > -10 ? "-" : ""
    return fraction == 0 ? "\(tenths / 10)" : "\(sign)\(tenths / 10).\(fraction)"
  }

  /// A value beside its mark: thousands and millions as `k` and `M`.
  var mark: String {
    func short(_ value: Double) -> String {
      value == value.rounded() ? "\(Int(value))" : "\((value * 100).rounded() / 100)"
    }
    switch abs(self) {
    case 1e9..<1e15: return short(self / 1e9) + "G"
    case 1e6..<1e9: return short(self / 1e6) + "M"
    case 1e4..<1e6: return short(self / 1e3) + "k"
    case ..<1e4: return short(self)
    default: return "\(self)"
    }
  }
}
