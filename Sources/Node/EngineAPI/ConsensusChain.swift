// A stored chain whose head the consensus layer names.

internal import Chain
internal import Crypto
internal import Ledger
internal import Primitives
internal import Storage
internal import Synchronization

/// A stored chain and the executed blocks beside it.
///
/// A block is executed once, when it comes, on a branch of the store; its record is kept. To make it the head
/// takes one record more, and to come back to it what it changed is made again from its record. Any thread may
/// call it; one is served at a time.
final class ConsensusChain: @unchecked Sendable {
  /// What became of a block.
  enum Verdict: Sendable, Equatable {
    /// It was executed, and all is as its header says.
    case valid
    /// It breaks a rule, or follows one that does.
    case invalid(InvalidBranch)
    /// Its parent is not there.
    case unknownParent
    /// It follows a block too far behind the head, or too many lie beside the chain.
    case notExecuted
  }

  /// A block beside the chain, executed.
  struct Aside {
    let header: Header
    let block: KeptBlock
    /// What was told of it when it was executed; nil where it was in the chain since.
    var report: Pipeline.Report?
  }

  /// How many blocks beside the chain are remembered at most.
  static let countLimit = 4096

  let store: Store
  let rules: ChainRules
  private let options: Pipeline.Options
  /// How far behind the head blocks beside the chain are remembered.
  private let depth: UInt64
  private let turn = Mutex(())
  // Of whoever has the turn.
  private var pipeline: Pipeline?
  private var aside: [Hash256: Aside] = [:]
  private var refused = RefusedBlocks()
  private var isClosed = false
  private let last = LastReport()
  /// What the stages took in pipelines that have ended, and the one that has not.
  private let work = Mutex<(ended: StageTimes, current: Pipeline?)>((StageTimes(), nil))
  /// Told of the last block that stays, before the chain leaves those behind it; what it returns is called
  /// when they have been left.
  private let willGoBack: @Sendable (UInt64) -> @Sendable () -> Void

  init(
    store: Store, rules: ChainRules, options: Pipeline.Options, depth: UInt64,
    willGoBack: @escaping @Sendable (UInt64) -> @Sendable () -> Void = { _ in {} }
  ) {
    self.willGoBack = willGoBack
    self.store = store
    self.rules = rules
    self.options = options
    self.depth = max(1, depth)
  }

  // MARK: - Blocks

  /// Executes a block, unless that was done before.
  func add(_ block: Block) throws(PipelineError) -> Verdict {
    try inTurn { () throws(PipelineError) in try addInTurn(block) }
  }

  private func addInTurn(_ block: Block) throws(PipelineError) -> Verdict {
    let (header, hash) = (block.header, block.hash)
    if try knownHeader(hash) != nil { return .valid }
    if let reason = refused[hash] { return .invalid(reason) }
    if let reason = refused[header.parentHash] {
      refused.note(hash, reason)
      return .invalid(reason)
    }
    guard let parent = try knownHeader(header.parentHash) else { return .unknownParent }
    if isForgotten(header.number) || aside.count > Self.countLimit { return .notExecuted }
    let encoded: EncodedBlock
    do throws(Block.DecodingError) {
      encoded = try EncodedBlock(block.encoded)
    } catch {
      throw .invalid(number: header.number, header: header, .malformed(error))
    }
    do throws(PipelineError) {
      guard try prepareToExecute(on: header.parentHash) else { return .notExecuted }
      _ = try run(.sealed(encoded))
      return .valid
    } catch {
      guard case .invalid(_, _, let problem) = error else { throw error }
      let reason = InvalidBranch(
        latestValid: parent.difficulty.isZero ? header.parentHash : .zero, problem: "\(problem)")
      refused.note(hash, reason)
      return .invalid(reason)
    }
  }

  /// Makes a block of what a draft offers, behind a known one. It lies beside the chain like those of others.
  func build(_ draft: BlockDraft, on parent: Hash256) throws(PipelineError) -> BuiltPayload? {
    try inTurn { () throws(PipelineError) -> BuiltPayload? in
      guard try knownHeader(parent) != nil, try prepareToExecute(on: parent) else { return nil }
      guard let report = try run(.draft(draft)), let built = aside[report.hash]?.block else {
        return nil
      }
      return try Self.reading { () throws(StoreError) in
        BuiltPayload(
          header: report.header, hash: report.hash, body: try store.body(of: built),
          receipts: try store.receipts(of: built), requests: report.requests)
      }
    }
  }

