// Threads that answer requests.

internal import Execution
internal import Synchronization

/// Threads with deep stacks that do what is put into a queue, so that slow work of one client stops no other.
final class RequestQueue: Sendable {
  /// Jobs in the order in which they came.
  private struct Line {
    var jobs: [@Sendable () -> Void] = []
    var first = 0

    var count: Int { jobs.count - first }

    mutating func next() -> (@Sendable () -> Void)? {
      if count == 0 { return nil }
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

  private struct Contents {
    var small = Line()
    var large = Line()
    /// Whether a large job is next, where both wait.
    var isLargeNext = false
    var running = 0
    /// Threads more than there should be, since one that was stood in for is back.
    var surplus = 0
    var isClosed = false

    var waiting: Int { small.count + large.count }

    mutating func next() -> (@Sendable () -> Void)? {
      isLargeNext.toggle()
      return isLargeNext ? large.next() ?? small.next() : small.next() ?? large.next()
    }
  }

  /// Requests of more bytes stand in a line of their own.
  private static let smallBytes = 4096

  private let limit: Int
  private let contents = Mutex(Contents())
  private let place = SleepingPlace()

  /// A queue of so many threads, in which at most `limit` jobs wait; nil where the system starts no thread.
  init?(threads: Int, limit: Int) {
    self.limit = limit
    for _ in 0..<threads {
      contents.withLock { $0.running += 1 }
      if !DeepThread.start({ [self] in work() }) { contents.withLock { $0.running -= 1 } }
    }
    if contents.withLock({ $0.running }) == 0 { return nil }
  }

  /// Adds the job of answering a request of so many bytes; false where too many wait already. Small and large
  /// ones are taken in turns, so that one request need not wait for the batches of hundreds of clients.
  func add(requestOf bytes: Int, _ job: @escaping @Sendable () -> Void) -> Bool {
    let isTaken = contents.withLock { contents in
      if contents.isClosed || contents.waiting >= limit { return false }
      if bytes <= Self.smallBytes {
        contents.small.jobs.append(job)
      } else {
        contents.large.jobs.append(job)
      }
      return true
    }
    if isTaken { place.wakeOne() }
    return isTaken
  }

  /// Lets one more thread answer, for one that is about to wait; false where the system starts none.
  func standIn() -> Bool {
    contents.withLock { $0.running += 1 }
    if DeepThread.start({ [self] in work() }) { return true }
    contents.withLock { $0.running -= 1 }
    return false
  }

  /// Lets one thread end, now that the one that waited is back.
  func standDown() {
    contents.withLock { $0.surplus += 1 }
    place.wakeOne()
  }

  /// Ends the threads when all jobs are done, and waits for that.
  func close() {
    contents.withLock { $0.isClosed = true }
    place.wakeAll()
    place.wait(until: { [self] in contents.withLock { $0.running == 0 } })
  }

  private func work() {
    while true {
      let isTooMany = contents.withLock { contents in
        if contents.surplus == 0 { return false }
        contents.surplus -= 1
        return true
      }
      if isTooMany { break }
      if let job = contents.withLock({ $0.next() }) {
        job()
        continue
      }
      if contents.withLock({ $0.isClosed && $0.waiting == 0 }) { break }
      place.wait(until: { [self] in
        contents.withLock { $0.waiting > 0 || $0.isClosed || $0.surplus > 0 }
      })
    }
    contents.withLock { $0.running -= 1 }
    place.wakeAll()
  }
}
