// Blocks that are never part of the chain.

internal import Chain
internal import EVM
internal import Execution
internal import Ledger
internal import Primitives
internal import State
internal import Storage
internal import Tracing

/// Executes blocks of calls, one after another, behind a block of the chain.
final class BlockSimulator {
  private let chain: ChainReader
  private let request: SimulationRequest
  let executor: TransactionExecutor
  let state: LayeredState
  /// The tries of `state`.
  private let tries: StateTries
  /// What the state became since the tries followed.
  private var changes = MergedChanges()
  private var parent: ChainReader.Found
  private var totalDifficulty: UInt256
  /// The gas that all calls may still use.
  private var gasLeft: UInt64
  private let deadline: CallDeadline

  /// Simulates behind `base`, with `executor`; all calls together may use `gasLimit`.
  init(
    _ request: SimulationRequest, after base: ChainReader.Found, of chain: ChainReader,
    executor: TransactionExecutor, gasLimit: UInt64, deadline: CallDeadline
  ) throws(RPCError) {
    self.request = request
    self.chain = chain
    self.executor = executor
    self.deadline = deadline
    parent = base
    gasLeft = gasLimit
    let view = try chain.view(at: .number(base.number))
    state = LayeredState(view)
    let tries = try chain.reading { () throws(StoreError) in try view.tries() }
    self.tries = tries
    let edits = chain.edits.edits(at: view.block.hash).diff
    if !edits.isEmpty {
      state.apply(edits)
      _ = try chain.readingState { () throws(StateReadError) in
        try tries.apply(edits, run: StateTries.alone)
      }
    }
    totalDifficulty =
      try chain.reading { () throws(StoreError) in
        try chain.store.totalDifficulty(base.number)
      } ?? .zero
  }

  /// The blocks that were asked for.
  func run() throws(RPCError) -> [SimulatedBlock] {
    var blocks: [SimulatedBlock] = []
    for block in try request.chain(after: parent.number, time: parent.header.timestamp) {
      blocks.append(try simulate(block))
    }
    return blocks
  }

  /// What the calls of a block have come to so far.
  private struct Progress {
    var block: SimulatedBlock
    var receipts: [Receipt] = []
    var gasUsed: UInt64 = 0
    var blobGasUsed: UInt64 = 0
    var logCount = 0
  }

  private func simulate(_ wanted: SimulationRequest.Block) throws(RPCError) -> SimulatedBlock {
    var header = self.header(of: wanted)
    let fork = self.fork(of: header)
    complete(&header, wanted, fork)
    let blobs = chain.rules.blobParameters(block: header.number, timestamp: header.timestamp)
    var environment = BlockEnvironment(
      header, fork: fork, blobs: blobs, chainID: chain.rules.chainID)
    if let fee = wanted.overrides.blobBaseFee { environment.blobBaseFee = fee }
    var rules = TransactionRules(fork, blobs: blobs)
    rules.gasLimitCap = .max
    rules.allowsSenderCode = true
    rules.allowsLastNonce = !request.validates
    rules.waivesFees = !request.validates

    let moved = try wanted.state.movedPrecompiles(fork)
    keep(try wanted.state.diff(over: state))
    var executable = ExecutableBlock(
      environment: environment, rules: rules, transactions: [], senders: [],
      parentHash: header.parentHash, parentBeaconBlockRoot: header.parentBeaconBlockRoot,
      withdrawals: wanted.overrides.withdrawals ?? [])
    executable.collectsRequests = header.requestsHash != nil
    executable.depositContract = chain.rules.depositContract
    executable.rewards = Reward.all(of: header, ommers: [], fork: fork)
    try inBlock(environment, rules, moved) { () throws(RPCError) in
      try Self.protocolStep { () throws(BlockExecutionError) in try executor.openBlock(executable) }
    }
    var progress = Progress(block: SimulatedBlock(header: header))
    for call in wanted.calls {
      try execute(call, environment, rules, moved, &progress)
    }
    var requests: [[UInt8]] = []
    try inBlock(environment, rules, moved) { () throws(RPCError) in
      requests = try Self.protocolStep { () throws(BlockExecutionError) in
        try executor.close(executable, progress.receipts)
      }
    }
    return try finish(&progress, fork, requests, executable.withdrawals)
  }

