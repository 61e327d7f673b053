// Telling what contracts say.

internal import EVM
internal import Execution
internal import Ledger
internal import Primitives
internal import State
internal import Storage

/// Tells what transactions of blocks and calls say through console.log.
///
/// Blocks are executed without anybody who listens. So the transactions of a small block are executed once more, and
/// only where one has called the console a third time, to hear it. Larger blocks are not listened to.
final class ConsoleWatch: @unchecked Sendable {
  private let chain: ChainReader
  private let say: @Sendable (String) -> Void
  /// Of who makes blocks.
  private let executor = TransactionExecutor()

  /// The most transactions of a block that is listened to.
  private static let blockLimit = 16

  init(_ chain: ChainReader, say: @escaping @Sendable (String) -> Void) {
    self.chain = chain
    self.say = say
  }

  /// Tells what a call said that has called the console.
  func tell(_ arguments: CallArguments, in scene: CallRunner.Scene, by runner: CallRunner) {
    let recorder = ConsoleRecorder()
    try? runner.run(arguments, gas: nil, in: scene) {
      (executor, transaction, sender) throws(RPCError) in
      executor.machine.tracer = recorder
      defer { executor.machine.tracer = nil }
      do throws(ExecutionError) {
        _ = try executor.execute(transaction, from: sender)
      } catch {
        // Whoever called was told what went wrong.
        throw .failed("\(error)")
      }
    }
    recorder.messages.forEach(say)
  }

  /// Tells what the transactions of a block said. One thread at a time calls it.
  func tell(_ block: ChainReader.Found) {
    guard let decoded = try? chain.decoded(block),
      (1...Self.blockLimit).contains(decoded.transactions.count),
      // Transfers say nothing.
      block.header.gasUsed > 21_000 * UInt64(decoded.transactions.count),
      let usesConsole = try? replay(decoded, heardBy: nil), usesConsole
    else { return }
    let recorder = ConsoleRecorder()
    _ = try? replay(decoded, heardBy: recorder)
    recorder.messages.forEach(say)
  }

  /// Executes a block's transactions once more; whether one called the console.
  private func replay(
    _ decoded: DecodedBlock, heardBy recorder: ConsoleRecorder?
  ) throws -> Bool {
    let (block, transactions) = (decoded.block, decoded.transactions)
    let senders = try decoded.senders()
    var executable = ExecutableBlock(
      Block(header: block.header, transactions: transactions), senders: senders,
      rules: chain.rules, fork: try chain.fork(of: block.header))
    executable.rules.allowsSenderCode = transactions.contains { $0.statedSender != nil }
    executor.begin(
      executable.environment, rules: executable.rules, on: try chain.state(before: block))
    try executor.openBlock(executable)
    executor.machine.tracer = recorder
    defer { executor.machine.tracer = nil }
    for (transaction, sender) in zip(transactions, senders) {
      _ = try executor.execute(transaction, from: sender)
    }
    return executor.state.isLoaded(ConsoleMessage.address)
  }
}
