// Sharing the rounds of a loop among threads.

/// Calls `body` once for each job below `jobs`, some of the calls perhaps at the same time, each with the
/// number of the worker that makes it, and comes back when all have. Calls with one worker's number
/// never overlap.
public typealias ConcurrentRun = (
  _ jobs: Int, _ body: (_ job: Int, _ worker: Int) -> Void
) -> Void
