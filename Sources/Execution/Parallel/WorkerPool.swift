// Threads that wait for blocks.

import Synchronization

/// Threads that live as long as the pool, with stacks deep enough for 1,024 nested calls.
///
/// The thread that calls `run` takes part as worker 0. After its share a thread watches for the next
/// one for some microseconds before it sleeps: waking up takes 20 to 50 on virtual machines.
final class WorkerPool: Sendable {
  private let shared: Shared
  /// How many threads there are beside the caller.
  let threadCount: Int

  /// A pool of `wanted` threads, or of fewer where the system gives no more.
  init(threads wanted: Int) {
    let shared = Shared()
    self.shared = shared
    var started = 0
    while started < wanted {
      let worker = started + 1
      guard DeepThread.start({ shared.serve(worker) }) else { break }
      started += 1
    }
    threadCount = started
  }

  deinit { shared.end() }

  /// Calls `body` with 0 on this thread and with 1 to `threadCount` on the others, all at once, and
  /// comes back when all have.
  func run(_ body: @escaping (Int) -> Void) {
    if threadCount == 0 { return body(0) }
    shared.begin(Job(body: body), threads: threadCount)
    body(0)
    shared.wait()
  }

  /// What all threads do. It is used by them only while `run` waits for them.
  private struct Job: @unchecked Sendable {
    let body: (Int) -> Void
  }

  private final class Shared: Sendable {
    /// Counts the calls of `run`; the highest bit says that it is over.
    private let round = Atomic<UInt>(0)
    /// How many threads are still at it.
    private let busy = Atomic<Int>(0)
    private let job = Mutex<Job?>(nil)
    private let sleep = SleepingPlace()
    /// Where the caller waits for the threads.
    private let finish = SleepingPlace()

    private static var isOver: UInt { 1 << (UInt.bitWidth - 1) }
    private static var patience: Int { 10_000 }

    func begin(_ job: Job, threads: Int) {
      self.job.withLock { $0 = job }
      busy.store(threads, ordering: .releasing)
      round.wrappingAdd(1, ordering: .releasing)
      sleep.wakeAll()
    }

    func wait() {
      for _ in 0..<Self.patience {
        if busy.load(ordering: .acquiring) == 0 { break }
      }
      if busy.load(ordering: .acquiring) > 0 {
        _ = finish.wait(for: { UInt(busy.load(ordering: .acquiring)) }, until: { $0 == 0 })
      }
      job.withLock { $0 = nil }
    }

    func end() {
      round.store(Self.isOver, ordering: .releasing)
      sleep.wakeAll()
    }

    func serve(_ worker: Int) {
      var seen: UInt = 0
      while true {
        seen = next(after: seen)
        if seen & Self.isOver != 0 { return }
        if let job = job.withLock({ $0 }) { job.body(worker) }
        if busy.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0 {
          finish.wakeAll()
        }
      }
    }

    private func next(after seen: UInt) -> UInt {
      for _ in 0..<Self.patience {
        let now = round.load(ordering: .acquiring)
        if now != seen { return now }
      }
      return sleep.wait(for: { round.load(ordering: .acquiring) }, until: { $0 != seen })
    }
  }
}
