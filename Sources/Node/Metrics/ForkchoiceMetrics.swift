// Figures about a chain whose head the consensus layer names.

internal import Primitives
internal import Storage

/// How often and how far the chain left what it was, and what is safe and final. The names are geth's.
final class ForkchoiceMetrics: Sendable {
  private let reorganisations = Counter()
  private let added = Counter()
  private let dropped = Counter()

  /// Notes another head.
  func note(_ change: ConsensusChain.HeadChange) {
    if change.dropped.isEmpty { return }
    reorganisations.add()
    added.add(UInt64(change.added.count))
    dropped.add(UInt64(change.dropped.count))
  }

  /// Adds them to those of the node.
  func add(to metrics: Metrics, store: Store, finality: Finality) {
    metrics.add("chain_head_safe", .gauge, "Number of the safe block.") {
      Self.number(finality.blocks.safe, in: store)
    }
    metrics.add("chain_head_finalized", .gauge, "Number of the final block.") {
      Self.number(finality.blocks.finalized, in: store)
    }
    metrics.add("chain_reorg_executes", .counter, "How often the chain left blocks.") { [self] in
      Double(reorganisations.value)
    }
    metrics.add("chain_reorg_add", .counter, "Blocks that came in the place of others.") {
      [self] in Double(added.value)
    }
    metrics.add("chain_reorg_drop", .counter, "Blocks that the chain left.") { [self] in
      Double(dropped.value)
    }
  }

  private static func number(_ hash: Hash256, in store: Store) -> Double? {
    if hash == .zero { return nil }
    return (try? store.number(ofBlock: hash)).flatMap { $0.map { Double($0) } }
  }
}
