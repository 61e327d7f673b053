// Threads that all stages of the work share.

import Synchronization

/// A fixed number of threads with deep stacks, which do whatever there is to do: one budget for
/// everything that is under way.
///
/// Each thread takes part in a loop that somebody else shares (`run`), or does what `work` finds for it,
/// and sleeps when there is neither. A loop that is urgent comes before other work; one that is not,
/// after it, so that threads join it only where they have nothing else to do.
public final class Crew: Sendable {
  /// Does the next thing that a thread should do, given the thread's number; false where there is none.
  public typealias Work = @Sendable (_ worker: Int) -> Bool

  private let shared: Shared
  /// How many threads there are: their numbers are the ones below.
  public let count: Int

  /// A crew of `wanted` threads, or of fewer where the system gives no more; `work` is asked by all of
  /// them at once. Nil where the system gives none.
  public init?(threads wanted: Int, work: @escaping Work) {
    let shared = Shared(work: work)
    self.shared = shared
    var started = 0
    while started < wanted {
      let worker = started
      shared.alive.wrappingAdd(1, ordering: .relaxed)
      guard DeepThread.start({ shared.serve(worker) }) else {
        shared.alive.wrappingSubtract(1, ordering: .relaxed)
        break
      }
      started += 1
    }
    count = started
    if started == 0 { return nil }
  }

  /// Says that there is something new to do.
  public func wake() { shared.wake() }

  /// Lets the threads come to an end, each after what it is doing, and waits for them. Called by none
  /// of them.
  public func end() {
    shared.isOver.store(true, ordering: .releasing)
    shared.wake()
    shared.farewell.wait(until: { shared.alive.load(ordering: .acquiring) == 0 })
  }

  /// Calls `body` once for each job below `jobs`, on this thread of the crew, whose number is `worker`,
  /// and on those that join in; comes back when all calls have.
  public func run(
    _ jobs: Int, by worker: Int, isUrgent: Bool = true, _ body: (_ job: Int, _ worker: Int) -> Void
  ) {
    if jobs == 0 { return }
    if jobs == 1 || count == 1 {
      for job in 0..<jobs { body(job, worker) }
      return
    }
    withoutActuallyEscaping(body) { body in
      let loop = SharedLoop(jobs: jobs, body: body)
      shared.open(loop, isUrgent: isUrgent)
      loop.takePart(as: worker)
      shared.close(loop, isUrgent: isUrgent)
      loop.wait()
    }
  }

  private final class Shared: Sendable {
    let work: Work
    let isOver = Atomic<Bool>(false)
    let alive = Atomic<Int>(0)
    let farewell = SleepingPlace()
    /// Counts what may be news for a thread that sleeps.
    private let news = Atomic<UInt>(0)
    private let sleep = SleepingPlace()
    private let loops = Mutex<(urgent: [SharedLoop], other: [SharedLoop])>(([], []))

    init(work: @escaping Work) { self.work = work }

    func wake() {
      news.wrappingAdd(1, ordering: .releasing)
      sleep.wakeAll()
    }

    func open(_ loop: SharedLoop, isUrgent: Bool) {
      loops.withLock { if isUrgent { $0.urgent.append(loop) } else { $0.other.append(loop) } }
      wake()
    }

    func close(_ loop: SharedLoop, isUrgent: Bool) {
      loops.withLock {
        if isUrgent {
          $0.urgent.removeAll { $0 === loop }
        } else {
          $0.other.removeAll { $0 === loop }
        }
      }
    }

    func serve(_ worker: Int) {
      while true {
        // Before anything is looked at: what comes later changes it.
        let seen = news.load(ordering: .acquiring)
        if isOver.load(ordering: .acquiring) { break }
        if join(isUrgent: true, worker) || work(worker) || join(isUrgent: false, worker) {
          continue
        }
        sleep.wait(until: { news.load(ordering: .acquiring) != seen })
      }
      alive.wrappingSubtract(1, ordering: .acquiringAndReleasing)
      farewell.wakeAll()
    }

    /// Takes part in a loop that still has jobs to give.
    private func join(isUrgent: Bool, _ worker: Int) -> Bool {
      let loop = loops.withLock { loops in
        (isUrgent ? loops.urgent : loops.other).first { $0.hasJobs }
      }
      guard let loop else { return false }
      return loop.takePart(as: worker)
    }
  }
}

/// A loop whose rounds several threads divide among themselves. Its body is used only while whoever
/// shares it waits for the last call.
private final class SharedLoop: @unchecked Sendable {
  private let jobs: Int
  /// What is called; nothing any more once all calls are over, so that who still knows the loop does
  /// not know what was called.
  private var body: ((Int, Int) -> Void)?
  private let next = Atomic<Int>(0)
  private let unfinished: Atomic<Int>
  private let finish = SleepingPlace()

  private static var patience: Int { 2_000 }

  init(jobs: Int, body: @escaping (Int, Int) -> Void) {
    self.jobs = jobs
    self.body = body
    unfinished = Atomic(jobs)
  }

  var hasJobs: Bool { next.load(ordering: .relaxed) < jobs }

  /// Does jobs until there are none; whether there was one.
  @discardableResult
  func takePart(as worker: Int) -> Bool {
    var took = false
    while true {
      let job = next.wrappingAdd(1, ordering: .relaxed).oldValue
      if job >= jobs { return took }
      took = true
      call(job, worker)
      if unfinished.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0 {
        finish.wakeAll()
      }
    }
  }

  // A function of its own, so that no reference to the body outlives the call.
  @inline(never)
  private func call(_ job: Int, _ worker: Int) { body?(job, worker) }

  /// Waits for the calls that other threads are at.
  func wait() {
    var patience = Self.patience
    while unfinished.load(ordering: .acquiring) > 0 {
      patience -= 1
      if patience == 0 { finish.wait(until: { unfinished.load(ordering: .acquiring) == 0 }) }
    }
    body = nil
  }
}
