// A profile as the simulation of batches needs it.

internal import Primitives
internal import State

/// What the transactions of a block cost and read, with numbers for locations.
struct SimulatedBlock {
  /// What each takes to execute, in nanoseconds.
  let times: [Double]
  /// What each takes to be made final where it was executed ahead of its turn.
  let commits: [Double]
  let functions: [CalledFunction]
  /// For each transaction who wrote what it reads, and where.
  let dependencies: [[(writer: Int, location: Int, isAccount: Bool)]]
  /// For each transaction the locations that it shares with others.
  let asked: [[Int]]

  init(_ profile: BlockProfile, costs: SchedulingCosts, workers: Int) {
    times = profile.transactions.map { costs.execution(of: $0, workers: workers) }
    commits = profile.transactions.map { costs.commit(of: $0) }
    functions = profile.transactions.map(\.function)
    var numbers: [ProfiledLocation: Int] = [:]
    var asked = profile.transactions.map { _ in Set<Int>() }
    dependencies = profile.transactions.enumerated().map { index, transaction in
      transaction.dependencies.map { dependency in
        let location = dependency.location.whole
        let number = numbers[location] ?? numbers.count
        numbers[location] = number
        asked[index].insert(number)
        asked[dependency.writer].insert(number)
        return (dependency.writer, number, location.isAccount)
      }
    }
    self.asked = asked.map { $0.sorted() }
  }
}

extension ProfiledLocation {
  fileprivate var isAccount: Bool {
    if case .account = self { true } else { false }
  }

  /// The slot, or the account with all its parts.
  fileprivate var whole: ProfiledLocation {
    switch self {
    case .slot: self
    case .account(let address, _): .account(address, .all)
    }
  }
}

extension TransactionWeight {
  /// What the transaction counted before it was executed.
  init(_ transaction: TransactionProfile) {
    self.init(gasLimit: transaction.gasLimit, hasData: transaction.hasData)
  }
}

/// How many transactions make a batch: `BatchPace`, without threads.
struct SimulatedPace {
  private let workers: Int
  private let bounds: RunAheadBounds
  private let weights: [TransactionWeight]
  private var size: Int
  private var streak = 0
  /// How many batches of a worker may wait for their turn.
  private(set) var runAhead: Int

  init(workers: Int, weights: [TransactionWeight]) {
    self.workers = workers
    self.weights = weights
    bounds = RunAheadBounds(workers: workers)
    runAhead = bounds.waiting.lowerBound
    size = 4
  }

  /// The transactions of the batch that begins at `first`; nil when none are left.
  func claim(from first: Int) -> Range<Int>? {
    let left = weights.count - first
    if left == 0 { return nil }
    if workers == 1 { return first..<weights.count }
    let fair = max(1, left / (2 * workers))
    return first..<first + BatchBound.size(calls: size, of: fair) { weights[first + $0] }
  }

  /// Learns from a batch that was executed ahead of its turn.
  mutating func note(isRight: Bool) {
    if isRight {
      runAhead = min(runAhead + 1, bounds.waiting.upperBound)
      streak += 1
      if streak < 4 || size >= bounds.batchSize { return }
      size = min(size * 2, bounds.batchSize)
    } else {
      runAhead = max(bounds.waiting.lowerBound, runAhead / 2)
      if size > 1 { size /= 2 }
    }
    streak = 0
  }
}
