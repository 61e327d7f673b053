// Headers as bytes.

import Crypto
public import Primitives

extension Header {
  /// A part of a header's encoding.
  public enum Field: Sendable, Hashable {
    /// The header as a whole.
    case header
    case parentHash, ommersHash, coinbase, stateRoot, transactionsRoot, receiptsRoot, logsBloom
    case difficulty, number, gasLimit, gasUsed, timestamp, extraData, prevRandao, nonce
    case baseFeePerGas, withdrawalsRoot, blobGasUsed, excessBlobGas, parentBeaconBlockRoot
    case requestsHash
  }

  /// The header whose canonical encoding `encoding` is.
  public init(decoding encoding: [UInt8]) throws(FieldDecodingError<Field>) {
    try self.init(
      fields: FieldReader(listIn: encoding[...], base: 0, whole: .header))
  }

  init(fields: FieldReader<Field>) throws(FieldDecodingError<Field>) {
    var fields = fields
    self.init(
      parentHash: try fields.hash(.parentHash), ommersHash: try fields.hash(.ommersHash),
      coinbase: try fields.address(.coinbase), stateRoot: try fields.hash(.stateRoot),
      transactionsRoot: try fields.hash(.transactionsRoot),
      receiptsRoot: try fields.hash(.receiptsRoot), logsBloom: try fields.bloom(.logsBloom),
      difficulty: try fields.uint256(.difficulty), number: try fields.uint64(.number),
      gasLimit: try fields.uint64(.gasLimit), gasUsed: try fields.uint64(.gasUsed),
      timestamp: try fields.uint64(.timestamp), extraData: Array(try fields.bytes(.extraData)),
      prevRandao: try fields.hash(.prevRandao), nonce: try fields.eightBytes(.nonce))
    if !fields.isAtEnd { baseFeePerGas = try fields.uint256(.baseFeePerGas) }
    if !fields.isAtEnd { withdrawalsRoot = try fields.hash(.withdrawalsRoot) }
    if !fields.isAtEnd {
      // The three fields of Cancun came together.
      blobGasUsed = try fields.uint64(.blobGasUsed)
      excessBlobGas = try fields.uint64(.excessBlobGas)
      parentBeaconBlockRoot = try fields.hash(.parentBeaconBlockRoot)
    }
    if !fields.isAtEnd { requestsHash = try fields.hash(.requestsHash) }
    try fields.expectEnd(.header)
  }

  /// The canonical encoding.
  public var encoded: [UInt8] {
    var encoder = RLPEncoder(reservingCapacity: 720 + extraData.count)
    write(to: &encoder)
    return encoder.bytes
  }

  /// The block's hash, its identity.
  public var hash: Hash256 { Keccak256.hash(encoded) }

  /// Writes the header as an item.
  public func write(to encoder: inout RLPEncoder) {
    encoder.list { encoder in
      writeFirstFields(to: &encoder)
      encoder.encode(prevRandao)
      withUnsafeBytes(of: nonce.bigEndian) { encoder.encode($0) }
      writeLaterFields(to: &encoder)
    }
  }

  /// Writes the fields before mix hash and nonce.
  func writeFirstFields(to encoder: inout RLPEncoder) {
    encoder.encode(parentHash)
    encoder.encode(ommersHash)
    encoder.encode(coinbase)
    encoder.encode(stateRoot)
    encoder.encode(transactionsRoot)
    encoder.encode(receiptsRoot)
    logsBloom.write(to: &encoder)
    encoder.encode(difficulty)
    encoder.encode(number)
    encoder.encode(gasLimit)
    encoder.encode(gasUsed)
    encoder.encode(timestamp)
    encoder.encode(extraData)
  }

  /// Writes what London and later forks added.
  func writeLaterFields(to encoder: inout RLPEncoder) {
    guard let baseFeePerGas else { return }
    encoder.encode(baseFeePerGas)
    guard let withdrawalsRoot else { return }
    encoder.encode(withdrawalsRoot)
    guard let blobGasUsed, let excessBlobGas, let parentBeaconBlockRoot else { return }
    encoder.encode(blobGasUsed)
    encoder.encode(excessBlobGas)
    encoder.encode(parentBeaconBlockRoot)
    guard let requestsHash else { return }
    encoder.encode(requestsHash)
  }
}

extension FieldReader {
  fileprivate mutating func bloom(_ field: Field) throws(Failure) -> Bloom {
    let content = try bytes(field, count: 256)
    return content.withUnsafeBytes { Bloom(bytesAt: $0.baseAddress.unsafelyUnwrapped) }
  }

  fileprivate mutating func eightBytes(_ field: Field) throws(Failure) -> UInt64 {
    try bytes(field, count: 8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}
