// The scheduler of the parallel executor, event by event, with a clock of its own.

/// The workers of a simulated block as `BlockRun` has them: they claim batches in the order of the
/// block, execute them ahead of their turn, put off what would depend on something under way, and
/// commit in order, by whoever holds the line.
///
/// Time advances from the end of one task to the end of the next; of tasks that end at once, that of
/// the lower worker comes first.
struct BatchSimulation {
  /// What a worker is at.
  private enum Task {
    /// It has not yet woken up.
    case asleep
    /// There is nothing to do for it, or no room.
    case idle
    /// It executes the next transaction of a batch ahead of its turn.
    case ahead(Int)
    /// It executes one until it comes upon what others are at, and puts the batch off from there: in
    /// line with an earlier one that asked for the same, or since what it reads is being replaced.
    case vain(Int, isInLine: Bool)
    /// It has the line, and commits these batches.
    case commit(Range<Int>)
  }

  private struct Worker {
    var task = Task.idle
    var start = 0.0
    /// When the task is done; never, where there is none.
    var end = Double.infinity
    /// How many of its batches wait for their turn.
    var waitingBatches = 0
  }

  private enum Status {
    case running
    case executed
    case deferred
    /// What it wrote is about to be replaced.
    case replaced
    case committed
  }

  private struct Batch {
    let first: Int
    let count: Int
    let worker: Int
    var executed = 0
    var status = Status.running
    /// Where it saw something else than in sequence; nil where it is right.
    var wrongLocation: Int?

    var transactions: Range<Int> { first..<first + count }
  }

  /// How many batches are looked at for one that calls the same.
  private static let lookBack = 16
  /// How many transactions that were put off are executed before others can commit again.
  private static let largestTurn = 256

  private let block: SimulatedBlock
  private let recordsTimeline: Bool

  private var workers: [Worker]
  private var batches: [Batch] = []
  /// The batch of each transaction that was claimed.
  private var batchOf: [Int] = []
  private var pace: SimulatedPace
  /// Locations that made somebody execute in vain, and the batch that asked for each last, or −1.
  private var heat: [Int: Int] = [:]
  /// The single transaction that was put off last, by what it calls.
  private var deferrals: [CalledFunction: Int] = [:]
  private var committed = 0
  private var isLineHeld = false

  /// The time now, in nanoseconds.
  private(set) var time = 0.0
  private(set) var executions = 0
  private(set) var waits = 0
  private(set) var spans: [[BlockTimeline.Span]]

  init(_ profile: BlockProfile, cores: Int, costs: SchedulingCosts, recordsTimeline: Bool) {
    block = SimulatedBlock(profile, costs: costs, workers: cores)
    pace = SimulatedPace(workers: cores, weights: profile.transactions.map(TransactionWeight.init))
    self.recordsTimeline = recordsTimeline
    workers = Array(repeating: Worker(task: .asleep, end: costs.waking), count: cores)
    spans = recordsTimeline ? Array(repeating: [], count: cores) : []
  }

  /// Runs until all transactions are committed.
  mutating func run() {
    takeWork(0)
    while let worker = nextToEnd() {
      time = workers[worker].end
      finish(worker)
      for other in workers.indices {
        if case .idle = workers[other].task { takeWork(other) }
      }
    }
  }

  private func nextToEnd() -> Int? {
    var next: Int?
    var end = Double.infinity
    for worker in workers.indices where workers[worker].end < end {
      (next, end) = (worker, workers[worker].end)
    }
    return next
  }

  private mutating func finish(_ worker: Int) {
    switch workers[worker].task {
    case .ahead(let number):
      note(.execution, batches[number].first + batches[number].executed, by: worker)
      executions += 1
      batches[number].executed += 1
      if executeNext(of: number, by: worker) { return }
    case .vain(let number, let isInLine):
      note(.wait, batches[number].first + batches[number].executed, by: worker)
      putOff(number, keepsOthers: isInLine)
    case .commit(let range): finishCommit(of: range, by: worker)
    case .asleep, .idle: break
    }
    takeWork(worker)
  }

