// How long something took.

/// How often something took at most so long. Any thread may add to it.
final class DurationHistogram: Sendable {
  /// Nanoseconds, and how they are written in seconds.
  private static let bounds: [(nanoseconds: UInt64, text: String)] = [
    (100_000, "0.0001"), (1_000_000, "0.001"), (5_000_000, "0.005"), (20_000_000, "0.02"),
    (100_000_000, "0.1"), (500_000_000, "0.5"), (2_000_000_000, "2"), (10_000_000_000, "10"),
  ]

  private let counts = bounds.map { _ in Counter() }
  private let all = Counter()
  private let sum = Counter()

  /// Adds what took so long, or so many together, each the same part of it.
  func add(nanoseconds: UInt64, sharedBy count: UInt64 = 1) {
    if count == 0 { return }
    let share = nanoseconds / count
    if let index = Self.bounds.firstIndex(where: { share <= $0.nanoseconds }) {
      counts[index].add(count)
    }
    all.add(count)
    sum.add(nanoseconds)
  }

  /// As Prometheus wants it: each bucket with those below it.
  func samples(_ labels: [(name: String, value: String)]) -> [Metrics.Sample] {
    var below = 0.0
    var samples: [Metrics.Sample] = []
    for (bound, count) in zip(Self.bounds, counts) {
      below += Double(count.value)
      samples.append(.init(below, suffix: "_bucket", labels + [("le", bound.text)]))
    }
    // Others may have added meanwhile; a bucket must not have more than the next.
    let total = max(below, Double(all.value))
    samples.append(.init(total, suffix: "_bucket", labels + [("le", "+Inf")]))
    samples.append(.init(Double(sum.value) / 1e9, suffix: "_sum", labels))
    samples.append(.init(total, suffix: "_count", labels))
    return samples
  }
}
