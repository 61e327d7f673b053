// A closer look at one block: what keeps it from being executed side by side.

internal import EVM
public import Execution
public import Reports
public import State

/// What a closer look at a block found.
public struct BlockStudy: Sendable {
  /// What the block is called.
  public let name: String
  /// What its transactions cost and need of each other.
  public let profile: BlockProfile
  /// What bookkeeping costs, where that was measured.
  public let costs: SchedulingCosts
  /// Its speed by the number of cores; nil where nobody asked.
  public let scaling: ScalingReport.Entry?
}

/// What to look at, and how.
public struct StudySettings: Sendable {
  /// How many times each block is executed in each way.
  public var rounds: Int
  /// Numbers of cores to simulate; none to measure no speed-ups.
  public var cores: [Int]
  /// Numbers of threads for real runs, beside one.
  public var threads: [Int]
  /// The most cores that are simulated.
  public static let largestCoreCount = 4096

  /// Settings; by default real runs are made with one thread, and with two where there are as many
  /// cores, and so on by doublings.
  public init(
    rounds: Int = ScalingReport.steadyRounds, cores: [Int] = [],
    threads: [Int] = StudySettings.doublings(upTo: WorkerThreads.coreCount)
  ) {
    self.rounds = max(rounds, 1)
    self.cores = cores
    self.threads = threads
  }

  /// 1, 2, 4, … up to `count`, and `count`.
  public static func doublings(upTo count: Int) -> [Int] {
    Array(sequence(first: 1) { $0 * 2 }.prefix { $0 < count }) + [max(count, 1)]
  }
}

/// Looks closer at blocks, one after another. The calling thread needs a deep stack, as for execution.
public final class BlockExaminer {
  private let settings: StudySettings
  private let profiler: BlockProfiler
  private let sequential: SequentialExecutor
  private let parallel: [ParallelExecutor]

  /// An examiner whose executors may take `memoryLimit` bytes each.
  public init(_ settings: StudySettings, memoryLimit: Int? = nil) {
    let memoryLimit = memoryLimit ?? EVM.defaultMemoryLimit
    self.settings = settings
    profiler = BlockProfiler(memoryLimit: memoryLimit) { WallClock.now }
    sequential = SequentialExecutor(memoryLimit: memoryLimit)
    let threads = settings.cores.isEmpty ? [] : Set(settings.threads + [1]).sorted()
    parallel = threads.map { ParallelExecutor(workers: $0, memoryLimit: memoryLimit) }
    for executor in parallel {
      executor.clock = { WallClock.now }
      // What is simulated is how several workers get along.
      executor.executesSmallBlocksSerially = false
    }
  }

  /// Looks at `block`, on the state before it.
  public func examine(
    _ block: ExecutableBlock, named name: String, on view: any StateView
  ) throws(BlockExecutionError) -> BlockStudy {
    guard !settings.cores.isEmpty else {
      let profile = try profiler.profile(block, on: view, rounds: settings.rounds)
      return BlockStudy(name: name, profile: profile, costs: SchedulingCosts(), scaling: nil)
    }
    // All executors take turns, so that they find the caches alike.
    var rounds = StudyRounds(count: parallel.count)
    try measure(block, on: view, &rounds)
    rounds = StudyRounds(count: parallel.count)
    let profile = try profiler.profile(block, on: view, rounds: settings.rounds) {
      () throws(BlockExecutionError) in try measure(block, on: view, &rounds)
    }
    return study(name, profile, rounds)
  }

  private func measure(
    _ block: ExecutableBlock, on view: any StateView, _ rounds: inout StudyRounds
  ) throws(BlockExecutionError) {
    let start = WallClock.now
    _ = try sequential.execute(block, on: view)
    rounds.sequential.append(Double(WallClock.now - start))
    for (index, executor) in parallel.enumerated() {
      let start = WallClock.now
      _ = try executor.execute(block, on: view)
      let total = WallClock.now - start
      rounds.parallel[index].append(
        MeasuredRun(workers: executor.workerCount, total: total, executor.times))
    }
  }

  /// Every second round tells the costs, and the others by how much the simulation is off.
  private func study(_ name: String, _ profile: BlockProfile, _ rounds: StudyRounds) -> BlockStudy {
    let known = rounds.typical(from: 0)
    let checked = rounds.typical(from: 1)
    let real = checked.parallel.map {
      ScalingReport.Run(cores: $0.workers, nanoseconds: $0.total)
    }
    let costs = SchedulingCosts(
      profile: profile, alone: known.parallel[0],
      several: known.parallel.first { $0.workers > 1 })
    let simulated = Set(settings.cores + real.map(\.cores)).map {
      ScalingReport.Run(
        cores: $0, nanoseconds: profile.simulate(cores: $0, costs: costs).nanoseconds)
    }
    return BlockStudy(
      name: name, profile: profile, costs: costs,
      scaling: ScalingReport.Entry(
        name: name, sequential: checked.sequential, limit: profile.bestSpeedUp(),
        rounds: settings.rounds, measured: real, simulated: simulated))
  }
}

/// What executing a block took, round by round, in nanoseconds.
private struct StudyRounds {
  var sequential: [Double] = []
  /// For each executor.
  var parallel: [[MeasuredRun]]

  init(count: Int) { parallel = Array(repeating: [], count: count) }

  /// The lower quartiles of every second round from the one with this number on; where there is but
  /// one round, of that. What disturbs a round only ever makes it slower.
  func typical(from first: Int) -> (sequential: Double, parallel: [MeasuredRun]) {
    let chosen = stride(from: min(first, sequential.count - 1), to: sequential.count, by: 2)
    func quartile(_ times: [Double]) -> Double { times.sorted()[times.count / 4] }
    return (
      quartile(chosen.map { sequential[$0] }),
      parallel.map { runs in
        let runs = chosen.map { runs[$0] }
        return MeasuredRun(
          workers: runs[0].workers, total: quartile(runs.map(\.total)),
          transactions: quartile(runs.map(\.transactions)),
          gathering: quartile(runs.map(\.gathering)), waking: quartile(runs.map(\.waking)))
      }
    )
  }
}

extension MeasuredRun {
  /// A run that took `total` nanoseconds for all who waited for it.
  fileprivate init(workers: Int, total: UInt64, _ times: BlockTimes) {
    func between(_ start: UInt64, _ end: UInt64) -> Double { end > start ? Double(end - start) : 0 }
    self.init(
      workers: workers, total: Double(total),
      transactions: between(times.opened, times.executed),
      gathering: between(times.executed, times.end),
      waking: between(times.opened, times.workers.max() ?? 0))
  }
}
