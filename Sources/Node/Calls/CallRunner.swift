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
  /// How long the calls of a request may take; nil for as long as they like.
  let timeout: Duration?
  /// Executors that nobody uses.
  private let idle = Mutex<[IdleExecutor]>([])

  private struct IdleExecutor: @unchecked Sendable {
    let executor: TransactionExecutor
  }

  /// What the frames of a call may take, and as much again what it reads and changes.
  private static let memoryLimit = 64 << 20
  /// Executors that are kept: as many as requests are answered at a time, or more.
  private static let idleLimit = 8

  /// Calls on the chain of `chain`; `console` hears what they say.
  init(_ chain: ChainReader, limits: CallLimits = CallLimits(), console: ConsoleWatch? = nil) {
    self.chain = chain
    self.console = console
    gasLimit = limits.gas == 0 ? UInt64.max / 2 : limits.gas
    timeout = limits.time > .zero ? limits.time : nil
  }

  /// What a call left.
  struct Result {
    let outcome: TransactionOutcome
    let output: [UInt8]
    /// The most gas that it had used at any time, before anything came back.
    let mostGasUsed: UInt64
    /// Whether it called the console.
    let usesConsole: Bool

    /// What `executor` has left of the call that it executed last.
    init(_ outcome: TransactionOutcome, by executor: TransactionExecutor) {
      self.outcome = outcome
      output = Array(executor.output)
      mostGasUsed = executor.peakGasUsed
      usesConsole = executor.state.isLoaded(ConsoleMessage.address)
    }
  }

  /// The block that a call is executed in, the state before it, and when it must have ended.
  struct Scene {
    var block: BlockEnvironment
    var rules: TransactionRules
    var state: any StateView
    /// The precompiled contracts, where they do not stand where the protocol says.
    var moved: MovedPrecompiles?
    let deadline: CallDeadline
  }

  /// The scene of a call in the block that is meant, after all its transactions, with what a request wants
  /// otherwise.
  func scene(
    _ selector: BlockSelector, isFresh: Bool = false, state overrides: StateOverrides? = nil,
    block changes: BlockOverrides? = nil
  ) throws(RPCError) -> Scene {
    if let pending = try chain.pending(selector, isFresh: isFresh) {
      let block = ChainReader.Found(
        number: pending.header.number, hash: .zero, header: pending.header)
      return try scene(
        block, on: pending.state, fork: pending.fork, state: overrides, block: changes)
    }
    return try scene(try chain.existingHeader(selector), state: overrides, block: changes)
  }

  /// The scene of a call in a block; on `base`, where that is another state than the one after all its
  /// transactions, and of `fork`, where the block is not in the chain.
  func scene(
    _ block: ChainReader.Found, on base: (any StateView)? = nil, fork known: Fork? = nil,
    state overrides: StateOverrides? = nil, block changes: BlockOverrides? = nil,
    timeout: Duration? = nil
  ) throws(RPCError) -> Scene {
    try changes?.checkForCall()
    let number = changes?.number ?? block.number
    let timestamp = changes?.time ?? block.header.timestamp
    let fork =
      if let known, number == block.number, timestamp == block.header.timestamp { known } else {
        try chain.fork(of: block.header, number: number, timestamp: timestamp)
      }
    let blobs = chain.rules.blobParameters(block: number, timestamp: timestamp)
    var environment = BlockEnvironment(
      block.header, fork: fork, blobs: blobs, chainID: chain.rules.chainID)
    changes?.apply(to: &environment, fork: fork)
    var state = if let base { base } else { try chain.state(at: .number(block.number)) }
    if let overrides, !overrides.isEmpty {
      let layered = LayeredState(state)
      layered.apply(try overrides.diff(over: state))
      state = layered
    }
    return Scene(
      block: environment, rules: TransactionRules(fork, blobs: blobs), state: state,
      moved: try overrides?.movedPrecompiles(fork), deadline: CallDeadline(timeout ?? self.timeout))
  }

  /// Executes a call with so much gas, without the checks that only a transaction of a block must pass:
  /// nonce, code of the sender, limits of gas.
  func call(
    _ arguments: CallArguments, gas: UInt64? = nil, in scene: Scene,
    under tracer: (any Tracer)? = nil
  ) throws(RPCError) -> Result {
    try run(arguments, gas: gas, in: scene) { (executor, transaction, sender) throws(RPCError) in
      executor.machine.tracer = tracer
      defer { executor.machine.tracer = nil }
      do throws(ExecutionError) {
        return Result(try executor.execute(transaction, from: sender), by: executor)
      } catch {
        throw Self.failure(error, transaction, sender, executor, scene) {
          "err: \($0) (supplied gas \(transaction.gasLimit))"
        }
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
      } catch .execution(.stopped) {
        throw .traceTimeout
      } catch .execution(let error) {
        throw Self.failure(error, transaction, sender, executor, scene) { "tracing failed: \($0)" }
      } catch {
        throw .failed("\(error)")
      }
    }
  }

  /// Why a call could not be executed; `sentence` is what the method says around the reason.
  static func failure(
    _ error: ExecutionError, _ transaction: Transaction, _ sender: Address,
    _ executor: TransactionExecutor, _ scene: Scene, _ sentence: (String) -> String
  ) -> RPCError {
    .of(
      error, transaction, from: sender, balance: executor.state.peekAccount(sender).balance,
      scene.deadline, sentence)
  }

  func run<Value>(
    _ arguments: CallArguments, gas: UInt64?, in scene: Scene,
    _ body: (TransactionExecutor, Transaction, Address) throws(RPCError) -> Value
  ) throws(RPCError) -> Value {
    try arguments.check(chainID: chain.rules.chainID)
    var scene = scene
    let sender = arguments.from ?? .zero
    let nonce = try chain.readingState { () throws(StateReadError) in
      try scene.state.account(sender)?.nonce ?? 0
    }
    let transaction = arguments.transaction(
      gas: gas ?? min(arguments.gas ?? gasLimit, gasLimit), nonce: nonce,
      chainID: chain.rules.chainID)
    // Who names no price pays none, and sees none. (Simulated blocks are seen with the base fee that they have, so
    // there the rules waive what is asked.)
    if transaction.maxFeePerGas.isZero { scene.block.baseFee = .zero }
    if transaction.kind == .blob, transaction.maxFeePerBlobGas.isZero {
      scene.block.blobBaseFee = .zero
    }
    scene.rules.gasLimitCap = .max
    scene.rules.ignoresBlockGasLimit = true
    scene.rules.allowsSenderCode = true
    scene.rules.allowsLastNonce = true
    let (block, rules, state) = (scene.block, scene.rules, scene.state)
    let (moved, deadline) = (scene.moved, scene.deadline)
    return try withExecutor { (executor) throws(RPCError) in
      executor.begin(block, rules: rules, on: state)
      if let moved { executor.movePrecompiles(moved) }
      executor.machine.deadline = deadline.instant
      return try body(executor, transaction, sender)
    }
  }

  /// Does something with an executor that nobody else uses meanwhile.
  func withExecutor<Value>(
    _ body: (TransactionExecutor) throws(RPCError) -> Value
  ) throws(RPCError) -> Value {
    let executor =
      idle.withLock { $0.popLast()?.executor } ?? TransactionExecutor(memoryLimit: Self.memoryLimit)
    defer {
      executor.machine.deadline = nil
      // An old state would keep its history from being dropped.
      executor.begin(BlockEnvironment(), rules: TransactionRules(.latest), on: MemoryState())
      idle.withLock { idle in
        if idle.count < Self.idleLimit { idle.append(IdleExecutor(executor: executor)) }
      }
    }
    return try body(executor)
  }
}
