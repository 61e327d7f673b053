// What methods ask the chain.

public import Ledger
internal import Primitives
public import Storage
internal import State
internal import Synchronization

/// Reads the chain of a store. Any thread may call it.
public final class ChainReader: Sendable {
  /// Where the chain is kept.
  public let store: Store
  /// The rules of the chain.
  public let rules: ChainRules
  /// What a consensus client calls safe and final; nil where there is none.
  private let finality: Finality?
  /// What was changed from outside.
  let edits: StateEdits
  /// Who knows the block that would be made now; nil where the pending block is the head.
  let pendingBlocks = Mutex<PendingBlocks?>(nil)
  /// The view of the head's state, which most requests are about.
  private let headView = Mutex<HistoricalState?>(nil)
  /// The blocks that were decoded last.
  let decodedBlocks = Mutex(DecodedBlocks())

  /// Reads `store`, whose chain has these rules. `finality` says which blocks are safe and final.
  public convenience init(_ store: Store, rules: ChainRules, finality: Finality? = nil) {
    self.init(store, rules: rules, finality: finality, edits: StateEdits())
  }

  /// Reads `store`, the states of which were edited.
  init(_ store: Store, rules: ChainRules, finality: Finality? = nil, edits: StateEdits) {
    self.store = store
    self.rules = rules
    self.finality = finality
    self.edits = edits
  }

  /// A block with what its place in the chain says.
  struct Found {
    let number: UInt64
    let hash: Hash256
    let header: Header
  }

  /// The number of the block that is meant; nil where there is none.
  func number(of selector: BlockSelector) throws(RPCError) -> UInt64? {
    let head = store.head.number
    if let hash = try finality?.block(selector) { return try number(of: .hash(hash)) }
    switch selector {
    case .earliest: return store.genesisBlock.number
    // Where nobody says which blocks are final, what is committed is.
    case .latest, .pending, .safe, .finalized: return head
    case .number(let number): return number <= head ? number : nil
    case .hash(let hash):
      return try reading { () throws(StoreError) in try store.number(ofBlock: hash) }
    }
  }

  /// The block that is meant; nil where there is none.
  func block(_ selector: BlockSelector) throws(RPCError) -> Found? {
    let header: Header?
    if case .hash(let hash) = selector {
      header = try reading { () throws(StoreError) in try store.header(withHash: hash) }
    } else {
      guard let number = try number(of: selector) else { return nil }
      header = try reading { () throws(StoreError) in try store.header(number) }
      // The chain has gone back meanwhile, and another block is meant.
      if header == nil, number > store.head.number { return try block(selector) }
    }
    // The hash of what was read: the chain may have gone to another branch since.
    return header.map { Found(number: $0.number, hash: $0.hash, header: $0) }
  }

  /// The block that is meant. Throws where there is none.
  func existingBlock(_ selector: BlockSelector) throws(RPCError) -> Found {
    if let block = try block(selector) { return block }
    switch selector {
    case .hash(let hash): throw .failed("block \(hash) not found")
    case .number(let number): throw .failed("block #\(number) not found")
    default: throw .failed("header not found")
    }
  }

  /// The block that is meant, by methods that ask for its state. Throws, in the words that geth has there, where
  /// there is none.
  func existingHeader(_ selector: BlockSelector) throws(RPCError) -> Found {
    if let block = try block(selector) { return block }
    throw .noHeader(selector)
  }

  /// The block that would be made now, where that is what is meant, and there is one. A fresh one has also what came a
  /// moment ago.
  func pending(
    _ selector: BlockSelector, isFresh: Bool = false
  ) throws(RPCError) -> PendingBlock? {
    guard selector == .pending, let blocks = pendingBlocks.withLock({ $0 }) else { return nil }
    return try blocks.block(isFresh: isFresh)
  }

  /// The state after the block that is meant, with the edits that were made there. Throws where there is none.
  func state(at selector: BlockSelector) throws(RPCError) -> any StateView {
    if let pending = try pending(selector) { return pending.state }
    let view = try view(at: selector)
    return edits.view(over: view) ?? view
  }

  /// The state after the block that is meant, as that block left it. Throws where there is none.
  func view(at selector: BlockSelector) throws(RPCError) -> HistoricalState {
    guard let number = try number(of: selector) else { throw .noHeader(selector) }
    let head = store.head
    if number == head.number, let view = headView.withLock({ $0 }), view.block == head {
      return view
    }
    let view = try reading { () throws(StoreError) in try store.view(at: number) }
    guard let view else {
      // The chain has gone back meanwhile, and another block is meant.
      if number > store.head.number { return try self.view(at: selector) }
      throw .failed("header not found")
    }
    if view.block == store.head { headView.withLock { $0 = view } }
    return view
  }

  /// A transaction that is stored.
  static func transaction(_ encoding: ArraySlice<UInt8>) throws(RPCError) -> Transaction {
    do throws(TransactionDecodingError) {
      return try Transaction(decoding: encoding)
    } catch {
      throw .internalError("a stored transaction: \(error)")
    }
  }

  /// The rules of the block with this header.
  func fork(of header: Header) throws(RPCError) -> Fork {
    let total = try reading { () throws(StoreError) in try store.totalDifficulty(header.number) }
    let parent = (total ?? .zero).subtractingReportingOverflow(header.difficulty).partialValue
    return rules.fork(
      block: header.number, timestamp: header.timestamp, parentTotalDifficulty: parent)
  }

  /// What the store reads.
  func reading<Value>(
    _ body: () throws(StoreError) -> Value
  ) throws(RPCError) -> Value {
    do throws(StoreError) {
      return try body()
    } catch {
      throw .failed("\(error)")
    }
  }

  /// What a state answers.
  func readingState<Value>(
    _ body: () throws(StateReadError) -> Value
  ) throws(RPCError) -> Value {
    do throws(StateReadError) {
      return try body()
    } catch {
      throw .failed("\(error)")
    }
  }
}

extension RPCError {
  /// There is no such block whose state could be asked for.
  fileprivate static func noHeader(_ selector: BlockSelector) -> RPCError {
    if case .hash = selector { return .failed("header for hash not found") }
    return .failed("header not found")
  }
}