  /// Why a block is refused; nil where it is not known to be.
  func refusal(of hash: Hash256) -> InvalidBranch? { turn.withLock { _ in refused[hash] } }

  /// The header of a block of the chain, or beside it; nil where there is none.
  func header(of hash: Hash256) throws(PipelineError) -> Header? {
    try inTurn { () throws(PipelineError) in try knownHeader(hash) }
  }

  /// The body of a block of the chain, or beside it; nil where there is none.
  func body(of hash: Hash256) throws(PipelineError) -> StoredBody? {
    try inTurn { () throws(PipelineError) in
      try Self.reading { () throws(StoreError) -> StoredBody? in
        if let number = try store.number(ofBlock: hash) { return try store.body(number) }
        guard let side = aside[hash] else { return nil }
        return try store.body(of: side.block)
      }
    }
  }

  /// Whether block `hash` is `other` or one before it.
  func isAncestor(_ hash: Hash256, of other: Hash256) throws(PipelineError) -> Bool {
    try inTurn { () throws(PipelineError) in
      var next = other
      while let side = aside[next] {
        if next == hash { return true }
        next = side.header.parentHash
      }
      let (start, wanted) = (next, hash)
      return try Self.reading { () throws(StoreError) in
        guard let end = try store.number(ofBlock: start),
          let number = try store.number(ofBlock: wanted)
        else { return false }
        return number <= end
      }
    }
  }

  // MARK: - The head

  /// What a new head changed about the chain.
  struct HeadChange {
    /// The blocks that are in the chain now, and those that were, by rising number.
    var added: [KeptBlock] = []
    var dropped: [KeptBlock] = []
    /// What was told of the blocks that are in the chain for the first time.
    var reports: [Pipeline.Report] = []
  }

  /// Makes a known block the head, which is durable when this returns. Nil where the state there is gone. Where it
  /// throws, the head is what it was. When all have heard of the change, `tidy` is to be called.
  func setHead(_ hash: Hash256) throws(PipelineError) -> HeadChange? {
    try inTurn { () throws(PipelineError) in
      if hash == store.head.hash { return HeadChange() }
      guard try moveState(to: hash) else { return nil }
      var change = HeadChange()
      var next = hash
      while let side = aside[next] {
        change.added.append(side.block)
        if let report = side.report { change.reports.append(report) }
        next = side.header.parentHash
      }
      change.added.reverse()
      change.reports.reverse()
      let ancestor = next
      change.dropped = try Self.reading { () throws(StoreError) in
        try chain(behind: try store.number(ofBlock: ancestor) ?? store.head.number)
      }
      var left: [Aside] = []
      // Those next to the chain: without them the others are of no use.
      for block in change.dropped.prefix(Self.countLimit) {
        let header = try Self.reading { () throws(StoreError) in try store.header(of: block).header
        }
        left.append(Aside(header: header, block: block))
      }
      let haveGone = change.dropped.first.map { willGoBack($0.block.number - 1) }
      // Where there is no room for it, nothing has gone.
      try Self.reading { () throws(StoreError) in try store.adoptBranch() }
      haveGone?()
      for block in change.added { aside[block.block.hash] = nil }
      for block in left { aside[block.block.block.hash] = block }
      return change
    }
  }

  /// Does what a new head leaves to do: lets the database follow to it, and forgets what lies far behind.
  func tidy() throws(PipelineError) {
    try inTurn { () throws(PipelineError) in
      try Self.reading { () throws(StoreError) in try store.followIfDue() }
      try forgetOld()
    }
  }

  /// Ends the threads and goes back to the head. The store stays open; whoever calls later is refused.
  func close() throws(PipelineError) {
    try inTurn { () throws(PipelineError) in
      isClosed = true
      try endPipeline()
      if store.isOnBranch {
        try Self.reading { () throws(StoreError) in try store.leaveBranch() }
      }
      aside.removeAll()
    }
  }

  /// What the stages of all blocks took.
  var times: StageTimes {
    work.withLock { work in
      var times = work.ended
      if let current = work.current { times += current.times }
      return times
    }
  }

  // MARK: - In turn

  private func knownHeader(_ hash: Hash256) throws(PipelineError) -> Header? {
    if let side = aside[hash] { return side.header }
    return try Self.reading { () throws(StoreError) in try store.header(withHash: hash) }
  }

  /// The blocks of the chain behind block `number`.
  private func chain(behind number: UInt64) throws(StoreError) -> [KeptBlock] {
    let head = store.head.number
    var blocks: [KeptBlock] = []
    guard number < head else { return blocks }
    for number in number + 1...head {
      guard let block = try store.keptBlock(number) else { break }
      blocks.append(block)
    }
    return blocks
  }

