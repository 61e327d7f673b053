// Trees of blocks, imported in any order among damaged ones.

internal import Chain
internal import Ledger
internal import Primitives
internal import Samples
internal import State

/// A chain that is given blocks of several branches in random order, against states that are made of
/// the genesis block anew.
final class BlockTreesTarget: FuzzTarget {
  static let name = "block-trees"
  static let summary = "branches in any order with bad blocks among them, against the best alone"

  func run(_ generator: inout SeededGenerator) -> Finding? {
    let tree = BlockTree(&generator)
    do {
      try tree.grow(blocks: generator.within(2...9), &generator)
      var treeImport = try TreeImport(tree)
      if let problem = treeImport.importAll(&generator) {
        return Finding("\(tree.fork), \(tree.nodes.count) blocks: \(problem)")
      }
      return nil
    } catch {
      return Finding("\(tree.fork), \(tree.nodes.count) blocks: \(error)")
    }
  }
}

/// The import of a tree of blocks, and what must come of it.
private struct TreeImport {
  private let tree: BlockTree
  private let chain: Blockchain
  /// What the chain's head must be, by its hash.
  private var head: Hash256
  private var imported: Set<Hash256>

  init(_ tree: BlockTree) throws(InvalidBlock) {
    self.tree = tree
    chain = try tree.chain()
    head = chain.genesis.hash
    imported = [head]
  }

  /// Imports every block, a child sometimes before its parent; what is wrong with what comes of it.
  mutating func importAll(_ generator: inout SeededGenerator) -> String? {
    var pending = tree.nodes.dropFirst().map { $0.block }
    while !pending.isEmpty {
      if generator.oneIn(3), let problem = importDamaged(&generator) { return problem }
      let place = generator.below(pending.count)
      let block = pending[place]
      if let problem = importGood(block) { return problem }
      if imported.contains(block.hash) { pending.remove(at: place) }
      if generator.oneIn(4), let problem = moveHead(&generator) { return problem }
    }
    return checkState() ?? checkAlone()
  }

  /// Whether the head moves to a block that has just come, or come again.
  private func becomesHead(_ block: Hash256) -> Bool {
    guard tree.fork < .paris, let new = tree.node(block), let old = tree.node(head) else {
      return true
    }
    return new.totalDifficulty > old.totalDifficulty
  }

  private mutating func importGood(_ block: Block) -> String? {
    do throws(BlockImportError) {
      try chain.importBlock(encoded: block.encoded)
    } catch {
      if imported.contains(block.header.parentHash) { return "a valid block is refused: \(error)" }
      guard error == .invalid(.unknownParent(block.header.parentHash)) else {
        return "a block without its parent is refused because of \(error)"
      }
      return checkState()
    }
    guard imported.contains(block.header.parentHash) else { return "taken without its parent" }
    imported.insert(block.hash)
    if becomesHead(block.hash) { head = block.hash }
    return checkState()
  }

  /// A block that is wrong in some way must be refused, unless the damage made another valid block.
  private mutating func importDamaged(_ generator: inout SeededGenerator) -> String? {
    let parent = generator.pick(tree.nodes)
    let bytes: [UInt8]
    if generator.oneIn(2) {
      bytes = generator.mutated(generator.pick(tree.nodes).block.encoded)
    } else {
      bytes = tree.badBlock(on: parent, &generator).encoded
    }
    guard let hash = try? chain.importBlock(encoded: bytes) else { return checkState() }
    if imported.contains(hash) {
      // A header that is known stands for its body, which is not looked at again.
      if becomesHead(hash) { head = hash }
      return checkState()
    }
    guard let block = try? Block(decoding: bytes) else { return "taken without being a block" }
    guard let reason = tree.adopt(block) else {
      imported.insert(hash)
      if becomesHead(hash) { head = hash }
      return checkState()
    }
    return "a block is taken though \(reason): \(Hex.encode(bytes))"
  }

  private mutating func moveHead(_ generator: inout SeededGenerator) -> String? {
    let target = generator.pick(tree.nodes).block.hash
    guard chain.setHead(target) == imported.contains(target) else { return "the head cannot move" }
    if imported.contains(target) { head = target }
    return checkState()
  }

  // MARK: What must hold

  /// Head and state are those that the model has, hash by hash and word by word.
  private func checkState() -> String? {
    guard chain.head.hash == head else { return "the head is \(chain.head.hash), not \(head)" }
    guard let node = tree.node(head) else { return "the head is no block of the tree" }
    let (state, expected) = (chain.headState(), tree.state(at: node))
    guard VisibleState(state) == VisibleState(expected) else {
      return "the state at block \(node.block.header.number) is another"
    }
    let root = state.root()
    guard root == node.block.header.stateRoot else { return "the state has the root \(root)" }
    return nil
  }

  /// The branch of the head, imported alone, leads to the same.
  private func checkAlone() -> String? {
    do {
      let alone = try tree.chain()
      for block in tree.branch(to: head) { try alone.importBlock(block) }
      guard alone.head.hash == head, alone.head.totalDifficulty == chain.head.totalDifficulty else {
        return "alone, the branch leads to \(alone.head.hash)"
      }
      for number in 0...chain.head.header.number
      where alone.hash(ofBlock: number) != chain.hash(ofBlock: number) {
        return "block \(number) has another hash"
      }
      return VisibleState(alone.headState()) == VisibleState(chain.headState())
        ? nil : "alone, the branch leads to another state"
    } catch {
      return "alone, the branch is refused: \(error)"
    }
  }
}
