// A block as the consensus layer hands it over.

public import Ledger
public import Primitives

/// The payload of the Engine API: header and body without what follows from them.
public struct ExecutionPayload: Sendable, Hashable {
  /// The fields of the header that the payload has; those that follow from the lists or from other
  /// parameters are empty.
  public var header: Header
  /// The hash that the block shall have.
  public var blockHash: Hash256
  /// The encoded transactions.
  public var transactions: [[UInt8]]
  /// The payments from the consensus layer, from version 2 on.
  public var withdrawals: [Withdrawal]?

  /// A payload of these parts.
  public init(
    header: Header, blockHash: Hash256, transactions: [[UInt8]], withdrawals: [Withdrawal]?
  ) {
    self.header = header
    self.blockHash = blockHash
    self.transactions = transactions
    self.withdrawals = withdrawals
  }
}

/// A call of `engine_newPayloadV1` to `V4`.
public struct NewPayload: Sendable, Hashable {
  /// The version of the method.
  public var version: Int
  /// The payload.
  public var payload: ExecutionPayload
  /// The hashes of all blobs in the block (from version 3 on).
  public var versionedHashes: [Hash256]?
  /// The root of the parent beacon block (from version 3 on).
  public var parentBeaconBlockRoot: Hash256?
  /// The requests, the byte of their kind first (from version 4 on).
  public var requests: [[UInt8]]?

  /// A call with these parameters.
  public init(
    version: Int, payload: ExecutionPayload, versionedHashes: [Hash256]? = nil,
    parentBeaconBlockRoot: Hash256? = nil, requests: [[UInt8]]? = nil
  ) {
    self.version = version
    self.payload = payload
    self.versionedHashes = versionedHashes
    self.parentBeaconBlockRoot = parentBeaconBlockRoot
    self.requests = requests
  }
}
