// Executing blocks in their order.

import EVM
import Execution
public import Ledger
import Primitives
import State
import Storage

extension Pipeline {
  /// Executes a block on the state after the one before, and takes the state there; false where that
  /// must wait for the root of the state before.
  func execute(_ block: BlockInFlight, as worker: Int) throws(PipelineError) -> Bool {
    try clock.measure(.execute) { () throws(PipelineError) in
      if case .draft = block.source, try waitsForParent(block) { return false }
      executingWorker = worker
      let outcome: BlockOutcome
      let diff: StateDiff
      switch block.source {
      case .sealed:
        outcome = try execute(sealed: block, as: worker)
        diff = outcome.diff
      case .draft(let draft):
        (outcome, diff) = try build(draft, block)
      }
      do throws(StoreError) {
        block.unrooted =
          block.rooted.isEmpty ? diff : try step(from: block.rooted, to: diff)
        block.changes = try store.advance(
          to: BlockIdentity(number: block.number, hash: block.hash ?? .zero), by: diff)
      } catch {
        throw .store(error)
      }
      block.outcome = outcome
      return true
    }
  }

  /// Whether the hash of the parent must be written into the state, but is not known yet (EIP-2935).
  private func waitsForParent(_ block: BlockInFlight) throws(PipelineError) -> Bool {
    guard block.fork >= .prague, !block.needsParentRoot else { return false }
    do throws(StateReadError) {
      return try store.state.account(SystemCalls.blockHashes)?.hasCode ?? false
    } catch {
      throw block.notExecuted(.state(error))
    }
  }

  // MARK: - Blocks of others

  private func execute(
    sealed block: BlockInFlight, as worker: Int
  ) throws(PipelineError) -> BlockOutcome {
    guard let decoded = block.block else { preconditionFailure("the block was opened") }
    let header = decoded.header
    do throws(InvalidBlock) {
      try checkOmmers(of: decoded)
      if let failure = block.prepared.firstFailure { throw failure.inBlock }
    } catch {
      throw block.refused(error)
    }
    let (transactions, senders) = block.prepared.take()
    let executable = ExecutableBlock(
      Block(
        header: header, transactions: transactions, ommers: decoded.ommers,
        withdrawals: decoded.withdrawals),
      senders: senders, rules: rules, fork: block.fork)
    let outcome: BlockOutcome
    do throws(BlockExecutionError) {
      outcome = try executor.execute(executable, on: store.state) { [self] changes in
        defer { block.rooted = changes }
        return rootWithin(block, at: changes, as: worker)
      }
    } catch {
      throw block.failed(error)
    }
    if let rootFailure { throw .store(rootFailure) }
    block.header = header
    block.hash = header.hash
    remember(decoded, hash: header.hash)
    executedHeader = header
    return outcome
  }

  /// The root in the middle of a block, for a receipt from before Byzantium.
  private func rootWithin(_ block: BlockInFlight, at changes: StateDiff, as worker: Int) -> Hash256
  {
    if rootFailure != nil { return .zero }
    do throws(StoreError) {
      return try store.moveTries(by: try step(from: block.rooted, to: changes)) {
        [self] jobs, body in
        share(jobs, as: worker, for: .execute, body)
      }
    } catch {
      rootFailure = error
      return .zero
    }
  }

  private func step(
    from earlier: StateDiff, to later: StateDiff
  ) throws(StoreError) -> StateDiff {
    do throws(StateReadError) {
      return try store.state.step(from: earlier, to: later)
    } catch {
      throw .state(error)
    }
  }

  private func checkOmmers(of block: Block) throws(InvalidBlock) {
    if block.ommers.isEmpty { return }
    let validation = OmmerValidation(ancestors: ancestors) {
      [self] (ommer, parent) throws(InvalidBlock) in
      try HeaderValidation.checkPlace(ommer, parent: parent.header)
      // An ommer follows the rules of its own number. Its parent is before the end of proof of work.
      let fork = rules.fork(
        block: ommer.number, timestamp: ommer.timestamp, parentTotalDifficulty: .zero)
      try HeaderValidation.check(ommer, parent: parent.header, fork: fork, chain: rules)
      if let seal = options.seal { try seal(ommer) }
    }
    try validation.check(block.ommers)
  }

