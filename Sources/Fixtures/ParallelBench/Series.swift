// Numbers of several rounds, and what they say together.

/// A number of each round.
public struct Series: Sendable, Equatable {
  /// The numbers, in order of the rounds.
  public private(set) var values: [Double]

  /// A series of these numbers.
  public init(_ values: [Double] = []) { self.values = values }

  /// Adds the number of a round.
  public mutating func append(_ value: Double) { values.append(value) }

  /// The number in the middle, or between the two there; zero without numbers.
  public var median: Double { quantile(0.5) }

  /// The range of the middle half (from the first to the third quartile).
  public var middleHalf: ClosedRange<Double> { quantile(0.25)...quantile(0.75) }

  /// The width of the middle half as a share of the median.
  public var spread: Double {
    median == 0 ? 0 : (middleHalf.upperBound - middleHalf.lowerBound) / median
  }

  /// A range that holds the true median with a probability of at least 95 %, whatever the numbers
  /// are distributed like: between two of them, by the binomial distribution (the sign test turned
  /// around). Nil where there are too few numbers for that, fewer than six.
  public var medianInterval: ClosedRange<Double>? {
    let count = values.count
    // The chance that at most `rank` of the numbers lie on one side of the median.
    var term = 1.0
    for _ in 0..<count { term /= 2 }
    guard term > 0 else { return nil }
    var chance = 0.0
    var rank = 0
    while rank < count / 2, chance + term <= 0.025 {
      chance += term
      term *= Double(count - rank) / Double(rank + 1)
      rank += 1
    }
    guard rank > 0 else { return nil }
    let sorted = values.sorted()
    return sorted[rank - 1]...sorted[count - rank]
  }

  /// The quotients of the numbers of each round.
  public static func / (a: Series, b: Series) -> Series {
    Series(zip(a.values, b.values).map { $1 == 0 ? 0 : $0 / $1 })
  }

  /// The number below which so large a share of the numbers lies, between two of them in proportion.
  public func quantile(_ share: Double) -> Double {
    guard !values.isEmpty else { return 0 }
    let sorted = values.sorted()
    let place = share * Double(sorted.count - 1)
    let (low, high) = (Int(place.rounded(.down)), Int(place.rounded(.up)))
    return sorted[low] + (sorted[high] - sorted[low]) * (place - Double(low))
  }
}
