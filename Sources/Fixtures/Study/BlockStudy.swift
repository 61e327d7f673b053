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
  /// How many executions each time is the median of.
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
    rounds: Int = 9, cores: [Int] = [],
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
    var times = StudyTimes(count: parallel.count)
    try measure(block, on: view, &times)
    times = StudyTimes(count: parallel.count)
    let profile = try profiler.profile(block, on: view, rounds: settings.rounds) {
      () throws(BlockExecutionError) in try measure(block, on: view, &times)
    }
    return study(name, profile, times)
  }

  private func measure(
    _ block: ExecutableBlock, on view: any StateView, _ times: inout StudyTimes
  ) throws(BlockExecutionError) {
    try times.sequential.measure { () throws(BlockExecutionError) in
      _ = try sequential.execute(block, on: view)
    }
    for index in parallel.indices {
      try times.parallel[index].measure { () throws(BlockExecutionError) in
        _ = try parallel[index].execute(block, on: view)
      }
    }
  }

  private func study(_ name: String, _ profile: BlockProfile, _ times: StudyTimes) -> BlockStudy {
    let wall = times.sequential.wall
    let real = zip(parallel, times.parallel).map {
      ScalingReport.Run(cores: $0.workerCount, nanoseconds: $1.wall)
    }
    // One worker is the calling thread, whose processor time other programs do not spoil.
    let costs = SchedulingCosts(
      profile: profile, sequential: times.sequential.processor,
      oneWorker: times.parallel.first?.processor ?? times.sequential.processor)
    let simulated = Set(settings.cores + real.map(\.cores)).map { cores in
      let time = profile.simulate(cores: cores, costs: costs).nanoseconds
      return ScalingReport.Run(
        cores: cores, nanoseconds: time * wall / max(times.sequential.processor, 1))
    }
    return BlockStudy(
      name: name, profile: profile, costs: costs,
      scaling: ScalingReport.Entry(
        name: name, sequential: wall, limit: profile.bestSpeedUp(), measured: real,
        simulated: simulated))
  }
}

/// What executing a block took, round by round.
private struct StudyTimes {
  var sequential = Timer()
  var parallel: [Timer]

  init(count: Int) { parallel = Array(repeating: Timer(), count: count) }

  /// One executor's times, in nanoseconds.
  struct Timer {
    private var walls: [UInt64] = []
    private var processors: [UInt64] = []

    init() {}

    mutating func measure(
      _ body: () throws(BlockExecutionError) -> Void
    ) throws(BlockExecutionError) {
      let (wall, processor) = (WallClock.now, ThreadClock.now)
      try body()
      processors.append(ThreadClock.now - processor)
      walls.append(WallClock.now - wall)
    }

    /// The median on the wall.
    var wall: Double { Self.median(walls) }
    /// The median of the calling thread's processor time.
    var processor: Double { Self.median(processors) }

    private static func median(_ times: [UInt64]) -> Double {
      times.isEmpty ? 0 : Double(times.sorted()[times.count / 2])
    }
  }
}
