// Blocks of the past, made ready to be executed once more.

internal import Execution
internal import Ledger
internal import Primitives
internal import Storage

extension ChainReader {
  /// A block of the chain with its senders. Throws for the first one, which nothing was executed for.
  func executable(_ block: Found) throws(RPCError) -> ExecutableBlock {
    if block.number == store.genesisBlock.number { throw .failed("genesis is not executed") }
    let decoded = try decoded(block)
    var executable = ExecutableBlock(
      try stored(block), senders: try decoded.senders(), rules: rules,
      fork: try fork(of: block.header))
    executable.rules.allowsSenderCode = decoded.transactions.contains { $0.statedSender != nil }
    return executable
  }

  private func stored(_ block: Found) throws(RPCError) -> Block {
    guard let stored = try reading({ () throws(StoreError) in try store.block(block.number) }),
      stored.header == block.header
    else { throw .failed("block \(block.hash) not found") }
    return stored
  }
}
