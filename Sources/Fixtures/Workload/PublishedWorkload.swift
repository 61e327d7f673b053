// Programs and mixes of transactions to run and to measure.

internal import Chain
internal import EVM
public import Execution
public import JSON
internal import Ledger
internal import Primitives
public import State

/// A published workload: a state, a block environment, and transactions with their senders.
public struct PublishedWorkload: Sendable {
  /// Its name.
  public let name: String
  /// The transactions in their block, without system calls and withdrawals.
  public let block: ExecutableBlock
  /// The accounts before the block.
  public let accounts: [AccountAllocation]

  /// Reads the layout `{name, fork, env, pre, txs}`.
  public init(_ root: JSONValue) throws(JSONError) {
    name = try root.field("name").string()
    let forkName = try root.field("fork")
    guard let fork = Fork(try forkName.string()) else { throw forkName.unexpectedFork() }
    accounts = try root.field("pre").allocations()
    let env = try root.field("env")
    var transactions: [Transaction] = []
    var senders: [Address] = []
    for element in try root.field("txs").elements() {
      senders.append(try element.field("from").address())
      transactions.append(try element.workloadTransaction())
    }
    guard !transactions.isEmpty else {
      throw try root.field("txs").unexpected("at least one transaction")
    }
    block = ExecutableBlock(
      environment: BlockEnvironment(
        coinbase: try env.field("coinbase").address(), number: try env.field("number").uint64(),
        timestamp: try env.field("timestamp").uint64(),
        gasLimit: try env.field("gasLimit").uint64(),
        baseFee: try env.optionalField("baseFee")?.uint256() ?? .zero,
        prevRandao: try env.optionalField("prevRandao")?.uint256() ?? .zero,
        blobBaseFee: fork >= .cancun ? 1 : 0),
      rules: TransactionRules(fork), transactions: transactions, senders: senders)
  }

  /// The state before the block.
  public func state() -> MemoryState { MemoryState(accounts) }
}

extension JSONValue {
  /// The error that this names no fork.
  fileprivate func unexpectedFork() -> JSONError {
    unexpected("one of the forks " + Fork.allCases.map(\.name).joined(separator: ", "))
  }

  fileprivate func workloadTransaction() throws(JSONError) -> Transaction {
    Transaction(
      kind: .legacy, chainID: nil, nonce: try field("nonce").uint64(),
      maxFeePerGas: try optionalField("gasPrice")?.uint256() ?? .zero,
      gasLimit: try field("gas").uint64(), to: try optionalField("to")?.address(),
      value: try field("value").uint256(), data: try field("data").bytes())
  }
}
