// A generated block and the state it starts from.

public import Ledger
public import Primitives
public import State

/// A block of signed transactions, and the state it starts from.
///
/// The same arguments always give the same workload, byte for byte.
public struct Workload: Sendable {
  /// What the block is made of, in words.
  public let name: String
  /// The rules of the chain.
  public let rules: ChainRules
  /// The state before the block, as a change of the empty state.
  public let genesis: StateDiff
  /// The block. Its header commits to no roots: they are what executing it gives.
  public let block: Block
  /// Who signed each transaction.
  public let senders: [Address]

  /// What must come of each transaction.
  let expectations: [Expectation]
  /// What must come of all of them.
  let after: WorkloadOutcome

  init(
    name: String, genesis: StateDiff, transactions: [(Transaction, sender: Address)],
    expectations: [Expectation], after: WorkloadOutcome
  ) {
    self.name = name
    self.genesis = genesis
    self.expectations = expectations
    self.after = after
    rules = Self.rules
    block = Block(
      header: Header(
        coinbase: Address(0xc01b), number: 1,
        gasLimit: transactions.reduce(0) { $0 + $1.0.gasLimit },
        timestamp: WorkloadBuilder.timestamp, baseFeePerGas: Self.baseFee, blobGasUsed: 0,
        excessBlobGas: 0),
      transactions: transactions.map(\.0), withdrawals: [])
    senders = transactions.map(\.sender)
  }

  /// A chain of its own, on the newest rules from its first block on.
  static let rules = ChainRules(chainID: 1337, always: .latest)
  /// What every transaction pays to nobody, in wei per gas.
  static let baseFee: UInt256 = 7
  /// What every transaction pays to the coinbase, in wei per gas.
  static let tip: UInt256 = 1
  /// Both together.
  static let gasPrice = baseFee + tip
  /// What everybody owns who is not poor: a thousand ether.
  static let fortune: UInt256 = 1000 * ether
  /// In wei.
  static let ether: UInt256 = 1_000_000_000_000_000_000

  /// A transaction without nonce and signature.
  static func draft(to: Address, gasLimit: UInt64, value: UInt256, data: [UInt8]) -> Transaction {
    Transaction(
      kind: .dynamicFee, chainID: rules.chainID, nonce: 0, maxPriorityFeePerGas: tip,
      maxFeePerGas: gasPrice, gasLimit: gasLimit, to: to, value: value, data: data)
  }
}
