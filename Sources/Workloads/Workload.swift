// A generated block and the state it starts from.

public import Ledger
public import Primitives
internal import Samples
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

  init(
    name: String, genesis: StateDiff, transactions: [(Transaction, sender: Address)]
  ) {
    self.name = name
    self.genesis = genesis
    rules = Self.rules
    block = Block(
      header: Header(
        coinbase: Address(0xc01b), number: 1,
        gasLimit: transactions.reduce(0) { $0 + $1.0.gasLimit },
        timestamp: 1, baseFeePerGas: Self.baseFee, blobGasUsed: 0, excessBlobGas: 0),
      transactions: transactions.map(\.0), withdrawals: [])
    senders = transactions.map(\.sender)
  }

  /// A chain of its own, on the newest rules from its first block on.
  static let rules = ChainRules(chainID: 1337, always: .latest)
  /// What every transaction pays to nobody, per gas; the tip is one wei more.
  static let baseFee = UInt256(7)
  /// What everybody owns: a thousand ether.
  static let fortune = UInt256(1_000_000_000_000_000_000) &* UInt256(1000)
}

extension Workload {
  static func people(_ count: Int, seed: UInt64) -> [Person] {
    (0..<count).map { Person($0, seed: seed) }
  }

  static func fortunes(of people: [Person]) -> [AccountChange] {
    people.map { AccountChange(address: $0.address, account: Account(balance: fortune)) }
  }

  /// A transaction without nonce and signature.
  static func draft(to: Address, gasLimit: UInt64, value: UInt256, data: [UInt8]) -> Transaction {
    Transaction(
      kind: .dynamicFee, chainID: rules.chainID, nonce: 0, maxPriorityFeePerGas: UInt256(1),
      maxFeePerGas: baseFee &+ UInt256(1), gasLimit: gasLimit, to: to, value: value, data: data)
  }

  /// So many drafts, each by a random person for another or for the same one.
  static func transactions(
    _ count: Int, among people: [Person], seed: UInt64,
    draft: (_ recipient: Address, _ amount: UInt64) -> Transaction
  ) -> [(Transaction, sender: Address)] {
    var people = people
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      let sender = random.below(people.count)
      let recipient = people[random.below(people.count)].address
      let draft = draft(recipient, UInt64(1 + random.below(1000)))
      return (people[sender].sign(draft), people[sender].address)
    }
  }
}
