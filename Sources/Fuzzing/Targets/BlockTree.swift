// Blocks of several branches, made by executing them on states that are built anew.

internal import Chain
internal import Crypto
internal import EVM
internal import Execution
internal import Ledger
internal import Primitives
internal import Samples
internal import State

/// A tree of valid blocks over one genesis block. It shares neither states nor tries with a chain: the
/// state at a block is the genesis state with the changes of the branch made one after another.
final class BlockTree {
  /// A block, and what it does.
  struct Node {
    let block: Block
    /// The place of its parent among the nodes; its own for the genesis block.
    let parent: Int
    let totalDifficulty: UInt256
    let changes: StateDiff
  }

  /// Why a block that execution should have accepted cannot be.
  struct Impossible: Error {
    let reason: String
  }

  /// The same rules from the first block to the last.
  let fork: Fork
  /// The genesis block first, parents before children.
  private(set) var nodes: [Node] = []
  private let rules: ChainRules
  private let accounts: [AccountAllocation]
  private let writer: BlockWriter
  private let executor = SequentialExecutor(memoryLimit: 64 << 20)

  init(_ generator: inout SeededGenerator) {
    fork = generator.pick([
      .frontier, .homestead, .spuriousDragon, .byzantium, .berlin, .london, .paris, .shanghai,
      .cancun, .prague, .osaka,
    ])
    rules = ChainRules(chainID: 1, always: fork)
    writer = BlockWriter(fork: fork)
    accounts = writer.accounts(&generator)
    var header = Header(
      stateRoot: MemoryState(accounts).root(),
      difficulty: fork < .paris ? Difficulty.minimum : .zero, number: 0, gasLimit: 30_000_000,
      timestamp: 0)
    writer.complete(&header)
    if fork >= .london { header.baseFeePerGas = BaseFee.initial }
    nodes.append(
      Node(
        block: Block(header: header, withdrawals: fork >= .shanghai ? [] : nil), parent: 0,
        totalDifficulty: header.difficulty, changes: StateDiff()))
  }

  /// A chain of the genesis block.
  func chain() throws(InvalidBlock) -> Blockchain {
    try Blockchain(genesis: nodes[0].block.header, state: MemoryState(accounts), rules: rules)
  }

  /// The node of the block with this hash.
  func node(_ hash: Hash256) -> Node? { nodes.first { $0.block.hash == hash } }

  /// The blocks after genesis up to the one with this hash.
  func branch(to hash: Hash256) -> [Block] {
    node(hash).map { path(to: $0).dropFirst().map(\.block) } ?? []
  }

  /// The state after a block.
  func state(at node: Node) -> MemoryState {
    let state = MemoryState(accounts)
    for node in path(to: node) {
      state.apply(node.changes)
      state.setBlockHash(node.block.header.number, node.block.hash)
    }
    return state
  }

  /// The nodes from the genesis block to `node`.
  private func path(to node: Node) -> [Node] {
    var (path, node) = ([node], node)
    while node.block.header.number > 0 {
      node = nodes[node.parent]
      path.append(node)
    }
    return path.reversed()
  }

  // MARK: Growing

  /// Adds so many blocks, each on one of the latest.
  func grow(blocks: Int, _ generator: inout SeededGenerator) throws {
    for _ in 0..<blocks {
      let parent = max(0, nodes.count - 1 - generator.below(4))
      let block = try finished(draft(on: nodes[parent], &generator), on: nodes[parent])
      guard node(block.hash) == nil else { continue }
      if let reason = adopt(block) { throw Impossible(reason: "a new block has \(reason)") }
    }
  }

