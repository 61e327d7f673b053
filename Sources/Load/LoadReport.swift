// What a run of the load generator came to.

internal import JSON

/// Counts of transactions.
public struct LoadFigures: Sendable, Equatable {
  /// Those that were sent.
  public internal(set) var sent = 0
  /// Those whose hash was answered.
  public internal(set) var accepted = 0
  /// Those that were not, by the reason.
  public internal(set) var refused: [String: Int] = [:]
  /// Those that were seen in blocks.
  public internal(set) var included = 0
  /// Blocks that were looked at.
  public internal(set) var blocks = 0
  /// Requests that got no answer.
  public internal(set) var failedRequests = 0
}

/// How long something took, in milliseconds.
public struct LoadLatency: Sendable, Equatable {
  /// Half took no longer.
  public let median: Double
  /// Nine of ten took no longer.
  public let p90: Double
  /// Ninety-nine of a hundred took no longer.
  public let p99: Double
  /// The longest.
  public let most: Double

  /// Of durations in microseconds; nil where there are none.
  init?(_ durations: [UInt32]) {
    let sorted = durations.sorted()
    guard let last = sorted.last else { return nil }
    func part(_ share: Double) -> Double {
      Double(sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]) / 1000
    }
    (median, p90, p99, most) = (part(0.5), part(0.9), part(0.99), Double(last) / 1000)
  }
}

/// What a run came to.
public struct LoadReport: Sendable {
  /// How many transactions were to be sent.
  public let planned: Int
  /// The counts.
  public let figures: LoadFigures
  /// Accepted transactions that are in no block.
  public let lost: Int
  /// From the first request to the last answer.
  public let seconds: Double
  /// From the request to its answer.
  public let acceptance: LoadLatency?
  /// From the request until the block was seen.
  public let inclusion: LoadLatency?
  /// `eth_getBalance` meanwhile.
  public let reading: LoadLatency?
  /// Why the first request that failed did, if one did.
  public let failure: String?

  /// Accepted transactions a second.
  public var rate: Double { seconds > 0 ? Double(figures.accepted) / seconds : 0 }

  /// Whether each transaction was sent and accepted, and is in a block.
  public var isWhole: Bool {
    failure == nil && lost == 0 && figures.refused.isEmpty && figures.accepted == planned
  }

  /// The report for people.
  public var text: String {
    let part = figures.sent < planned ? " of \(planned)" : ""
    var text =
      "sent       \(figures.sent)\(part) transactions in \(seconds.rounded(to: 10)) s\n"
    text += "accepted   \(figures.accepted), \(rate.rounded(to: 1)) a second\n"
    for (reason, count) in figures.refused.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      text += "refused    \(count): \(reason)\n"
    }
    text += "included   \(figures.included) in \(figures.blocks) blocks\n"
    text += "lost       \(lost)\n"
    for (name, latency) in latencies {
      guard let latency else { continue }
      text += "\(name)  median \(latency.median) ms, p90 \(latency.p90) ms, p99 \(latency.p99) ms, "
      text += "most \(latency.most) ms\n"
    }
    if let failure { text += "failed     \(figures.failedRequests) requests, first: \(failure)\n" }
    return text
  }

  private var latencies: [(String, LoadLatency?)] {
    [("answer   ", acceptance), ("block    ", inclusion), ("balance  ", reading)]
  }

  /// The report for programs.
  public var json: String {
    var writer = JSONWriter()
    writer.object { object in
      object.member("planned", planned)
      object.member("sent", figures.sent)
      object.member("accepted", figures.accepted)
      object.member("included", figures.included)
      object.member("lost", lost)
      object.member("blocks", figures.blocks)
      object.member("seconds", seconds)
      object.member("acceptedPerSecond", rate)
      object.key("refused")
      object.object { reasons in
        for (reason, count) in figures.refused.sorted(by: { $0.key < $1.key }) {
          reasons.member(reason, count)
        }
      }
      for (name, latency) in [
        ("acceptance", acceptance), ("inclusion", inclusion), ("getBalance", reading),
      ] {
        guard let latency else { continue }
        object.key(name + "Milliseconds")
        object.object { object in
          object.member("p50", latency.median)
          object.member("p90", latency.p90)
          object.member("p99", latency.p99)
          object.member("max", latency.most)
        }
      }
      object.member("failedRequests", figures.failedRequests)
    }
    return writer.text
  }
}

extension Double {
  fileprivate func rounded(to parts: Double) -> Double { (self * parts).rounded() / parts }
}
