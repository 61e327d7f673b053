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
  /// Nothing is begun any more when a block has been made for so many seconds.
  private let buildingLimit: Double
  /// When the next block is due, and the mode that says so. Belongs to the thread.
  private var tick: (mode: Mode, time: ContinuousClock.Instant)?

  /// Makes blocks behind the head of the chain of `chain`, through `pipeline`.
  init(
    chain: ChainReader, pool: TransactionPool, pipeline: Pipeline, mode: Mode, gasLimit: UInt64,
    coinbase: Address = .zero, buildingLimit: Double = 2
  ) {
    self.chain = chain
    self.pool = pool
    self.pipeline = pipeline
    self.coinbase = coinbase
    self.gasLimit = gasLimit
    self.buildingLimit = buildingLimit
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
      if mode == .automatic, hasNews, pool.counts.pending > 0 { return (asked, false) }
      let isWanted = { [self] in
        requests.withLock { requests in
          requests.isClosed || requests.asked > requests.made || requests.mode != mode
            || mode == .automatic && requests.hasNews
        }
      }
      guard case .interval(let seconds) = mode else {
        tick = nil
        place.wait(until: isWanted)
        continue
      }
      let due = due(every: seconds, mode)
      let left = ContinuousClock.now.duration(to: due) / .seconds(1)
      if place.wait(seconds: left, until: isWanted) { continue }
      // A block that took longer than it should puts the next one off, and does not bring two at once.
      tick = (mode, max(due.advanced(by: .seconds(seconds)), .now))
      return (asked, true)
    }
  }

  /// When the next block is due.
  private func due(every seconds: Double, _ mode: Mode) -> ContinuousClock.Instant {
    if let tick, tick.mode == mode { return tick.time }
    let due = ContinuousClock.now.advanced(by: .seconds(seconds))
    tick = (mode, due)
    return due
  }

  private func makeBlock(mayBeEmpty: Bool) throws(RPCError) {
    let head = try chain.existingBlock(.latest)
    // What is offered may use twice the gas: most use less than they may, and the rest is not tried.
    let candidates = pool.candidates(
      baseFee: BaseFee.next(after: head.header),
      blobBaseFee: chain.blobBaseFee(of: head.header) ?? .zero,
      gas: gasLimit.multipliedReportingOverflow(by: 2).partialValue)
    if candidates.isEmpty && !mayBeEmpty { return }
    let deadline = ContinuousClock.now.advanced(by: .seconds(buildingLimit))
    let draft = BlockDraft(
      coinbase: coinbase, timestamp: timestamp(after: head.header.timestamp), gasLimit: gasLimit,
      candidates, deadline: deadline)
    do throws(PipelineError) {
      try pipeline.append(.draft(draft))
      try pipeline.drain()
    } catch {
      throw .failed("\(error)")
    }
    try settle(candidates, isCut: ContinuousClock.now >= deadline)
  }

  /// Lets the pool follow what the last block did to those who took part in it, and forgets what was tried in
  /// vain.
  private func settle(_ candidates: [PooledTransaction], isCut: Bool) throws(RPCError) {
    let header = try chain.existingBlock(.latest).header
    let state = try chain.state(at: .latest)
    let before = pool.counts
    var accounts: [Address: SenderAccount] = [:]
    for candidate in candidates {
      let sender = candidate.sender
      if accounts[sender] == nil { accounts[sender] = try chain.senderAccount(sender, in: state) }
      // It was best where it stood, and there was room: it may not stand in a block. What waits for blobs to
      // become cheaper does.
      if candidate.nonce == accounts[sender]?.nonce, !isCut, candidate.transaction.kind != .blob,
        candidate.transaction.gasLimit <= gasLimit - min(gasLimit, header.gasUsed)
      {
        pool.remove(candidate.hash)
      }
    }
    pool.follow(accounts.map { ($0.key, $0.value) })
    // Without progress another block would do no better.
    if pool.counts.pending > 0, pool.counts != before { notice() }
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

extension BlockDraft {
  /// A draft of what waited in a pool, which has decoded it already.
  fileprivate init(
    coinbase: Address, timestamp: UInt64, gasLimit: UInt64, _ candidates: [PooledTransaction],
    deadline: ContinuousClock.Instant
  ) {
    var encodings = EncodedTransactions(
      reservingCapacity: candidates.count,
      byteCount: candidates.reduce(0) { $0 + $1.encoding.count })
    for candidate in candidates { encodings.append(candidate.encoding) }
    self.init(
      coinbase: coinbase, timestamp: timestamp, gasLimit: gasLimit, transactions: encodings,
      signed: SignedTransactions(
        candidates.map(\.transaction), by: candidates.map(\.sender)), deadline: deadline)
  }
}
