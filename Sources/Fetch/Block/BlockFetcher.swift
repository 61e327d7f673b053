// One block, from a node to the two texts of its folder.

internal import Execution
internal import Fixtures
internal import JSON
internal import Ledger
internal import Primitives
internal import State

/// A block and the state before it, as files.
struct BlockTexts {
  /// `block.json`.
  let block: String
  /// `pre_state.json`.
  let preState: String
  /// Whether the tracer's values did not replay equal and each was asked for instead.
  let didDistrustTracer: Bool
}

/// Fetches blocks of one chain from one node.
///
/// The accounts and slots that transactions touch come from the node's tracer, in one answer. Then
/// the block is executed over what is known, and what the execution asks for beyond that (by system
/// calls, withdrawals, instructions that a tracer does not follow) is asked of the node. Where the
/// result is not what the header says, everything is asked for anew without the tracer.
struct BlockFetcher {
  /// The node.
  let client: NodeClient
  /// The chain's id, as the node says.
  let chainID: UInt64
  /// Which rules hold.
  let choice: RulesChoice
  /// Whether the node's tracer is asked.
  let usesTracer: Bool
  /// What executes blocks.
  let executor: SequentialExecutor
  private let blobQuestions: BlobQuestions

  /// Fetches blocks of the chain `chainID` from the node of `client`.
  init(
    client: NodeClient, chainID: UInt64, choice: RulesChoice, usesTracer: Bool,
    executor: SequentialExecutor
  ) {
    self.client = client
    self.chainID = chainID
    self.choice = choice
    self.usesTracer = usesTracer
    self.executor = executor
    blobQuestions = BlobQuestions(client)
  }

  /// Fetches a block.
  func fetch(_ number: UInt64) throws(FetchError) -> BlockTexts {
    let block = try NodeBlock(number, of: client)
    let candidates = try ForkCandidates(
      of: block, chainID: chainID, choice: choice, questions: blobQuestions)
    let first = try settle(block, candidates.rules, isTraced: usesTracer)
    if first.isEqual { return texts(block, first, didDistrustTracer: false) }
    let last = usesTracer ? try settle(block, candidates.rules, isTraced: false) : first
    if candidates.guessesBlobs, !last.isEqual { throw .block(number, .noBlobParameters) }
    return texts(block, last, didDistrustTracer: last.isEqual)
  }

  /// A state before a block, and what came of executing it there.
  private struct Outcome {
    let preState: String
    let isEqual: Bool
  }

  private func texts(
    _ block: NodeBlock, _ outcome: Outcome, didDistrustTracer: Bool
  ) -> BlockTexts {
    BlockTexts(
      block: block.text, preState: outcome.preState, didDistrustTracer: didDistrustTracer)
  }

  /// Collects the state and executes the block by each of the rules until one makes it equal; by the
  /// first where none does.
  private func settle(
    _ block: NodeBlock, _ candidates: [ChainRules], isTraced: Bool
  ) throws(FetchError) -> Outcome {
    let state = NodeState(client, before: block.number, parentHash: block.parentHash)
    try askForUntraceable(block, state)
    if isTraced { try mergeTraces(of: block, into: state) }
    try askForWithdrawals(of: block, state)
    var fallback: Outcome?
    var refusal: FetchError?
    for rules in candidates {
      do throws(FetchError) {
        let outcome = try execute(block, rules, state)
        if outcome.isEqual { return outcome }
        fallback = fallback ?? outcome
      } catch {
        // A field that a fork demands or refuses speaks against the fork, not yet the node.
        guard case .answer = error, state.failure == nil else { throw error }
        refusal = refusal ?? error
      }
    }
    if let fallback { return fallback }
    throw refusal ?? .block(block.number, .noFork)
  }

  // MARK: - The state

  /// What traces cannot tell: accounts that change outside transactions or are made by them.
  private func askForUntraceable(
    _ block: NodeBlock, _ state: NodeState
  ) throws(FetchError) {
    try state.ask(for: block.coinbase)
    for address in block.creations { try state.ask(for: address) }
    for (address, field) in [
      (SystemCalls.beaconRoots, "parentBeaconBlockRoot"), (SystemCalls.blockHashes, "requestsHash"),
    ] where try has(field, block) {
      state.distrustTraces(of: address)
      try state.ask(for: address)
    }
  }

