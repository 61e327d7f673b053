// The block that would be made now.

internal import Chain
internal import Crypto
internal import Execution
internal import Ledger
internal import Primitives
internal import State
internal import Storage
internal import Synchronization

/// The block that would be made now. Nobody has made it: it has no hash, and another may come.
struct PendingBlock: Sendable {
  /// Its header; the root of the state is missing.
  let header: Header
  let fork: Fork
  /// Those of the transactions that wait which stand in it.
  let transactions: [PooledTransaction]
  /// The state after it.
  let state: EditedState
  /// What leads there from the state that the head left.
  let changes: StateDiff
}

/// Makes the block that would be made now for whoever asks for it, and keeps it as long as it is the one. Any thread
/// may call it.
final class PendingBlocks: Sendable {
  /// So long it may take; what does not stand in it by then is left out.
  private static let buildingLimit = Duration.milliseconds(500)
  /// What took longer is kept for a moment while only transactions come: where thousands do in a second nobody sees all
  /// of them anyway.
  private static let fewTime = Duration.milliseconds(50)
  private static let moment = Duration.milliseconds(500)

  private struct Made: @unchecked Sendable {
    let block: PendingBlock
    let head: Hash256
    /// The state that it was made on, which another object stands for when it was edited.
    let base: any StateView
    let version: UInt64
    let draft: Header
    let begin: ContinuousClock.Instant
    let time: Duration
  }

  private let chain: ChainReader
  private let producer: BlockProducer
  private let made = Mutex<Made?>(nil)

  init(_ chain: ChainReader, _ producer: BlockProducer) {
    self.chain = chain
    self.producer = producer
  }

  /// The block that would be made now, with what came a moment ago where it is to be fresh; nil where none can be made.
  func block(isFresh: Bool = false) throws(RPCError) -> PendingBlock? {
    var block = try current(isFresh: isFresh)
    // Another block may have been made meanwhile, and have taken some of its transactions.
    for _ in 0..<3 {
      guard let made = block, made.header.parentHash != chain.store.head.hash else { break }
      block = try current(isFresh: isFresh)
    }
    return block
  }

  /// Lets what was made go: it keeps history from being dropped.
  func forget() { _ = made.withLockIfAvailable { $0 = nil } }

  private func current(isFresh: Bool) throws(RPCError) -> PendingBlock? {
    // Who asks while it is made waits for it.
    try made.withLock { (made) throws(RPCError) in
      let head = try chain.existingBlock(.latest)
      let base = try chain.state(at: .number(head.number))
      let version = producer.pool.version
      let draft = producer.nextDraft(after: head.header)
      let fork = try chain.fork(behind: head, timestamp: draft.timestamp)
      var header = draft.header(
        number: head.number.successor, fork: fork, parent: head.header, rules: chain.rules)
      header.parentHash = head.hash
      let begin = ContinuousClock.now
      if let made, made.head == head.hash, made.base === base {
        if made.version == version, made.draft == header { return made.block }
        if !isFresh, made.draft.differsByTimeAlone(from: header), made.time > Self.fewTime,
          begin - made.begin < Self.moment
        {
          return made.block
        }
      }
      guard let block = try build(header, fork, behind: head, on: base) else { return nil }
      made = Made(
        block: block, head: head.hash, base: base, version: version, draft: header, begin: begin,
        time: .now - begin)
      return block
    }
  }

  private func build(
    _ draft: Header, _ fork: Fork, behind head: ChainReader.Found, on base: any StateView
  ) throws(RPCError) -> PendingBlock? {
    var candidates = producer.candidates(behind: head.header, for: draft)
    var found: BuiltBlock?
    while found == nil {
      let executable = ExecutableBlock(
        Block(header: draft, transactions: candidates.map(\.transaction), withdrawals: []),
        senders: candidates.map(\.sender), rules: chain.rules, fork: fork)
      do throws(BlockExecutionError) {
        found = try SequentialExecutor().build(
          from: executable, on: base,
          until: StopCondition(deadline: .now.advanced(by: Self.buildingLimit)))
      } catch {
        // One of them may be what no block can be made with.
        if candidates.isEmpty { return nil }
        candidates.removeLast(candidates.count - candidates.count / 2)
      }
    }
    guard let built = found else { return nil }
    let transactions = built.included.map { candidates[$0] }
    let outcome = built.outcome
    var header = draft
    header.gasUsed = outcome.gasUsed
    header.logsBloom = outcome.bloom
    header.transactionsRoot = OrderedTrieRoot.of(transactions.map(\.encoding))
    header.receiptsRoot = OrderedTrieRoot.of(outcome.receipts.map(\.encoded))
    if fork >= .cancun { header.blobGasUsed = outcome.blobGasUsed }
    if fork >= .prague { header.requestsHash = Requests.hash(outcome.requests) }
    let changes = try chain.readingState { () throws(StateReadError) in
      try (base as? EditedState)?.edits(followedBy: outcome.diff) ?? outcome.diff
    }
    let state = EditedState(try chain.view(at: .hash(head.hash)), edits: changes)
    return PendingBlock(
      header: header, fork: fork, transactions: transactions, state: state, changes: changes)
  }
}

extension Header {
  /// Whether nothing but the clock has gone on, and what follows from it.
  fileprivate func differsByTimeAlone(from other: Header) -> Bool {
    var same = self
    (same.timestamp, same.prevRandao) = (other.timestamp, other.prevRandao)
    return same == other && other.timestamp &- timestamp <= 2
  }
}

extension BlockProducer {
  /// The draft of the block that would be made now, without transactions. What was asked of the next block alone is
  /// still to come.
  func nextDraft(after parent: Header) -> BlockDraft {
    var next = change { $0 }
    let timestamp = next.takeTimestamp(now: Self.now, after: parent.timestamp)
    return next.takeDraft(timestamp: timestamp, chosenBy: next)
  }

  /// What is offered to a block with this header.
  func candidates(behind parent: Header, for draft: Header) -> [PooledTransaction] {
    pool.candidates(
      behind: parent, of: chain, baseFee: draft.baseFeePerGas, gasLimit: draft.gasLimit)
  }
}

extension ChainReader {
  /// The header of the block that would be made now, with the root of its state.
  func header(of pending: PendingBlock) throws(RPCError) -> Header {
    var header = pending.header
    let view = try view(at: .hash(header.parentHash))
    let tries = try reading { () throws(StoreError) in try view.tries() }
    header.stateRoot = try readingState { () throws(StateReadError) in
      try tries.apply(pending.changes, run: StateTries.alone)
    }
    return header
  }
}
