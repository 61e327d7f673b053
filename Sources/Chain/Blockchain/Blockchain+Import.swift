// Adding blocks to a chain.

public import Ledger
public import Primitives
import Execution
import State

extension Blockchain {
  /// Adds the block with this encoding and chooses the head anew. Returns the block's hash.
  ///
  /// A block is known by its header: where that of an earlier block comes again, nothing after it is
  /// looked at, and the known block is the answer, whatever stands in the place of the body.
  @discardableResult
  public func importBlock(encoded: [UInt8]) throws(BlockImportError) -> Hash256 {
    let block: EncodedBlock
    do throws(Block.DecodingError) {
      block = try EncodedBlock(encoded)
    } catch {
      throw .invalid(.malformed(error))
    }
    return try importBlock(block)
  }

  /// Adds a block, whose body is decoded only when its header holds, and chooses the head anew. Returns
  /// the block's hash.
  ///
  /// A block is known by its header: where that of an earlier block comes again, the body is not
  /// looked at, and the known block is the answer, whatever the body holds.
  @discardableResult
  public func importBlock(_ block: EncodedBlock) throws(BlockImportError) -> Hash256 {
    choose(try add(.encoded(block)))
  }

  /// Adds a block and chooses the head anew. Returns the block's hash.
  @discardableResult
  public func importBlock(_ block: Block) throws(BlockImportError) -> Hash256 {
    choose(try add(block))
  }

  /// Adds a block without choosing the head. One that is known already is not looked at again.
  @discardableResult
  public func add(_ block: Block) throws(BlockImportError) -> BlockRecord {
    try add(.decoded(block))
  }

  private func add(_ candidate: Candidate) throws(BlockImportError) -> BlockRecord {
    let header = candidate.header
    let hash = header.hash
    if let known = records[hash] { return known }
    let parent: BlockRecord
    let block: Block
    let executable: ExecutableBlock
    do throws(InvalidBlock) {
      parent = try self.parent(of: header)
      try HeaderValidation.checkPlace(header, parent: parent.header)
      let fork = fork(of: header, after: parent)
      try candidate.checkSize(fork: fork)
      try checkHeader(header, parent: parent, fork: fork)
      try candidate.checkTransactionCount(fork: fork)
      block = try candidate.block()
      try checkBody(of: block, parent: parent, fork: fork)
      executable = try prepare(block, fork: fork)
    } catch {
      throw .invalid(error)
    }
    let record = try execute(executable, of: block, hash: hash, after: parent)
    remember(record)
    return record
  }

  // MARK: - Fork choice

  /// Makes the block the head if it should be.
  private func choose(_ record: BlockRecord) -> Hash256 {
    if forkChoice.prefers(candidate(record), to: candidate(head)) { _ = setHead(record.hash) }
    return record.hash
  }

  private func candidate(_ record: BlockRecord) -> ForkChoice.Candidate {
    ForkChoice.Candidate(record.header, totalDifficulty: record.totalDifficulty, rules: rules)
  }

  // MARK: - Checks before execution

  private func parent(of header: Header) throws(InvalidBlock) -> BlockRecord {
    guard let parent = records[header.parentHash] else { throw .unknownParent(header.parentHash) }
    return parent
  }

  private func fork(of header: Header, after parent: BlockRecord) -> Fork {
    rules.fork(
      block: header.number, timestamp: header.timestamp,
      parentTotalDifficulty: parent.totalDifficulty)
  }

  private func checkBody(
    of block: Block, parent: BlockRecord, fork: Fork
  ) throws(InvalidBlock) {
    try BodyValidation.checkForm(block, fork: fork)
    if block.ommers.isEmpty { return }
    let validation = OmmerValidation(ancestors: ancestors(of: parent)) {
      [self] (ommer, parent) throws(InvalidBlock) in
      try HeaderValidation.checkPlace(ommer, parent: parent.header)
      try checkHeader(ommer, parent: parent, fork: self.fork(of: ommer, after: parent))
    }
    try validation.check(block.ommers)
  }

  private func checkHeader(
    _ header: Header, parent: BlockRecord, fork: Fork
  ) throws(InvalidBlock) {
    try HeaderValidation.check(header, parent: parent.header, fork: fork, chain: rules)
    if fork < .paris, let seal { try seal(header) }
  }

  /// The block and its ancestors, as many generations as count for ommers.
  private func ancestors(of block: BlockRecord) -> [BlockRecord] {
    var ancestors = [block]
    while ancestors.count < OmmerValidation.generations,
      let next = ancestors.last.flatMap({ records[$0.header.parentHash] })
    {
      ancestors.append(next)
    }
    return ancestors
  }

  private func prepare(_ block: Block, fork: Fork) throws(InvalidBlock) -> ExecutableBlock {
    var senders: [Address] = []
    senders.reserveCapacity(block.transactions.count)
    for (index, transaction) in block.transactions.enumerated() {
      if transaction.kind.firstFork > fork {
        throw .transaction(index: index, .typeNotSupported(transaction.kind))
      }
      do throws(SignatureError) {
        senders.append(try transaction.recoverSender(fork: fork, chainID: rules.chainID))
      } catch {
        throw .transaction(index: index, .invalidSignature(error))
      }
    }
    return ExecutableBlock(block, senders: senders, rules: rules, fork: fork)
  }

  // MARK: - Execution

  /// Executes the block on its parent's state, which it leaves for its own if all holds.
  private func execute(
    _ executable: ExecutableBlock, of block: Block, hash: Hash256, after parent: BlockRecord
  ) throws(BlockImportError) -> BlockRecord {
    guard moveState(to: parent.hash) else { throw .invalid(.unknownParent(parent.hash)) }
    // Where the tries stand, if roots were asked for in between.
    var rooted = StateDiff()
    let outcome: BlockOutcome
    do throws(BlockExecutionError) {
      outcome = try executor.execute(executable, on: state.accounts) { [self] changes in
        defer { rooted = changes }
        return state.moveTries(from: rooted, to: changes)
      }
    } catch {
      _ = state.moveTries(from: rooted, to: StateDiff())
      throw BlockImportError(error)
    }
    let record = BlockRecord(
      header: block.header, hash: hash,
      totalDifficulty: parent.totalDifficulty.addedOrMax(block.header.difficulty),
      ommerHashes: block.ommers.map(\.hash), changes: outcome.diff,
      undo: state.accounts.inverse(of: outcome.diff))
    do throws(InvalidBlock) {
      try OutcomeValidation.check(outcome, against: block.header)
      try BodyValidation.checkRoots(block)
      let root = state.moveTries(from: rooted, to: outcome.diff)
      rooted = outcome.diff
      if root != block.header.stateRoot { throw .wrongStateRoot(expected: root) }
    } catch {
      _ = state.moveTries(from: rooted, to: StateDiff())
      throw .invalid(error)
    }
    settle(record)
    return record
  }
}

extension BlockImportError {
  /// What an execution that failed says about its block.
  init(_ error: BlockExecutionError) {
    switch error {
    case .transaction(let index, .invalid(let reason)):
      self = .invalid(.transaction(index: index, reason))
    case .transaction(_, let error), .systemCall(let error), .payments(let error):
      self = .notExecuted(error)
    case .balanceOverflow(let address): self = .invalid(.balanceOverflow(address))
    case .systemContractMissing(let address): self = .invalid(.systemContractMissing(address))
    case .systemCallFailed(let address): self = .invalid(.systemCallFailed(address))
    case .malformedDeposit(let index): self = .invalid(.malformedDeposit(transaction: index))
    }
  }
}
