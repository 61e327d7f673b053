// Telling what contracts say.

internal import EVM
internal import Execution
internal import Ledger
internal import Primitives
internal import State
internal import Storage
internal import Synchronization

/// Tells what transactions of blocks and calls say through console.log. Any thread may call it that has
/// `EVM.nativeStackSize` bytes of stack.
///
/// Blocks are executed without anybody who listens. So the transactions of a small block are executed once more, and
/// only where one has called the console a third time, to hear it. Larger blocks are not listened to, and nobody
/// listens longer than `patience`.
final class ConsoleWatch: Sendable {
  private let chain: ChainReader
  private let say: @Sendable (String) -> Void
  private let patience: Duration
  /// Held while a block is listened to.
  private let listener = Mutex(Listener())

  private struct Listener: @unchecked Sendable {
    let executor = TransactionExecutor(memoryLimit: 256 << 20)
  }

  /// The most transactions of a block that is listened to.
  private static let blockLimit = 16

  init(
    _ chain: ChainReader, patience: Duration = .milliseconds(500),
    say: @escaping @Sendable (String) -> Void
  ) {
    self.chain = chain
    self.patience = patience
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

  /// Tells what the transactions of a block said.
  func tell(_ block: ChainReader.Found) {
    guard let decoded = try? chain.decoded(block),
      (1...Self.blockLimit).contains(decoded.transactions.count),
      // Transfers say nothing.
      block.header.gasUsed > 21_000 * UInt64(decoded.transactions.count)
    else { return }
    let deadline = ContinuousClock.now.advanced(by: patience)
    listener.withLock { listener in
      let executor = listener.executor
      executor.machine.deadline = deadline
      defer {
        (executor.machine.tracer, executor.machine.deadline) = (nil, nil)
        // An old state would keep its history from being dropped.
        executor.begin(BlockEnvironment(), rules: TransactionRules(.latest), on: MemoryState())
      }
      guard (try? replay(decoded, by: executor)) == true else { return }
      let recorder = ConsoleRecorder()
      executor.machine.tracer = recorder
      _ = try? replay(decoded, by: executor)
      recorder.messages.forEach(say)
    }
  }

  /// Executes a block's transactions once more; whether one called the console.
  private func replay(_ decoded: DecodedBlock, by executor: TransactionExecutor) throws -> Bool {
    let (block, transactions) = (decoded.block, decoded.transactions)
    let senders = try decoded.senders()
    let executable = ExecutableBlock(
      Block(header: block.header, transactions: transactions), senders: senders,
      rules: chain.rules, fork: try chain.fork(of: block.header))
    executor.begin(
      executable.environment, rules: executable.rules, on: try chain.state(before: block))
    // What system calls do, nobody hears.
    let tracer = executor.machine.tracer
    executor.machine.tracer = nil
    try executor.openBlock(executable)
    executor.machine.tracer = tracer
    for (transaction, sender) in zip(transactions, senders) {
      _ = try executor.execute(transaction, from: sender)
    }
    return executor.state.isLoaded(ConsoleMessage.address)
  }
}
