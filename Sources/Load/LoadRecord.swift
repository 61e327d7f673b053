// What became of the transactions of a run.

internal import Primitives
internal import Synchronization

/// Takes down what was accepted, refused and seen in blocks, and when. Any thread may call it.
final class LoadRecord: Sendable {
  private struct Contents {
    /// When each request was sent.
    var sent: [ContinuousClock.Instant?]
    var isAccepted: [Bool]
    var isIncluded: [Bool]
    var figures = LoadFigures()
    /// Microseconds.
    var acceptance: [UInt32] = []
    var inclusion: [UInt32] = []
    var reading: [UInt32] = []
    var failure: String?
    var lastNews = ContinuousClock.now
  }

  private let plan: LoadPlan
  /// Which transaction has a hash that begins so.
  private let places: [UInt64: Int]
  private let starts: [Int]
  private let contents: Mutex<Contents>

  init(_ plan: LoadPlan) {
    self.plan = plan
    var places: [UInt64: Int] = [:]
    places.reserveCapacity(plan.count)
    var starts: [Int] = []
    var place = 0
    for batch in plan.batches {
      starts.append(place)
      for hash in batch.hashes {
        places[hash.word.l3] = place
        place += 1
      }
    }
    self.places = places
    self.starts = starts
    contents = Mutex(
      Contents(
        sent: Array(repeating: nil, count: plan.batches.count),
        isAccepted: Array(repeating: false, count: place),
        isIncluded: Array(repeating: false, count: place)))
  }

  /// The figures so far.
  var figures: LoadFigures { contents.withLock { $0.figures } }

  /// Why the run cannot go on, if so.
  var failure: String? { contents.withLock { $0.failure } }

  /// When the node answered the last request, or when the last transaction was seen in a block.
  var lastNews: ContinuousClock.Instant { contents.withLock { $0.lastNews } }

  func noteSending(_ batch: Int) {
    contents.withLock { contents in
      contents.sent[batch] = .now
      contents.figures.sent += plan.batches[batch].hashes.count
    }
  }

  func note(_ outcomes: [String?], of batch: Int) {
    contents.withLock { contents in
      contents.lastNews = .now
      if let sent = contents.sent[batch] {
        contents.acceptance.append(sent.duration(to: .now).microseconds)
      }
      for (offset, reason) in outcomes.enumerated() {
        if let reason {
          contents.figures.refused[reason.kind, default: 0] += 1
        } else {
          contents.figures.accepted += 1
          contents.isAccepted[starts[batch] + offset] = true
        }
      }
    }
  }

  /// A request that got no answer.
  func note(_ error: LoadError) {
    contents.withLock { contents in
      contents.figures.failedRequests += 1
      if contents.failure == nil { contents.failure = error.description }
    }
  }

  func noteRead(_ duration: Duration) {
    contents.withLock { $0.reading.append(duration.microseconds) }
  }

  /// Takes down the transactions of a block.
  func noteBlock(_ hashes: [Hash256]) {
    let now = ContinuousClock.now
    let found = hashes.compactMap { places[$0.word.l3] }
    contents.withLock { contents in
      contents.figures.blocks += 1
      for place in found where !contents.isIncluded[place] {
        contents.isIncluded[place] = true
        contents.figures.included += 1
        if let sent = contents.sent[batch(of: place)] {
          contents.inclusion.append(sent.duration(to: now).microseconds)
        }
      }
      if !found.isEmpty { contents.lastNews = now }
    }
  }

  private func batch(of place: Int) -> Int {
    var (low, high) = (0, starts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= place { low = middle } else { high = middle }
    }
    return low
  }

  /// What came of it all, in so many seconds, of which no request takes the time of those that would have come next.
  func report(seconds: Double) -> LoadReport {
    contents.withLock { contents in
      let seconds = contents.figures.sent == plan.count ? max(seconds, plan.seconds) : seconds
      let lost = zip(contents.isAccepted, contents.isIncluded).count { $0 && !$1 }
      return LoadReport(
        planned: plan.count, figures: contents.figures, lost: lost, seconds: seconds,
        acceptance: LoadLatency(contents.acceptance), inclusion: LoadLatency(contents.inclusion),
        reading: LoadLatency(contents.reading), failure: contents.failure)
    }
  }
}

extension Duration {
  fileprivate var microseconds: UInt32 { UInt32(clamping: Int64(self / .microseconds(1))) }
}

extension String {
  /// The reason without what differs from one transaction to the next.
  fileprivate var kind: String { String(prefix { $0 != ":" }) }
}
