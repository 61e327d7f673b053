// The header of a block.

public import Primitives

/// The header of a block.
///
/// Fields that a fork added are nil before it. They follow each other in the encoding, so none may
/// be present without those before it; the encoder stops at the first that is nil.
public struct Header: Sendable, Hashable {
  /// The hash of the block before.
  public var parentHash: Hash256
  /// Keccak-256 of the list of ommers; of the empty list since Paris.
  public var ommersHash: Hash256
  /// The account that receives the fees.
  public var coinbase: Address
  /// The root of the state after the block.
  public var stateRoot: Hash256
  /// The root of the transactions.
  public var transactionsRoot: Hash256
  /// The root of the receipts.
  public var receiptsRoot: Hash256
  /// The union of the receipts' blooms.
  public var logsBloom: Bloom
  /// The difficulty; zero since Paris.
  public var difficulty: UInt256
  /// The number of the block.
  public var number: UInt64
  /// The most gas the block may use.
  public var gasLimit: UInt64
  /// The gas the block used.
  public var gasUsed: UInt64
  /// Seconds since 1970.
  public var timestamp: UInt64
  /// Up to 32 bytes of the producer's choice.
  public var extraData: [UInt8]
  /// The mix hash of the proof of work; since Paris the beacon chain's randomness (EIP-4399).
  public var prevRandao: Hash256
  /// The nonce of the proof of work; zero since Paris.
  public var nonce: UInt64
  /// The price per gas that is burnt (EIP-1559, London).
  public var baseFeePerGas: UInt256?
  /// The root of the withdrawals (EIP-4895, Shanghai).
  public var withdrawalsRoot: Hash256?
  /// The blob gas the block used (EIP-4844, Cancun).
  public var blobGasUsed: UInt64?
  /// The running total of blob gas above the target (EIP-4844, Cancun).
  public var excessBlobGas: UInt64?
  /// The root of the parent beacon block (EIP-4788, Cancun).
  public var parentBeaconBlockRoot: Hash256?
  /// The hash of the requests to the consensus layer (EIP-7685, Prague).
  public var requestsHash: Hash256?

  /// A header with these fields.
  public init(
    parentHash: Hash256 = .zero, ommersHash: Hash256 = Header.emptyOmmersHash,
    coinbase: Address = .zero, stateRoot: Hash256 = Header.emptyTrieRoot,
    transactionsRoot: Hash256 = Header.emptyTrieRoot,
    receiptsRoot: Hash256 = Header.emptyTrieRoot, logsBloom: Bloom = Bloom(),
    difficulty: UInt256 = .zero, number: UInt64, gasLimit: UInt64, gasUsed: UInt64 = 0,
    timestamp: UInt64, extraData: [UInt8] = [], prevRandao: Hash256 = .zero, nonce: UInt64 = 0,
    baseFeePerGas: UInt256? = nil, withdrawalsRoot: Hash256? = nil, blobGasUsed: UInt64? = nil,
    excessBlobGas: UInt64? = nil, parentBeaconBlockRoot: Hash256? = nil,
    requestsHash: Hash256? = nil
  ) {
    self.parentHash = parentHash
    self.ommersHash = ommersHash
    self.coinbase = coinbase
    self.stateRoot = stateRoot
    self.transactionsRoot = transactionsRoot
    self.receiptsRoot = receiptsRoot
    self.logsBloom = logsBloom
    self.difficulty = difficulty
    self.number = number
    self.gasLimit = gasLimit
    self.gasUsed = gasUsed
    self.timestamp = timestamp
    self.extraData = extraData
    self.prevRandao = prevRandao
    self.nonce = nonce
    self.baseFeePerGas = baseFeePerGas
    self.withdrawalsRoot = withdrawalsRoot
    self.blobGasUsed = blobGasUsed
    self.excessBlobGas = excessBlobGas
    self.parentBeaconBlockRoot = parentBeaconBlockRoot
    self.requestsHash = requestsHash
  }

  /// Keccak-256 of the encoding of an empty list: the `ommersHash` without ommers.
  public static let emptyOmmersHash = Hash256(
    0x1dcc_4de8_dec7_5d7a_ab85_b567_b6cc_d41a_d312_451b_948a_7413_f0a1_42fd_40d4_9347)

  /// Keccak-256 of the encoding of an empty string: the root of a trie without entries.
  public static let emptyTrieRoot = Hash256(
    0x56e8_1f17_1bcc_55a6_ff83_45e6_92c0_f86e_5b48_e01b_996c_adc0_0162_2fb5_e363_b421)
}
