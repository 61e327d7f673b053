// Why a payload gives no block.

public import Ledger
public import Primitives

/// Why `engine_newPayload` cannot even make a block of what it was given.
public enum InvalidPayload: Error, Sendable, Hashable {
  // MARK: Refused calls

  /// The method's version does not know this parameter or field, lacks one that it demands, or has
  /// requests that are empty or out of order.
  case invalidParameters(String)
  /// The method's version does not serve the fork of the payload's timestamp.
  case unsupportedFork(Fork)

  // MARK: Invalid payloads

  /// A transaction is malformed.
  case malformedTransaction(index: Int, TransactionDecodingError)
  /// The hashes of the blobs are not those of the payload's transactions, in their order.
  case wrongVersionedHashes
  /// The payload names another hash than its block has.
  case wrongBlockHash(expected: Hash256)

  /// The code of the JSON-RPC error, or nil where the answer is the status `INVALID`.
  public var errorCode: Int? {
    switch self {
    case .invalidParameters: -32602
    case .unsupportedFork: -38005
    default: nil
    }
  }
}

extension InvalidPayload: CustomStringConvertible {
  /// What is wrong with the payload, for people.
  public var description: String {
    switch self {
    case .invalidParameters(let what): "invalid parameters: \(what)"
    case .unsupportedFork(let fork): "the method's version does not serve \(fork)"
    case .malformedTransaction(let index, let error): "transaction \(index): \(error)"
    case .wrongVersionedHashes: "the versioned hashes are not those of the transactions"
    case .wrongBlockHash(let hash): "the block hash should be \(hash)"
    }
  }
}
