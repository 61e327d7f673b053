// What the machine gives to threads that have nothing to do with each other.

internal import EVM
internal import Execution
internal import Synchronization

/// Sequential executors that all execute the same block at the same time, a thread each.
///
/// Two processors of a virtual machine may be two halves of one core, or share their caches with
/// strangers: what this comes to is what no parallel execution of the block can surpass by much.
final class SideBySide {
  let threads: Int
  private let lanes: [Lane]
  /// Seconds until the last one is done.
  private(set) var seconds = Series()

  init(threads: Int, memoryLimit: Int) {
    self.threads = threads
    lanes = (0..<threads).map { _ in Lane(SequentialExecutor(memoryLimit: memoryLimit)) }
  }

  /// Executes the block once more on all threads, with a clock. Nothing is noted where the system
  /// refuses a thread.
  func measure(_ subject: BenchSubject) throws(BenchProblem) {
    let gate = Gate()
    var started = 1
    for lane in lanes.dropFirst() {
      lane.subject = subject
      guard DeepThread.start({ lane.run(behind: gate) }) else { break }
      started += 1
    }
    gate.waitForArrivals(started - 1)
    let start = WallClock.now
    gate.open()
    if started == threads {
      lanes[0].subject = subject
      lanes[0].execute()
    }
    gate.waitForDepartures(started - 1)
    let end = WallClock.now
    for lane in lanes { lane.outcome = nil }
    if started == threads { seconds.append(Double(end - start) / 1e9) }
    for lane in lanes {
      if let error = lane.error {
        throw BenchProblem(lines: ["the sequential executor cannot execute it: \(error)"])
      }
    }
  }

  /// Who executes what. It is used by one thread at a time.
  private final class Lane: @unchecked Sendable {
    private let executor: SequentialExecutor
    var subject: BenchSubject?
    var outcome: BlockOutcome?
    var error: BlockExecutionError?

    init(_ executor: SequentialExecutor) { self.executor = executor }

    func run(behind gate: Gate) {
      gate.arrive()
      execute()
      gate.depart()
    }

    func execute() {
      guard let subject else { return }
      do throws(BlockExecutionError) {
        outcome = try executor.execute(subject.block, on: subject.state)
      } catch {
        self.error = error
      }
    }
  }

  /// Lets threads begin all at once, and counts who is done.
  private final class Gate: Sendable {
    private let arrivals = Atomic<Int>(0)
    private let isOpen = Atomic<Bool>(false)
    private let departures = Atomic<Int>(0)

    func arrive() {
      arrivals.wrappingAdd(1, ordering: .acquiringAndReleasing)
      while !isOpen.load(ordering: .acquiring) {}
    }

    func open() { isOpen.store(true, ordering: .releasing) }
    func depart() { departures.wrappingAdd(1, ordering: .acquiringAndReleasing) }

    func waitForArrivals(_ count: Int) {
      while arrivals.load(ordering: .acquiring) < count {}
    }

    func waitForDepartures(_ count: Int) {
      while departures.load(ordering: .acquiring) < count {}
    }
  }
}
