// Options about transactions that wait for a block.

internal import Node

extension Option {
  /// Limits of the pool and its journal, by the names that geth has for them.
  static let pool: [Option] = [
    .value("--txpool.accountslots", "N", "transactions of a sender that a full pool takes (16)"),
    .value("--txpool.globalslots", "N", "transactions that may wait for a block (131072)"),
    .value("--txpool.accountqueue", "N", "transactions of a sender behind a gap (64)"),
    .value("--txpool.globalqueue", "N", "transactions of all senders behind gaps (1024)"),
    .value("--txpool.lifetime", "SECONDS", "how long they wait behind a gap (10800)"),
    .value("--txpool.pricebump", "PERCENT", "how much more replaces a transaction (10)"),
    .value(
      "--txpool.journal", "FILE",
      "where waiting transactions outlive the node (in --data)"),
  ].titled("transactions that wait")
}

extension Arguments {
  /// What the pool takes.
  func poolLimits() throws(UsageError) -> TransactionPool.Limits {
    var limits = TransactionPool.Limits()
    let counts = 1...1 << 24
    limits.accountSlots =
      try integer("--txpool.accountslots", in: counts) ?? limits.accountSlots
    limits.globalSlots = try integer("--txpool.globalslots", in: counts) ?? limits.globalSlots
    limits.accountQueue =
      try integer("--txpool.accountqueue", in: counts) ?? limits.accountQueue
    limits.globalQueue = try integer("--txpool.globalqueue", in: counts) ?? limits.globalQueue
    limits.lifetime =
      try integer("--txpool.lifetime", in: 1...1 << 32).map { .seconds($0) } ?? limits.lifetime
    limits.priceBump =
      try integer("--txpool.pricebump", in: 0...10_000).map { UInt64($0) } ?? limits.priceBump
    return limits
  }

  /// The file in which waiting transactions outlive the node, unless it is named in the folder of its chain; nil where
  /// that is in memory.
  func poolJournal(in folder: String?) -> String? {
    string("--txpool.journal") ?? folder.map { $0 + "/transactions.journal" }
  }
}

extension NodeLog {
  /// Tells what became of the pool's journal.
  func tell(_ restored: RestoredTransactions) {
    if restored.transactions > 0 {
      info("Transactions wait again", ["count": .init(restored.transactions)])
    }
    if restored.refused > 0 {
      warn(
        "Transactions of the journal may not wait any more, and are forgotten",
        ["count": .init(restored.refused)])
    }
    if restored.skipped > 0 {
      warn("Damaged pieces of the journal passed over", ["count": .init(restored.skipped)])
    }
  }
}
