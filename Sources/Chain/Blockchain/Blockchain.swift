// A chain in memory: blocks, branches, the head, and the state.

public import Execution
public import Ledger
public import Primitives
public import State

/// A chain of blocks in memory, with all its branches of late and the complete state.
///
/// Every block that is added is checked by every rule. Of competing branches `forkChoice` says which is the
/// chain. One instance serves one thread, whose stack must have `EVM.nativeStackSize` bytes.
///
/// The state stands at one block at a time and is taken to another by the changes of the blocks in
/// between. Blocks that lie `historyLimit` or more behind the head are forgotten: nothing can build
/// on them any more.
public final class Blockchain {
  /// How the proof of work of a header is checked: throws `.invalidSeal` where it does not hold.
  public typealias SealCheck = @Sendable (Header) throws(InvalidBlock) -> Void

  /// The rules of the chain.
  public let rules: ChainRules
  /// Which of competing branches is the chain.
  public let forkChoice: ForkChoice
  /// How many blocks behind the head are remembered.
  public let historyLimit: UInt64
  /// The genesis block.
  public let genesis: BlockRecord
  /// The block at the end of the chain.
  public private(set) var head: BlockRecord

  let executor: any BlockExecutor
  /// Nil where any proof of work will do.
  let seal: SealCheck?
  var records: [Hash256: BlockRecord] = [:]
  private var hashesByNumber: [UInt64: [Hash256]] = [:]
  var state: ChainState
  /// The block that the state stands at.
  private var position: Hash256

  /// A chain of its genesis block alone, whose state is `state`, which belongs to the chain from now
  /// on. Throws `.wrongStateRoot` unless the header commits to it.
  public init(
    genesis header: Header, state: MemoryState, rules: ChainRules,
    executor: any BlockExecutor = SequentialExecutor(), forkChoice: ForkChoice = .lastBlock,
    historyLimit: UInt64 = 1024, seal: SealCheck? = nil
  ) throws(InvalidBlock) {
    self.state = ChainState(state)
    let root = self.state.root()
    if root != header.stateRoot { throw .wrongStateRoot(expected: root) }
    genesis = BlockRecord(
      header: header, hash: header.hash, totalDifficulty: header.difficulty, ommerHashes: [],
      changes: StateDiff(), undo: StateDiff())
    head = genesis
    position = genesis.hash
    self.rules = rules
    self.executor = executor
    self.forkChoice = forkChoice
    self.historyLimit = max(historyLimit, 256)
    self.seal = seal
    state.setBlockHash(header.number, genesis.hash)
    remember(genesis)
  }

  /// The block with this hash, on whatever branch, unless it is forgotten.
  public func block(_ hash: Hash256) -> BlockRecord? { records[hash] }

  /// The state at the head. It changes with the next import.
  public func headState() -> MemoryState {
    // The head is remembered with all that leads to it.
    _ = moveState(to: head.hash)
    return state.accounts
  }

  /// The hash of block `number` of the chain that ends at the head.
  public func hash(ofBlock number: UInt64) -> Hash256? {
    number > head.header.number ? nil : headState().blockHash(number)
  }

  /// Makes a block that was added the head; false when it is not known.
  public func setHead(_ hash: Hash256) -> Bool {
    guard let record = records[hash], moveState(to: hash) else { return false }
    head = record
    forgetOldBlocks()
    return true
  }

  // MARK: - Memory

  func remember(_ record: BlockRecord) {
    records[record.hash] = record
    hashesByNumber[record.header.number, default: []].append(record.hash)
  }

  private func forgetOldBlocks() {
    guard head.header.number >= historyLimit else { return }
    var number = head.header.number - historyLimit
    while let hashes = hashesByNumber.removeValue(forKey: number) {
      for hash in hashes { records[hash] = nil }
      guard number > 0 else { return }
      number -= 1
    }
  }

  // MARK: - The place of the state

  /// Takes the state to a block that was just executed on it.
  func settle(_ record: BlockRecord) {
    state.settle(record)
    position = record.hash
  }

  /// Takes the state to the block `target`; false when the way there is forgotten.
  func moveState(to target: Hash256) -> Bool {
    if position == target { return true }
    var back: [BlockRecord] = []
    var forth: [BlockRecord] = []
    var (here, there) = (position, target)
    while here != there {
      guard let from = records[here], let to = records[there] else { return false }
      if from.header.number >= to.header.number {
        back.append(from)
        here = from.header.parentHash
      }
      if to.header.number >= from.header.number {
        forth.append(to)
        there = to.header.parentHash
      }
    }
    for record in back { state.leave(record) }
    for record in forth.reversed() { state.enter(record) }
    position = target
    return true
  }
}
