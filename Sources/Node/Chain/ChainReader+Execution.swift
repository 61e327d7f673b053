// Blocks of the past, made ready to be executed once more.

internal import EVM
internal import Execution
internal import Ledger
internal import Primitives
internal import State
internal import Storage

extension ChainReader {
  /// A block of the chain with its senders. Throws for the first one, which nothing was executed for.
  func executable(_ block: Found) throws(RPCError) -> ExecutableBlock {
    if block.number == store.genesisBlock.number { throw .failed("genesis is not executed") }
    let decoded = try decoded(block)
    return ExecutableBlock(
      try stored(block), senders: try decoded.senders(), rules: rules,
      fork: try fork(of: block.header))
  }

  private func stored(_ block: Found) throws(RPCError) -> Block {
    guard let stored = try reading({ () throws(StoreError) in try store.block(block.number) }),
      stored.header == block.header
    else { throw .failed("block \(block.hash) not found") }
    return stored
  }

  /// What a block of the chain changes before one of its transactions, in the state that it began on. As many
  /// as it has leaves out none.
  func changes(
    of block: ExecutableBlock, before index: Int, on state: any StateView
  ) throws(RPCError) -> StateDiff {
    try Self.executor(of: block, before: index, on: state).state.diff()
  }

  /// An executor that has begun a block, and executed what stands before one of its transactions.
  static func executor(
    of block: ExecutableBlock, before index: Int = 0, on state: any StateView
  ) throws(RPCError) -> TransactionExecutor {
    let executor = TransactionExecutor(memoryLimit: 256 << 20)
    executor.begin(block.environment, rules: block.rules, on: state)
    do throws(BlockExecutionError) {
      try executor.openBlock(block)
    } catch {
      throw .failed("\(error)")
    }
    for place in 0..<index {
      do throws(ExecutionError) {
        _ = try executor.execute(block.transactions[place], from: block.senders[place])
      } catch {
        throw .failed("\(error)")
      }
    }
    return executor
  }

  /// The state that a transaction of a block begins on, or what follows the last one.
  func state(before index: UInt64, of block: Found) throws(RPCError) -> any StateView {
    if block.number == store.genesisBlock.number { throw .failed("no transaction in genesis") }
    let executable = try executable(block)
    let count = executable.transactions.count
    guard index < UInt64(count) || index == 0 else { throw .noTransaction(index, in: block) }
    let before = try state(before: block)
    let state = LayeredState(before)
    state.apply(try changes(of: executable, before: Int(index), on: before))
    return state
  }
}

extension RPCError {
  /// A block has no transaction at this place.
  static func noTransaction(_ index: UInt64, in block: ChainReader.Found) -> RPCError {
    .failed("transaction index \(index) out of range for block \(block.hash)")
  }
}