  private func remember(_ block: Block, hash: Hash256) {
    guard block.header.difficulty > .zero else { return ancestors.removeAll() }
    ancestors.insert(
      BlockRecord(ancestor: block.header, hash: hash, ommers: block.ommers), at: 0)
    if ancestors.count > OmmerValidation.generations { ancestors.removeLast() }
  }

  // MARK: - Blocks of our own

  /// What came of a block, and what leads from the state before it, without the draft's edits, to its own.
  private func build(
    _ draft: BlockDraft, _ block: BlockInFlight
  ) throws(PipelineError) -> (BlockOutcome, StateDiff) {
    let edited = draft.edits.isEmpty ? nil : EditedState(store.state, edits: draft.edits)
    let failed = block.prepared.failed
    let (transactions, senders) = block.prepared.take()
    var header = draft.header(
      number: block.number, fork: block.fork, parent: executedHeader, rules: rules)
    let candidates = ExecutableBlock(
      Block(header: header, transactions: transactions, withdrawals: draft.withdrawals),
      senders: senders, rules: rules, fork: block.fork)
    let built: BuiltBlock
    do throws(BlockExecutionError) {
      var candidates = candidates
      candidates.parentHash = block.needsParentRoot ? rootedHash : nil
      built = try executor.build(
        from: candidates, on: edited ?? store.state,
        until: StopCondition(deadline: draft.deadline))
    } catch {
      throw block.failed(error)
    }
    block.leftOut = failed.count + transactions.count - built.included.count
    if block.leftOut > 0 {
      let kept = draft.transactions.ends.indices.filter { !failed.contains($0) }
      var encodings = EncodedTransactions()
      for index in built.included { encodings.append(draft.transactions[kept[index]]) }
      block.encodings = encodings
    }
    header.gasUsed = built.outcome.gasUsed
    header.logsBloom = built.outcome.bloom
    if block.fork >= .cancun { header.blobGasUsed = built.outcome.blobGasUsed }
    if block.fork >= .prague { header.requestsHash = Requests.hash(built.outcome.requests) }
    block.header = header
    executedHeader = header
    guard let edited else { return (built.outcome, built.outcome.diff) }
    do throws(StateReadError) {
      return (built.outcome, try edited.edits(followedBy: built.outcome.diff))
    } catch {
      throw block.notExecuted(.state(error))
    }
  }
}

extension BlockDraft {
  /// The header of block `number` behind `parent`, by the rules of `fork`, without what only execution tells: roots,
  /// gas, and the parent's hash.
  public func header(
    number: UInt64, fork: Fork, parent: Header, rules: ChainRules
  ) -> Header {
    var header = Header(
      coinbase: coinbase, number: number, gasLimit: gasLimit, timestamp: timestamp,
      extraData: extraData, prevRandao: prevRandao)
    if fork >= .london { header.baseFeePerGas = baseFee ?? BaseFee.next(after: parent) }
    if fork >= .shanghai { header.withdrawalsRoot = Header.emptyTrieRoot }
    if fork >= .cancun {
      header.blobGasUsed = 0
      header.parentBeaconBlockRoot = parentBeaconBlockRoot
      if let parameters = rules.blobParameters(block: number, timestamp: timestamp) {
        header.excessBlobGas = BlobGas.excess(after: parent, parameters: parameters, fork: fork)
      }
    }
    // Requests are collected where the header commits to them.
    if fork >= .prague { header.requestsHash = .zero }
    return header
  }
}

extension PreparedTransactions.Failure {
  /// Why a block with this transaction is refused.
  fileprivate var inBlock: InvalidBlock {
    switch reason {
    case .invalid(let reason): .transaction(index: index, reason)
    case .malformed(let error):
      .malformed(
        Block.DecodingError(
          .transaction(index: index, error.field), error.fault, at: error.offset))
    }
  }
}
