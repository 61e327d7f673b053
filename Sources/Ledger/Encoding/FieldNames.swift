// The parts of blocks and of their access lists in words, for errors.

extension Header.Field: CustomStringConvertible {
  /// The field in words.
  public var description: String {
    switch self {
    case .header: "the header"
    case .parentHash: "the header's parent hash"
    case .ommersHash: "the header's ommers hash"
    case .coinbase: "the header's coinbase"
    case .stateRoot: "the header's state root"
    case .transactionsRoot: "the header's transactions root"
    case .receiptsRoot: "the header's receipts root"
    case .logsBloom: "the header's logs bloom"
    case .difficulty: "the header's difficulty"
    case .number: "the header's number"
    case .gasLimit: "the header's gas limit"
    case .gasUsed: "the header's gas used"
    case .timestamp: "the header's timestamp"
    case .extraData: "the header's extra data"
    case .prevRandao: "the header's mix hash"
    case .nonce: "the header's nonce"
    case .baseFeePerGas: "the header's base fee"
    case .withdrawalsRoot: "the header's withdrawals root"
    case .blobGasUsed: "the header's blob gas used"
    case .excessBlobGas: "the header's excess blob gas"
    case .parentBeaconBlockRoot: "the header's parent beacon block root"
    case .requestsHash: "the header's requests hash"
    }
  }
}

extension Withdrawal.Field: CustomStringConvertible {
  /// The field in words.
  public var description: String {
    switch self {
    case .withdrawal: "the withdrawal"
    case .index: "its index"
    case .validatorIndex: "its validator index"
    case .address: "its address"
    case .amount: "its amount"
    }
  }
}

extension Block.Field: CustomStringConvertible {
  /// The part in words.
  public var description: String {
    switch self {
    case .block: "the block"
    case .header(let field): "\(field)"
    case .transactions: "the list of transactions"
    case .transaction(let index, let field): "transaction \(index): \(field)"
    case .ommers: "the list of ommers"
    case .ommer(let index, let field): "ommer \(index): \(field)"
    case .withdrawals: "the list of withdrawals"
    case .withdrawal(let index, let field): "withdrawal \(index): \(field)"
    }
  }
}

extension BlockAccessList.Field: CustomStringConvertible {
  /// The part in words.
  public var description: String {
    switch self {
    case .list: "the block access list"
    case .account(let index, let part): "account \(index) of the block access list: \(part)"
    }
  }
}

extension AccountAccess.Part: CustomStringConvertible {
  /// The part in words.
  public var description: String {
    switch self {
    case .account: "its entry"
    case .address: "its address"
    case .storageChanges: "its changed slots"
    case .slot(let index): "changed slot \(index)"
    case .storageReads: "its slots that are only read"
    case .balanceChanges: "its balances"
    case .nonceChanges: "its nonces"
    case .codeChanges: "its codes"
    }
  }
}
