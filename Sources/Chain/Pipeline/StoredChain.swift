// A chain in a store, with its branches.

public import Ledger
import Primitives
public import Storage

/// A chain whose blocks and state are in a store, and which takes blocks of any branch.
///
/// Of competing branches the one with the most total difficulty is the chain, the first seen of two
/// alike; since Paris the block that came last is the head (EIP-3675): the same rules as those of
/// `Blockchain`. Blocks of other branches are remembered, and executed when their branch becomes the chain;
/// so what is wrong with them is told then. A block that came last is not the head if it is no higher than the
/// head was when the chain was opened: who repeats an import sees its branches again. One thread uses an
/// instance.
public final class StoredChain {
  /// What became of a block.
  public enum Verdict: Sendable {
    /// It was handed to the pipeline as the new end of the chain.
    case appended
    /// It is of another branch.
    case aside
    /// It was there already.
    case known
  }

  /// A block of another branch.
  private struct SideBlock {
    let block: EncodedBlock
    let totalDifficulty: UInt256
  }

  /// The end of the chain as it was handed over.
  private struct Tip {
    var hash: Hash256
    var header: Header
    var totalDifficulty: UInt256
  }

  /// How many blocks behind the head another branch may begin.
  public static let branchLimit: UInt64 = 1024

  /// How many bytes blocks of other branches may take; beyond it the oldest are forgotten.
  static let sideByteLimit = 512 << 20

  /// Where the chain is kept.
  public let store: Store
  /// The rules of the chain.
  public let rules: ChainRules
  private let options: Pipeline.Options
  private let onCommit: @Sendable (Pipeline.Report) -> Void
  private var pipeline: Pipeline
  private var tip: Tip
  /// Blocks that were handed over and may not be committed yet.
  private var underWay: [Hash256: UInt64] = [:]
  /// The head's number when the chain was opened.
  private let openedNumber: UInt64
  private var sideBlocks: [Hash256: SideBlock] = [:]

  /// The chain that `store` keeps. `onCommit` hears of each block that is durable.
  public init(
    store: Store, rules: ChainRules, options: Pipeline.Options,
    onCommit: @escaping @Sendable (Pipeline.Report) -> Void = { _ in }
  ) throws(PipelineError) {
    self.store = store
    self.rules = rules
    self.options = options
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
    let hash = block.header.hash
    if try isKnown(hash) { return .known }
    if block.header.parentHash == tip.hash {
      try recovering { () throws(PipelineError) in try append(block, hash) }
      return .appended
    }
    try finish()
    // By now all that was handed over is in the store.
    if try isKnown(hash) { return .known }
    guard let parent = try parent(of: block.header) else {
      // Too far behind to be of use, as when an import is repeated.
      if block.header.number < openedNumber &- min(openedNumber, Self.branchLimit) { return .aside }
      throw .invalid(
        number: block.header.number, header: block.header, .unknownParent(block.header.parentHash))
    }
    let total = parent.totalDifficulty.addedOrMax(block.header.difficulty)
    do throws(InvalidBlock) {
      let fork = rules.fork(
        block: block.header.number, timestamp: block.header.timestamp,
        parentTotalDifficulty: parent.totalDifficulty)
      try HeaderValidation.check(block.header, parent: parent.header, fork: fork, chain: rules)
      if fork < .paris, let seal = options.seal { try seal(block.header) }
    } catch {
      throw .invalid(number: block.header.number, header: block.header, error)
    }
    sideBlocks[hash] = SideBlock(block: block, totalDifficulty: total)
    forgetOldSideBlocks()
    if (isAfterProofOfWork(block.header, parentTotal: parent.totalDifficulty)
      && block.header.number > openedNumber)
      || (!isAfterProofOfWork(tip.header, total: tip.totalDifficulty)
        && total > tip.totalDifficulty)
    {
      try reorganize(to: hash)
    }
    return .aside
  }

