// Short jobs on all cores.

internal import Dispatch
internal import State
internal import Synchronization

/// Shares jobs out among the system's own threads.
enum ConcurrentJobs {
  /// What is used by several threads only while `run` waits for them.
  private struct Body: @unchecked Sendable {
    let body: (_ job: Int, _ worker: Int) -> Void
  }

  private final class Counter: Sendable {
    private let next = Atomic<Int>(0)
    var taken: Int { next.wrappingAdd(1, ordering: .relaxed).oldValue }
  }

  /// Runs jobs with so many workers.
  static func runner(workers: Int) -> ConcurrentRun {
    if workers == 1 { return StateTries.alone }
    return { jobs, body in
      withoutActuallyEscaping(body) { body in
        let (body, counter) = (Body(body: body), Counter())
        DispatchQueue.concurrentPerform(iterations: min(workers, jobs)) { worker in
          while true {
            let job = counter.taken
            if job >= jobs { return }
            body.body(job, worker)
          }
        }
      }
    }
  }
}
