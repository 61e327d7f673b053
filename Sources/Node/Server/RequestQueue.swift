// Threads that answer requests.

internal import Execution
internal import Synchronization

/// Threads with deep stacks that do what is put into a queue, so that slow work of one client stops no other:
/// where all of them are at work for long while something waits, there are more, and the system shares the
/// cores among them. One more takes only what is light, however many others are at work.
final class RequestQueue: Sendable {
  /// What is to become of a request whose turn has come.
  enum Turn {
    /// It is answered.
    case answered
    /// The node stops: it is refused.
    case refused
  }

  /// Answers or refuses a request.
  typealias Job = @Sendable (Turn) -> Void

  /// Jobs in the order in which they came.
  private struct Line {
    var jobs: [Job] = []
    var first = 0

    var count: Int { jobs.count - first }

    mutating func next() -> Job? {
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

  /// That a thread is at a job of which only some are done at a time; it gives the slot back when it waits, or is done.
  private final class Slot: Sendable {
    let weight: RequestWeight
    private let isHeld = Atomic(true)

    init(_ weight: RequestWeight) { self.weight = weight }

    /// Gives it back; false where that was done.
    func giveBack() -> Bool { isHeld.exchange(false, ordering: .relaxed) }

    /// Takes it again; false where it was not given back.
    func takeAgain() -> Bool { !isHeld.exchange(true, ordering: .relaxed) }
  }

  /// That of the job which this thread is at.
  @TaskLocal private static var slot: Slot?

  private struct Contents {
    /// One for each weight.
    var lines: [Line]
    /// The weight whose job was taken last.
    var last = 0
    /// Threads that take everything, those of them that have nothing to do, and how many of them stand in for others
    /// that wait.
    var (running, idle, standIns) = (0, 0, 0)
    /// Whether there is a thread for what is light.
    var hasLightThread = false
    /// Threads that are at jobs of each weight, and how many may be: the answers of batches take memory.
    var atWork: [Int]
    let most: [Int]
    /// Since when something waits and nothing was taken.
    var stalledSince = ContinuousClock.now
    var isClosed = false

    init(most: [RequestWeight: Int]) {
      self.most = RequestWeight.allCases.map { most[$0] ?? .max }
      lines = RequestWeight.allCases.map { _ in Line() }
      atWork = RequestWeight.allCases.map { _ in 0 }
    }

    /// How many jobs of a weight wait for nothing but a thread.
    func ready(_ weight: RequestWeight) -> Int {
      let index = weight.rawValue
      return min(lines[index].count, max(0, most[index] - atWork[index]))
    }

    var ready: Int { RequestWeight.allCases.reduce(0) { $0 + ready($1) } }

    /// The next job, from each line in turn.
    mutating func next() -> (job: Job, slot: Slot?)? {
      for _ in lines.indices {
        last = (last + 1) % lines.count
        if atWork[last] >= most[last] { continue }
        guard let job = lines[last].next() else { continue }
        guard most[last] < .max, let weight = RequestWeight(rawValue: last) else {
          return (job, nil)
        }
        atWork[last] += 1
        return (job, Slot(weight))
      }
      return nil
    }
  }

  /// After so long without a job being taken more threads take those that wait.
  private static let patience = Duration.milliseconds(100)

  private let limit: Int
  private let threads: Int
  private let mostThreads: Int
  private let contents: Mutex<Contents>
  /// Where threads sleep that take everything, and the one that does not.
  private let (common, reserved) = (SleepingPlace(), SleepingPlace())

  /// A queue of so many threads, and of up to `mostThreads` while all are at work for long, in which at most
  /// `limit` jobs of each weight wait; nil where the system starts no thread.
  init?(threads: Int, mostThreads: Int, limit: Int) {
    self.limit = limit
    self.threads = threads
    self.mostThreads = max(threads, mostThreads)
    contents = Mutex(
      Contents(most: [.large: max(threads, mostThreads / 8), .heavy: HeavyCalls.most]))
    start(threads)
    if threadCount == 0 { return nil }
    contents.withLock { $0.hasLightThread = true }
    if !DeepThread.start({ [self] in workLightly() }) {
      contents.withLock { $0.hasLightThread = false }
    }
  }

  /// How many threads there are that take everything.
  var threadCount: Int { contents.withLock { $0.running } }

  /// Starts more threads where all are at work for long and something waits. To be called now and then.
  func look(now: ContinuousClock.Instant) {
    let missing = contents.withLock { contents in
      guard contents.ready > 0, !contents.isClosed,
        now - contents.stalledSince > Self.patience
      else { return 0 }
      contents.stalledSince = now
      return min(contents.ready, mostThreads + contents.standIns - contents.running)
    }
    if missing > 0 { start(missing) }
  }

  @discardableResult private func start(_ count: Int) -> Bool {
    for _ in 0..<count {
      contents.withLock { $0.running += 1 }
      if DeepThread.start({ [self] in work() }) { continue }
      contents.withLock { $0.running -= 1 }
      return false
    }
    return true
  }

  /// Adds the job of answering a request of this weight; false where too many wait already. Each weight stands
  /// in a line of its own, and threads take from them in turns.
  func add(_ weight: RequestWeight, _ job: @escaping Job) -> Bool {
    let now = ContinuousClock.now
    let isAlone: Bool? = contents.withLock { contents in
      if contents.isClosed || contents.lines[weight.rawValue].count >= limit { return nil }
      if contents.ready == 0 { contents.stalledSince = now }
      contents.lines[weight.rawValue].jobs.append(job)
      // Those that sleep may take what came before it.
      return contents.idle < contents.ready
    }
    guard let isAlone else { return false }
    common.wakeOne()
    if isAlone { reserved.wakeOne() }
    look(now: now)
    return true
  }

  /// Lets one more thread answer, for one that is about to wait and whose job is large no more, nor heavy; false where
  /// the system starts none.
  func standIn() -> Bool {
    if let slot = Self.slot { giveBack(slot) }
    contents.withLock { $0.standIns += 1 }
    if start(1) { return true }
    contents.withLock { $0.standIns -= 1 }
    return false
  }

  /// Lets one thread end, now that the one that waited is back.
  func standDown() {
    contents.withLock { contents in
      contents.standIns -= 1
      // It goes on; others begin when there is room beside it.
      if let slot = Self.slot, slot.takeAgain() { contents.atWork[slot.weight.rawValue] += 1 }
    }
    common.wakeOne()
  }

  /// Refuses what waits, and ends the threads when what they are at is done, and waits for that.
  func close() {
    contents.withLock { $0.isClosed = true }
    common.wakeAll()
    reserved.wakeAll()
    common.wait(until: { [self] in
      contents.withLock { $0.running == 0 && !$0.hasLightThread }
    })
  }

  // MARK: - The threads

  private func work() {
    while true {
      let (next, turn, isLast) = contents.withLock { contents in
        let next = contents.next()
        contents.stalledSince = .now
        let isLast = next == nil && (contents.isClosed || isTooMany(contents))
        if isLast { contents.running -= 1 } else if next == nil { contents.idle += 1 }
        return (next, contents.isClosed ? Turn.refused : .answered, isLast)
      }
      if let next {
        if let slot = next.slot { Self.work(next.job, turn, in: slot) } else { next.job(turn) }
        if let slot = next.slot { giveBack(slot) }
        continue
      }
      if isLast { break }
      common.wait(until: { [self] in
        contents.withLock { $0.ready > 0 || $0.isClosed || isTooMany($0) }
      })
      contents.withLock { $0.idle -= 1 }
    }
    common.wakeAll()
  }

  private static func work(_ job: Job, _ turn: Turn, in slot: Slot) {
    $slot.withValue(slot) { job(turn) }
  }

  private func giveBack(_ slot: Slot) {
    guard slot.giveBack() else { return }
    contents.withLock { $0.atWork[slot.weight.rawValue] -= 1 }
    common.wakeOne()
  }

  private func isTooMany(_ contents: borrowing Contents) -> Bool {
    contents.running > threads + contents.standIns
  }

  private func workLightly() {
    let light = RequestWeight.light
    while true {
      let (job, turn) = contents.withLock { contents in
        let job = contents.lines[light.rawValue].next()
        if job == nil, contents.isClosed { contents.hasLightThread = false }
        return (job, contents.isClosed ? Turn.refused : .answered)
      }
      if let job {
        job(turn)
        continue
      }
      if turn == .refused { break }
      reserved.wait(until: { [self] in
        contents.withLock { $0.ready(light) > 0 || $0.isClosed }
      })
    }
    common.wakeAll()
  }
}