  // MARK: - Work

  /// Commits what can be committed, or begins the next batch that is not put off at once.
  private mutating func takeWork(_ worker: Int) {
    workers[worker].task = .idle
    workers[worker].end = .infinity
    while !takeLine(worker) {
      guard workers[worker].waitingBatches < pace.runAhead,
        let range = pace.claim(from: batchOf.count)
      else { return }
      let number = batches.count
      batches.append(Batch(first: range.lowerBound, count: range.count, worker: worker))
      batchOf += range.map { _ in number }
      workers[worker].waitingBatches += 1
      if number == committed && !isLineHeld {
        return beginCommit(of: number..<number + 1, by: worker)
      }
      if isPutOff(number) {
        putOff(number, keepsOthers: false)
      } else if executeNext(of: number, by: worker) {
        return
      }
    }
  }

  /// Begins the next transaction of a batch; false when it is done. One that has to be put off finds
  /// out on its way, on average when half of it is done.
  private mutating func executeNext(of number: Int, by worker: Int) -> Bool {
    let index = batches[number].first + batches[number].executed
    if batches[number].executed == batches[number].count {
      batches[number].status = .executed
      return false
    }
    switch read(index, in: number) {
    case .found: assign(.ahead(number), to: worker, until: time + block.times[index])
    case .stopped(let isInLine):
      assign(
        .vain(number, isInLine: isInLine), to: worker, until: time + block.times[index] / 2)
    }
    return true
  }

  /// Whether another one that calls the same waits for its turn.
  private func isPutOff(_ number: Int) -> Bool {
    let function = block.functions[batches[number].first]
    guard batches[number].count == 1, function.selector != nil, let other = deferrals[function]
    else { return false }
    return batches[other].status == .deferred
  }

  /// Leaves the batch for its turn, and with `keepsOthers` those that call the same until then.
  private mutating func putOff(_ number: Int, keepsOthers: Bool) {
    let batch = batches[number]
    waits += batch.count - batch.executed
    batches[number].status = .deferred
    if batch.executed > 0 { return }
    workers[batch.worker].waitingBatches -= 1
    if keepsOthers && batch.count == 1 { deferrals[block.functions[batch.first]] = number }
  }

  /// What comes of looking at all that a transaction reads.
  private enum Reading {
    case found
    /// It has to be put off: see `Task.vain`.
    case stopped(isInLine: Bool)
  }

  /// Looks at all that the transaction reads.
  private mutating func read(_ index: Int, in number: Int) -> Reading {
    for location in block.asked[index] {
      guard let last = heat[location], last < number else { continue }
      heat[location] = number
      if last >= 0 && isUnderWay(last) || callsAsOneUnderWay(number) {
        return .stopped(isInLine: true)
      }
    }
    var wrongLocation: Int?
    for (writer, location, isAccount) in block.dependencies[index] {
      let source = batchOf[writer]
      if source == number { continue }
      switch batches[source].status {
      case .committed: continue
      case .replaced:
        // What is being replaced is believed of accounts, of which seldom more than a balance changes.
        if !isAccount { return .stopped(isInLine: false) }
        wrongLocation = wrongLocation ?? location
      case .running, .executed, .deferred:
        // A batch publishes as a whole.
        let isPublished =
          batches[source].status != .running
          && writer < batches[source].first + batches[source].executed
        if isPublished && batches[source].wrongLocation == nil { continue }
        wrongLocation = wrongLocation ?? location
      }
    }
    batches[number].wrongLocation = batches[number].wrongLocation ?? wrongLocation
    return .found
  }

  /// Whether the batch is being executed, or will be in its turn.
  private func isUnderWay(_ number: Int) -> Bool {
    switch batches[number].status {
    case .running, .deferred, .replaced: true
    case .executed, .committed: false
    }
  }

