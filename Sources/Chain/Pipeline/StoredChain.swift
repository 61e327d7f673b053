// A chain in a store, with its branches.

public import Ledger
import Primitives
public import Storage

/// A chain whose blocks and state are in a store, and which takes blocks of any branch.
///
/// `ForkChoice` says which of competing branches is the chain. Blocks of other branches are remembered, and
/// executed when their branch becomes the chain; so what is wrong with them is told then. The chain goes
/// over to another branch in one step: a crash leaves it at the end of the one or the other. One thread uses
/// an instance.
public final class StoredChain {
  /// What became of a block.
  public enum Verdict: Sendable {
    /// It was handed to the pipeline as the new end of the chain.
    case appended
    /// It is of another branch, which may have become the chain with it.
    case aside
    /// It was there already.
    case known
    /// It is older than the blocks that the store keeps, or than branches may be, and was not looked at.
    case older
  }

  /// A block of another branch.
  struct SideBlock {
    let block: EncodedBlock
    let totalDifficulty: UInt256
    /// Where it is kept, if it was in the chain before.
    var kept: KeptBlock?

    var wasInChain: Bool { kept != nil }
  }

  /// The end of the chain as it was handed over.
  struct Tip {
    var hash: Hash256
    var header: Header
    var totalDifficulty: UInt256
  }

  /// How many blocks behind the head another branch may begin.
  public static let branchLimit: UInt64 = 1024

  /// Where the chain is kept.
  public let store: Store
  /// The rules of the chain.
  public let rules: ChainRules
  /// Which of competing branches is the chain.
  public let forkChoice: ForkChoice
  /// How many blocks of other branches there were that never were in the chain.
  public internal(set) var asideCount = 0

  let options: Pipeline.Options
  let onCommit: @Sendable (Pipeline.Report) -> Void
  var pipeline: Pipeline
  var tip: Tip
  /// Blocks that were handed over and may not be committed yet.
  private var underWay: [Hash256: UInt64] = [:]
  /// The head's number when the chain was opened.
  private let openedNumber: UInt64
  var sideBlocks: [Hash256: SideBlock] = [:]
  /// Why the chain cannot go on, where it cannot.
  var failure: PipelineError?

  /// The chain that `store` keeps. `onCommit` hears of each block that is durable in the chain for the first
  /// time.
  public init(
    store: Store, rules: ChainRules, options: Pipeline.Options,
    forkChoice: ForkChoice = .lastBlock,
    onCommit: @escaping @Sendable (Pipeline.Report) -> Void = { _ in }
  ) throws(PipelineError) {
    self.store = store
    self.rules = rules
    self.options = options
    self.forkChoice = forkChoice
    self.onCommit = onCommit
    openedNumber = store.head.number
    tip = try Self.tip(of: store)
    pipeline = try Pipeline(
      store: store, rules: rules, totalDifficulty: tip.totalDifficulty, options: options,
      onCommit: onCommit)
  }

  /// Adds a block. It is checked while later ones are added already: what is wrong with it is thrown then,
  /// or by `finish`. After an error the chain ends with the last block that is right, and goes on.
  public func add(_ block: EncodedBlock) throws(PipelineError) -> Verdict {
    if let failure { throw failure }
    let header = block.header
    let hash = header.hash
    if try isKnown(hash) { return .known }
    if header.parentHash == tip.hash {
      try recovering { () throws(PipelineError) in try append(block, hash) }
      return .appended
    }
    try finish()
    // By now all that was handed over is in the store.
    if try isKnown(hash) { return .known }
    if isTooOld(header) { return .older }
    guard let parent = try parent(of: header) else {
      throw .invalid(number: header.number, header: header, .unknownParent(header.parentHash))
    }
    do throws(InvalidBlock) {
      let fork = rules.fork(
        block: header.number, timestamp: header.timestamp,
        parentTotalDifficulty: parent.totalDifficulty)
      try HeaderValidation.check(header, parent: parent.header, fork: fork, chain: rules)
      if fork < .paris, let seal = options.seal { try seal(header) }
      // A false body under a right header must not take the place of the right one.
      try Self.checkBody(of: .encoded(block), fork: fork)
    } catch {
      throw .invalid(number: header.number, header: header, error)
    }
    let total = parent.totalDifficulty.addedOrMax(header.difficulty)
    sideBlocks[hash] = SideBlock(block: block, totalDifficulty: total)
    asideCount += 1
    forgetOldSideBlocks()
    if forkChoice.prefers(
      ForkChoice.Candidate(header, totalDifficulty: total, rules: rules),
      to: ForkChoice.Candidate(tip.header, totalDifficulty: tip.totalDifficulty, rules: rules))
    {
      try goOver(to: hash)
    }
    return .aside
  }

