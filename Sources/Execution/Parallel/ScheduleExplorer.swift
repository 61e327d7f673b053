// The parallel execution of a block, with every interleaving decided by random numbers.

import CKernels
public import EVM
import Primitives
public import State

/// Executes blocks by the scheduler and the memory of `ParallelExecutor`, but all workers on the
/// calling thread: at every step that another worker could see, a random number decides who goes on.
///
/// The same numbers over the same block always lead to the same steps. Explored are sequentially consistent
/// interleavings: what weaker orders of memory could do is left to the thread sanitizer.
public final class ScheduleExplorer: BlockBuilder {
  private let exploration: Exploration<Explored>

  /// An explorer of so many workers; nil where the system has no memory for their stacks.
  public init?(workers count: Int, memoryLimit: Int = EVM.defaultMemoryLimit) {
    guard let exploration = Exploration<Explored>(workers: count, memoryLimit: memoryLimit) else {
      return nil
    }
    self.exploration = exploration
  }

  /// Where the decisions come from. One that is seeded can be repeated.
  public var decisions: any RandomNumberGenerator {
    get { exploration.decisions }
    set { exploration.decisions = newValue }
  }

  /// Whether outcomes tell what their blocks accessed, from Cancun on; not when blocks are built.
  public var emitsAccessLists: Bool {
    get { exploration.core.emitsAccessLists }
    set { exploration.core.emitsAccessLists = newValue }
  }

  /// How many workers there are.
  public var workerCount: Int { exploration.core.workers.count }

  /// How the last block came to be executed.
  public var statistics: BlockStatistics { exploration.core.statistics }

  /// How many steps the last block took.
  public var steps: Int { exploration.steps }

  /// Executes `block` over `view` under the interleaving that `decisions` make.
  public func execute(
    _ block: ExecutableBlock, on view: any StateView, rootAfter: RootSource?,
    until stop: StopCondition?
  ) throws(BlockExecutionError) -> BlockOutcome {
    try exploration.execute(block, on: view, rootAfter: rootAfter, until: stop)
  }

  /// Makes a block of `candidates` over `view` under the interleaving that `decisions` make.
  public func build(
    from candidates: ExecutableBlock, on view: any StateView, until stop: StopCondition?
  ) throws(BlockExecutionError) -> BuiltBlock {
    try exploration.build(from: candidates, on: view, until: stop)
  }
}

/// The parallel execution of blocks on fibers.
final class Exploration<Point: SchedulingPoint>: BlockBuilder {
  let core: ParallelCore<Point>
  private let fibers: FiberSet
  var decisions: any RandomNumberGenerator = SystemRandomNumberGenerator()
  private(set) var steps = 0

  init?(workers count: Int, memoryLimit: Int = EVM.defaultMemoryLimit) {
    guard count > 0, let fibers = FiberSet(count: count, stackSize: 2 * EVM.nativeStackSize) else {
      return nil
    }
    self.fibers = fibers
    core = ParallelCore(workers: count, memoryLimit: memoryLimit)
  }

  func execute(
    _ block: ExecutableBlock, on view: any StateView, rootAfter: RootSource?,
    until stop: StopCondition?
  ) throws(BlockExecutionError) -> BlockOutcome {
    let runner = makeRunner()
    defer { decisions = runner.random }
    return try core.execute(
      block, on: view, rootAfter: rootAfter, until: stop, run: runner.run)
  }

  func build(
    from candidates: ExecutableBlock, on view: any StateView, until stop: StopCondition?
  ) throws(BlockExecutionError) -> BuiltBlock {
    let runner = makeRunner()
    defer { decisions = runner.random }
    return try core.build(from: candidates, on: view, until: stop, run: runner.run)
  }

  private func makeRunner() -> Runner {
    steps = 0
    core.memory.pointee.suspectsCounters = decisions.next() & 1 == 0
    return Runner(fibers, decisions) { [self] in steps += $0 }
  }

  /// Holds the decisions meanwhile: a fiber must not leave while a property is being changed.
  private final class Runner {
    var random: any RandomNumberGenerator
    private let fibers: FiberSet
    private let count: (Int) -> Void

    init(
      _ fibers: FiberSet, _ random: any RandomNumberGenerator, count: @escaping (Int) -> Void
    ) {
      self.fibers = fibers
      self.random = random
      self.count = count
    }

    func run(_ body: @escaping (Int) -> Void) {
      var random = random
      let steps = fibers.run(&random, body)
      self.random = random
      count(steps)
    }
  }
}

/// Each step is a chance to go on with another worker.
enum Explored: SchedulingPoint {
  static func pass() { nt_fiber_pass() }

  /// Others go on at the next step anyway.
  static func rest(_ turns: Int) {}

  static func view(_ reader: UnsafeMutablePointer<VersionedReader<Explored>>) -> any StateView {
    ExploredView(reader)
  }
}

/// Several stacks on one thread, of which a random number picks the one that goes on.
private final class FiberSet {
  private let fibers: [OpaquePointer]
  private let job = UnsafeMutablePointer<((Int) -> Void)?>.allocate(capacity: 1)
  private let seats: UnsafeMutablePointer<Seat>

  /// What a fiber knows.
  private struct Seat {
    let job: UnsafeMutablePointer<((Int) -> Void)?>
    let number: Int
  }

  init?(count: Int, stackSize: Int) {
    job.initialize(to: nil)
    seats = .allocate(capacity: count)
    var made: [OpaquePointer] = []
    for number in 0..<count {
      (seats + number).initialize(to: Seat(job: job, number: number))
      let fiber = nt_fiber_create(
        stackSize,
        { argument in
          guard let seat = argument?.assumingMemoryBound(to: Seat.self).pointee else { return }
          seat.job.pointee?(seat.number)
        }, seats + number)
      guard let fiber else { break }
      made.append(fiber)
    }
    fibers = made
    if made.count < count { return nil }
  }

  deinit {
    for fiber in fibers { nt_fiber_destroy(fiber) }
    seats.deallocate()
    job.deinitialize(count: 1)
    job.deallocate()
  }

  /// Calls `body` once on each fiber, in turns that `random` decides; answers how many there were.
  func run(_ random: inout any RandomNumberGenerator, _ body: @escaping (Int) -> Void) -> Int {
    job.pointee = body
    defer { job.pointee = nil }
    for fiber in fibers { nt_fiber_restart(fiber) }
    // Some schedules change the worker at nearly every step, others let one run for long.
    let patience = UInt64(1) << (random.next() % 7)
    var running = Array(fibers.indices)
    var turn = 0
    var steps = 0
    while !running.isEmpty {
      steps += 1
      if random.next() % patience == 0 { turn = Int(random.next() % UInt64(running.count)) }
      if !nt_fiber_resume(fibers[running[turn]]) {
        running.remove(at: turn)
        turn = 0
      }
    }
    return steps
  }
}
