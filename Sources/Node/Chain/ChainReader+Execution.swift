// Blocks of the past, made ready to be executed once more.

internal import Execution
internal import Ledger
internal import Primitives
internal import Storage

extension ChainReader {
  /// A block of the chain with its senders. Throws for the first one, which nothing was executed for.
  func executable(_ block: Found) throws(RPCError) -> ExecutableBlock {
    if block.number == store.genesisBlock.number { throw .failed("genesis is not executed") }
    guard let stored = try reading({ () throws(StoreError) in try store.block(block.number) }),
      stored.header == block.header
    else { throw .failed("block \(block.hash) not found") }
    var senders: [Address] = []
    for transaction in stored.transactions { senders.append(try sender(of: transaction)) }
    return ExecutableBlock(
      stored, senders: senders, rules: rules, fork: try fork(of: block.header))
  }
}
