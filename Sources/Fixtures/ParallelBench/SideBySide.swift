// What the machine gives to threads that have nothing to do with each other.

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

internal import Execution
internal import Synchronization

/// Sequential executors that all execute the same block at the same time, a thread each.
///
/// Two processors of a virtual machine may be two halves of one core, or share their caches with
/// strangers: what such threads come to is about the most that parallel execution of a block can.
final class SideBySide {
  let threads: Int
  private let lanes: [Lane]
  /// How many times as much all do as one, in each round in which all threads could be had.
  private(set) var scaling = Series()

  init(threads: Int, memoryLimit: Int) {
    self.threads = threads
    lanes = (0..<threads).map { _ in Lane(SequentialExecutor(memoryLimit: memoryLimit)) }
  }

  /// Executes the block once more on all threads, with a clock, and compares. One alone takes
  /// `seconds`; nil where that is not to be noted.
  func measure(
    _ subject: BenchSubject, _ reference: BlockOutcome, against seconds: Double?
  ) throws(BenchProblem) {
    let gate = Gate()
    for lane in lanes { lane.subject = subject }
    let others = lanes.dropFirst().prefix { lane in DeepThread.start { lane.run(behind: gate) } }
    gate.waitForArrivals(others.count)
    let start = WallClock.now
    gate.open()
    lanes[0].execute()
    gate.waitForDepartures(others.count)
    let end = WallClock.now
    ProcessClock.settle()
    for lane in lanes.prefix(others.count + 1) { try lane.check(reference) }
    guard let seconds, others.count + 1 == threads, end > start else { return }
    scaling.append(Double(threads) * seconds / (Double(end - start) / 1e9))
  }

  /// Who executes what. It is used by one thread at a time.
  private final class Lane: @unchecked Sendable {
    private let side: BenchSide
    var subject: BenchSubject?
    private var result: Result<BlockOutcome, BenchProblem>?

    init(_ executor: SequentialExecutor) { side = BenchSide(executor) }

    func run(behind gate: Gate) {
      gate.arrive()
      execute()
      gate.depart()
    }

    func execute() {
      guard let subject else { return }
      do throws(BenchProblem) {
        result = .success(try side.execute(subject))
      } catch {
        result = .failure(error)
      }
    }

    /// Refuses what came out, which is forgotten then, if it is not the reference.
    func check(_ reference: BlockOutcome) throws(BenchProblem) {
      defer { (result, subject) = (nil, nil) }
      if let outcome = try result?.get() { try side.check(outcome, reference) }
    }
  }

  /// Lets threads begin all at once, and counts who is done.
  private final class Gate: Sendable {
    private let arrivals = Atomic<Int>(0)
    private let isOpen = Atomic<Bool>(false)
    private let departures = Atomic<Int>(0)

    func arrive() {
      arrivals.wrappingAdd(1, ordering: .acquiringAndReleasing)
      while !isOpen.load(ordering: .acquiring) { sched_yield() }
    }

    func open() { isOpen.store(true, ordering: .releasing) }
    func depart() { departures.wrappingAdd(1, ordering: .acquiringAndReleasing) }

    func waitForArrivals(_ count: Int) {
      while arrivals.load(ordering: .acquiring) < count { sched_yield() }
    }

    func waitForDepartures(_ count: Int) {
      while departures.load(ordering: .acquiring) < count { sched_yield() }
    }
  }
}