  /// Waits until all that was added is durable. Throws what was wrong with it.
  public func finish() throws(PipelineError) {
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
      try restart()
      throw error
    }
  }

  private func restart() throws(PipelineError) {
    try pipeline.end()
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

  private static func reading<Value>(
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

  // MARK: - Branches

  private func parent(
    of header: Header
  ) throws(PipelineError) -> (header: Header, totalDifficulty: UInt256)? {
    if let side = sideBlocks[header.parentHash] { return (side.block.header, side.totalDifficulty) }
    return try Self.reading { () throws(StoreError) -> (Header, UInt256)? in
      guard let number = try store.number(ofBlock: header.parentHash),
        store.head.number - number < Self.branchLimit,
        let parent = try store.header(number), let total = try store.totalDifficulty(number)
      else { return nil }
      return (parent, total)
    }
  }

  /// Forgets the blocks of branches that begin too far behind, and the oldest where they are too many.
  private func forgetOldSideBlocks() {
    if sideBlocks.isEmpty { return }
    let end = tip.header.number
    sideBlocks = sideBlocks.filter { $0.value.block.header.number + Self.branchLimit > end }
    var size = sideBlocks.values.reduce(0) { $0 + $1.block.size }
    if size <= Self.sideByteLimit { return }
    for (hash, side) in sideBlocks.sorted(by: {
      $0.value.block.header.number < $1.value.block.header.number
    }) where size > Self.sideByteLimit {
      size -= side.block.size
      sideBlocks[hash] = nil
    }
  }

  private func isAfterProofOfWork(_ header: Header, parentTotal: UInt256) -> Bool {
    rules.fork(
      block: header.number, timestamp: header.timestamp, parentTotalDifficulty: parentTotal)
      >= .paris
  }

  private func isAfterProofOfWork(_ header: Header, total: UInt256) -> Bool {
    isAfterProofOfWork(
      header, parentTotal: total.subtractingReportingOverflow(header.difficulty).partialValue)
  }

  /// Makes another branch the chain. Where one of its blocks does not hold, the chain is what it was, but
  /// for that block and those behind it, which are forgotten.
  private func reorganize(to hash: Hash256) throws(PipelineError) {
    var branch: [(hash: Hash256, side: SideBlock)] = []
    var next = hash
    while let side = sideBlocks[next] {
      branch.append((next, side))
      next = side.block.header.parentHash
    }
    branch.reverse()
    let ancestor = next
    let former = try Self.reading { () throws(StoreError) in try chain(after: ancestor) }
    try goBack(to: ancestor)
    for (_, block) in former {
      sideBlocks[block.block.header.hash] = block
    }
    do throws(PipelineError) {
      try extend(by: branch)
    } catch {
      let reached = store.head.hash
      forget(branch, after: reached)
      try goBack(to: ancestor)
      try extend(by: former)
      throw error
    }
    forgetOldSideBlocks()
  }

  private func extend(by branch: [(hash: Hash256, side: SideBlock)]) throws(PipelineError) {
    for (hash, side) in branch {
      try recovering { () throws(PipelineError) in try append(side.block, hash) }
    }
    try finish()
    for (hash, _) in branch { sideBlocks[hash] = nil }
  }

  /// Forgets the blocks of a branch behind the one that was reached, and all that follow them.
  private func forget(_ branch: [(hash: Hash256, side: SideBlock)], after reached: Hash256) {
    let count = branch.firstIndex { $0.hash == reached }.map { $0 + 1 } ?? 0
    var wrong = Set(branch.dropFirst(count).map(\.hash))
    for (hash, side) in sideBlocks.sorted(by: {
      $0.value.block.header.number < $1.value.block.header.number
    }) where wrong.contains(side.block.header.parentHash) { wrong.insert(hash) }
    for hash in wrong { sideBlocks[hash] = nil }
    for (hash, side) in branch.prefix(count) { sideBlocks[hash] = side }
  }

  /// The blocks of the chain behind `ancestor`.
  private func chain(
    after ancestor: Hash256
  ) throws(StoreError) -> [(hash: Hash256, side: SideBlock)] {
    guard let start = try store.number(ofBlock: ancestor) else { return [] }
    var blocks: [(hash: Hash256, side: SideBlock)] = []
    var number = start + 1
    while number <= store.head.number {
      guard let block = try store.block(number), let total = try store.totalDifficulty(number),
        let encoded = try? EncodedBlock(block.encoded)
      else { throw .notNext(expected: number, found: number) }
      blocks.append((block.hash, SideBlock(block: encoded, totalDifficulty: total)))
      number += 1
    }
    return blocks
  }

  private func goBack(to ancestor: Hash256) throws(PipelineError) {
    try pipeline.end()
    try Self.reading { () throws(StoreError) in
      if let number = try store.number(ofBlock: ancestor) { try store.retreat(to: number) }
    }
    underWay.removeAll()
    tip = try Self.tip(of: store)
    pipeline = try Pipeline(
      store: store, rules: rules, totalDifficulty: tip.totalDifficulty, options: options,
      onCommit: onCommit)
  }
}
