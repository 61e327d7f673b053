// Executing what a request describes, on the state of a block.

internal import EVM
internal import Execution
internal import Ledger
internal import Primitives
internal import State
internal import Storage
internal import Synchronization
internal import Tracing

/// Executes calls that change nothing. Any thread may call it that has `EVM.nativeStackSize` bytes of stack.
final class CallRunner: Sendable {
  let chain: ChainReader
  /// The gas that a call may have at most, and has unless it says otherwise.
  let gasLimit: UInt64
  /// Tells what calls say; nil where nobody is to hear it.
  let console: ConsoleWatch?
  /// Executors that nobody uses.
  private let idle = Mutex<[IdleExecutor]>([])

  private struct IdleExecutor: @unchecked Sendable {
    let executor: TransactionExecutor
  }

  /// The most that geth gives a call unless told otherwise.
  static let standardGasLimit: UInt64 = 50_000_000
  private static let memoryLimit = 64 << 20

  init(
    _ chain: ChainReader, gasLimit: UInt64 = CallRunner.standardGasLimit,
    console: ConsoleWatch? = nil
  ) {
    self.chain = chain
    self.console = console
    self.gasLimit = gasLimit
  }

  /// What a call left.
  struct Result {
    let outcome: TransactionOutcome
    let output: [UInt8]
    /// Whether it called the console.
    let usesConsole: Bool
  }

  /// The block that a call is executed in, and the state before it.
  struct Scene {
    var block: BlockEnvironment
    var rules: TransactionRules
    let state: any StateView
  }

  /// The scene of a call in the block that is meant, after all its transactions.
  func scene(_ selector: BlockSelector) throws(RPCError) -> Scene {
    let block = try chain.existingBlock(selector)
    let fork = try chain.fork(of: block.header)
    let blobs = chain.rules.blobParameters(
      block: block.number, timestamp: block.header.timestamp)
    return Scene(
      block: BlockEnvironment(block.header, fork: fork, blobs: blobs, chainID: chain.rules.chainID),
      rules: TransactionRules(fork, blobs: blobs), state: try chain.state(at: .number(block.number))
    )
  }

  /// Executes a call with so much gas, without the checks that only a transaction of a block must pass:
  /// nonce, code of the sender, limits of gas.
  func call(
    _ arguments: CallArguments, gas: UInt64? = nil, in scene: Scene
  ) throws(RPCError) -> Result {
    try run(arguments, gas: gas, in: scene) { (executor, transaction, sender) throws(RPCError) in
      do throws(ExecutionError) {
        let outcome = try executor.execute(transaction, from: sender)
        return Result(
          outcome: outcome, output: Array(executor.output),
          usesConsole: executor.state.isLoaded(ConsoleMessage.address))
      } catch {
        throw .of(error, transaction)
      }
    }
  }

  /// Executes a call under a tracer.
  func trace(
    _ arguments: CallArguments, in scene: Scene, by tracer: TracerConfiguration
  ) throws(RPCError) -> TraceResult {
    try run(arguments, gas: nil, in: scene) { (executor, transaction, sender) throws(RPCError) in
      do throws(TraceError) {
        return try executor.trace(transaction, from: sender, by: tracer).result
      } catch .execution(let error) {
        throw .of(error, transaction)
      } catch {
        throw .failed("\(error)")
      }
    }
  }

  func run<Value>(
    _ arguments: CallArguments, gas: UInt64?, in scene: Scene,
    _ body: (TransactionExecutor, Transaction, Address) throws(RPCError) -> Value
  ) throws(RPCError) -> Value {
    var scene = scene
    let sender = arguments.from ?? .zero
    let nonce = try chain.readingState { () throws(StateReadError) in
      try scene.state.account(sender)?.nonce ?? 0
    }
    let transaction = arguments.transaction(
      gas: gas ?? min(arguments.gas ?? gasLimit, gasLimit), nonce: nonce,
      chainID: chain.rules.chainID, baseFee: scene.block.baseFee)
    // Who names no price pays none, not even the base fee.
    if transaction.maxFeePerGas.isZero { scene.block.baseFee = .zero }
    if arguments.maxFeePerBlobGas == nil { scene.block.blobBaseFee = .zero }
    scene.block.gasLimit = max(scene.block.gasLimit, transaction.gasLimit)
    scene.rules.gasLimitCap = .max
    scene.rules.allowsSenderCode = true
    let executor =
      idle.withLock { $0.popLast()?.executor } ?? TransactionExecutor(memoryLimit: Self.memoryLimit)
    defer { idle.withLock { $0.append(IdleExecutor(executor: executor)) } }
    executor.begin(scene.block, rules: scene.rules, on: scene.state)
    return try body(executor, transaction, sender)
  }
}

extension RPCError {
  /// Why a transaction could not be executed.
  static func of(_ error: ExecutionError, _ transaction: Transaction) -> RPCError {
    switch error {
    case .invalid(let reason): .failed("err: \(reason.message(about: transaction))")
    case .state, .memoryLimit, .stopped: .failed("\(error)")
    }
  }
}