  /// Throws unless the body is the one that the header commits to.
  private static func checkBody(of candidate: Candidate, fork: Fork) throws(InvalidBlock) {
    try candidate.checkSize(fork: fork)
    try candidate.checkTransactionCount(fork: fork)
    let block = try candidate.block()
    try BodyValidation.checkForm(block, fork: fork)
    try BodyValidation.checkRoots(block)
  }

  /// Whether a block lies before the first that the store keeps, or so far behind the head where the chain
  /// was opened that it is of no use, as when an import is repeated.
  private func isTooOld(_ header: Header) -> Bool {
    (header.number < store.oldestBlock && header.number > store.genesis.number)
      || (sideBlocks[header.parentHash] == nil
        && header.number < openedNumber - min(openedNumber, Self.branchLimit))
  }

  /// Waits until all that was added is durable. Throws what was wrong with it.
  public func finish() throws(PipelineError) {
    if let failure { throw failure }
    try recovering { () throws(PipelineError) in try pipeline.drain() }
    underWay.removeAll()
  }

  /// Waits for what was added and ends the threads. The store stays open.
  public func close() throws(PipelineError) {
    do throws(PipelineError) {
      try finish()
    } catch {
      try pipeline.end()
      throw error
    }
    try pipeline.end()
  }

  // MARK: - Going on

  private func append(_ block: EncodedBlock, _ hash: Hash256) throws(PipelineError) {
    try pipeline.append(.sealed(block))
    let total = tip.totalDifficulty.addedOrMax(block.header.difficulty)
    tip = Tip(hash: hash, header: block.header, totalDifficulty: total)
    if underWay.count > 2 * options.depth {
      let head = store.head.number
      underWay = underWay.filter { $0.value > head }
      forgetOldSideBlocks()
    }
    underWay[hash] = block.header.number
  }

  /// Does `body`; where it fails, begins anew at the last durable block before it throws.
  private func recovering(_ body: () throws(PipelineError) -> Void) throws(PipelineError) {
    do throws(PipelineError) {
      try body()
    } catch {
      try goingOn(after: error) { () throws(PipelineError) in
        try pipeline.end()
        try begin()
      }
    }
  }

  /// Does what is needed to go on after a failure, and throws why it was. Where that does not succeed, as
  /// when the store failed, the chain takes no more blocks.
  func goingOn(
    after reason: PipelineError, _ body: () throws(PipelineError) -> Void
  ) throws(PipelineError) -> Never {
    do throws(PipelineError) { try body() } catch { failure = error }
    throw reason
  }

  /// Goes on at the head of the store.
  func begin() throws(PipelineError) {
    underWay.removeAll()
    tip = try Self.tip(of: store)
    pipeline = try Pipeline(
      store: store, rules: rules, totalDifficulty: tip.totalDifficulty, options: options,
      onCommit: onCommit)
  }

  private static func tip(of store: Store) throws(PipelineError) -> Tip {
    let head = store.head
    return try reading { () throws(StoreError) in
      guard let header = try store.header(head.number),
        let total = try store.totalDifficulty(head.number)
      else { throw .notNext(expected: head.number, found: head.number) }
      return Tip(hash: head.hash, header: header, totalDifficulty: total)
    }
  }

  static func reading<Value>(
    _ body: () throws(StoreError) -> Value
  ) throws(PipelineError) -> Value {
    do throws(StoreError) {
      return try body()
    } catch {
      throw .store(error)
    }
  }

  private func isKnown(_ hash: Hash256) throws(PipelineError) -> Bool {
    if underWay[hash] != nil || sideBlocks[hash] != nil { return true }
    return try Self.reading { () throws(StoreError) in try store.number(ofBlock: hash) != nil }
  }
}