  /// What withdrawals touch. The queues of requests are read by executing the block.
  private func askForWithdrawals(
    of block: NodeBlock, _ state: NodeState
  ) throws(FetchError) {
    try state.checkLateComers()
    for withdrawal in block.withdrawals where state.preState.accounts[withdrawal.address] == nil {
      try state.ask(for: withdrawal.address)
    }
  }

  private func has(_ field: String, _ block: NodeBlock) throws(FetchError) -> Bool {
    do throws(JSONError) {
      return try block.document.root.optionalField(field) != nil
    } catch {
      throw .answer(error)
    }
  }

  // MARK: - Traces

  private func mergeTraces(of block: NodeBlock, into state: NodeState) throws(FetchError) {
    guard !block.transactionHashes.isEmpty else { return }
    let answer: JSONValue?
    do throws(RPCError) {
      answer = try client.call("debug_traceBlockByNumber") { parameters in
        parameters.value(UInt256(block.number).hex)
        parameters.object {
          $0.member("tracer", "prestateTracer")
          $0.member("timeout", "300s")
          $0.key("tracerConfig")
          // Without it, geth conceals the accounts that did not exist, and with that which
          // accounts the block has made.
          $0.object { $0.member("includeEmpty", true) }
        }
      }
    } catch {
      throw error.isMethodMissing ? .noTracer(error) : .call(error)
    }
    guard let answer else { throw .block(block.number, .notFound) }
    let problem: FetchError.BlockProblem?
    do throws(JSONError) {
      problem = try Self.merge(answer, block.transactionHashes, into: state)
    } catch {
      throw .answer(error)
    }
    if let problem { throw .block(block.number, problem) }
  }

  private static func merge(
    _ answer: JSONValue, _ hashes: [Hash256], into state: NodeState
  ) throws(JSONError) -> FetchError.BlockProblem? {
    var count = 0
    for trace in try answer.elements() {
      defer { count += 1 }
      guard count < hashes.count else { continue }
      if let error = try trace.optionalField("error") {
        return .traceFailed(count, error.text?.string ?? "no reason given")
      }
      if let hash = try trace.optionalField("txHash"), try hash.hash() != hashes[count] {
        return .traceOfOther(count)
      }
      try state.merge(try trace.field("result"), index: count)
    }
    return count == hashes.count ? nil : .traceCount(expected: hashes.count, found: count)
  }

  // MARK: - Execution

  /// Executes the block over `state`, which learns what it lacks, and then as a replay does.
  private func execute(
    _ block: NodeBlock, _ rules: ChainRules, _ state: NodeState
  ) throws(FetchError) -> Outcome {
    try discover(try recorded(block, #"{"accounts": {}}"#, rules), block, state)
    let isPublic = ChainRules.publicNetwork(chainID: chainID) == rules
    let text = state.preState.text(chainID: chainID, rules: isPublic ? nil : rules, of: block)
    let replay = BlockReplay(try recorded(block, text, rules), executor: executor)
    guard !replay.hitMemoryLimit else { throw .block(block.number, .memoryLimit) }
    return Outcome(preState: text, isEqual: replay.differences.isEmpty)
  }

  private func recorded(
    _ block: NodeBlock, _ preState: String, _ rules: ChainRules
  ) throws(FetchError) -> RecordedBlock {
    do throws(JSONError) {
      return try RecordedBlock(
        block: block.document,
        preState: JSONDocument(parsing: Array(preState.utf8), source: "pre_state.json"),
        rules: rules)
    } catch {
      throw .answer(error)
    }
  }

  /// Executes the block so that `state` learns what it reads. Whether that succeeds is for the
  /// replay to say.
  private func discover(
    _ recorded: RecordedBlock, _ block: NodeBlock, _ state: NodeState
  ) throws(FetchError) {
    let body = Block(
      header: recorded.header, transactions: recorded.transactions, withdrawals: block.withdrawals)
    let executable = ExecutableBlock(body, senders: recorded.senders, rules: recorded.rules)
    do throws(BlockExecutionError) {
      _ = try executor.execute(executable, on: state)
    } catch {
      if let failure = state.failure { throw failure }
    }
  }
}
