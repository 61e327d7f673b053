// One block after another, of candidates or of nothing.

internal import Chain
internal import Execution
internal import Ledger
internal import Primitives
internal import State
internal import Storage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

extension BlockProducer {
  /// Makes a block while nobody else does. What its transactions said is told when others may go on.
  func makeBlockInTurn(mayBeEmpty: Bool) throws(RPCError) {
    let made = try makeInTurn { () throws(RPCError) in try makeBlock(mayBeEmpty: mayBeEmpty) }
    if let made { tell([made]) }
  }

  /// Tells what contracts said in blocks. To be called when others may go on.
  func tell(_ blocks: [ChainReader.Found]) {
    for block in blocks { console?.tell(block) }
  }

  /// Makes a block; nil where it has no transactions, or would have none and is not made.
  func makeBlock(mayBeEmpty: Bool) throws(RPCError) -> ChainReader.Found? {
    let head = try chain.existingBlock(.latest)
    let wishes = change { $0 }
    let candidates = pool.candidates(
      behind: head.header, of: chain, baseFee: wishes.baseFee, gasLimit: wishes.gasLimit)
    if candidates.isEmpty && !mayBeEmpty { return nil }
    return try makeBlock(of: candidates, chosenBy: wishes)
  }

  /// Makes a block of these transactions, as far as they may stand in one; nil where there are none. To be called
  /// between blocks. They were chosen by `wishes`, if by any.
  @discardableResult
  func makeBlock(
    of candidates: [PooledTransaction], chosenBy wishes: NextBlock? = nil
  ) throws(RPCError) -> ChainReader.Found? {
    let head = try chain.existingBlock(.latest)
    let before = change { $0 }
    var draft = takeDraft(after: head.header.timestamp, chosenBy: wishes)
    draft.edits = chain.edits.edits(at: head.hash).diff
    let (offered, isCut): ([PooledTransaction], Bool)
    do throws(RPCError) {
      (offered, isCut) = try append(draft, candidates)
    } catch {
      change { $0.takeBack(before) }
      throw error
    }
    let made = try chain.existingBlock(.number(head.number + 1))
    try settle(offered, made.header, isCut: isCut)
    if isCut { notice() }
    return offered.isEmpty ? nil : made
  }

  /// Lets the pool follow what the last block did to those who took part in it, and forgets what was tried in
  /// vain.
  private func settle(
    _ candidates: [PooledTransaction], _ header: Header, isCut: Bool
  ) throws(RPCError) {
    let state = try chain.state(at: .latest)
    let before = pool.counts
    var accounts: [Address: SenderAccount] = [:]
    for candidate in candidates {
      let sender = candidate.sender
      if accounts[sender] == nil { accounts[sender] = try chain.senderAccount(sender, in: state) }
      if candidate.nonce == accounts[sender]?.nonce, !isCut, candidate.isRefused(by: header) {
        pool.remove(candidate.hash)
      }
    }
    pool.follow(accounts.map { ($0.key, $0.value) })
    // Without progress another block would do no better.
    if pool.counts.pending > 0, pool.counts != before { notice() }
  }

  /// Makes blocks without transactions. To be called between blocks.
  func makeEmptyBlocks(_ count: UInt64, interval: UInt64?) throws(RPCError) {
    let head = try chain.existingBlock(.latest)
    var edits = chain.edits.edits(at: head.hash).diff
    var last = head.header.timestamp
    let now = Self.now
    let drafts = (0..<count).lazy.map { [self] _ in
      if let interval {
        let (wanted, overflow) = last.addingReportingOverflow(interval)
        if !overflow { change { $0.timestamp = wanted } }
      }
      var draft = takeDraft(after: last)
      (draft.edits, edits) = (edits, StateDiff())
      last = draft.timestamp
      return draft
    }
    do throws(PipelineError) {
      try append(drafts)
    } catch {
      throw .failed("\(error)")
    }
    // The clock goes on from where the blocks have led.
    let end = last
    change { if $0.clock(now) < end { $0.set(clock: end, now: now) } }
  }

  /// Makes a block of a draft and candidates; those that were offered to it, and whether there was no time for all.
  /// Where one of them keeps it from being made it is found by offering fewer and fewer, and is taken out of the pool:
  /// no block could be made with it.
  private func append(
    _ draft: BlockDraft, _ candidates: [PooledTransaction]
  ) throws(RPCError) -> (offered: [PooledTransaction], isCut: Bool) {
    var (draft, offered) = (draft, candidates)
    while true {
      let deadline = ContinuousClock.now.advanced(by: .seconds(buildingLimit))
      draft.deadline = deadline
      draft.take(offered)
      do throws(PipelineError) {
        try append(CollectionOfOne(draft))
        return (offered, ContinuousClock.now >= deadline)
      } catch {
        guard error.isAboutTransaction, let last = offered.last else { throw .failed("\(error)") }
        if offered.count == 1 {
          pool.remove(last.hash)
          notice()
          throw .failed("\(error); transaction \(last.hash) is dropped")
        }
        offered.removeLast(offered.count - offered.count / 2)
      }
    }
  }

  /// Makes blocks of drafts, and waits until they are durable.
  private func append(_ drafts: some Sequence<BlockDraft>) throws(PipelineError) {
    try pipeline.use { (pipeline) throws(PipelineError) in
      for draft in drafts { try pipeline.append(.draft(draft)) }
      try pipeline.drain()
    }
  }

  /// The draft of the next block, without transactions, of which candidates were chosen by `wishes`.
  private func takeDraft(after parent: UInt64, chosenBy wishes: NextBlock? = nil) -> BlockDraft {
    let now = Self.now
    return change { next in
      let timestamp = next.takeTimestamp(now: now, after: parent)
      return next.takeDraft(timestamp: timestamp, chosenBy: wishes ?? next)
    }
  }

  /// Seconds since 1970.
  static var now: UInt64 {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return UInt64(clamping: now.tv_sec)
  }
}

extension PooledTransaction {
  /// Whether the block with this header, for which it was tried, shows that it may stand in none: it was the next of
  /// its sender, could pay, and there was room. What waits for gas or blobs to become cheaper does.
  func isRefused(by header: Header) -> Bool {
    transaction.kind != .blob && tip(at: header.baseFeePerGas ?? .zero) != nil
      && transaction.gasLimit <= header.gasLimit - min(header.gasLimit, header.gasUsed)
  }
}

extension PipelineError {
  /// Whether a transaction is what keeps a block from being made.
  fileprivate var isAboutTransaction: Bool {
    switch self {
    case .invalid(_, _, .malformedDeposit), .notExecuted(_, _, .memoryLimit): true
    default: false
    }
  }
}