  /// Begins the block on the state as it is, does something in it, and keeps what changed.
  private func inBlock(
    _ environment: BlockEnvironment, _ rules: TransactionRules, _ moved: MovedPrecompiles?,
    _ body: () throws(RPCError) -> Void
  ) throws(RPCError) {
    executor.begin(environment, rules: rules, on: state)
    if let moved { executor.movePrecompiles(moved) }
    try body()
    keep(executor.state.diff())
  }

  private func keep(_ diff: StateDiff) {
    state.apply(diff)
    changes.apply(diff)
  }

  private static func protocolStep<Value>(
    _ body: () throws(BlockExecutionError) -> Value
  ) throws(RPCError) -> Value {
    do throws(BlockExecutionError) {
      return try body()
    } catch {
      throw .failed("\(error)")
    }
  }

  // MARK: - Headers

  /// The header as far as it follows from the block before and from what is asked for.
  private func header(of wanted: SimulationRequest.Block) -> Header {
    var header = Header(
      parentHash: parent.hash, coinbase: parent.header.coinbase,
      difficulty: parent.header.difficulty, number: parent.number.successor,
      gasLimit: parent.header.gasLimit, timestamp: parent.header.timestamp.successor)
    wanted.overrides.apply(to: &header)
    return header
  }

  private func fork(of header: Header) -> Fork {
    chain.rules.fork(
      block: header.number, timestamp: header.timestamp, parentTotalDifficulty: totalDifficulty)
  }

  /// Fills in what the fork adds to headers.
  private func complete(_ header: inout Header, _ wanted: SimulationRequest.Block, _ fork: Fork) {
    if fork >= .paris { header.difficulty = .zero }
    if fork >= .london, header.baseFeePerGas == nil {
      // Calls that pay nothing are executed where gas costs nothing.
      header.baseFeePerGas = request.validates ? BaseFee.next(after: parent.header) : .zero
    }
    if fork < .london { header.baseFeePerGas = nil }
    if fork >= .shanghai { header.withdrawalsRoot = Header.emptyTrieRoot }
    if fork >= .cancun {
      header.parentBeaconBlockRoot = wanted.overrides.beaconRoot ?? .zero
      header.blobGasUsed = 0
      header.excessBlobGas = excessBlobGas(header, fork)
    }
    if fork >= .prague { header.requestsHash = .zero }
  }

  private func excessBlobGas(_ header: Header, _ fork: Fork) -> UInt64 {
    guard
      let parameters = chain.rules.blobParameters(
        block: header.number, timestamp: header.timestamp)
    else { return 0 }
    return BlobGas.excess(after: parent.header, parameters: parameters, fork: fork)
  }

  private func finish(
    _ progress: inout Progress, _ fork: Fork, _ requests: [[UInt8]], _ withdrawals: [Withdrawal]
  ) throws(RPCError) -> SimulatedBlock {
    var header = progress.block.header
    header.stateRoot = try root()
    header.gasUsed = progress.gasUsed
    header.transactionsRoot = OrderedTrieRoot.of(progress.block.transactions.map(\.encoding))
    header.receiptsRoot = OrderedTrieRoot.of(progress.receipts.map(\.encoded))
    var bloom = Bloom()
    for receipt in progress.receipts { bloom.formUnion(receipt.bloom) }
    header.logsBloom = bloom
    if fork >= .shanghai {
      progress.block.withdrawals = withdrawals
      header.withdrawalsRoot = OrderedTrieRoot.of(withdrawals.map(\.encoded))
    }
    if fork >= .cancun { header.blobGasUsed = progress.blobGasUsed }
    if fork >= .prague { header.requestsHash = Requests.hash(requests) }
    progress.block.header = header
    parent = ChainReader.Found(number: header.number, hash: header.hash, header: header)
    progress.block.hash = parent.hash
    totalDifficulty = totalDifficulty &+ header.difficulty
    state.setBlockHash(parent.number, parent.hash)
    return progress.block
  }

  /// The root of the state as it is.
  private func root() throws(RPCError) -> Hash256 {
    defer { changes = MergedChanges() }
    return try chain.readingState { () throws(StateReadError) in
      try tries.apply(changes.diff, run: StateTries.alone)
    }
  }