  /// Whether one of the last single transactions calls the same and has perhaps not come to ask.
  private func callsAsOneUnderWay(_ number: Int) -> Bool {
    guard batches[number].count == 1 else { return false }
    let function = block.functions[batches[number].first]
    return function.selector != nil
      && (max(0, number - Self.lookBack)..<number).contains { other in
        batches[other].count == 1 && isUnderWay(other)
          && block.functions[batches[other].first] == function
      }
  }

  private mutating func assign(_ task: Task, to worker: Int, until end: Double) {
    workers[worker].task = task
    workers[worker].start = time
    workers[worker].end = end
  }

  // MARK: - The line

  /// Begins to commit the next batch if it is ready and nobody is at it.
  private mutating func takeLine(_ worker: Int) -> Bool {
    guard !isLineHeld, committed < batches.count, isReady(committed) else { return false }
    var end = committed + 1
    if isWholeDeferred(committed) {
      var transactions = batches[committed].count
      while end < batches.count, transactions < Self.largestTurn, isWholeDeferred(end) {
        transactions += batches[end].count
        end += 1
      }
    }
    beginCommit(of: committed..<end, by: worker)
    return true
  }

  private func isReady(_ number: Int) -> Bool {
    batches[number].status == .executed || batches[number].status == .deferred
  }

  private func isWholeDeferred(_ number: Int) -> Bool {
    batches[number].status == .deferred && batches[number].executed == 0
  }

  private mutating func beginCommit(of range: Range<Int>, by worker: Int) {
    isLineHeld = true
    let batch = batches[range.lowerBound]
    var length = commitTime(of: batch)
    if batch.wrongLocation != nil { batches[range.lowerBound].status = .replaced }
    for index in inTurn(range) {
      length += block.times[index]
      for location in block.asked[index] {
        if let last = heat[location], last < range.upperBound - 1 {
          heat[location] = range.upperBound - 1
        }
      }
    }
    assign(.commit(range), to: worker, until: time + length)
  }

  /// What it takes to check what of the batch was executed, and to make it final.
  private func commitTime(of batch: Batch) -> Double {
    block.commits[batch.first..<batch.first + batch.executed].reduce(0, +)
  }

  /// The transactions that are executed while their batches have the line.
  private func inTurn(_ range: Range<Int>) -> Range<Int> {
    let first = batches[range.lowerBound]
    let start = first.wrongLocation == nil ? first.first + first.executed : first.first
    return start..<batches[range.upperBound - 1].transactions.upperBound
  }

  private mutating func finishCommit(of range: Range<Int>, by worker: Int) {
    let batch = batches[range.lowerBound]
    let rest = inTurn(range)
    noteCommit(of: batch, rest, by: worker)
    executions += rest.count
    if let location = batch.wrongLocation { heat[location] = -1 }
    if batch.status != .running {
      pace.note(isRight: batch.status == .executed)
    }
    for number in range {
      if batches[number].executed > 0 || batches[number].status == .running {
        workers[batches[number].worker].waitingBatches -= 1
      }
      batches[number].status = .committed
    }
    committed = range.upperBound
    isLineHeld = false
  }

  // MARK: - Timeline

  private mutating func note(_ activity: BlockTimeline.Activity, _ index: Int, by worker: Int) {
    guard recordsTimeline else { return }
    spans[worker].append(.init(activity, of: index, from: workers[worker].start, to: time))
  }

  private mutating func noteCommit(of batch: Batch, _ rest: Range<Int>, by worker: Int) {
    guard recordsTimeline else { return }
    var start = workers[worker].start
    if batch.executed > 0 {
      let end = start + commitTime(of: batch)
      spans[worker].append(.init(.commit, of: batch.first, from: start, to: end))
      start = end
    }
    let again = batch.wrongLocation == nil ? 0 : batch.executed
    for index in rest {
      let end = start + block.times[index]
      let activity: BlockTimeline.Activity =
        index < batch.first + again ? .repetition : .execution
      spans[worker].append(.init(activity, of: index, from: start, to: end))
      start = end
    }
  }
}