  /// Adds a valid block from elsewhere; otherwise answers what it does not keep.
  func adopt(_ block: Block) -> String? {
    guard let parent = nodes.firstIndex(where: { $0.block.hash == block.header.parentHash }) else {
      return "its parent is not known"
    }
    do {
      let outcome = try outcome(of: block, on: nodes[parent])
      try HeaderValidation.check(
        block.header, parent: nodes[parent].block.header, fork: fork, chain: rules)
      try BodyValidation.checkForm(block, fork: fork)
      try OutcomeValidation.check(outcome, against: block.header)
      try BodyValidation.checkRoots(block)
      let state = state(at: nodes[parent])
      state.apply(outcome.diff)
      guard state.root() == block.header.stateRoot else { return "another state root" }
      nodes.append(
        Node(
          block: block, parent: parent,
          totalDifficulty: nodes[parent].totalDifficulty &+ block.header.difficulty,
          changes: outcome.diff))
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// A block without its commitments.
  private func draft(on parent: Node, _ generator: inout SeededGenerator) -> Block {
    let timestamp = parent.block.header.timestamp + UInt64(generator.within(1...40))
    var header = Header(
      parentHash: parent.block.hash, coinbase: writer.coinbase(&generator),
      number: parent.block.header.number + 1, gasLimit: parent.block.header.gasLimit,
      timestamp: timestamp)
    header.extraData = generator.bytes(upTo: 3)
    header.prevRandao = generator.hash()
    writer.complete(&header)
    if fork >= .london { header.baseFeePerGas = BaseFee.next(after: parent.block.header) }
    if fork < .paris {
      header.difficulty = Difficulty.of(
        number: header.number, timestamp: timestamp,
        parentDifficulty: parent.block.header.difficulty,
        parentTimestamp: parent.block.header.timestamp, parentHasOmmers: false, fork: fork)
    }
    let state = state(at: parent)
    return Block(
      header: header, transactions: writer.transactions(on: state, &generator),
      withdrawals: fork >= .shanghai ? writer.withdrawals(&generator) : nil)
  }

  /// The block with its commitments, without the transactions that may not stand in it.
  private func finished(_ draft: Block, on parent: Node) throws -> Block {
    var block = draft
    while true {
      do throws(BlockExecutionError) {
        try commit(&block, to: outcome(of: block, on: parent), on: parent)
        return block
      } catch {
        guard case .transaction(let index, .invalid) = error else { throw error }
        block.transactions.remove(at: index)
      }
    }
  }

  private func commit(_ block: inout Block, to outcome: BlockOutcome, on parent: Node) {
    let state = state(at: parent)
    state.apply(outcome.diff)
    block.header.stateRoot = state.root()
    block.header.gasUsed = outcome.gasUsed
    block.header.logsBloom = outcome.bloom
    block.header.receiptsRoot = OrderedTrieRoot.of(outcome.receipts.map(\.encoded))
    block.header.transactionsRoot = OrderedTrieRoot.of(block.transactions.map(\.encoded))
    if let withdrawals = block.withdrawals {
      block.header.withdrawalsRoot = OrderedTrieRoot.of(withdrawals.map(\.encoded))
    }
    if fork >= .prague { block.header.requestsHash = Requests.hash(outcome.requests) }
  }

  private func outcome(
    of block: Block, on parent: Node
  ) throws(BlockExecutionError) -> BlockOutcome {
    var senders: [Address] = []
    for (index, transaction) in block.transactions.enumerated() {
      do throws(SignatureError) {
        senders.append(try transaction.recoverSender(fork: fork, chainID: rules.chainID))
      } catch {
        throw .transaction(index, .invalid(.invalidSignature(error)))
      }
    }
    let state = state(at: parent)
    let executable = ExecutableBlock(block, senders: senders, rules: rules, fork: fork)
    return try executor.execute(executable, on: state) { changes in
      // Receipts name roots before Byzantium: of the whole state, built anew.
      let after = self.state(at: parent)
      after.apply(changes)
      return after.root()
    }
  }

  // MARK: Blocks that are not valid

  /// A block on `parent` that breaks one rule.
  func badBlock(on parent: Node, _ generator: inout SeededGenerator) -> Block {
    guard var block = try? finished(draft(on: parent, &generator), on: parent) else {
      return parent.block
    }
    switch generator.below(9) {
    case 0: block.header.stateRoot = generator.hash()
    case 1: block.header.gasUsed += 1
    case 2: block.header.receiptsRoot = generator.hash()
    case 3: block.header.logsBloom = generator.bloom()
    case 4: block.header.timestamp = parent.block.header.timestamp
    case 5: block.header.extraData = generator.bytes(33)
    case 6: block.header.number += 1
    case 7:
      // The last transaction again has a nonce that is used up.
      guard let last = block.transactions.last else { return parent.block }
      block.transactions.append(last)
      block.header.transactionsRoot = OrderedTrieRoot.of(block.transactions.map(\.encoded))
    default:
      guard !block.transactions.isEmpty else { return parent.block }
      block.transactions.removeLast()
    }
    return block
  }
}