  // MARK: - Calls

  private func execute(
    _ call: CallArguments, _ environment: BlockEnvironment, _ rules: TransactionRules,
    _ moved: MovedPrecompiles?, _ progress: inout Progress
  ) throws(RPCError) {
    try deadline.check()
    let sender = call.from ?? .zero
    let nonce = try chain.readingState { () throws(StateReadError) in
      try state.account(sender)?.nonce ?? 0
    }
    let transaction = try transaction(
      call, nonce: nonce, environment, rules.fork, gasUsed: progress.gasUsed)
    var executed = transaction
    if !request.validates { executed.nonce = nonce }
    var result = SimulatedCall()
    var outcome: TransactionOutcome?
    try inBlock(environment, rules, moved) { () throws(RPCError) in
      executor.machine.deadline = deadline.instant
      outcome = try run(executed, from: sender, &result, &progress.logCount)
    }
    guard let outcome else { return }
    progress.gasUsed += outcome.gasUsed
    progress.blobGasUsed += outcome.blobGasUsed
    gasLeft -= min(gasLeft, outcome.gasUsed)
    result.gasUsed = outcome.gasUsed
    result.mostGasUsed = executor.peakGasUsed
    result.halt = outcome.halt
    progress.block.calls.append(result)
    progress.block.transactions.append(SimulatedTransaction(transaction, from: sender))
    let status: Receipt.Outcome =
      rules.receiptsHaveStatus ? .status(outcome.succeeded) : .stateRoot(try root())
    progress.receipts.append(
      Receipt(
        kind: transaction.kind, outcome: status, cumulativeGasUsed: progress.gasUsed,
        bloom: Bloom(outcome.logs), logs: outcome.logs))
  }

  /// The transaction that a call stands for.
  private func transaction(
    _ call: CallArguments, nonce: UInt64, _ environment: BlockEnvironment, _ fork: Fork,
    gasUsed: UInt64
  ) throws(RPCError) -> Transaction {
    let room = environment.gasLimit - min(gasUsed, environment.gasLimit)
    let gas = call.gas ?? min(room, gasLeft)
    if gas > room {
      throw RPCError(
        code: -38015,
        message: "block gas limit reached: \(gasUsed) >= \(environment.gasLimit)")
    }
    try call.check(chainID: chain.rules.chainID)
    var call = call
    // Where there is a base fee, calls are transactions of the type that has one.
    if call.gasPrice == nil, fork >= .london { call.maxFeePerGas = call.maxFeePerGas ?? .zero }
    return call.transaction(
      gas: min(gas, gasLeft), nonce: call.nonce ?? nonce, chainID: chain.rules.chainID)
  }

  /// Executes a transaction; what it returned and logged goes into `result`.
  private func run(
    _ transaction: Transaction, from sender: Address, _ result: inout SimulatedCall,
    _ logNumbers: inout Int
  ) throws(RPCError) -> TransactionOutcome {
    if request.tracesTransfers {
      var options = CallTracerOptions()
      options.withLog = true
      do throws(TraceError) {
        let trace = try executor.trace(transaction, from: sender, by: .call(options))
        if case .call(let frame) = trace.result {
          result.logs = frame.logsWithTransfers(&logNumbers)
        }
        result.output = trace.output
        return trace.outcome
      } catch .execution(let error) {
        throw failure(error, transaction, sender)
      } catch {
        throw .failed("\(error)")
      }
    }
    do throws(ExecutionError) {
      let outcome = try executor.execute(transaction, from: sender)
      result.output = Array(executor.output)
      for log in outcome.logs {
        result.logs.append(NumberedLog(log: log, number: logNumbers))
        logNumbers += 1
      }
      return outcome
    } catch {
      throw failure(error, transaction, sender)
    }
  }

  private func failure(
    _ error: ExecutionError, _ transaction: Transaction, _ sender: Address
  ) -> RPCError {
    var failure = RPCError.of(
      error, transaction, from: sender, balance: executor.state.peekAccount(sender).balance,
      deadline
    ) { "err: \($0) (supplied gas \(transaction.gasLimit))" }
    if case .invalid(let reason) = error { failure.code = reason.simulationCode }
    return failure
  }
}
