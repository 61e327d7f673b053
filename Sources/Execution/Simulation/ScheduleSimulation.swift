// Schedulers that know who needs whom, event by event, with a clock of their own.

/// The workers of a simulated block. Time advances from the end of one task to the end of the next;
/// of tasks that end at once, that of the lower worker comes first.
struct ScheduleSimulation {
  /// What a worker is at.
  private enum Task {
    /// Nothing: there is nothing to do for it.
    case idle
    /// It executes a transaction for the first time.
    case execution(Int)
    /// It has the line, and makes a transaction final.
    case commit(Int)
    /// It waits for the writers of a transaction.
    case wait(Int)
  }

  private struct Worker {
    var task = Task.idle
    var start = 0.0
    /// When the task is done; never, where that depends on others.
    var end = Double.infinity
  }

  /// How a transaction stands.
  private enum Phase {
    case untouched
    /// It was executed, and saw something else than in sequence.
    case wrong
    /// It was executed as in sequence.
    case right
  }

  /// What each transaction takes to execute.
  private let times: [Double]
  /// What each takes to be made final.
  private let commits: [Double]
  private let writers: [[Int]]
  private let policy: SchedulingPolicy
  private let recordsTimeline: Bool

  private var workers: [Worker]
  private var phases: [Phase]
  /// Whether the first execution of a transaction that has begun sees what it should.
  private var seesRight: [Bool]
  /// The transactions that were set aside, by one of the writers they wait for.
  private var setAside: [Int: [Int]] = [:]
  /// Those that were set aside and may go on, in order; the ones before `firstReady` have.
  private var ready: [Int] = []
  private var firstReady = 0
  private var cursor = 0
  private var committed = 0
  private var isLineHeld = false

  /// The time now, in nanoseconds.
  private(set) var time = 0.0
  private(set) var executions = 0
  private(set) var waits = 0
  private(set) var spans: [[BlockTimeline.Span]]

  init(
    _ profile: BlockProfile, cores: Int, costs: SchedulingCosts, policy: SchedulingPolicy,
    recordsTimeline: Bool
  ) {
    times = profile.transactions.map { costs.execution(of: $0, workers: cores) }
    commits = profile.transactions.map { costs.commit(of: $0) }
    writers = profile.transactions.map(\.writers)
    self.policy = policy
    self.recordsTimeline = recordsTimeline
    workers = Array(repeating: Worker(), count: cores)
    phases = Array(repeating: .untouched, count: times.count)
    seesRight = Array(repeating: false, count: times.count)
    spans = recordsTimeline ? Array(repeating: [], count: cores) : []
  }

  /// Runs until all transactions are committed.
  mutating func run() {
    for worker in workers.indices { takeWork(worker) }
    while let worker = nextToEnd() {
      time = workers[worker].end
      note(worker)
      switch workers[worker].task {
      case .execution(let index): finishExecution(of: index, by: worker)
      case .commit(let index): finishCommit(of: index, by: worker)
      case .idle, .wait: break
      }
      wakeIdle()
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

  // MARK: - Work

  private var hasWork: Bool {
    firstReady < ready.count || (cursor < times.count && cursor - committed < policy.window)
  }

  /// Gives idle workers what there is to do.
  private mutating func wakeIdle() {
    for worker in workers.indices where hasWork {
      if case .idle = workers[worker].task { takeWork(worker) }
    }
  }

  /// Begins the next transaction, one that was set aside before a new one.
  private mutating func takeWork(_ worker: Int) {
    workers[worker].task = .idle
    workers[worker].end = .infinity
    while hasWork {
      if firstReady < ready.count {
        firstReady += 1
        return begin(ready[firstReady - 1], by: worker)
      }
      let index = cursor
      cursor += 1
      guard let writer = unfinishedWriter(of: index) else { return begin(index, by: worker) }
      switch policy.conflict {
      case .repeats: return begin(index, by: worker)
      case .waits:
        waits += 1
        return assign(.wait(index), to: worker, until: .infinity)
      case .isSetAside, .isPutOff:
        waits += 1
        setAside[writer, default: []].append(index)
      }
    }
  }

  private func unfinishedWriter(of index: Int) -> Int? {
    writers[index].last { phases[$0] == .untouched }
  }

  private mutating func begin(_ index: Int, by worker: Int) {
    seesRight[index] = writers[index].allSatisfy { phases[$0] == .right }
    assign(.execution(index), to: worker, until: time + times[index])
  }

  private mutating func assign(_ task: Task, to worker: Int, until end: Double) {
    workers[worker] = Worker(task: task, start: time, end: end)
  }

  // MARK: - Ends

  private mutating func finishExecution(of index: Int, by worker: Int) {
    executions += 1
    phases[index] = seesRight[index] ? .right : .wrong
    continueWaiting(for: index)
    takeLine(worker)
  }

  /// Lets those go on who waited for `writer`, unless they wait for another one as well.
  private mutating func continueWaiting(for writer: Int) {
    for index in setAside.removeValue(forKey: writer) ?? [] {
      if let other = unfinishedWriter(of: index) {
        setAside[other, default: []].append(index)
      } else {
        ready.append(index)
      }
    }
    guard policy.conflict == .waits else { return }
    for worker in workers.indices {
      guard case .wait(let index) = workers[worker].task, unfinishedWriter(of: index) == nil else {
        continue
      }
      note(worker)
      begin(index, by: worker)
    }
  }

  private mutating func finishCommit(of index: Int, by worker: Int) {
    if phases[index] == .wrong { executions += 1 }
    phases[index] = .right
    committed += 1
    isLineHeld = false
    takeLine(worker)
  }

  /// Commits the next transaction if it was executed and nobody is at it, else takes other work.
  private mutating func takeLine(_ worker: Int) {
    guard !isLineHeld, committed < times.count, phases[committed] != .untouched else {
      return takeWork(worker)
    }
    isLineHeld = true
    assign(
      .commit(committed), to: worker, until: time + repetition(of: committed) + commits[committed])
  }

  /// What executing a transaction again takes, where it must be.
  private func repetition(of index: Int) -> Double {
    phases[index] == .wrong ? times[index] : 0
  }

  // MARK: - Timeline

  /// Writes down what the worker has been at until now.
  private mutating func note(_ worker: Int) {
    guard recordsTimeline else { return }
    let start = workers[worker].start
    switch workers[worker].task {
    case .execution(let index):
      spans[worker].append(.init(.execution, of: index, from: start, to: time))
    case .commit(let index):
      let begin = start + repetition(of: index)
      if begin > start {
        spans[worker].append(.init(.repetition, of: index, from: start, to: begin))
      }
      spans[worker].append(.init(.commit, of: index, from: begin, to: time))
    case .wait(let index):
      spans[worker].append(.init(.wait, of: index, from: start, to: time))
    case .idle: break
    }
  }
}