  /// Brings the state to a known block, on a branch where it is not the head's; false where that cannot be.
  private func moveState(to hash: Hash256) throws(PipelineError) -> Bool {
    if store.tipBlock.hash == hash { return true }
    try endPipeline()
    let reached = store.isOnBranch ? store.tipBlock.hash : nil
    var path: [Aside] = []
    var next = hash
    while next != reached, let side = aside[next] {
      path.append(side)
      next = side.header.parentHash
    }
    path.reverse()
    let (start, steps) = (next, path)
    do throws(StoreError) {
      if start != reached {
        if store.isOnBranch { try store.leaveBranch() }
        guard let number = try store.number(ofBlock: start) else { return false }
        try store.beginBranch(at: number)
      }
      for side in steps where try !store.takeUp(side.block) {
        aside[side.header.hash] = nil
        return false
      }
      return true
    } catch {
      switch error {
      case .pruned, .beyondHistory, .noSuchBlocks: return false
      default: throw .store(error)
      }
    }
  }

  /// Lets the next block be executed behind a known one, beside the chain.
  private func prepareToExecute(on parent: Hash256) throws(PipelineError) -> Bool {
    guard try moveState(to: parent) else { return false }
    if !store.isOnBranch {
      try Self.reading { () throws(StoreError) in try store.beginBranch(at: store.head.number) }
    }
    return true
  }

  /// Executes a block where the state stands, and keeps it.
  private func run(_ block: PipelineBlock) throws(PipelineError) -> Pipeline.Report? {
    last.report.withLock { $0 = nil }
    do throws(PipelineError) {
      let pipeline = try pipelineAtTip()
      try pipeline.append(block)
      try pipeline.drain()
    } catch {
      try endPipeline()
      throw error
    }
    guard let report = last.report.withLock({ $0 }) else { return nil }
    aside[report.hash] = Aside(header: report.header, block: store.keptTip, report: report)
    try forgetOld()
    return report
  }

  private func pipelineAtTip() throws(PipelineError) -> Pipeline {
    if let pipeline { return pipeline }
    let total = try Self.reading { () throws(StoreError) in
      try store.header(of: store.keptTip).totalDifficulty
    }
    let made = try Pipeline(
      store: store, rules: rules, totalDifficulty: total, options: options
    ) { [last] report in last.report.withLock { $0 = report } }
    pipeline = made
    work.withLock { $0.current = made }
    return made
  }

  private func endPipeline() throws(PipelineError) {
    guard let ended = pipeline else { return }
    pipeline = nil
    work.withLock { work in
      work.ended += ended.times
      work.current = nil
    }
    try ended.end()
  }

  /// Whether blocks of this number beside the chain lie too far behind the head to be remembered.
  private func isForgotten(_ number: UInt64) -> Bool {
    let head = store.head.number
    return head >= depth && number <= head - depth
  }

  /// Forgets what lies far behind the head, with all that follows it: a branch without its beginning is of no
  /// use. Where there is too much, only the branch that the state stands on stays.
  private func forgetOld() throws(PipelineError) {
    if aside.count > Self.countLimit { forgetOtherBranches() }
    guard aside.values.contains(where: { isForgotten($0.header.number) }) else { return }
    for (hash, side) in aside.sorted(by: { $0.value.header.number < $1.value.header.number }) {
      let parent = side.header.parentHash
      let inChain = try Self.reading { () throws(StoreError) in try store.number(ofBlock: parent) }
      let isConnected = inChain != nil || aside[parent] != nil
      if isForgotten(side.header.number) || !isConnected { aside[hash] = nil }
    }
  }

  private func forgetOtherBranches() {
    var line: [Hash256: Aside] = [:]
    var next = store.tipBlock.hash
    while let side = aside[next] {
      line[next] = side
      next = side.header.parentHash
    }
    aside = line
  }

  private func inTurn<Value>(
    _ body: () throws(PipelineError) -> Value
  ) throws(PipelineError) -> Value {
    try turn.withLock { (_) throws(PipelineError) in
      if isClosed { throw .store(.failedBefore("it was closed")) }
      return Boxed(value: try body())
    }.value
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
}

/// What the pipeline said last of a block.
private final class LastReport: Sendable {
  let report = Mutex<Pipeline.Report?>(nil)
}

/// A value that leaves the turn, in which nobody else holds it.
private struct Boxed<Value>: @unchecked Sendable {
  let value: Value
}
