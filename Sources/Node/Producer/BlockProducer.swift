// Making blocks of what waits in the pool.

internal import Chain
internal import Execution
internal import Ledger
internal import Primitives
internal import State
internal import Storage
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Makes blocks, one after another, on a thread of its own.
final class BlockProducer: @unchecked Sendable {
  /// When blocks are made.
  enum Mode: Sendable, Equatable {
    /// As soon as a transaction waits.
    case automatic
    /// Every so many seconds, whether or not one waits.
    case interval(Double)
    /// When somebody asks for one.
    case onRequest
  }

  private struct Requests {
    var mode: Mode
    /// Blocks that were asked for, and those that were made for it.
    var asked: UInt64 = 0
    var made: UInt64 = 0
    var hasNews = false
    var isClosed = false
    var hasEnded = false
    var failure: String?
    /// What is added to the clock, in seconds.
    var timeOffset: Int64 = 0
    /// The time of the next block, if somebody set it.
    var nextTimestamp: UInt64?
  }

  private let chain: ChainReader
  private let pool: TransactionPool
  private let pipeline: Pipeline
  private let coinbase: Address
  private let gasLimit: UInt64
  private let place = SleepingPlace()
  private let requests: Mutex<Requests>

  /// Makes blocks behind the head of the chain of `chain`, through `pipeline`.
  init(
    chain: ChainReader, pool: TransactionPool, pipeline: Pipeline, mode: Mode, gasLimit: UInt64,
    coinbase: Address = .zero
  ) {
    self.chain = chain
    self.pool = pool
    self.pipeline = pipeline
    self.coinbase = coinbase
    self.gasLimit = gasLimit
    requests = Mutex(Requests(mode: mode))
  }

  /// Begins; false where the system starts no thread.
  func start() -> Bool { DeepThread.start { [self] in run() } }

  /// Says that a transaction has come.
  func notice() {
    requests.withLock { $0.hasNews = true }
    place.wakeAll()
  }

  /// Makes a block now, and comes back when it is durable.
  func mine() throws(RPCError) {
    let ticket = requests.withLock { requests in
      requests.asked += 1
      return requests.asked
    }
    place.wakeAll()
    place.wait(until: { [self] in
      requests.withLock { $0.made >= ticket || $0.hasEnded }
    })
    if let failure = requests.withLock({ $0.failure }) { throw .failed(failure) }
  }

  /// Changes when blocks are made.
  func set(_ mode: Mode) {
    requests.withLock {
      $0.mode = mode; $0.hasNews = true
    }
    place.wakeAll()
  }

  /// Whether a block is made as soon as a transaction waits.
  var isAutomatic: Bool { requests.withLock { $0.mode == .automatic } }

  /// Adds so many seconds to the clock; how many were added in all.
  func addTime(_ seconds: Int64) -> Int64 {
    requests.withLock { requests in
      requests.timeOffset = requests.timeOffset.addingReportingOverflow(seconds).partialValue
      return requests.timeOffset
    }
  }

  /// Sets the time of the next block.
  func setNextTimestamp(_ timestamp: UInt64) {
    requests.withLock { $0.nextTimestamp = timestamp }
  }

  /// Ends after the block that is being made, and waits for that.
  func stop() {
    requests.withLock { $0.isClosed = true }
    place.wakeAll()
    place.wait(until: { [self] in requests.withLock { $0.hasEnded } })
  }

  // MARK: - The thread

  private func run() {
    while let (ticket, mayBeEmpty) = next() {
      do throws(RPCError) {
        try makeBlock(mayBeEmpty: mayBeEmpty)
        requests.withLock { $0.made = max($0.made, ticket) }
        place.wakeAll()
      } catch {
        requests.withLock { $0.failure = error.message }
        break
      }
    }
    requests.withLock { $0.hasEnded = true }
    place.wakeAll()
  }

  /// Waits until a block is to be made; how many were asked for by then, and whether it may be empty; nil at
  /// the end.
  private func next() -> (asked: UInt64, mayBeEmpty: Bool)? {
    while true {
      let (mode, isAsked, hasNews, isClosed, asked) = requests.withLock { requests in
        defer { requests.hasNews = false }
        return (
          requests.mode, requests.asked > requests.made, requests.hasNews, requests.isClosed,
          requests.asked
        )
      }
      if isClosed { return nil }
      if isAsked { return (asked, true) }
      if mode == .automatic, hasNews, pool.count > 0 { return (asked, false) }
      if case .interval(let seconds) = mode {
        let deadline = ContinuousClock.now.advanced(by: .seconds(seconds))
        while ContinuousClock.now < deadline {
          let isWanted = requests.withLock { $0.isClosed || $0.asked > $0.made || $0.mode != mode }
          if isWanted { break }
          usleep(5_000)
        }
        if ContinuousClock.now >= deadline { return (asked, true) }
        continue
      }
      place.wait(until: { [self] in
        requests.withLock { $0.hasNews || $0.isClosed || $0.asked > $0.made || $0.mode != mode }
      })
    }
  }

  private func makeBlock(mayBeEmpty: Bool) throws(RPCError) {
    let head = try chain.existingBlock(.latest)
    let state = try chain.state(at: .latest)
    let candidates = try pool.candidates(
      baseFee: BaseFee.next(after: head.header), gasLimit: gasLimit
    ) { (sender) throws(RPCError) in
      try chain.readingState { () throws(StateReadError) in try state.account(sender)?.nonce ?? 0 }
    }
    if candidates.isEmpty && !mayBeEmpty { return }
    var transactions = EncodedTransactions()
    for candidate in candidates { transactions.append(candidate.encoding) }
    let draft = BlockDraft(
      coinbase: coinbase, timestamp: timestamp(after: head.header.timestamp), gasLimit: gasLimit,
      transactions: transactions)
    do throws(PipelineError) {
      try pipeline.append(.draft(draft))
      try pipeline.drain()
    } catch {
      throw .failed("\(error)")
    }
    // What was tried and is not in the block never will be: it was best where it stood.
    for candidate in candidates { pool.remove(candidate.hash) }
    if pool.count > 0 { notice() }
  }

  private func timestamp(after parent: UInt64) -> UInt64 {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return requests.withLock { requests in
      defer { requests.nextTimestamp = nil }
      if let wanted = requests.nextTimestamp { return max(wanted, parent + 1) }
      let shifted = Int64(now.tv_sec).addingReportingOverflow(requests.timeOffset).partialValue
      return max(UInt64(clamping: shifted), parent + 1)
    }
  }
}
