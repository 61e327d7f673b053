// Making blocks and telling what is in them.

internal import EVM
internal import Execution
internal import JSON
internal import Ledger
internal import Primitives
internal import State
internal import Storage
internal import Tracing

extension DevelopmentMethods {
  /// The most blocks that are told of at once.
  private static let detailedLimit: UInt64 = 1000

  var detailedMining: [String: RPCMethod] {
    Self.named("evm_mine_detailed", "anvil_mine_detailed") {
      (parameters, writer) throws(RPCError) in
      let wish = try MiningWish(parameters.optional(0))
      guard wish.count <= Self.detailedLimit else {
        throw .invalidParameters("more than \(Self.detailedLimit) blocks")
      }
      let made = try mine(wish)
      try writer.array { (list) throws(RPCError) in
        for number in made.joined() {
          try write(try chain.existingBlock(.number(number)), to: &list)
        }
      }
    }
  }

  /// Writes a block with its transactions, and what came out of each.
  private func write(
    _ block: ChainReader.Found, to writer: inout JSONWriter
  ) throws(RPCError) {
    let outputs = try outputs(of: block)
    try EthBlocks(chain: chain).write(block, withTransactions: true, to: &writer) { index, object in
      let (output, isReverted) = outputs[index]
      object.member("output", data: output)
      if isReverted, let reason = RevertReason.text(in: output) {
        object.member("revertReason", reason)
      }
    }
  }

  /// What the transactions of a block returned, found by executing them once more.
  private func outputs(
    of block: ChainReader.Found
  ) throws(RPCError) -> [(bytes: [UInt8], isReverted: Bool)] {
    let executable = try chain.executable(block)
    if executable.transactions.isEmpty { return [] }
    let executor = try ChainReader.executor(of: executable, on: try chain.state(before: block))
    var outputs: [(bytes: [UInt8], isReverted: Bool)] = []
    do throws(ExecutionError) {
      for (transaction, sender) in zip(executable.transactions, executable.senders) {
        let outcome = try executor.execute(transaction, from: sender)
        outputs.append((Array(executor.output), outcome.halt == .revert))
      }
    } catch {
      throw .failed("\(error)")
    }
    return outputs
  }
}
