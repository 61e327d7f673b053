// What goes into a pipeline.

public import Ledger
public import Primitives
public import State

/// A block that is to go through a pipeline.
public enum PipelineBlock: Sendable {
  /// A block that somebody else made: all that its header commits to is checked.
  case sealed(EncodedBlock)
  /// A block that is to be made: its header commits to what comes out.
  case draft(BlockDraft)

  /// The header, where there is one already.
  var header: Header? {
    switch self {
    case .sealed(let block): block.header
    case .draft: nil
    }
  }
}

/// What a block is made of.
public struct BlockDraft: Sendable {
  /// Who earns the fees.
  public var coinbase: Address
  /// Seconds since 1970; above the parent's.
  public var timestamp: UInt64
  /// The most gas that the transactions may use together.
  public var gasLimit: UInt64
  /// Up to 32 bytes of the producer's choice.
  public var extraData: [UInt8]
  /// The randomness of the beacon chain (EIP-4399).
  public var prevRandao: Hash256
  /// The root of the parent beacon block (EIP-4788).
  public var parentBeaconBlockRoot: Hash256
  /// The payments from the consensus layer (EIP-4895).
  public var withdrawals: [Withdrawal]
  /// The candidates in the order in which they are tried. Those that may not stand at their place, or
  /// that no account signed, are left out.
  public var transactions: EncodedTransactions
  /// The same candidates, where whoever makes the draft has decoded them and knows who signed them by the
  /// rules of the chain: then neither is done again. It counts only where there are as many.
  public var signed: SignedTransactions?
  /// When the block ends, with the candidates that stand in it by then; nil lets all of them be tried.
  public var deadline: ContinuousClock.Instant?
  /// Changes from outside that are made in the state before the block, and belong to what the block changes.
  /// No rule of Ethereum knows them: only a chain of one's own may have them.
  public var edits = StateDiff()
  /// The base fee, where it is not to follow from the parent's: no such block is valid anywhere else.
  public var baseFee: UInt256?
  /// Whether transactions may state their sender, which may be a contract, instead of signing for it (see
  /// `Transaction.statedSender`). No such block is valid anywhere else.
  public var allowsStatedSenders = false

  /// A draft of these parts.
  public init(
    coinbase: Address = .zero, timestamp: UInt64, gasLimit: UInt64, extraData: [UInt8] = [],
    prevRandao: Hash256 = .zero, parentBeaconBlockRoot: Hash256 = .zero,
    withdrawals: [Withdrawal] = [], transactions: EncodedTransactions,
    signed: SignedTransactions? = nil, deadline: ContinuousClock.Instant? = nil
  ) {
    self.coinbase = coinbase
    self.timestamp = timestamp
    self.gasLimit = gasLimit
    self.extraData = extraData
    self.prevRandao = prevRandao
    self.parentBeaconBlockRoot = parentBeaconBlockRoot
    self.withdrawals = withdrawals
    self.transactions = transactions
    self.signed = signed
    self.deadline = deadline
  }
}

/// Transactions with the accounts that signed them.
public struct SignedTransactions: Sendable {
  let transactions: [Transaction]
  let senders: [Address]

  /// Each of `transactions` with the one of `senders` at its place; there are as many of both.
  public init(_ transactions: [Transaction], by senders: [Address]) {
    precondition(transactions.count == senders.count, "each transaction has one sender")
    self.transactions = transactions
    self.senders = senders
  }
}
