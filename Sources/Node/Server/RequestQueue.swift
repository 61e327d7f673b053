// Threads that answer requests.

internal import Execution
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Threads with deep stacks that do what is put into a queue, so that slow work of one client stops no other.
final class RequestQueue: @unchecked Sendable {
  private let limit: Int
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var jobs: [@Sendable () -> Void] = []
  private var first = 0
  private var running = 0
  private var isClosed = false

  /// A queue of so many threads, in which at most `limit` jobs wait; nil where the system starts no thread.
  init?(threads: Int, limit: Int) {
    self.limit = limit
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
    for _ in 0..<threads {
      running += 1
      if !DeepThread.start({ [self] in work() }) { running -= 1 }
    }
    if running == 0 { return nil }
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Adds a job; false where too many wait already.
  func add(_ job: @escaping @Sendable () -> Void) -> Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    if isClosed || jobs.count - first >= limit { return false }
    jobs.append(job)
    pthread_cond_signal(condition)
    return true
  }

  /// Ends the threads when all jobs are done, and waits for that.
  func close() {
    pthread_mutex_lock(mutex)
    isClosed = true
    pthread_cond_broadcast(condition)
    while running > 0 { pthread_cond_wait(condition, mutex) }
    pthread_mutex_unlock(mutex)
  }

  private func work() {
    while let job = next() { job() }
    pthread_mutex_lock(mutex)
    running -= 1
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }

  private func next() -> (@Sendable () -> Void)? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while first == jobs.count && !isClosed { pthread_cond_wait(condition, mutex) }
    if first == jobs.count { return nil }
    let job = jobs[first]
    first += 1
    if first == jobs.count {
      jobs.removeAll(keepingCapacity: true)
      first = 0
    } else if first >= 1024 {
      jobs.removeFirst(first)
      first = 0
    }
    return job
  }
}
