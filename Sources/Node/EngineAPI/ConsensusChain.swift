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
/// takes one record more, and to come back to it what it changed is made again from its record. A block whose
/// ancestors are not here waits until somebody asks for it when they are. Any thread may call it; one is served at a
/// time.
final class ConsensusChain: @unchecked Sendable {
  /// What became of a block.
  enum Verdict: Sendable, Equatable {
    /// It was executed, and all is as its header says.
    case valid
    /// It breaks a rule, or follows one that does.
    case invalid(InvalidBranch)
    /// An ancestor is not there.
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
  /// How far behind the head blocks beside the chain are remembered.
  let depth: UInt64
  /// Keeps blocks beside the chain for the next start; nil where they are gone at the end.
  let journal: SideJournal?
  private let turn = Mutex(())
  // Of whoever has the turn.
  let pipeline: RenewedPipeline
  var aside: [Hash256: Aside] = [:]
  var orphans = OrphanBlocks()
  var refused = RefusedBlocks()
  private var isClosed = false
  let last: LastReport
  /// Told of the last block that stays, before the chain leaves those behind it; what it returns is called
  /// when they have been left.
  let willGoBack: @Sendable (UInt64) -> @Sendable () -> Void

  init(
    store: Store, rules: ChainRules, options: Pipeline.Options, depth: UInt64,
    journal: SideJournal? = nil,
    willGoBack: @escaping @Sendable (UInt64) -> @Sendable () -> Void = { _ in {} }
  ) {
    self.willGoBack = willGoBack
    self.store = store
    self.rules = rules
    let last = LastReport()
    self.last = last
    pipeline = RenewedPipeline { () throws(PipelineError) in
      let total = try Self.reading { () throws(StoreError) in
        try store.header(of: store.keptTip).totalDifficulty
      }
      return try Pipeline(store: store, rules: rules, totalDifficulty: total, options: options) {
        report in last.report.withLock { $0 = report }
      }
    }
    self.depth = max(1, depth)
    self.journal = journal
  }

  // MARK: - Blocks

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

  /// Ends the threads and goes back to the head. The store stays open; whoever calls later is refused.
  func close() throws(PipelineError) {
    try inTurn { () throws(PipelineError) in
      isClosed = true
      try pipeline.end()
      if store.isOnBranch {
        try Self.reading { () throws(StoreError) in try store.leaveBranch() }
      }
      aside.removeAll()
      orphans = OrphanBlocks()
    }
  }

  /// What the stages of all blocks took.
  var times: StageTimes { pipeline.times }

  /// Whether a block of the chain lies before `other`, another one of it.
  func lies(_ hash: Hash256, before other: Hash256) throws(PipelineError) -> Bool {
    try inTurn { () throws(PipelineError) in
      try Self.reading { () throws(StoreError) in
        guard let number = try store.number(ofBlock: hash),
          let end = try store.number(ofBlock: other)
        else { return false }
        return number < end
      }
    }
  }

  // MARK: - In turn

  func knownHeader(_ hash: Hash256) throws(PipelineError) -> Header? {
    if let side = aside[hash] { return side.header }
    return try Self.reading { () throws(StoreError) in try store.header(withHash: hash) }
  }

  func inTurn<Value>(
    _ body: () throws(PipelineError) -> Value
  ) throws(PipelineError) -> Value {
    try turn.withLock { (_) throws(PipelineError) in
      if isClosed { throw .store(.failedBefore("it was closed")) }
      return Boxed(value: try body())
    }.value
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
}

/// A value that leaves the turn, in which nobody else holds it.
private struct Boxed<Value>: @unchecked Sendable {
  let value: Value
}
