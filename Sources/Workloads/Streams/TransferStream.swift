// Transfers without end between the people of a crowd.

public import Ledger
public import Primitives
internal import Samples
public import State

/// Blocks of transfers between many people, one after another, and what becomes of everybody.
///
/// The same arguments always give the same transfers. A stream plans transfers, which is cheap, and
/// signs them, which several threads may do at once.
public struct TransferStream: Sendable {
  /// What is transferred.
  public enum Asset: String, Sendable, CaseIterable {
    /// Ether.
    case raw
    /// A token (`Contract.token`).
    case erc20
  }

  /// Who gets something.
  public enum Contention: Sendable, Hashable {
    /// Anybody, all alike; `hot` of all transfers, from 0 to 1, go to one person instead.
    case random(hot: Double)
    /// Anybody, who then is the next to send.
    case chain
  }

  /// A transfer between two people, given by their numbers.
  public struct Transfer: Sendable {
    /// Who sends.
    public let sender: Int
    /// How many transactions the sender sent before.
    public let nonce: UInt64
    /// Who gets it.
    public let recipient: Int
    /// In wei, or in the token's smallest unit.
    public let amount: UInt64
  }

  /// What is transferred.
  public let asset: Asset
  /// Who gets it.
  public let contention: Contention
  /// The people.
  public let crowd: Crowd

  private var random: SeededGenerator
  /// How many transactions everybody has sent.
  private var nonces: [UInt32]
  /// How much more everybody has now than in the beginning.
  private var gains: [Int64]
  private var lastRecipient = 0

  /// A stream of transfers between the people of `crowd`, of whom there are at least two.
  public init(_ asset: Asset, between crowd: Crowd, contention: Contention, seed: UInt64) {
    precondition(crowd.count > 1, "a transfer needs two")
    self.asset = asset
    self.crowd = crowd
    self.contention = contention
    random = SeededGenerator(seed: seed)
    nonces = Array(repeating: 0, count: crowd.count)
    gains = Array(repeating: 0, count: crowd.count)
  }

  // MARK: - Transfers

  /// The next `count` transfers.
  public mutating func next(_ count: Int) -> [Transfer] {
    (0..<count).map { _ in next() }
  }

  private mutating func next() -> Transfer {
    var sender = random.below(crowd.count)
    var recipient = random.below(crowd.count)
    switch contention {
    case .random(let hot):
      if Double(random.below(1 << 20)) < hot * Double(1 << 20) { recipient = 0 }
    case .chain: sender = lastRecipient
    }
    if recipient == sender { recipient = (sender + 1) % crowd.count }
    lastRecipient = recipient
    let amount = UInt64(1 + random.below(1000))
    let nonce = UInt64(nonces[sender])
    nonces[sender] += 1
    gains[sender] -= Int64(amount)
    gains[recipient] += Int64(amount)
    return Transfer(sender: sender, nonce: nonce, recipient: recipient, amount: amount)
  }

  /// The encoding of a signed transaction that makes the transfer.
  public func encode(_ transfer: Transfer) -> [UInt8] {
    let recipient = crowd.address(of: transfer.recipient)
    let amount = UInt256(transfer.amount)
    var draft: Transaction
    switch asset {
    case .raw: draft = Workload.draft(to: recipient, gasLimit: 21_000, value: amount, data: [])
    case .erc20:
      draft = Workload.draft(
        to: TokenContract.address, gasLimit: 100_000, value: .zero,
        data: TokenContract.transferCall(to: recipient, amount: amount))
    }
    draft.nonce = transfer.nonce
    guard let signed = draft.signed(by: crowd.privateKey(of: transfer.sender)) else {
      preconditionFailure("the keys of a crowd are valid")
    }
    return signed.encoded
  }

  // MARK: - State

  /// The rules of the chain: those of Cancun from the beginning, which demand no contract in the state.
  public static let rules = ChainRules(chainID: 1337, always: .cancun)

  /// What everybody owns in the beginning: so many wei, and as much of the token.
  public static let fortune = Workload.fortune

  /// The state before the first transfer, in parts: the changes of so many people, or what else there
  /// is, at a time. No account comes twice but the token's, whose storage comes in parts, too.
  public func genesis(peopleAtOnce: Int = 50_000) -> some Sequence<StateDiff> {
    let rest = sequence(first: 0) { $0 + peopleAtOnce }
    return rest.lazy.prefix { $0 < crowd.count }.map { first in
      part(first..<min(first + peopleAtOnce, crowd.count))
    }
  }

  private func part(_ people: Range<Int>) -> StateDiff {
    var accounts = people.map { person in
      AccountChange(
        address: crowd.address(of: person), account: Account(balance: Self.fortune))
    }
    guard asset == .erc20 else { return StateDiff(accounts: accounts) }
    accounts.append(
      AccountChange(
        address: TokenContract.address,
        account: Account(nonce: 1, codeHash: TokenContract.code.hash),
        storage: people.map { person in
          SlotChange(
            slot: TokenContract.balanceSlot(of: crowd.address(of: person)), value: Self.fortune)
        }))
    return StateDiff(
      accounts: accounts, codes: people.lowerBound == 0 ? [TokenContract.code] : [])
  }

  /// Of more people than this, those who took no part are looked at now and then only.
  private static let idleLimit = 1_000_000

  /// What in `state`, after all transfers so far, is not as it must be: everybody's nonce, and what is
  /// owned of the asset. Empty when all is well.
  public func problems(in state: any StateView) throws(StateReadError) -> [String] {
    var problems: [String] = []
    let stride = 1 + 10 * (crowd.count / Self.idleLimit)
    for person in 0..<crowd.count where problems.count < 10 {
      let tookPart = nonces[person] > 0 || gains[person] != 0
      if crowd.count > Self.idleLimit && !tookPart && person % stride != 0 { continue }
      let address = crowd.address(of: person)
      let account = try state.account(address) ?? Account()
      if account.nonce != nonces[person] {
        problems.append("\(address) sent \(account.nonce) transactions, not \(nonces[person])")
      }
      let fees =
        asset == .raw ? UInt256(UInt64(nonces[person]) * 21_000) &* Workload.gasPrice : .zero
      let owned =
        asset == .raw
        ? account.balance
        : try state.storage(TokenContract.address, TokenContract.balanceSlot(of: address))
      let gain = UInt256(gains[person].magnitude)
      let expected = (gains[person] < 0 ? Self.fortune &- gain : Self.fortune &+ gain) &- fees
      if owned != expected { problems.append("\(address) owns \(owned), not \(expected)") }
    }
    return problems
  }
}
