// Methods that take the chain back.

internal import JSON
internal import Ledger
internal import Primitives
internal import State
internal import Storage
internal import Synchronization

extension DevelopmentMethods {
  var goingBack: [String: RPCMethod] {
    Self.merged(
      Self.named("evm_snapshot", "anvil_snapshot", "hardhat_snapshot") {
        (_, writer) throws(RPCError) in
        writer.value(quantity: try producer.betweenBlocks { snapshots.add(snapshot) })
      },
      Self.named("evm_revert", "anvil_revert", "hardhat_revert") {
        (parameters, writer) throws(RPCError) in
        writer.value(try revert(to: try parameters.number(0)))
      },
      Self.named("anvil_rollback", "hardhat_rollback") { (parameters) throws(RPCError) in
        let depth = try parameters.optional(0) { (value) throws(RPCError) in
          try value.rpcNumber()
        }
        try rollBack(depth ?? 1)
      },
      Self.named("anvil_reset", "hardhat_reset") { (parameters) throws(RPCError) in
        if let options = parameters.optional(0), try options.rpcMember("forking") != nil {
          throw .failed("forking another chain is not supported")
        }
        try reset()
      })
  }

  private var snapshot: ChainSnapshot {
    let head = chain.store.head
    return ChainSnapshot(
      block: head, edits: chain.edits.edits(at: head.hash), next: producer.change { $0 },
      waiting: ingest.pool.all)
  }

  /// Goes back to a snapshot; false where there is none, or the chain does not come by its block any more.
  private func revert(to number: UInt64) throws(RPCError) -> Bool {
    try producer.betweenBlocks { () throws(RPCError) in
      guard let snapshot = snapshots[number] else { return false }
      let block = snapshot.block
      let hash = try chain.reading { () throws(StoreError) in
        try chain.store.hash(ofBlock: block.number)
      }
      guard hash == block.hash else {
        snapshots.forget(from: number)
        return false
      }
      try goBack(to: block.number, edits: snapshot.edits)
      producer.change { $0 = snapshot.next }
      try ingest.replaceAll(by: snapshot.waiting)
      snapshots.forget(from: number)
      producer.notice()
      return true
    }
  }

  private func rollBack(_ depth: UInt64) throws(RPCError) {
    try producer.betweenBlocks { () throws(RPCError) in
      let head = chain.store.head.number
      guard depth <= head - chain.store.genesisBlock.number else {
        throw .invalidParameters("there are not \(depth) blocks behind the first")
      }
      try goBack(to: head - depth)
      snapshots.forget(behind: head - depth)
    }
  }

  /// Begins anew behind the first block.
  private func reset() throws(RPCError) {
    try producer.betweenBlocks { () throws(RPCError) in
      let first = chain.store.genesisBlock.number
      try goBack(to: first, edits: AccountEdits())
      try ingest.replaceAll(by: [])
      producer.change { $0 = NextBlock(gasLimit: $0.gasLimit) }
      snapshots.forget(from: 0)
      unlocked.stopImpersonating()
      switches.instance.withLock { $0 = DevelopmentSwitches.newInstance }
    }
  }

  /// Takes the chain back to a block, whose state then has these edits, or those that it had. To be called between
  /// blocks.
  func goBack(to number: UInt64, edits: AccountEdits? = nil) throws(RPCError) {
    if number < chain.store.head.number {
      // Nor do the transactions of those blocks come back with a restart.
      try ingest.forgetMined()
      try producer.goBack(to: number)
    }
    try chain.reading { () throws(StoreError) in
      try chain.edits.forget(behind: number)
      if let edits { try chain.edits.set(edits, at: chain.store.head) }
    }
    try ingest.followHead()
    producer.notice()
  }
}
