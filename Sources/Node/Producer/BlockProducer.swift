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
    var hasNews = false
    /// How often it was looked for something to make a block of.
    var looks: UInt64 = 0
    /// How many of these looks are over.
    var looksOver: UInt64 = 0
    var isClosed = false
    var hasEnded = false
    var failure: String?
    /// What the next block is to be like.
    var next: NextBlock
  }

  /// As many empty blocks are made before others have a turn.
  private static let blocksATurn: UInt64 = 256

  let chain: ChainReader
  let pool: TransactionPool
  let pipeline: RenewedPipeline
  let console: ConsoleWatch?
  /// Told before the chain goes back to a block; what it returns is called when it has.
  private let willGoBack: @Sendable (UInt64) -> @Sendable () -> Void
  /// Told why a block could not be made that nobody waits for.
  private let onFailure: @Sendable (String) -> Void
  /// Held by who makes a block, and who changes what blocks are made from.
  private let turn = Mutex(())
  private let place = SleepingPlace()
  private let requests: Mutex<Requests>
  /// Nothing is begun any more when a block has been made for so many seconds.
  let buildingLimit: Double
  /// When the next block is due, and the mode that says so. Belongs to the thread.
  private var tick: (mode: Mode, time: ContinuousClock.Instant)?

  /// Makes blocks behind the head of the chain of `chain`, through `pipeline`.
  init(
    chain: ChainReader, pool: TransactionPool, pipeline: RenewedPipeline, mode: Mode,
    gasLimit: UInt64,
    buildingLimit: Double = 2, console: ConsoleWatch? = nil,
    willGoBack: @escaping @Sendable (UInt64) -> @Sendable () -> Void = { _ in {} },
    onFailure: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.chain = chain
    self.pool = pool
    self.pipeline = pipeline
    self.buildingLimit = buildingLimit
    self.console = console
    self.willGoBack = willGoBack
    self.onFailure = onFailure
    requests = Mutex(Requests(mode: mode, next: NextBlock(gasLimit: gasLimit)))
  }

  /// Begins; false where the system starts no thread.
  func start() -> Bool { DeepThread.start { [self] in run() } }

  /// Says that a transaction has come; the number of the first look for a block that sees it.
  @discardableResult func notice() -> UInt64 {
    let look = requests.withLock { requests in
      requests.hasNews = true
      return requests.looks + 1
    }
    place.wakeAll()
    return look
  }

  /// Waits, where a block is made as soon as a transaction waits, until a look for one is over, or so many seconds.
  func wait(for look: UInt64, seconds: Double) {
    _ = place.wait(
      seconds: seconds,
      until: { [self] in
        requests.withLock { $0.looksOver >= look || $0.mode != .automatic || $0.isClosed }
      })
  }

  /// Makes blocks now, and comes back when they are durable; their numbers. The first ones take what waits; the others
  /// are empty. They are `interval` seconds apart, or as far as the clock says.
  @discardableResult
  func mine(_ count: UInt64 = 1, interval: UInt64? = nil) throws(RPCError) -> [ClosedRange<UInt64>]
  {
    var made: [ClosedRange<UInt64>] = []
    var left = count
    var isEmpty = false
    while left > 0 {
      if requests.withLock({ $0.isClosed }) { throw .failed("the node is about to end") }
      let begin = left
      let (numbers, block) = try makeInTurn { () throws(RPCError) in
        let first = chain.store.head.number.successor
        if isEmpty {
          // Others have their turn in between.
          try makeEmptyBlocks(min(begin, Self.blocksATurn), interval: interval)
          return (first...chain.store.head.number, nil as ChainReader.Found?)
        }
        if begin < count { try setTimestamp(interval) }
        let block = try makeBlock(mayBeEmpty: true)
        return (first...first, block)
      }
      if let block { tell([block]) }
      isEmpty = block == nil
      made.append(numbers)
      left -= UInt64(numbers.count)
    }
    return made
  }

  /// Lets the next block be so many seconds behind the last.
  private func setTimestamp(_ interval: UInt64?) throws(RPCError) {
    guard let interval else { return }
    let last = try chain.existingBlock(.latest).header.timestamp
    let (wanted, overflow) = last.addingReportingOverflow(interval)
    if !overflow { change { $0.timestamp = wanted } }
  }

  /// Makes blocks in turn, and remembers whether that worked.
  func makeInTurn<Value: Sendable>(
    _ body: () throws(RPCError) -> Value
  ) throws(RPCError) -> Value {
    do throws(RPCError) {
      let value = try betweenBlocks(body)
      requests.withLock { $0.failure = nil }
      return value
    } catch {
      requests.withLock { $0.failure = error.message }
      throw error
    }
  }

  /// Does `body` while no block is made.
  func betweenBlocks<Value: Sendable>(
    _ body: () throws(RPCError) -> Value
  ) throws(RPCError) -> Value {
    try turn.withLock { (_) throws(RPCError) in try body() }
  }

  /// Takes the chain back to a block. To be called between blocks.
  func goBack(to number: UInt64) throws(RPCError) {
    let haveGone = willGoBack(number)
    do throws(PipelineError) {
      try pipeline.use { (pipeline) throws(PipelineError) in try pipeline.goBack(to: number) }
    } catch {
      throw .failed("\(error)")
    }
    haveGone()
  }

  /// Changes when blocks are made.
  func set(_ mode: Mode) {
    requests.withLock {
      $0.mode = mode; $0.hasNews = true
    }
    place.wakeAll()
  }

  /// When blocks are made.
  var mode: Mode { requests.withLock { $0.mode } }

  /// Whether a block is made as soon as a transaction waits.
  var isAutomatic: Bool { mode == .automatic }

  /// The base fee of the next block, behind the one with this header.
  func nextBaseFee(after header: Header) -> UInt256 {
    change { $0.baseFee } ?? BaseFee.next(after: header)
  }

  /// Reads or changes what the next block is to be like.
  @discardableResult
  func change<Value: Sendable>(_ body: (inout NextBlock) -> Value) -> Value {
    requests.withLock { body(&$0.next) }
  }

  /// Why the last attempt to make a block came to nothing; nil where it did not.
  var failure: String? { requests.withLock { $0.failure } }

  /// Begins no more blocks.
  func close() {
    requests.withLock { $0.isClosed = true }
    place.wakeAll()
  }

  /// Ends after the block that is being made, and waits for that.
  func stop() {
    close()
    place.wait(until: { [self] in requests.withLock { $0.hasEnded } })
  }

  // MARK: - The thread

  private func run() {
    while let mayBeEmpty = next() {
      do throws(RPCError) {
        try makeBlockInTurn(mayBeEmpty: mayBeEmpty)
      } catch {
        // The next attempt may do better, if something has changed by then.
        onFailure(error.message)
      }
    }
    requests.withLock { $0.hasEnded = true }
    place.wakeAll()
  }

  /// Waits until a block is to be made; whether it may be empty; nil at the end.
  private func next() -> Bool? {
    while true {
      let (mode, hasNews, isClosed) = requests.withLock { requests in
        defer { requests.hasNews = false }
        requests.looksOver = requests.looks
        if requests.hasNews { requests.looks += 1 }
        return (requests.mode, requests.hasNews, requests.isClosed)
      }
      if isClosed { return nil }
      place.wakeAll()
      if mode == .automatic, hasNews {
        if pool.counts.pending > 0 { return false }
        continue
      }
      let isWanted = { [self] in
        requests.withLock { requests in
          requests.isClosed || requests.mode != mode || mode == .automatic && requests.hasNews
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
      return true
    }
  }

  /// When the next block is due.
  private func due(every seconds: Double, _ mode: Mode) -> ContinuousClock.Instant {
    if let tick, tick.mode == mode { return tick.time }
    let due = ContinuousClock.now.advanced(by: .seconds(seconds))
    tick = (mode, due)
    return due
  }
}
