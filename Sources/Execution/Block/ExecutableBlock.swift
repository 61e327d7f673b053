// A block made ready for execution.

public import EVM
public import Ledger
public import Primitives

/// All that the execution of a block needs besides the state: the environment, the rules that hold
/// for it, and its transactions with their senders.
public struct ExecutableBlock: Sendable {
  /// What instructions can ask for.
  public var environment: BlockEnvironment
  /// The rules that hold.
  public var rules: TransactionRules
  /// The transactions in order.
  public var transactions: [Transaction]
  /// Who signed each of them.
  public var senders: [Address]
  /// The hash of the block before, for the history contract (EIP-2935).
  public var parentHash: Hash256?
  /// The root of the parent beacon block (EIP-4788).
  public var parentBeaconBlockRoot: Hash256?
  /// The payments from the consensus layer (EIP-4895).
  public var withdrawals: [Withdrawal]
  /// What producers of blocks earn at the end.
  public var rewards: [Reward] = []
  /// Whether the DAO's ether moves before the first transaction.
  public var appliesDAOFork = false
  /// Whether requests to the consensus layer are collected at the end (EIP-7685): so it is where the
  /// header commits to them.
  public var collectsRequests = false
  /// The contract whose events are deposits (EIP-6110).
  public var depositContract = ChainRules.mainnetDepositContract

  /// What somebody says that the block accesses and changes (EIP-7928). It is never trusted: where it
  /// is right, execution in parallel needs not wait for anything; where it is wrong, that takes time.
  public var predictedAccesses: BlockAccessList?

  /// A block of these parts; there must be a sender for each transaction.
  public init(
    environment: BlockEnvironment, rules: TransactionRules, transactions: [Transaction],
    senders: [Address], parentHash: Hash256? = nil, parentBeaconBlockRoot: Hash256? = nil,
    withdrawals: [Withdrawal] = []
  ) {
    precondition(transactions.count == senders.count, "each transaction has one sender")
    self.environment = environment
    self.rules = rules
    self.transactions = transactions
    self.senders = senders
    self.parentHash = parentHash
    self.parentBeaconBlockRoot = parentBeaconBlockRoot
    self.withdrawals = withdrawals
  }

  /// The block of a chain, whose transactions `senders` have signed. `fork` is given where the
  /// schedule alone does not tell it, because Paris begins by total difficulty.
  public init(_ block: Block, senders: [Address], rules chain: ChainRules, fork: Fork? = nil) {
    let header = block.header
    let fork = fork ?? chain.fork(block: header.number, timestamp: header.timestamp)
    let blobs = chain.blobParameters(block: header.number, timestamp: header.timestamp)
    self.init(
      environment: BlockEnvironment(header, fork: fork, blobs: blobs, chainID: chain.chainID),
      rules: TransactionRules(fork, blobs: blobs), transactions: block.transactions,
      senders: senders, parentHash: header.parentHash,
      parentBeaconBlockRoot: header.parentBeaconBlockRoot, withdrawals: block.withdrawals ?? [])
    rewards = Reward.all(of: header, ommers: block.ommers, fork: fork)
    appliesDAOFork = chain.daoFork == DAOForkRule(block: header.number)
    collectsRequests = header.requestsHash != nil
    depositContract = chain.depositContract
  }
}

extension BlockEnvironment {
  /// What a header tells the machine.
  public init(_ header: Header, fork: Fork, blobs: BlobParameters?, chainID: UInt64) {
    var blobBaseFee = UInt256.zero
    if let blobs, let excess = header.excessBlobGas {
      blobBaseFee = BlobGas.baseFee(excess: excess, parameters: blobs)
    }
    self.init(
      coinbase: header.coinbase, number: header.number, timestamp: header.timestamp,
      gasLimit: header.gasLimit, baseFee: header.baseFeePerGas ?? .zero,
      prevRandao: fork >= .paris ? header.prevRandao.word : header.difficulty,
      blobBaseFee: blobBaseFee, chainID: chainID)
  }
}
