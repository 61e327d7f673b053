// What happens on a chain, for all who want to hear of it.

internal import Execution
internal import Ledger
internal import Primitives
internal import Storage
internal import Synchronization

/// The one source of news: blocks that came and went, and transactions that wait. Whoever makes the news only
/// leaves it here; a thread of its own tells it, in order, so that no listener holds up a block.
final class ChainEvents: Sendable {
  /// What happened.
  enum Event: Sendable {
    /// A block is the head now.
    case added(ChainReader.Found)
    /// A block, which was the head, is in the chain no more.
    case removed(BlockJournal.Entry)
    /// A transaction has come into the pool.
    case pooled(PooledTransaction)

    /// Whether a block is the head that was not.
    var isNewBlock: Bool { if case .added = self { true } else { false } }
  }

  /// So many transactions wait to be told of; more are not told.
  private static let transactionLimit = 65_536

  private struct Contents {
    var events: [Event] = []
    var transactions = 0
    var listeners: [@Sendable ([Event]) -> Void] = []
    var isClosed = false
    var hasEnded = true
  }

  /// What the chain's head was, and when.
  let journal: BlockJournal
  private let chain: ChainReader
  private let contents = Mutex(Contents())
  private let place = SleepingPlace()
  /// How many want to hear of transactions: where nobody does, they cost nothing.
  private let transactionListeners = Atomic(0)

  /// The news of `chain`. Blocks are remembered as long as no more than so many came and went since, and so many
  /// logs of those that went.
  init(_ chain: ChainReader, remembering limit: Int = 65_536, logLimit: Int = 100_000) {
    self.chain = chain
    journal = BlockJournal(head: chain.store.head, limit: limit, logLimit: logLimit)
  }

  // MARK: - Making news

  /// A block is committed, and is the head.
  func blockCommitted(_ header: Header, _ hash: Hash256) {
    let gone = journal.add(
      BlockIdentity(number: header.number, hash: hash), parent: header.parentHash)
    let found = ChainReader.Found(number: header.number, hash: hash, header: header)
    tell(gone.map { .removed($0) } + [.added(found)])
  }

  /// The chain is about to leave the blocks behind `number`. To be called while the store still tells what
  /// is in them, and what it returns once they have been left: then they are told of. Who does not call it
  /// lets logs go without a word.
  func willGoBack(to number: UInt64) -> @Sendable () -> Void {
    let head = chain.store.head.number
    guard number < head else { return {} }
    var left: [BlockJournal.Entry] = []
    var logCount = 0
    for number in (number + 1...head).reversed() {
      guard let block = try? chain.block(.number(number)) else { break }
      // More than the journal keeps are not read, and what cannot be read is not told.
      let logs =
        logCount < journal.logLimit ? (try? chain.logs(of: block) { _ in true }) ?? [] : []
      logCount += logs.count
      left.append(
        BlockJournal.Entry(
          block: BlockIdentity(number: number, hash: block.hash), isRemoval: true, logs: logs))
    }
    let hash = try? chain.store.hash(ofBlock: number)
    let (gone, last) = (left, BlockIdentity(number: number, hash: hash ?? .zero))
    return { [self] in tell(journal.leave(gone, for: last).map { .removed($0) }) }
  }

  /// A transaction has come into the pool.
  func transactionPooled(_ transaction: PooledTransaction) {
    if transactionListeners.load(ordering: .relaxed) == 0 { return }
    let isTaken = contents.withLock { contents in
      guard contents.transactions < Self.transactionLimit else { return false }
      contents.transactions += 1
      contents.events.append(.pooled(transaction))
      return true
    }
    if isTaken { place.wakeAll() }
  }

  private func tell(_ events: [Event]) {
    if events.isEmpty { return }
    contents.withLock { $0.events += events }
    place.wakeAll()
  }

  // MARK: - Hearing

  /// Calls `listener` with what happens from now on, on a thread of its own.
  func listen(_ listener: @escaping @Sendable ([Event]) -> Void) {
    contents.withLock { $0.listeners.append(listener) }
  }

  /// So many more, or fewer, want to hear of transactions.
  func countTransactionListeners(_ change: Int) {
    transactionListeners.add(change, ordering: .relaxed)
  }

  /// Begins to tell; false where the system starts no thread.
  func start() -> Bool {
    contents.withLock { $0.hasEnded = false }
    if DeepThread.start({ [self] in run() }) { return true }
    contents.withLock { $0.hasEnded = true }
    return false
  }

  /// Tells what there is to tell, and ends.
  func stop() {
    contents.withLock { $0.isClosed = true }
    place.wakeAll()
    place.wait(until: { [self] in contents.withLock { $0.hasEnded } })
  }

  private func run() {
    while true {
      place.wait(until: { [self] in contents.withLock { !$0.events.isEmpty || $0.isClosed } })
      let (events, listeners, isLast) = contents.withLock { contents in
        defer {
          contents.events = []
          contents.transactions = 0
        }
        return (contents.events, contents.listeners, contents.isClosed && contents.events.isEmpty)
      }
      if isLast { break }
      for listener in listeners { listener(events) }
    }
    contents.withLock { $0.hasEnded = true }
    place.wakeAll()
  }
}
